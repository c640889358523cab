"""What endpoints write at one moment is written in one go.

A transaction costs a write that reaches the disk, and endpoints are worked off beside each other:
what they have to write down comes in bursts. Where the database is away for a moment, a burst is
written when it is back: among it are answers, which nobody gives twice.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TypeVar

from syndicate.errors import LedgerAway
from syndicate.ledger.port import Ledger

_T = TypeVar("_T")

PATIENCE = 15.0
"""Seconds for which a database that is away is waited for; then it is as if we had been killed."""
_PAUSE = 0.2
_TURNS = 5
"""Turns of the event loop that a burst gathers for: about as many as pass between an answer's first
byte and its last, so that endpoints which answer at nearly one moment share a transaction."""


@dataclass(slots=True)
class _Burst:
    """What is written in one transaction, whose name tells later whether it was."""

    works: list[Callable[[], Any]]
    written: list[asyncio.Future[Any]]
    name: str = field(default_factory=lambda: uuid.uuid4().hex)
    results: list[Any] = field(default_factory=list)
    until: float | None = None
    """When it is given up; None before the first try has failed."""


@dataclass(slots=True)
class Together:
    """Gathers what is written within a few turns of the event loop, and waits for nothing else.

    Args:
        ledger: what is written to.
    """

    ledger: Ledger
    _waiting: list[tuple[Callable[[], Any], asyncio.Future[Any]]] = field(default_factory=list)
    _is_writing: bool = False
    _sharing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _asked: int = 0
    _shared: int = 0
    """Of all that asked for it, so many have their writing shared."""

    async def write(self, work: Callable[[], _T]) -> _T:
        """Do ``work``, which writes to the ledger; that is durable when this returns.

        Once it is handed over it is done, even if nobody waits for it any more. It may have to be
        done twice, so it changes nothing but the ledger.

        Raises:
            LedgerError: nothing of it was written, nor of what came with it; or, of a
                :class:`LedgerAway`, that is unknown.
        """
        loop = asyncio.get_running_loop()
        written: asyncio.Future[_T] = loop.create_future()
        self._waiting.append((work, written))
        if not self._is_writing:
            self._is_writing = True
            loop.call_soon(self._gather, _TURNS)  # after all that is ready to run now
        try:
            return await written
        except asyncio.CancelledError:
            # Whoever ends us gives the ledger back next: it is written before that, or not by us.
            self._write_all()
            raise

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

    def _gather(self, turns: int) -> None:
        if turns:
            asyncio.get_running_loop().call_soon(self._gather, turns - 1)
        else:
            self._write_all()

    def _write_all(self) -> None:
        if not self._waiting:
            return
        works, written = zip(*self._waiting, strict=True)
        self._waiting = []
        self._write(_Burst(list(works), list(written)))

    def _write(self, burst: _Burst) -> None:
        loop = asyncio.get_running_loop()
        error: BaseException | None = None
        try:
            self._do(burst)
        except LedgerAway as away:
            burst.until = burst.until or monotonic() + PATIENCE
            if monotonic() < burst.until:
                loop.call_later(_PAUSE, self._write, burst)
                return
            error = away
        except BaseException as other:  # noqa: BLE001 - it is theirs who wait, and would for ever
            error = other
        self._tell(burst, error)
        if self._waiting:  # what came while the database was away
            loop.call_soon(self._write_all)
        else:
            self._is_writing = False

    def _do(self, burst: _Burst) -> None:
        """Write a burst, unless an earlier try has done so and only could not say it."""
        if burst.until and burst.results and self.ledger.was_written(burst.name):
            return
        with self.ledger.together(burst.name):
            burst.results = [work() for work in burst.works]

    @staticmethod
    def _tell(burst: _Burst, error: BaseException | None) -> None:
        for position, each in enumerate(burst.written):
            if each.done():
                continue
            if error:
                each.set_exception(error)
            else:
                each.set_result(burst.results[position])
