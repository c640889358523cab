"""Images without an alternative text, and what that means for their announcement.

Only posts are told of that could still be announced: what is out there already is no news.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from syndicate import content
from syndicate.config import Endpoint
from syndicate.delivery import awaited
from syndicate.delivery.layers import MEND_ALT, NO_ALT, REQUIRE, SKIP, alt_policy, layers
from syndicate.ledger import Ledger
from syndicate.model import Finding, Kind, Outline, Severity
from syndicate.selection import Selection

_BECOMES = {
    "warn": "it goes out with none",
    SKIP: "the post goes out without the image",
}


def found(
    scan: content.Scan,
    endpoints: Sequence[Endpoint],
    ledger: Ledger,
    backfill: int | None,
    *,
    looks: bool,
) -> Iterator[Finding]:
    """Tell of images that hold their posts back, and where somebody looks, of all others.

    Args:
        scan: the posts.
        endpoints: where they are announced.
        ledger: what was announced.
        backfill: overrides the endpoints' own on their first run.
        looks: whether to tell of what does not keep a post from being announced, too.
    """
    asking = [each for each in endpoints if _asks(each, looks=looks)]
    posts = list(scan.undescribed()) if asking else []
    fates: dict[tuple[str, str], list[str]] = defaultdict(list)
    for endpoint in asking if posts else ():
        waits = awaited(ledger, endpoint, scan.outlines(), backfill)
        for post in _news(posts, endpoint, ledger, scan, waits, looks=looks):
            own = layers(post, endpoint)
            said = alt_policy(own.options)
            if said == REQUIRE:
                yield from (each for each in own.problems if each.kind is Kind.ALT)
            elif said and looks:
                fates[post.id, said].append(endpoint.name)
    for post in posts:
        for said, becomes in _BECOMES.items():
            if names := fates.get((post.id, said)):
                yield _finding(post, f"{becomes} to {', '.join(names)}")


def _asks(endpoint: Endpoint, *, looks: bool) -> bool:
    said = alt_policy(endpoint)
    return endpoint.posts and said is not None and (looks or said == REQUIRE)


def _news(
    posts: Sequence[Outline],
    endpoint: Endpoint,
    ledger: Ledger,
    scan: content.Scan,
    waits: Collection[str],
    *,
    looks: bool,
) -> Iterator[Outline]:
    """Give the posts that an endpoint would be told of, now or when they are out."""
    takes, now = Selection.of(endpoint).takes, scan.now
    state = ledger.endpoint(endpoint.name)
    began = state.since if state else now
    if state is None and not looks:  # on its first run what is out already is no news
        posts = [post for post in posts if post.id in waits]
    recent = [
        post
        for post in posts
        if takes(post)
        and now - _known(post, began if post.id in waits else None) <= endpoint.max_age
        and not (post.expires and post.expires <= now)
        and not layers(post, endpoint).skip
    ]
    ids = [post.id for post in recent]
    open_ = ledger.unplanned(endpoint.name, ids) if state else set(ids)
    out_since = ledger.out_since(ids)
    for post in recent:
        known = out_since.get(post.id)
        is_old = post.id not in waits and state and known and known <= state.since
        if post.id in open_ and not is_old:
            yield post


def _known(post: Outline, awaited_since: datetime | None) -> datetime:
    """Give since when a post is news at the most."""
    return max(filter(None, (post.published, post.first_seen, awaited_since)))


def _finding(post: Outline, becomes: str) -> Finding:
    bare = post.undescribed
    assert bare is not None
    message = f"{NO_ALT}: {becomes}, unless {MEND_ALT}"
    return Finding(post.source, bare.line, bare.key, message, Severity.WARNING, Kind.ALT)
