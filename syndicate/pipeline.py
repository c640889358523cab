"""One run: scan → feeds → plan → deliver. The only place that knows the order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from syndicate import content, delivery, feeds, first_runs, outbox, standing, wishes
from syndicate.cards import Rack
from syndicate.clock import Clock
from syndicate.config import Config
from syndicate.content import Step
from syndicate.delivery import Follower, Line, Outcome, Pages, Runner, Watch
from syndicate.errors import Stopped
from syndicate.first_runs import FirstRuns
from syndicate.gallery import Gallery
from syndicate.history import History, lay_out
from syndicate.ledger import Ledger, NewDelivery
from syndicate.ledger.waiting import hold_when_free
from syndicate.media import MediaStore
from syndicate.model import Delivery, Finding, Hub, Site, State
from syndicate.planning import Foresight, held_back, unsure
from syndicate.proofs import Proofs
from syndicate.redaction import Redactor
from syndicate.report import HeldBack, Plan, Planned, Report


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


@dataclass(frozen=True, slots=True)
class _Work:
    """What a run, or the plan of one, works on: the content as it was read, and what it reaches."""

    app: App
    connected: Connected
    scan: content.Scan
    render: content.Renderer
    paging: feeds.Paging | None
    """How the archive is laid out, where there is one."""
    max_loss: float | None
    """The share of entries that may be gone from a feed at once; None for any."""

    @property
    def posts(self) -> content.LivePosts:
        """The posts that are out."""
        return content.LivePosts(self.scan)

    def history(self) -> History | None:
        """Give the archive, where there is one."""
        if self.paging is None:
            return None
        app, media = self.app, self.connected.media
        return History(app.config, app.site, app.ledger, self.scan, media, self.paging)

    def gallery(self) -> Gallery:
        """Give the posts' cards."""
        return Gallery(self.app.config, self.scan, self.connected.rack)

    def proofs(self) -> Proofs:
        """Give the files that say whose the accounts are."""
        return Proofs(self.app.config, self.app.site, self.app.ledger)

    def follower(self) -> Follower:
        """Give what finds edits and deletions."""
        ledger, lines, media = self.app.ledger, self.connected.lines, self.connected.media
        posts, render, scan = self.posts, self.render, self.scan
        return Follower.of(ledger, lines, posts, render, media, scan, self.max_loss)

    def findings(self, backfill: int | None) -> tuple[Finding, ...]:
        """Give what is to be said about the posts, as far as they have been rendered by now."""
        asked = wishes.found(self.scan, self.app.config.endpoints, self.app.ledger, backfill)
        return (*self.scan.findings, *self.render.findings, *asked)

    def warnings(self) -> tuple[str, ...]:
        """Give what there is to warn of pictures and cards by now."""
        return (*self.connected.media.warnings, *self.connected.rack.warnings)


@dataclass(slots=True)
class _Foreseen:
    """What a run would enter and deliver."""

    skipped: dict[str, int] = field(default_factory=dict)
    planned: list[Planned] = field(default_factory=list)
    waiting: list[Delivery | NewDelivery] = field(default_factory=list)
    doomed: list[HeldBack] = field(default_factory=list)
    """Whose deletion waits for a second look."""
    warnings: tuple[str, ...] = ()


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
        take_note(app, scan)
        render = content.Renderer(cache, app.site.url, scan.find)
        async with app.connect() as connected:
            paging = await asyncio.to_thread(_lay_out, app, scan)
            max_loss = None if force else app.config.feeds.max_loss
            work = _Work(app, connected, scan, render, paging, max_loss)
            documents = await _build(work)
            first = first_runs.look(app.config, app.ledger, documents, backfill, is_new=is_new)
            places = await asyncio.to_thread(_publish, work, documents, stop)
            gallery, proofs = work.gallery(), work.proofs()
            connected.rack.publishes = True
            if published:
                shown = [*places, *gallery.shown(), *proofs.shown()]
                await asyncio.to_thread(published, shown)
            found = work.findings(first.backfill)
            report = Report(scan.live, scan.held, found, (), next_change=scan.next_change)
            if not feeds_only:
                report = await _announce(work, documents, first, report, began + wait, stop)
            cards = await asyncio.to_thread(gallery.publish, stop)
            report = replace(report, feeds=(*places, *cards, *proofs.publish()))
            troubles = (*feeds.warnings(places), *work.warnings(), *proofs.warnings)
            warnings = (*troubles, *report.warnings)
            report = replace(report, warnings=warnings, is_cut_short=stop.is_set())
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
    with content.open_cache(app.cache, writes=False) as cache:
        scan = await asyncio.to_thread(_scan, app, now, cache, _step(progress, asyncio.Event()))
        render = content.Renderer(cache, app.site.url, scan.find)
        async with app.connect() as connected:
            paging = await asyncio.to_thread(partial(_lay_out, app, scan, writes=False))
            work = _Work(app, connected, scan, render, paging, app.config.feeds.max_loss)
            documents = await _build(work)
            is_new = not app.ledger.posts_stamp()
            first = first_runs.look(app.config, app.ledger, documents, backfill, is_new=is_new)
            beside = await _changed_beside(work)
            seen = _Foreseen() if feeds_only else await _foresee(work, documents, first)
            shut = standing.endpoints(app.config, app.ledger, now, seen.waiting)
            held = held_back(scan, seen.waiting, shut["holds"], shut["endpoints"], app.ledger)
            return Plan(
                posts=scan.live,
                held=scan.held,
                findings=work.findings(first.backfill),
                feeds=(*feeds.changed(documents, app.config.feeds.output), *beside),
                warnings=(*work.warnings(), *seen.warnings),
                skipped=seen.skipped,
                deliveries=tuple(seen.planned),
                waiting=tuple(seen.waiting),
                later=(*held, *seen.doomed),
                **shut,
            )


