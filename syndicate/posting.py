"""One post to one endpoint, on purpose: whatever its age, and whatever was decided before."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from syndicate import content, delivery
from syndicate.delivery import Line, Runner, compose, layers, manual, read_by_hand
from syndicate.delivery.awaited import note
from syndicate.errors import ContentError, SyndicateError
from syndicate.ledger import Ledger, NewDelivery
from syndicate.ledger.waiting import hold_when_free
from syndicate.model import Delivery, EndpointState, Event, Message, Outline, State
from syndicate.networks.base import FeedNetwork
from syndicate.pipeline import App, Connected, take_note
from syndicate.report import Planned


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of it."""

    planned: Planned
    """What was sent, or would be."""
    delivery: Delivery | None = None
    """Where it stands; None where nothing was to be done."""
    endpoint: EndpointState | None = None


async def post(
    app: App,
    path: Path,
    name: str,
    *,
    by_hand: Mapping[str, Any] | None = None,
    again: bool = False,
    dry_run: bool = False,
    wait: timedelta = timedelta(),
    stop: asyncio.Event | None = None,
) -> Posted:
    """Send a post that is out to an endpoint, through the outbox as a run would.

    The message is frozen in the ledger before it is tried, so that what a person wrote for it
    survives whatever comes then: the next run goes on with it. What was delivered is sent once
    more only where that is asked for, as an announcement of its own; what may have arrived is not
    sent at all until somebody has looked.

    Args:
        app: what to work with.
        path: the post's file.
        name: the endpoint's.
        by_hand: options for this message alone, as they were said.
        again: send it although it was delivered.
        dry_run: only tell what would be sent.
        wait: how long to go on with retries, and to wait for another run on the same ledger.
        stop: set it to end early; an attempt under way is brought to its end.

    Raises:
        SyndicateError: what is said by hand cannot be done there.
        ContentError: there is no such post, it is not out, or asks for what nobody can do.
        NotPossible: it was delivered, or nobody knows whether it was.
        DeliveryError: the message cannot be composed.
        LedgerError: the ledger cannot be used, or another process is at work on it.
    """
    stop = stop or asyncio.Event()
    async with AsyncExitStack() as stack:
        if not dry_run:
            await hold_when_free(app.ledger, wait, stop, stack)
        now = app.clock.now()
        cache = stack.enter_context(content.open_cache(app.cache, writes=not dry_run))
        scan = content.scan(app.config.content, app.config.site, app.ledger, now, cache)
        connected = await stack.enter_async_context(app.connect())
        line, outline = _line(connected, name), _find(app, scan, path)
        by_hand = read_by_hand(line.options, by_hand or {})
        runner = _runner(app, connected, scan, cache)
        if not dry_run:
            connected.rack.publishes = True
            take_note(app, scan)
            runner.recover([line])
        event = _event(app.ledger, outline, name, again=again)
        planned = await _compose(line, scan, outline, runner, by_hand)
        if dry_run or planned.message is None:
            return Posted(planned)
        if planned.message.image:
            connected.media.keep(planned.message.image.data)
        row = _enter(app.ledger, line, scan, outline, event, planned.message)
        runner.only = row.id
        await runner.run([line], now + wait, stop)
        cache.commit()
        return Posted(planned, app.ledger.delivery(row.id), app.ledger.endpoint(name))


def _line(connected: Connected, name: str) -> Line:
    lines = {each.options.name: each for each in connected.lines}
    if name not in lines:
        known = ", ".join(sorted(lines)) or "none"
        raise SyndicateError(f"no endpoint is named {name!r}; there are {known}")
    if isinstance(lines[name].network, FeedNetwork):
        raise SyndicateError(f"{name} is told of feeds, and of no posts")
    return lines[name]


def _runner(app: App, connected: Connected, scan: content.Scan, cache: content.Cache) -> Runner:
    posts, render = content.LivePosts(scan), content.Renderer(cache, app.site.url, scan.find)
    media, pages = connected.media, connected.pages
    return Runner(app.ledger, app.clock, media, posts, render, app.redact, pages)


def _find(app: App, scan: content.Scan, path: Path) -> Outline:
    """Find the post of a file, which is named from here or from the content folder."""
    root = app.config.content.dir
    sources = {path.as_posix()}
    whole = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
    if whole.is_relative_to(root):
        sources.add(whole.relative_to(root).as_posix())
    for outline in scan.outlines(held=True):
        if outline.source in sources:
            if scan.is_live(outline.id):
                return outline
            why = "a draft" if outline.draft else f"dated {outline.published:%Y-%m-%d %H:%M}Z"
            if outline.expires and outline.expires <= scan.now:
                why = "expired"
            raise ContentError(f"{outline.source} is not out: it is {why}")
    told = [f"; {each}" for each in scan.findings if each.source in sources]
    raise ContentError(f"no post is read from {path}{''.join(told) or f' in {root}'}")


def _event(ledger: Ledger, post: Outline, name: str, *, again: bool) -> Event:
    """Tell whether this is the post's announcement, or another one.

    Raises:
        NotPossible: nothing may be sent.
    """
    first = _row(ledger, post, name, Event.PUBLISHED)
    if first is None or first.state is not State.DELIVERED:
        manual.require_sendable(first)
        return Event.PUBLISHED
    if not again:
        where = (first.receipt.url or first.receipt.id) if first.receipt else "delivered"
        raise manual.NotPossible(
            f"{post.source} is on {name} already ({where}); --again sends it once more, as another "
            "announcement"
        )
    more = _row(ledger, post, name, Event.AGAIN)
    if more is None or more.state is not State.DELIVERED:
        manual.require_sendable(more)
    return Event.AGAIN


def _row(ledger: Ledger, post: Outline, name: str, event: Event) -> Delivery | None:
    return ledger.about(name, post.id).get(event)


async def _compose(
    line: Line,
    scan: content.Scan,
    outline: Outline,
    runner: Runner,
    by_hand: Mapping[str, Any] | None,
) -> Planned:
    """Compose the message as a run would, with what was said by hand over it."""
    post = scan.load(outline)
    if post is None:
        raise ContentError(f"{outline.source} was changed while it was read; try again")
    asked = layers(post, line.options, by_hand)
    if asked.problems:
        raise ContentError("\n".join(map(str, asked.problems)))
    message = await compose(line, post, runner.render, runner.media, by_hand)
    return Planned(line, post, scan.now, message, said=asked.said)


def _enter(  # noqa: PLR0917 - what a delivery is made of
    ledger: Ledger, line: Line, scan: content.Scan, post: Outline, event: Event, message: Message
) -> Delivery:
    """Put the delivery into the outbox, its message frozen."""
    name, now = line.options.name, scan.now
    if ledger.endpoint(name) is None:  # this is its first run: what is out is no news
        note(ledger, line.options, scan.outlines(), None)
        ledger.add(name, delivery.plan(scan.outlines(), line.options, None, {}, now), now)
    row = _row(ledger, post, name, event)
    if row is None or row.state in {State.DELIVERED, State.CANCELLED}:
        version = "" if event is Event.PUBLISHED else str(int(row.version if row else 0) + 1)
        new = NewDelivery(
            post.id, name, State.PENDING, now, manual.BY_HAND, event, version, message
        )
        ledger.add(name, [new], now)
    elif not ledger.settle(row, manual.send(row, now, message), None):
        raise SyndicateError(f"delivery {row.id} is being worked on; try again")
    entered = _row(ledger, post, name, event)
    assert entered is not None
    return entered
