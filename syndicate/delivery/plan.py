"""Which deliveries are due to exist. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from syndicate.config import Endpoint
from syndicate.ledger.port import NewDelivery
from syndicate.model import Outline, Post, State
from syndicate.selection import Selection


def plan(
    posts: Iterable[Post | Outline],
    endpoint: Endpoint,
    known: Collection[str] | None,
    now: datetime,
    backfill: int | None = None,
) -> list[NewDelivery]:
    """List the deliveries of an endpoint that do not exist yet, oldest post first.

    Args:
        posts: the posts that are out at ``now``, newest first.
        endpoint: the endpoint's options.
        known: the ids of the posts that have a delivery for it; None on its first run, when what
            is already out is its baseline: it is recorded as skipped, but for ``backfill``.
        now: the time.
        backfill: overrides the endpoint's own.
    """
    selection = Selection.of(endpoint)
    count = endpoint.backfill if backfill is None else backfill
    reason = f"older than max_age ({endpoint.max_age})"
    if known is None:
        reason = "published before this endpoint's first run"
    found: list[NewDelivery] = []
    for post in posts:
        if not selection.takes(post) or (known is not None and post.id in known):
            continue
        # An old draft that is published today has an old date, and is news all the same.
        is_news = (
            len(found) < count
            if known is None
            else now - max(post.published, post.first_seen) <= endpoint.max_age
        )
        found.append(
            NewDelivery(post.id, endpoint.name, State.PENDING, now)
            if is_news
            else NewDelivery(post.id, endpoint.name, State.SKIPPED, now, reason)
        )
    return found[::-1]
