"""The header fields that a published file is sent with, whoever serves it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from syndicate.config import Config
from syndicate.feeds import Address
from syndicate.model import Hub

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(minutes=15)
"""The bounds of ``max-age``: a proxy is worth something, and no post is a quarter of an hour late
for it."""
UNKNOWN = timedelta(minutes=5)
"""``max-age`` where a cron expression says when feeds change: a cache cannot know the next time."""
STALE_IF_ERROR = 86_400
"""Seconds for which a cache may give out what it has while we are down (RFC 5861)."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the configuration says of serving."""

    max_age: int
    """Seconds for which a reader or a proxy need not ask again."""
    hubs: tuple[str, ...] = ()
    """WebSub hubs, for the ``Link`` field in which subscribers look for them."""

    @classmethod
    def of(cls, config: Config, hubs: Iterable[Hub]) -> Rules:
        """Take ``max-age`` from the schedule: between two looks no feed changes."""
        schedule = config.schedule
        age = UNKNOWN if schedule.cron else min(max(schedule.every, SHORTEST), LONGEST)
        return cls(int(age.total_seconds()), tuple(hub.url for hub in hubs if hub.type == "WebSub"))

    def shared(self) -> dict[str, str]:
        """Give the fields that any answer about a file carries, 304 among them."""
        return {
            "Cache-Control": f"public, max-age={self.max_age}, stale-if-error={STALE_IF_ERROR}",
            # A feed is for everybody: a reader that runs in a browser may fetch it, too, and
            # read the fields that it needs to ask again politely.
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": "ETag, Link",
            "X-Content-Type-Options": "nosniff",
        }

    def fields(self, address: Address) -> dict[str, str]:
        """Give the fields of the file itself, beside its validators, its length and its coding."""
        links = [f'<{hub}>; rel="hub"' for hub in self.hubs] + [f'<{address.url}>; rel="self"']
        return {"Content-Type": address.type, "Link": ", ".join(links), **self.shared()}
