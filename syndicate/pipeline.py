"""One run: scan → feeds → plan → deliver. The only place that knows the order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from syndicate import content, delivery, feeds, first_runs, standing, wishes
from syndicate.cards import Rack
from syndicate.clock import Clock
from syndicate.config import Config
from syndicate.content import Step
from syndicate.delivery import Follower, Line, Outcome, Pages, Runner, Watch
from syndicate.errors import Stopped
from syndicate.gallery import Gallery
from syndicate.history import History, lay_out
from syndicate.ledger import Ledger, NewDelivery
from syndicate.ledger.waiting import hold_when_free
from syndicate.media import MediaStore
from syndicate.model import Delivery, Finding, Hub, Post, Site, State
from syndicate.networks.base import FeedNetwork
from syndicate.planning import Foresight, held_back, unsure
from syndicate.proofs import Proofs
from syndicate.redaction import Redactor
from syndicate.report import Plan, Planned, Report

Render = Callable[[Post], str]


@dataclass(frozen=True, slots=True)
class Connected:
    """What talks to the world during a run."""

    media: MediaStore
    lines: tuple[Line, ...]
    pages: Pages
    rack: Rack


@dataclass(frozen=True, slots=True)
class App:
    """Everything that a run works with; ``syndicate.app`` puts it together."""

    path: Path
    """The configuration file."""
    config: Config
    site: Site
    ledger: Ledger
    clock: Clock
    hubs: tuple[Hub, ...]
    """Who is told of changed feeds, for the feeds to name."""
    redact: Redactor
    cache: Path
    """Where what is known of the content is kept; it is disposable."""
    connect: Callable[[], AbstractAsyncContextManager[Connected]]

    def next_due(self) -> datetime | None:
        """Tell when the outbox has something to do next."""
        now, zone = self.clock.now(), self.site.timezone
        endpoints = self.config.endpoints
        times = (delivery.next_due(self.ledger, each, zone, now) for each in endpoints)
        return min((time for time in times if time), default=None)

    @property
    def inputs(self) -> tuple[Path, ...]:
        """The files and folders that a run depends on."""
        settings = self.config
        return (self.path.absolute(), *content.inputs(settings.content), *settings.cards.files)


async def run(
    app: App,
    *,
    wait: timedelta = timedelta(),
    lock_wait: timedelta = timedelta(),
    backfill: int | None = None,
    feeds_only: bool = False,
    force: bool = False,
    stop: asyncio.Event | None = None,
    progress: Step | None = None,
    published: Callable[[Sequence[feeds.Published]], None] | None = None,
) -> Report:
    """Scan the content, keep the feeds right, and deliver what is due.

    Args:
        app: what to work with.
        wait: how long to go on with what becomes due; what is due now is always tried.
        lock_wait: how long to wait for another run on the same ledger.
        backfill: overrides the endpoints' own on their first run.
        feeds_only: leave the outbox alone.
        force: publish feeds even where they have lost more entries than ``feeds.max_loss`` lets,
            and take posts for deleted however many are gone.
        stop: set it to end early; attempts under way are brought to their end.
        progress: is told how many files of how many have been read, in a thread of its own.
        published: is told of the feeds when they are in place, before anybody else is; in a
            thread of its own.

    Raises:
        Stopped: ``stop`` was set while the content was still being read.
        ContentError: the content cannot be published as a whole.
        FeedError: a feed cannot be written, would be unreadable or has lost too many entries; the
            published ones stay.
        LedgerError: the ledger cannot be used, or another process is at work on it.
    """
    stop = stop or asyncio.Event()
    async with AsyncExitStack() as stack:
        await hold_when_free(app.ledger, lock_wait, stop, stack)
        cache = stack.enter_context(content.open_cache(app.cache))
        began = app.clock.now()
        scan = await asyncio.to_thread(_scan, app, began, cache, _step(progress, stop))
        is_new = not app.ledger.posts_stamp()
        _take_note(app, scan)
        render = content.Renderer(cache, app.site.url, scan.find)
        async with app.connect() as connected:
            settings = app.config.feeds
            paging = await asyncio.to_thread(_lay_out, app, scan)
            documents = await _build(app, connected.media, scan, render, paging)
            first = first_runs.look(app.config, app.ledger, documents, backfill, is_new=is_new)
            places = await asyncio.to_thread(
                _publish,
                documents,
                settings.output,
                None if force else settings.max_loss,
                _history(app, scan, connected.media, paging),
                stop,
            )
            gallery = Gallery(app.config, scan, connected.rack)
            connected.rack.publishes = True
            proofs = Proofs(app.config, app.site, app.ledger)
            if published:
                shown = [*places, *gallery.shown(), *proofs.shown()]
                await asyncio.to_thread(published, shown)
            report = Report(
                scan.live,
                scan.held,
                (*scan.findings, *render.findings, *_wishes(app, scan)),
                tuple(places),
                next_change=scan.next_change,
            )
            late: tuple[str, ...] = ()
            if not feeds_only:
                posts = content.LivePosts(scan)
                max_loss = None if force else settings.max_loss
                follower = _follower(app, connected, scan, posts, render, max_loss)
                wishes.reschedule(app.ledger, connected.lines, scan)
                skipped = _enter(app, connected.lines, scan, documents, first.backfill)
                late = (*first.warnings, *await _follow(app, follower))
                outcomes, more = await _work_off(app, connected, posts, render, began + wait, stop)
                report, late = replace(report, skipped=skipped, outcomes=outcomes), late + more
                report = replace(report, next_change=follower.before(scan.next_change))
            cards = await asyncio.to_thread(gallery.publish, stop)
            report = replace(report, feeds=(*report.feeds, *cards, *proofs.publish()))
            troubles = (*connected.media.warnings, *connected.rack.warnings, *proofs.warnings)
            report = replace(report, warnings=(*feeds.warnings(places), *troubles, *late))
        cache.commit()
    return standing.complete(app.config, app.ledger, app.clock.now(), report)


async def plan(
    app: App,
    *,
    backfill: int | None = None,
    feeds_only: bool = False,
    progress: Step | None = None,
) -> Plan:
    """Tell what :func:`run` would do now, and do nothing of it.

    The messages are composed just as a run composes them; nothing is written to the ledger but
    what a network remembers of its server's limits.
    """
    now = app.clock.now()
    skipped: dict[str, int] = {}
    planned: list[Planned] = []
    waiting: list[Delivery | NewDelivery] = []
    with content.open_cache(app.cache, writes=False) as cache:
        scan = await asyncio.to_thread(_scan, app, now, cache, _step(progress, asyncio.Event()))
        posts, render = content.LivePosts(scan), content.Renderer(cache, app.site.url, scan.find)
        async with app.connect() as connected:
            paging = await asyncio.to_thread(partial(_lay_out, app, scan, writes=False))
            documents = await _build(app, connected.media, scan, render, paging)
            is_new = not app.ledger.posts_stamp()
            first = first_runs.look(app.config, app.ledger, documents, backfill, is_new=is_new)
            history = _history(app, scan, connected.media, paging)
            older = await asyncio.to_thread(history.changed) if history else []
            older += await asyncio.to_thread(Gallery(app.config, scan, connected.rack).changed)
            older += Proofs(app.config, app.site, app.ledger).changed()
            max_loss = app.config.feeds.max_loss
            follower = _follower(app, connected, scan, posts, render, max_loss)
            foresight = Foresight(posts, render, connected.media, connected.pages, app.ledger)
            if not feeds_only:
                await follower.look()
            for line in () if feeds_only else connected.lines:
                new = list(_new_deliveries(app, line, scan, documents, first.backfill))
                new += follower.new(line.options.name)
                skipped[line.options.name] = sum(each.state is State.SKIPPED for each in new)
                fresh = [each for each in new if each.state is State.PENDING]
                due, later = wishes.due(app.ledger, line, scan, fresh)
                waiting += later
                planned += await foresight.plan(line, due)
            shut = standing.endpoints(app.config, app.ledger, now, waiting)
            held = held_back(scan, waiting, shut["holds"], shut["endpoints"])
            doomed = unsure(follower.remover, connected.lines)
            return Plan(
                posts=scan.live,
                held=scan.held,
                findings=(
                    *scan.findings,
                    *render.findings,
                    *_wishes(app, scan),
                ),
                feeds=(*feeds.changed(documents, app.config.feeds.output), *older),
                warnings=(
                    *connected.media.warnings,
                    *connected.rack.warnings,
                    *(() if feeds_only else first.warnings),
                    *map(app.redact, follower.warnings),
                ),
                skipped=skipped,
                deliveries=tuple(planned),
                waiting=tuple(waiting),
                later=(*held, *([] if feeds_only else doomed)),
                **shut,
            )


def _wishes(app: App, scan: content.Scan) -> Iterator[Finding]:
    return wishes.found(scan, app.config.endpoints, app.ledger)


def _take_note(app: App, scan: content.Scan) -> None:
    """Let the ledger know what was found."""
    app.ledger.keep_posts(scan.records)
    scan.keep(app.ledger.posts_stamp())
    app.ledger.come_out(scan.now, scan.is_live)


async def _work_off(  # noqa: PLR0917 - what a runner takes
    app: App,
    connected: Connected,
    posts: content.LivePosts,
    render: Render,
    until: datetime,
    stop: asyncio.Event,
) -> tuple[tuple[Outcome, ...], tuple[str, ...]]:
    """Deliver what is due, and alert; give the outcomes, and what there is to warn of."""
    lines, media, pages = connected.lines, connected.media, connected.pages
    runner = Runner(app.ledger, app.clock, media, posts, render, app.redact, pages)
    watch = Watch(app.ledger, lines, app.config.alerts, app.site, posts)
    watch.begin()
    runner.tell = watch.enter
    await runner.run(lines, until, stop)
    if told := await watch.enter(app.clock.now()):
        await runner.run(told, until, stop)
    return tuple(runner.outcomes), tuple(map(app.redact, watch.warnings))


def _follower(  # noqa: PLR0917 - what a follower takes
    app: App,
    connected: Connected,
    scan: content.Scan,
    posts: content.LivePosts,
    render: Render,
    max_loss: float | None,
) -> Follower:
    lines, media = connected.lines, connected.media
    return Follower.of(app.ledger, lines, posts, render, media, scan, max_loss)


async def _follow(app: App, follower: Follower) -> tuple[str, ...]:
    """Enter what follows edits and deletions; give what there is to warn of."""
    await follower.look()
    follower.enter()
    return tuple(map(app.redact, follower.warnings))


def _scan(app: App, now: datetime, cache: content.Cache, step: Step) -> content.Scan:
    return content.scan(app.config.content, app.config.site, app.ledger, now, cache, step)


def _step(progress: Step | None, stop: asyncio.Event) -> Step:
    """Tell of the progress, and give up where that is asked for: reading is nothing to finish."""

    def step(done: int, of: int) -> None:
        if stop.is_set():
            raise Stopped("stopped while the content was being read; nothing was published or sent")
        if progress:
            progress(done, of)

    return step


async def _build(
    app: App,
    media: MediaStore,
    scan: content.Scan,
    render: Render,
    paging: feeds.Paging | None,
) -> list[feeds.Document]:
    settings = app.config.feeds
    listings = await asyncio.to_thread(_listings, app, scan, paging)
    listed = {post.id: post for listing in listings for post in listing.posts}
    await media.prefetch([post.image for post in listed.values() if post.image])
    documents = feeds.build(
        app.site, settings, app.config.feeds_url, listings, render, media.facts, app.hubs
    )
    built = await asyncio.to_thread(list, documents)
    if len(listings) > 1:
        built += feeds.catalogue(built, app.site.title, app.config.feeds_url)
    return built


def _listings(app: App, scan: content.Scan, paging: feeds.Paging | None) -> list[feeds.Listing]:
    """Choose each feed's posts by their outlines, and make these whole."""
    return feeds.listings(app.site, app.config.feeds, scan.outlines(), scan.load, paging)


