"""Which deliveries are due to exist. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from syndicate.config import Endpoint
from syndicate.ledger.port import NewDelivery
from syndicate.model import Post, State
from syndicate.selection import Selection


def plan(
    posts: Sequence[Post],
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
    chosen = [post for post in posts if selection.takes(post)]
    if known is None:
        count = endpoint.backfill if backfill is None else backfill
        fresh = {post.id for post in chosen[:count]}
        reason = "published before this endpoint's first run"
    else:
        chosen = [post for post in chosen if post.id not in known]
        # An old draft that is published today has an old date, and is news all the same.
        fresh = {
            post.id
            for post in chosen
            if now - max(post.published, post.first_seen) <= endpoint.max_age
        }
        reason = f"older than max_age ({endpoint.max_age})"
    return [
        NewDelivery(post.id, endpoint.name, State.PENDING, now)
        if post.id in fresh
        else NewDelivery(post.id, endpoint.name, State.SKIPPED, now, reason)
        for post in reversed(chosen)
    ]
