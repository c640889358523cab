"""Which deliveries are due to exist. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from syndicate.config import Endpoint
from syndicate.delivery.layers import layers
from syndicate.ledger.port import NewDelivery
from syndicate.model import EndpointState, Event, Outline, Post, State
from syndicate.networks.base import FeedNetwork
from syndicate.selection import Selection

IMPORT = 3
"""More old posts than these that appear at once were moved here, and not written today."""


def plan(  # noqa: PLR0917 - what news depends on
    posts: Iterable[Post | Outline],
    endpoint: Endpoint,
    state: EndpointState | None,
    out_since: Mapping[str, datetime],
    now: datetime,
    backfill: int | None = None,
) -> Iterable[NewDelivery]:
    """Give the deliveries of an endpoint that do not exist yet, those to be sent oldest post first.

    News is what came out after the endpoint's first run, and not longer than ``max_age`` ago. So a
    filter that is widened floods nobody. A draft that we knew is news on the day on which it comes
    out, whatever date it bears; of posts that we never saw as drafts, and whose date is older than
    ``max_age``, a few are news, and many at once are an import.

    What a post asks of the endpoint in its front matter holds; while nobody can do that, or its
    image lacks the text that the endpoint requires, it is no news yet, and is so when it has been
    mended.

    Args:
        posts: the posts that are out at ``now`` and have no delivery yet, newest first.
        endpoint: the endpoint's options.
        state: what the ledger knows of it; None on its first run, when what is already out is its
            baseline: it is recorded as skipped, but for ``backfill``.
        out_since: when the posts were found to be out; those that it lacks are so now.
        now: the time.
        backfill: overrides the endpoint's own.
    """
    takes = Selection.of(endpoint).takes
    chosen = (post for post in posts if takes(post))
    if state is None:
        count = endpoint.backfill if backfill is None else backfill
        return _baseline(chosen, endpoint, count, now)
    return _news(list(chosen), endpoint, state.since, out_since, now)[::-1]


def _baseline(
    posts: Iterable[Post | Outline], endpoint: Endpoint, count: int, now: datetime
) -> Iterator[NewDelivery]:
    """Give an endpoint's first deliveries, one by one: what is out already may be much."""
    backfill: list[Post | Outline] = []
    for post in posts:
        if len(backfill) < count and _is_clear(post, endpoint):
            backfill.append(post)
            continue
        before = "published before this endpoint's first run"
        yield _entered(post, endpoint, post.published, now, before)
    for post in reversed(backfill):
        yield _entered(post, endpoint, post.published, now, "")


def _news(
    posts: Sequence[Post | Outline],
    endpoint: Endpoint,
    since: datetime,
    out_since: Mapping[str, datetime],
    now: datetime,
) -> list[NewDelivery]:
    """Tell news from what is none, and why it is not."""
    reasons: dict[str, str] = {}
    imported = []
    for post in posts:
        out = out_since.get(post.id, now)
        if out <= since:
            reasons[post.id] = "published before this endpoint's first run"
        elif now - max(post.published, out) > endpoint.max_age:
            reasons[post.id] = f"older than max_age ({endpoint.max_age})"
        elif now - post.published > endpoint.max_age and post.first_seen >= out:
            imported.append(post.id)
    if len(imported) > IMPORT:
        told = f"one of {len(imported)} old posts that appeared at once: taken for an import"
        reasons.update(dict.fromkeys(imported, told))
    return [
        _entered(
            post,
            endpoint,
            max(post.published, out_since.get(post.id, now)),
            now,
            reasons.get(post.id, ""),
        )
        for post in posts
        if post.id in reasons or _is_clear(post, endpoint)
    ]


def _is_clear(post: Post | Outline, endpoint: Endpoint) -> bool:
    """Tell whether what a post asks of the endpoint can be done."""
    asks_nothing = post.wishes is None and post.undescribed is None
    return asks_nothing or not layers(post, endpoint).problems


def _entered(
    post: Post | Outline, endpoint: Endpoint, out: datetime, now: datetime, reason: str
) -> NewDelivery:
    """Give a delivery that waits for its turn, or is skipped for a reason."""
    wished = layers(post, endpoint) if post.wishes else None
    reason = reason or (wished.skip if wished else "")
    if reason:
        return NewDelivery(post.id, endpoint.name, State.SKIPPED, now, reason)
    due = max(now, out + endpoint.delay)
    if wished and wished.at and wished.at > due:
        return NewDelivery(post.id, endpoint.name, State.PENDING, wished.at, wished.waits)
    return NewDelivery(post.id, endpoint.name, State.PENDING, due)


def notices(
    feeds: Iterable[tuple[str, str]], name: str, network: FeedNetwork, now: datetime
) -> list[NewDelivery]:
    """List the deliveries that tell a network of feeds as they are now.

    The ledger takes up those of which the network has not been told in this version.

    Args:
        feeds: their addresses and versions.
        name: the endpoint's.
        network: who is told.
        now: the time.
    """
    return [
        NewDelivery(
            url,
            name,
            State.PENDING,
            now,
            event=Event.CHANGED,
            version=version,
            message=network.notice(url),
        )
        for url, version in feeds
    ]
