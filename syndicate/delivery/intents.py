"""Intents: written down before a byte leaves, and those that come at one moment in one go.

A transaction costs a write that reaches the disk, and endpoints are worked off beside each other.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from syndicate.ledger.port import Ledger
from syndicate.model import Delivery, Key, Message


@dataclass(frozen=True, slots=True)
class _Intent:
    delivery: Delivery
    message: Message
    key: Key
    written: asyncio.Future[Delivery | None]


@dataclass(slots=True)
class Intents:
    """Writes down what is about to leave.

    Args:
        ledger: where to.
    """

    ledger: Ledger
    _waiting: list[_Intent] = field(default_factory=list)

    async def write(self, delivery: Delivery, message: Message, key: Key) -> Delivery | None:
        """Write down that the message is about to leave; it is durable when this returns.

        None where that may not be (see :meth:`Ledger.intend`).
        """
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._write_all)  # after all that is ready to run now
        intent = _Intent(delivery, message, key, loop.create_future())
        self._waiting.append(intent)
        return await intent.written

    def _write_all(self) -> None:
        waiting, self._waiting = self._waiting, []
        try:
            with self.ledger.together():
                results = [
                    self.ledger.intend(each.delivery, each.message, each.key) for each in waiting
                ]
        except Exception as error:  # noqa: BLE001 - it is theirs who wait
            for each in waiting:
                if not each.written.done():
                    each.written.set_exception(error)
            return
        for each, result in zip(waiting, results, strict=True):
            if not each.written.done():
                each.written.set_result(result)
