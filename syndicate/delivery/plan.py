"""Which deliveries are due to exist. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

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
    awaited: Collection[str] = (),
) -> Iterable[NewDelivery]:
    """Give the deliveries of an endpoint that do not exist yet, those to be sent oldest post first.

    News is what came out after the endpoint's first run, and not longer than ``max_age`` ago. So a
    filter that is widened floods nobody. A draft that we knew is news on the day on which it comes
    out, whatever date it bears; of posts that we never saw as drafts, and whose date is older than
    ``max_age``, a few are news, and many at once are an import.

    What a post asks of the endpoint in its front matter holds; while nobody can do that, or its
    image lacks the text that the endpoint requires, it is no news yet, and is so when it has been
    mended. So it is within a backfill, too; what is mended of it is news since the first run.

    Args:
        posts: the posts that are out at ``now`` and have no delivery yet, newest first.
        endpoint: the endpoint's options.
        state: what the ledger knows of it; None on its first run, when what is already out is its
            baseline: it is recorded as skipped, but for ``backfill``.
        out_since: when the posts were found to be out; those that it lacks are so now.
        now: the time.
        backfill: overrides the endpoint's own.
        awaited: the posts that the first run's backfill left to be mended.
    """
    chosen = _chosen(posts, endpoint)
    if state is None:
        return _baseline(chosen, endpoint, _count(endpoint, backfill), now)
    since = state.since
    posts = list(chosen)
    outs = {post.id: out_since.get(post.id, now) for post in posts}
    outs |= {each: max(out, since) for each, out in outs.items() if each in awaited}
    return _news(posts, endpoint, since, outs, awaited, now)[::-1]


def withheld(
    posts: Iterable[Post | Outline], endpoint: Endpoint, backfill: int | None
) -> list[str]:
    """Give the ids of what a first run's backfill is to announce, and cannot until it is mended.

    Args:
        posts: the posts that are out, newest first.
        endpoint: the endpoint's options.
        backfill: overrides the endpoint's own.
    """
    covered = islice(_chosen(posts, endpoint), _count(endpoint, backfill))
    return [post.id for post in covered if not _is_clear(post, endpoint)]


def _chosen(posts: Iterable[Post | Outline], endpoint: Endpoint) -> Iterator[Post | Outline]:
    return filter(Selection.of(endpoint).takes, posts)


def _count(endpoint: Endpoint, backfill: int | None) -> int:
    return endpoint.backfill if backfill is None else backfill


def _baseline(
    posts: Iterable[Post | Outline], endpoint: Endpoint, count: int, now: datetime
) -> Iterator[NewDelivery]:
    """Give an endpoint's first deliveries, one by one: what is out already may be much."""
    backfill: list[Post | Outline] = []
    for post in posts:
        if len(backfill) < count:
            backfill.append(post)
            continue
        before = "published before this endpoint's first run"
        yield _entered(post, endpoint, post.published, now, before)
    for post in reversed(backfill):
        if _is_clear(post, endpoint):
            yield _entered(post, endpoint, post.published, now, "")


def _news(  # noqa: PLR0917 - what news depends on
    posts: Sequence[Post | Outline],
    endpoint: Endpoint,
    since: datetime,
    outs: Mapping[str, datetime],
    awaited: Collection[str],
    now: datetime,
) -> list[NewDelivery]:
    """Tell news from what is none, and why it is not."""
    reasons: dict[str, str] = {}
    imported = []
    for post in posts:
        out, is_awaited = outs[post.id], post.id in awaited
        if out <= since and not is_awaited:
            reasons[post.id] = "published before this endpoint's first run"
        elif now - max(post.published, out) > endpoint.max_age:
            reasons[post.id] = f"older than max_age ({endpoint.max_age})"
        elif now - post.published > endpoint.max_age and post.first_seen >= out and not is_awaited:
            imported.append(post.id)
    if len(imported) > IMPORT:
        told = f"one of {len(imported)} old posts that appeared at once: taken for an import"
        reasons.update(dict.fromkeys(imported, told))
    return [
        _entered(
            post,
            endpoint,
            max(post.published, outs[post.id]),
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
