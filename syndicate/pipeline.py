"""One run: scan → feeds → plan → deliver. The only place that knows the order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from syndicate import content, delivery, feeds
from syndicate.clock import Clock
from syndicate.config import Config
from syndicate.delivery import Line, Runner, compose
from syndicate.errors import DeliveryError
from syndicate.ledger import Ledger, NewDelivery
from syndicate.media import MediaStore
from syndicate.model import Delivery, Post, Site, State
from syndicate.redaction import Redactor
from syndicate.report import Plan, Planned, Report

Render = Callable[[Post], str]

RENDERED = 1_000
"""How many rendered posts are kept within one run: feeds and messages ask for the same ones."""


@dataclass(frozen=True, slots=True)
class Connected:
    """What talks to the world during a run."""

    media: MediaStore
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class App:
    """Everything that a run works with; ``syndicate.app`` puts it together."""

    path: Path
    """The configuration file."""
    config: Config
    site: Site
    ledger: Ledger
    clock: Clock
    redact: Redactor
    connect: Callable[[], AbstractAsyncContextManager[Connected]]


async def run(
    app: App,
    *,
    wait: timedelta = timedelta(),
    lock_wait: timedelta = timedelta(),
    backfill: int | None = None,
    feeds_only: bool = False,
    force: bool = False,
    stop: asyncio.Event | None = None,
) -> Report:
    """Scan the content, keep the feeds right, and deliver what is due.

    Args:
        app: what to work with.
        wait: how long to go on with what becomes due; what is due now is always tried.
        lock_wait: how long to wait for another run on the same ledger.
        backfill: overrides the endpoints' own on their first run.
        feeds_only: leave the outbox alone.
        force: publish feeds even where they have lost more entries than ``feeds.max_loss`` lets.
        stop: set it to end early; attempts under way are brought to their end.

    Raises:
        ContentError: the content cannot be published as a whole.
        FeedError: a feed cannot be written, would be unreadable or has lost too many entries; the
            published ones stay.
        LedgerError: the ledger cannot be used, or another process is at work on it.
    """
    with app.ledger.lock(lock_wait):
        began = app.clock.now()
        scan = await asyncio.to_thread(_scan, app, began)
        app.ledger.keep_posts(scan.records)
        live = [post for post in scan.posts if post.is_live(began)]
        render = lru_cache(RENDERED)(content.render)
        async with app.connect() as connected:
            documents = await _build(app, connected.media, live, render)
            settings = app.config.feeds
            published = await asyncio.to_thread(
                feeds.publish, documents, settings.output, None if force else settings.max_loss
            )
            report = Report(len(live), len(scan.posts) - len(live), scan.findings, tuple(published))
            if not feeds_only:
                skipped = _enter(app, connected.lines, live, began, backfill)
                runner = Runner(
                    app.ledger,
                    app.clock,
                    connected.media,
                    {post.id: post for post in live},
                    render,
                    app.redact,
                )
                await runner.run(connected.lines, began + wait, stop or asyncio.Event())
                report = replace(report, skipped=skipped, outcomes=tuple(runner.outcomes))
            warnings = (*feeds.warnings(published), *connected.media.warnings)
            report = replace(report, warnings=warnings)
    return _complete(app, report)


async def plan(app: App, *, backfill: int | None = None) -> Plan:
    """Tell what :func:`run` would do now, and do nothing of it.

    The messages are composed just as a run composes them; nothing is written to the ledger but
    what a network remembers of its server's limits.
    """
    now = app.clock.now()
    scan = await asyncio.to_thread(_scan, app, now)
    live = [post for post in scan.posts if post.is_live(now)]
    posts = {post.id: post for post in live}
    render = lru_cache(RENDERED)(content.render)
    skipped: dict[str, int] = {}
    planned: list[Planned] = []
    async with app.connect() as connected:
        documents = await _build(app, connected.media, live, render)
        for line in connected.lines:
            new = _new_deliveries(app, line, live, now, backfill)
            skipped[line.options.name] = sum(each.state is State.SKIPPED for each in new)
            due: list[Delivery | NewDelivery] = [*_under_way(app.ledger, line.options.name)]
            due += [each for each in new if each.state is State.PENDING]
            for each in due:
                post = posts.get(each.subject)
                planned.append(await _planned(line, each, post, render, connected.media))
        return Plan(
            posts=len(live),
            held=len(scan.posts) - len(live),
            findings=scan.findings,
            feeds=tuple(feeds.changed(documents, app.config.feeds.output)),
            warnings=tuple(connected.media.warnings),
            skipped=skipped,
            deliveries=tuple(planned),
        )


def _scan(app: App, now: datetime) -> content.Scan:
    return content.scan(app.config.content, app.config.site, app.ledger.posts(), now)


async def _build(
    app: App, media: MediaStore, live: Sequence[Post], render: Render
) -> list[feeds.Document]:
    settings = app.config.feeds
    listings = feeds.listings(app.site, settings, live)
    listed = {post.id: post for listing in listings for post in listing.posts}
    await media.prefetch([post.image for post in listed.values() if post.image])
    documents = feeds.build(app.site, settings, app.config.feeds_url, listings, render, media.facts)
    built = await asyncio.to_thread(list, documents)
    if len(listings) > 1:
        built += feeds.catalogue(built, app.site.title, app.config.feeds_url)
    return built


def _new_deliveries(
    app: App, line: Line, live: Sequence[Post], now: datetime, backfill: int | None
) -> list[NewDelivery]:
    known = None
    if app.ledger.endpoint(line.options.name) is not None:
        known = {
            each.subject
            for each in app.ledger.deliveries(endpoint=line.options.name)
            if each.state is not State.CANCELLED  # the post may be back
        }
    return delivery.plan(live, line.options, known, now, backfill)


def _enter(
    app: App, lines: Sequence[Line], live: Sequence[Post], now: datetime, backfill: int | None
) -> dict[str, int]:
    """Enter the deliveries that are due to exist; tell how many of each endpoint's are skipped."""
    skipped = {}
    for line in lines:
        new = _new_deliveries(app, line, live, now, backfill)
        app.ledger.add(line.options.name, new, now)
        skipped[line.options.name] = sum(each.state is State.SKIPPED for each in new)
    return skipped


def _under_way(ledger: Ledger, endpoint: str) -> list[Delivery]:
    return ledger.deliveries(endpoint=endpoint, states=[State.PENDING, State.SENDING])


async def _planned(
    line: Line, each: Delivery | NewDelivery, post: Post | None, render: Render, media: MediaStore
) -> Planned:
    if isinstance(each, Delivery) and each.message:
        return Planned(line, post, each.due, each.message)
    if post is None:
        return Planned(line, None, each.due, None, "the post is not published any more")
    try:
        return Planned(line, post, each.due, await compose(line, post, render, media))
    except DeliveryError as error:
        return Planned(line, post, each.due, None, error.detail)


def _complete(app: App, report: Report) -> Report:
    """Add what the ledger says at the end: what waits, what rests, which endpoints are shut."""
    names = {endpoint.name for endpoint in app.config.endpoints}
    return replace(
        report,
        waiting=tuple(
            each
            for each in app.ledger.deliveries(states=[State.PENDING, State.SENDING])
            if each.endpoint in names
        ),
        resting=tuple(
            each
            for each in app.ledger.deliveries(states=[State.DEAD, State.IN_DOUBT])
            if each.endpoint in names
        ),
        endpoints=tuple(each for each in app.ledger.endpoints() if each.name in names),
    )
