"""A clock that stands still until somebody waits for it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class FakeClock:
    """Waiting moves the time on at once."""

    def __init__(self, now: datetime = NOON) -> None:
        self.time = now

    def now(self) -> datetime:
        """Give the time that stands."""
        return self.time

    def tick(self, **length: float) -> None:
        """Move the time on, by what ``timedelta`` takes."""
        self.time += timedelta(**length)

    async def sleep_until(self, time: datetime) -> None:
        """Move the time on to ``time``, if it is not past."""
        await asyncio.sleep(0)  # let the others run, as a real wait would
        self.time = max(self.time, time)
