"""A network that does as it is told, and remembers what it was asked to send."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from syndicate.config import Endpoint
from syndicate.model import Guarantee, Health, Limits, Message, Receipt, Replay


class Scripted:
    """Answers with what stands next in its script: a receipt, or an error to raise.

    When the script is at its end, everything is taken.
    """

    Options = Endpoint

    def __init__(self, *script: Receipt | Exception, guarantee: Replay = Replay.NONE) -> None:
        self.guarantee = Guarantee(guarantee)
        self.script = list(script)
        self.sent: list[tuple[Message, str]] = []
        self.before: Callable[[], Any] = lambda: None

    async def limits(self, wire):
        return Limits(text=None)

    def compose(self, post, html, picture, limits):
        return Message.of(post, f"{post.title}\n{html}", length=len(html), limit=None)

    async def deliver(self, message, key, wire):
        self.before()
        self.sent.append((message, key.value))
        await asyncio.sleep(0)
        answer = self.script.pop(0) if self.script else Receipt(f"{len(self.sent)}")
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def check(self, wire):
        return Health(ok=True, detail="as scripted")


class Looking(Scripted):
    """One that can also be asked what it has."""

    def __init__(self, *script: Receipt | Exception, found: Receipt | Exception | None) -> None:
        super().__init__(*script)
        self.guarantee = Guarantee(Replay.NONE, looks_up=True)
        self.found = found
        self.looked = 0

    async def look_up(self, message, key, wire):
        self.looked += 1
        if isinstance(self.found, Exception):
            raise self.found
        return self.found