def _lay_out(app: App, scan: content.Scan, *, writes: bool = True) -> feeds.Paging | None:
    return lay_out(app.config, app.site, app.ledger, scan, writes=writes)


def _history(
    app: App, scan: content.Scan, media: MediaStore, paging: feeds.Paging | None
) -> History | None:
    return History(app.config, app.site, app.ledger, scan, media, paging) if paging else None


def _publish(
    documents: Sequence[feeds.Document],
    output: Path,
    max_loss: float | None,
    history: History | None,
    stop: asyncio.Event,
) -> list[feeds.Published]:
    """Put the feeds in their places, and before them the pages of the archive that they lead to."""
    older: list[feeds.Published] = []

    def step() -> None:
        if stop.is_set():
            raise Stopped("stopped while the archive was being made; no feed was changed")

    def first() -> None:
        if history:
            older.extend(history.publish(max_loss, step))

    places = feeds.publish(documents, output, max_loss, first)
    if history:
        history.sweep()
    return [*places, *older]


def _new_deliveries(
    app: App,
    line: Line,
    scan: content.Scan,
    documents: Iterable[feeds.Document],
    backfill: int | None,
) -> Iterable[NewDelivery]:
    name, network, ledger = line.options.name, line.network, app.ledger
    state = ledger.endpoint(name)
    if not line.options.posts:
        return ()
    if isinstance(network, FeedNetwork):
        told = {(each.subject, each.version) for each in ledger.deliveries(endpoint=name)}
        known = ((each.url, each.version) for each in documents if each.is_feed)
        return delivery.notices(
            (each for each in known if each not in told), name, network, scan.now
        )
    if state is None:
        return delivery.plan(scan.outlines(), line.options, None, {}, scan.now, backfill)
    fresh = (record.id for record in scan.records)  # a plan does not make the ledger know them
    posts = list(scan.outlines(among=ledger.unplanned(name, fresh)))
    out_since = ledger.out_since([post.id for post in posts])
    return delivery.plan(posts, line.options, state, out_since, scan.now)


def _enter(
    app: App,
    lines: Sequence[Line],
    scan: content.Scan,
    documents: Sequence[feeds.Document],
    backfill: int | None,
) -> dict[str, int]:
    """Enter the deliveries that are due to exist; tell how many of each endpoint's are skipped."""
    skipped: dict[str, int] = {}
    for line in lines:
        skipped[line.options.name] = 0
        new = _new_deliveries(app, line, scan, documents, backfill)
        app.ledger.add(line.options.name, _counted(new, skipped), scan.now)
    return skipped


def _counted(new: Iterable[NewDelivery], skipped: dict[str, int]) -> Iterator[NewDelivery]:
    """Pass deliveries on, and count those that are skipped."""
    for each in new:
        skipped[each.endpoint] += each.state is State.SKIPPED
        yield each
