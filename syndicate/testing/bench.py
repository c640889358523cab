"""A network at work: real HTTP to a server in this process, a session, and a clock that stands."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from syndicate.http import Http
from syndicate.networks.base import Wire
from syndicate.testing.clock import FakeClock


class Memory:
    """A session that lives as long as the test, and keeps nothing that JSON would not."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}

    def load(self) -> dict[str, Any]:
        """Give what was saved last; empty at first."""
        return dict(self.data)

    def save(self, data: Mapping[str, Any]) -> None:
        """Keep what is JSON."""
        self.data = json.loads(json.dumps(data))


class Bench:
    """What outlives a run: the session and the clock."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.session = Memory()

    def work(self, do: Callable[[Wire], Awaitable[Any]]) -> Any:
        """Let a network do something over a connection of its own, as each run does."""

        async def main() -> Any:
            http = Http(["127.0.0.0/8"], timedelta(seconds=20), clock=self.clock.now)
            try:
                return await do(Wire(http, self.session, self.clock.now))
            finally:
                await http.aclose()

        return asyncio.run(main())
