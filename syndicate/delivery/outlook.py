"""When an endpoint's deliveries go out: what is due, what waits, and what they wait for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from syndicate.config import Endpoint
from syndicate.delivery.pacing import Hold, Pace
from syndicate.errors import InDoubt, Interrupted
from syndicate.ledger import Ledger, NewDelivery, Resting
from syndicate.model import Delivery, State

_SENT = {"delivered", InDoubt.__name__, Interrupted.__name__}
"""The outcomes after which a message is there, or may be."""


def held(ledger: Ledger, options: Endpoint, zone: str, now: datetime) -> Hold | None:
    """Tell until when an endpoint's pace holds its deliveries; None where it does not.

    What may have arrived is settled all the same.

    Args:
        ledger: knows what has gone out.
        options: the endpoint's.
        zone: the site's time zone.
        now: the time.
    """
    pace = Pace.of(options, zone)
    if pace.is_free:
        return None
    last, today = None, 0
    if pace.spacing:
        tries = ledger.attempts_since(options.name, now - pace.spacing)
        last = max((each.finished for each in tries if each.outcome in _SENT), default=None)
    if pace.daily_cap is not None:
        today = ledger.begun_since(options.name, pace.midnight(now))
    return pace.hold(now, last, today)


def waits(ledger: Ledger, options: Endpoint, zone: str, now: datetime) -> Hold | None:
    """Tell until when nothing goes out to an endpoint, and why; None where that is open.

    A gate that is shut is not asked for: only a person opens it.
    """
    state = ledger.endpoint(options.name)
    found = [held(ledger, options, zone, now)]
    if state and state.circuit.until:
        since = f"{state.circuit.failing_since:%Y-%m-%d %H:%MZ}"
        said = f"it fails since {since} ({state.reason}), and is only probed"
        found.append(Hold(state.circuit.until, said))
    if state and state.throttled_until:
        found.append(Hold(state.throttled_until, f"its last answer: {state.reason}"))
    later = [each for each in found if each and each.until > now]
    return max(later, key=lambda hold: hold.until, default=None)


def next_try(delivery: Delivery | NewDelivery, holds: Mapping[str, Hold]) -> datetime:
    """Tell when a delivery goes out at the earliest: not before its endpoint's hold has ended."""
    hold = holds.get(delivery.endpoint)
    return max(delivery.due, hold.until) if hold else delivery.due


def next_due(ledger: Ledger, options: Endpoint, zone: str, now: datetime) -> datetime | None:
    """Tell when an endpoint has something to do next; None where nothing waits."""
    hold = held(ledger, options, zone, now)
    due = ledger.next_due(options.name, now)
    if hold is None or due is None:
        return due
    doubtful = ledger.next_due(options.name, now, doubtful=True)
    due = max(due, hold.until)
    return due if doubtful is None else min(due, doubtful)


def overdue(
    ledger: Ledger, options: Endpoint, zone: str, now: datetime, late: timedelta
) -> list[Delivery]:
    """Give an endpoint's deliveries that were due long ago, that nothing has held, and that wait.

    Where something was tried of late, the endpoint is being worked off: the others have their turn.

    Args:
        ledger: knows the deliveries, and what has gone out.
        options: the endpoint's.
        zone: the site's time zone.
        now: the time.
        late: how long ago is long; what a hold has only just let go is not late.
    """
    limit = now - late
    rows = ledger.deliveries(endpoint=options.name, states=[State.PENDING])
    found = [each for each in rows if each.due < limit]
    state = ledger.endpoint(options.name) if found else None
    if state is None or not state.is_open(limit) or ledger.attempts_since(options.name, limit):
        return []
    if held(ledger, options, zone, limit) or held(ledger, options, zone, now):
        return [each for each in found if each.doubt]
    return found


def due(  # noqa: PLR0917 - what it depends on
    ledger: Ledger,
    options: Endpoint,
    zone: str,
    now: datetime,
    new: Iterable[NewDelivery],
    moved: Mapping[int, Resting] = MappingProxyType({}),
) -> tuple[list[Delivery | NewDelivery], list[Delivery | NewDelivery]]:
    """Give an endpoint's deliveries that a run would attempt now, and those that wait.

    What spacing or a cap puts apart within that run is not told from the rest.

    Args:
        ledger: knows the deliveries, and what has gone out.
        options: the endpoint's.
        zone: the site's time zone.
        now: the time.
        new: those that are due to exist.
        moved: where deliveries would rest, by id, before a run looks at them.
    """
    state = ledger.endpoint(options.name)
    is_open = state is None or state.is_open(now)
    hold = held(ledger, options, zone, now)
    rows = ledger.deliveries(endpoint=options.name, states=[State.PENDING, State.SENDING])
    found: list[Delivery | NewDelivery] = []
    later: list[Delivery | NewDelivery] = []
    all_: list[Delivery | NewDelivery] = [*_as_moved(rows, moved), *new]
    for each in all_:
        passes = hold is None or (isinstance(each, Delivery) and each.doubt)
        ripe = each.state is State.PENDING and each.due <= now
        (found if is_open and passes and ripe else later).append(each)
    return found, later


def _as_moved(rows: Iterable[Delivery], moved: Mapping[int, Resting]) -> Iterator[Delivery]:
    for each in rows:
        resting = moved.get(each.id)
        if resting is None:
            yield each
        elif resting.state is State.PENDING:
            yield replace(each, due=resting.due)
