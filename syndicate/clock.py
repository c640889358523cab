"""The time, handed in wherever it matters, so that a test can say what it is."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits for it."""

    def now(self) -> datetime:
        """Give the time, aware and in UTC."""

    async def sleep_until(self, time: datetime) -> None:
        """Return when ``time`` has come; it can be cancelled."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Give the time, aware and in UTC."""
        return datetime.now(UTC)

    async def sleep_until(self, time: datetime) -> None:
        """Return when ``time`` has come; looks at the wall clock each minute, since it can jump."""
        while (left := (time - self.now()).total_seconds()) > 0:  # noqa: ASYNC110 - time sends no event
            await asyncio.sleep(min(left, 60))
