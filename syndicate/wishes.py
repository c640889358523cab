"""What posts ask for in their front matter, and what comes of it in a run and in a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from syndicate import content, delivery
from syndicate.config import Endpoint
from syndicate.delivery import Line, compose, layers
from syndicate.delivery.layers import WAITS, findings
from syndicate.errors import DeliveryError
from syndicate.ledger import Ledger, NewDelivery, Resting
from syndicate.media import MediaStore
from syndicate.model import Delivery, Event, Finding, Post, State
from syndicate.report import Planned

Render = Callable[[Post], str]


def found(scan: content.Scan, endpoints: Sequence[Endpoint]) -> Iterator[Finding]:
    """Tell what posts ask for and cannot have."""
    return findings(scan.wishing(), endpoints)


def reschedule(ledger: Ledger, lines: Sequence[Line], scan: content.Scan) -> None:
    """Let what waits for its post's ``at`` follow the post, as long as it only waits."""
    for line in lines:
        for each, resting in _moves(ledger, line, scan):
            ledger.settle(each, resting, None)


def due(ledger: Ledger, line: Line, scan: content.Scan) -> tuple[list[Delivery], list[Delivery]]:
    """Give an endpoint's deliveries that a run would attempt now, and those that would wait."""
    moved = {each.id: resting for each, resting in _moves(ledger, line, scan)}
    rows, later = delivery.due(ledger, line.options.name, scan.now)
    state = ledger.endpoint(line.options.name)
    for each in [*rows, *later]:
        resting = moved.get(each.id)
        if resting is None:
            continue
        (rows if each in rows else later).remove(each)
        if resting.state is State.PENDING:
            is_now = state is not None and state.is_open(scan.now) and resting.due <= scan.now
            (rows if is_now else later).append(replace(each, due=resting.due))
    return rows, later


async def planned(
    line: Line, each: Delivery | NewDelivery, post: Post | None, render: Render, media: MediaStore
) -> Planned:
    """Compose what a run would send, just as it would."""
    may_be_there = isinstance(each, Delivery) and each.doubt
    if post is None and each.event is Event.PUBLISHED and not may_be_there:
        return Planned(line, None, each.due, None, "the post is not published any more")
    if each.message:
        return Planned(line, post, each.due, each.message)
    if post is None:
        return Planned(line, None, each.due, None, "nothing is known of what was to be sent")
    said = layers(post, line.options).said
    try:
        message = await compose(line, post, render, media)
    except DeliveryError as error:
        return Planned(line, post, each.due, None, error.detail, said)
    return Planned(line, post, each.due, message, said=said)


def _moves(ledger: Ledger, line: Line, scan: content.Scan) -> Iterator[tuple[Delivery, Resting]]:
    """Give the deliveries whose post asks for something else by now, and where they rest then."""
    name, now = line.options.name, scan.now
    for each in ledger.deliveries(endpoint=name, states=[State.PENDING]):
        post = scan.outline(each.subject) if each.reason.startswith(WAITS) else None
        if post is None:
            continue
        asked = layers(post, line.options)
        if asked.problems or (asked.waits == each.reason and not asked.skip):
            continue
        state = State.SKIPPED if asked.skip else State.PENDING
        when: datetime = max(now, asked.at or now)
        yield each, Resting(state, when, each.attempts, reason=asked.skip or asked.waits)
