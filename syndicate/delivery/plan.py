"""Which deliveries are due to exist. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from syndicate.config import Endpoint
from syndicate.ledger.port import NewDelivery
from syndicate.model import Outline, Post, State


@dataclass(frozen=True, slots=True)
class Selection:
    """Which posts an endpoint is for; an empty filter lets all pass."""

    tags: frozenset[str]
    categories: frozenset[str]
    languages: frozenset[str]

    @classmethod
    def of(cls, endpoint: Endpoint) -> Selection:
        """Read the filters of an endpoint; upper and lower case are alike."""
        return cls(_fold(endpoint.tags), _fold(endpoint.categories), _fold(endpoint.languages))

    def takes(self, post: Post | Outline) -> bool:
        """Tell whether the endpoint is for this post. ``en`` takes ``en-GB`` too."""
        language = post.language.casefold()
        return (
            (not self.tags or bool(self.tags & _fold(post.tags)))
            and (not self.categories or bool(self.categories & _fold(post.categories)))
            and (not self.languages or not self.languages.isdisjoint(_ranges(language)))
        )


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


def _fold(words: Collection[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


def _ranges(tag: str) -> Iterator[str]:
    """Give a language tag and its wider ones (RFC 4647 section 3.4): zh-hant-tw, zh-hant, zh."""
    while tag:
        yield tag
        tag = tag.rpartition("-")[0]
