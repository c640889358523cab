"""What endpoints write at one moment is written in one go.

A transaction costs a write that reaches the disk, and endpoints are worked off beside each other:
what they have to write down comes in bursts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from syndicate.ledger.port import Ledger

_T = TypeVar("_T")


@dataclass(slots=True)
class Together:
    """Gathers what is written within one turn of the event loop, and waits for nothing else.

    Args:
        ledger: what is written to.
    """

    ledger: Ledger
    _waiting: list[tuple[Callable[[], Any], asyncio.Future[Any]]] = field(default_factory=list)
    _sharing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _asked: int = 0
    _shared: int = 0
    """Of all that asked for it, so many have their writing shared."""

    async def write(self, work: Callable[[], _T]) -> _T:
        """Do ``work``, which writes to the ledger; that is durable when this returns.

        Once it is handed over it is done, even if nobody waits for it any more.

        Raises:
            LedgerError: nothing of it was written, nor of what came with it.
        """
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._write_all)  # after all that is ready to run now
        written: asyncio.Future[_T] = loop.create_future()
        self._waiting.append((work, written))
        return await written

    async def share(self) -> None:
        """Let those on other machines know what was written; who asks meanwhile comes along.

        Raises:
            LedgerError: they do not know it.
        """
        if not self.ledger.is_shared:
            return
        self._asked += 1
        ours = self._asked
        async with self._sharing:
            if self._shared < ours:
                asked = self._asked
                await asyncio.to_thread(self.ledger.share)
                self._shared = asked

    def _write_all(self) -> None:
        waiting, self._waiting = self._waiting, []
        try:
            with self.ledger.together():
                results = [work() for work, _ in waiting]
        except BaseException as error:  # noqa: BLE001 - it is theirs who wait, and would for ever
            for _, written in waiting:
                if not written.done():
                    written.set_exception(error)
            return
        for (_, written), result in zip(waiting, results, strict=True):
            if not written.done():
                written.set_result(result)