def take_note(app: App, scan: content.Scan) -> None:
    """Let the ledger know what was found: what is new, what has changed, and what has come out."""
    app.ledger.keep_posts(scan.records)
    scan.keep(app.ledger.posts_stamp())
    app.ledger.come_out(scan.now, scan.is_live)


async def _announce(  # noqa: PLR0917 - what there is to announce, and until when
    work: _Work,
    documents: Sequence[feeds.Document],
    first: FirstRuns,
    report: Report,
    until: datetime,
    stop: asyncio.Event,
) -> Report:
    """Enter what is due to exist, and what follows edits and deletions; deliver what is due."""
    app, lines, scan = work.app, work.connected.lines, work.scan
    follower = work.follower()
    wishes.reschedule(app.ledger, lines, scan)
    skipped = outbox.enter(app.ledger, lines, scan, documents, first.backfill)
    await follower.look()
    follower.enter()
    outcomes, warnings = await _work_off(work, until, stop)
    return replace(
        report,
        skipped=skipped,
        outcomes=outcomes,
        warnings=(*first.warnings, *map(app.redact, follower.warnings), *warnings),
        next_change=follower.before(scan.next_change),
    )


async def _work_off(
    work: _Work, until: datetime, stop: asyncio.Event
) -> tuple[tuple[Outcome, ...], tuple[str, ...]]:
    """Deliver what is due, and alert; give the outcomes, and what there is to warn of."""
    app, connected, posts = work.app, work.connected, work.posts
    media, lines, pages = connected.media, connected.lines, connected.pages
    runner = Runner(app.ledger, app.clock, media, posts, work.render, app.redact, pages)
    watch = Watch(app.ledger, lines, app.config.alerts, app.site, posts)
    watch.begin()
    runner.tell = watch.enter
    await runner.run(lines, until, stop)
    if told := await watch.enter(app.clock.now()):
        await runner.run(told, until, stop)
    return tuple(runner.outcomes), tuple(map(app.redact, watch.warnings))


async def _foresee(work: _Work, documents: Sequence[feeds.Document], first: FirstRuns) -> _Foreseen:
    """Find out what a run would enter and deliver; nothing is written."""
    app, connected = work.app, work.connected
    follower = work.follower()
    foresight = Foresight(work.posts, work.render, connected.media, connected.pages, app.ledger)
    await follower.look()
    seen = _Foreseen(warnings=(*first.warnings, *map(app.redact, follower.warnings)))
    for line in connected.lines:
        name = line.options.name
        new = list(outbox.new_deliveries(app.ledger, line, work.scan, documents, first.backfill))
        new += follower.new(name)
        seen.skipped[name] = sum(each.state is State.SKIPPED for each in new)
        fresh = [each for each in new if each.state is State.PENDING]
        due, later = wishes.due(app.ledger, line, work.scan, fresh)
        seen.waiting += later
        seen.planned += await foresight.plan(line, due)
    seen.doomed += unsure(follower.remover, connected.lines)
    return seen


async def _changed_beside(work: _Work) -> list[feeds.Document]:
    """Give what would change beside the feeds: the archive, the cards, the proofs."""
    history = work.history()
    archive = await asyncio.to_thread(history.changed) if history else []
    cards = await asyncio.to_thread(work.gallery().changed)
    return [*archive, *cards, *work.proofs().changed()]


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


def _lay_out(app: App, scan: content.Scan, *, writes: bool = True) -> feeds.Paging | None:
    return lay_out(app.config, app.site, app.ledger, scan, writes=writes)


async def _build(work: _Work) -> list[feeds.Document]:
    """Render the feeds, and get what they say of their pictures."""
    app, media = work.app, work.connected.media
    listings = await asyncio.to_thread(_listings, work)
    listed = {post.id: post for listing in listings for post in listing.posts}
    await media.prefetch([post.image for post in listed.values() if post.image])
    place = app.config.feeds_url
    documents = feeds.build(
        app.site, app.config.feeds, place, listings, work.render, media.facts, app.hubs
    )
    built = await asyncio.to_thread(list, documents)
    if len(listings) > 1:
        built += feeds.catalogue(built, app.site.title, place)
    return built


def _listings(work: _Work) -> list[feeds.Listing]:
    """Choose each feed's posts by their outlines, and make these whole."""
    app, scan = work.app, work.scan
    return feeds.listings(app.site, app.config.feeds, scan.outlines(), scan.load, work.paging)


def _publish(
    work: _Work, documents: Sequence[feeds.Document], stop: asyncio.Event
) -> list[feeds.Published]:
    """Put the feeds in their places, and before them the pages of the archive that they lead to."""
    history = work.history()
    older: list[feeds.Published] = []

    def step() -> None:
        if stop.is_set():
            raise Stopped("stopped while the archive was being made; no feed was changed")

    def first() -> None:
        if history:
            older.extend(history.publish(work.max_loss, step))

    places = feeds.publish(documents, work.app.config.feeds.output, work.max_loss, first)
    if history:
        history.sweep()
    return [*places, *older]
