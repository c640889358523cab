"""Adopting: the content is read, the old feed's entries are matched, the ledger takes it down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta

from syndicate import content, delivery
from syndicate.adoption.match import Adoption, match
from syndicate.adoption.old import OldFeed
from syndicate.delivery.awaited import note
from syndicate.ledger import NewDelivery
from syndicate.model import State
from syndicate.networks.base import FeedNetwork
from syndicate.pipeline import App

REASON = "known to the readers of the feed that was adopted"


async def adopt(app: App, old: OldFeed, wait: timedelta, *, dry_run: bool = False) -> Adoption:
    """Give our posts the ids that the readers of an old feed know them by.

    What the old feed has is no news: it is announced by no endpoint, not even by one whose first
    run is still to come and has a backfill. For such an endpoint this is the first run.

    Args:
        app: what to work with.
        old: the old feed.
        wait: how long to wait for a run on the same ledger.
        dry_run: only tell what would be done.

    Raises:
        ContentError: the content cannot be read as a whole.
        LedgerError: the ledger cannot be used, or another process is at work on it.
    """
    now = app.clock.now()
    with ExitStack() as stack:
        if not dry_run:
            stack.enter_context(app.ledger.lock(wait))
        cache = stack.enter_context(content.open_cache(app.cache, writes=False))
        scan = content.scan(app.config.content, app.config.site, app.ledger, now, cache)
        adoption = _compare(app, old, scan)
        if not dry_run:
            names = await _announcing(app)
            app.ledger.keep_posts(scan.records)
            app.ledger.come_out(now, scan.is_live)
            app.ledger.adopt(adoption.ids, list(_known(app, names, scan, adoption, now)), now)
    return adoption


def _compare(app: App, old: OldFeed, scan: content.Scan) -> Adoption:
    posts = list(scan.outlines(held=True))
    ours = {post.id for post in posts}
    found = app.ledger.find_posts(ids=list({entry.id for entry in old.entries} - ours))
    taken = {record.id: record for record in found}
    matches = match(old.entries, posts, scan.given_ids(), taken)
    in_feed = {each.post.source for each in matches if each.post}
    adoption = Adoption(
        old.format,
        tuple(matches),
        tuple(post for post in scan.outlines() if post.source not in in_feed),
        warning=old.warning,
    )
    return replace(adoption, republished=len(app.ledger.out_since(list(adoption.ids))))


async def _announcing(app: App) -> list[str]:
    """Name the endpoints that are told of posts; the others are told of feeds."""
    async with app.connect() as connected:
        return [
            line.options.name
            for line in connected.lines
            if not isinstance(line.network, FeedNetwork)
        ]


def _known(
    app: App, names: list[str], scan: content.Scan, adoption: Adoption, now: datetime
) -> Iterator[NewDelivery]:
    """Give the deliveries that are never to be sent, and a new endpoint's baseline."""
    ids, known = adoption.ids, set(adoption.known)
    for endpoint in app.config.endpoints:
        if endpoint.name not in names:
            continue
        for identity in adoption.known:
            yield NewDelivery(identity, endpoint.name, State.SKIPPED, now, REASON)
        if app.ledger.endpoint(endpoint.name) is None:
            posts = [replace(post, id=ids.get(post.id, post.id)) for post in scan.outlines()]
            note(app.ledger, endpoint, posts, None)
            baseline = delivery.plan(posts, endpoint, None, {}, now)
            yield from (each for each in baseline if each.subject not in known)
