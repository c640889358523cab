"""What posts ask for in their front matter, and what comes of it in a run and in a plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from syndicate import content, delivery, described
from syndicate.config import Endpoint
from syndicate.delivery import Line, layers
from syndicate.delivery.layers import WAITS, findings
from syndicate.ledger import Ledger, NewDelivery, Resting
from syndicate.model import Delivery, Finding, State


def found(
    scan: content.Scan,
    endpoints: Sequence[Endpoint],
    ledger: Ledger,
    backfill: int | None = None,
    *,
    looks: bool = False,
) -> Iterator[Finding]:
    """Tell what posts ask for and cannot have, and whose images lack what endpoints ask for.

    Args:
        scan: the posts.
        endpoints: where they are announced.
        ledger: what was announced.
        backfill: overrides the endpoints' own on their first run.
        looks: whether somebody only looks, and wants to hear what costs no announcement, too.
    """
    yield from findings(scan.wishing(), endpoints)
    yield from described.found(scan, endpoints, ledger, backfill, looks=looks)


def reschedule(ledger: Ledger, lines: Sequence[Line], scan: content.Scan) -> None:
    """Let what waits for its post's ``at`` follow the post, as long as it only waits."""
    for line in lines:
        for each, resting in _moves(ledger, line, scan):
            ledger.settle(each, resting, None)


def due(
    ledger: Ledger, line: Line, scan: content.Scan, new: Iterable[NewDelivery]
) -> tuple[list[Delivery | NewDelivery], list[Delivery | NewDelivery]]:
    """Give an endpoint's deliveries that a run would attempt now, and those that would wait."""
    moved = {each.id: resting for each, resting in _moves(ledger, line, scan)}
    return delivery.due(ledger, line.options, line.zone, scan.now, new, moved)


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
