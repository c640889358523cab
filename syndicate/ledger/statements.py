"""The statements of the ledger that say more than their words: on conflicts, claims and gates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, and_, func, or_, select, update

from syndicate.ledger.dialects import upsert
from syndicate.ledger.port import NewDelivery, Resting
from syndicate.ledger.rows import begun
from syndicate.ledger.tables import deliveries, endpoints, posts, sessions
from syndicate.model import Circuit, Event, Gate, State

_T = TypeVar("_T")

_AT_ONCE = 2_000
"""How many rows or values one statement is given."""


def some(values: Iterable[_T]) -> Iterator[list[_T]]:
    """Cut what may be many into lists that one statement can take."""
    left = iter(values)
    while some := list(islice(left, _AT_ONCE)):
        yield some


def save_session(connection: Connection, name: str, data: Mapping[str, Any]) -> None:
    """Keep an endpoint's session, in place of the one that was there."""
    kept = {"data": dict(data)}
    connection.execute(
        upsert(connection, sessions)
        .values(endpoint=name, **kept)
        .on_conflict_do_update(index_elements=["endpoint"], set_=kept)
    )


def keep_posts(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add posts, or change those that are there (by id)."""
    statement = upsert(connection, posts)
    changed = {name: statement.excluded[name] for name in ("source", "digest", "url")}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["id"], set_=changed), list(rows)
    )


def add(connection: Connection, endpoint: str, new: Iterable[NewDelivery], now: datetime) -> None:
    """Add an endpoint's deliveries that do not exist yet, and the endpoint itself."""
    connection.execute(
        upsert(connection, endpoints)
        .values(name=endpoint, gate=Gate.OPEN, reason="", since=now)
        .on_conflict_do_nothing()
    )
    for part in some(new):
        rows = [begun(each) | {"created": now} for each in part]
        connection.execute(_add_or_begin_anew(connection), rows)


def _add_or_begin_anew(connection: Connection) -> Any:
    statement = upsert(connection, deliveries)
    changing = {column.name for column in deliveries.c} - {"id", "fence", "lease_until", "created"}
    return statement.on_conflict_do_update(
        index_elements=["subject", "endpoint", "event"],
        set_={name: statement.excluded[name] for name in sorted(changing)},
        where=or_(
            deliveries.c.state == State.CANCELLED,
            and_(
                deliveries.c.version != statement.excluded.version,
                deliveries.c.state != State.SENDING,
            ),
        ),
    )


def newest(connection: Connection) -> int:
    """Give the number of the newest delivery; 0 where there is none."""
    return connection.execute(select(func.max(deliveries.c.id))).scalar() or 0


def stands(endpoint: str | None, states: Collection[State]) -> Any:
    """Match an endpoint's deliveries in some states, or all endpoints'.

    The endpoints are named in either case: so the index by endpoint and state is of use, and what
    was delivered long ago is not even looked at.
    """
    names = [endpoint] if endpoint is not None else select(endpoints.c.name)
    return and_(deliveries.c.endpoint.in_(names), deliveries.c.state.in_(states))


def ids(endpoint: str | None, states: Collection[State], count: int) -> Any:
    """Select the numbers of the newest deliveries in some states; their rows stay unread."""
    query = select(deliveries.c.id).where(stands(endpoint, states))
    return query.order_by(deliveries.c.id.desc()).limit(count)


def unplanned(endpoint: str) -> Any:
    """Select the known posts that have no delivery for an endpoint, or one that was cancelled.

    It is asked on every run, and mostly finds nothing: so it reads indices, and hardly a row.
    """
    announces = and_(deliveries.c.endpoint == endpoint, deliveries.c.event == Event.PUBLISHED)
    has_one = select(deliveries.c.id).where(announces, deliveries.c.subject == posts.c.id).exists()
    cancelled = announces, deliveries.c.state == State.CANCELLED
    return select(posts.c.id).where(~has_one).union(select(deliveries.c.subject).where(*cancelled))


def planned(endpoint: str, some: Collection[str]) -> Any:
    """Select those of some posts that have a delivery for an endpoint, which may stand."""
    return select(deliveries.c.subject).where(
        deliveries.c.subject.in_(some),
        deliveries.c.endpoint == endpoint,
        deliveries.c.event == Event.PUBLISHED,
        deliveries.c.state != State.CANCELLED,
    )


def is_free(now: Any) -> Any:
    """Match deliveries that nobody has claimed, or whose claim has run out."""
    return or_(deliveries.c.lease_until.is_(None), deliveries.c.lease_until < now)


def is_open(now: Any) -> Any:
    """Match endpoints that take deliveries."""
    waits = (endpoints.c.throttled_until, endpoints.c.circuit_until)
    return and_(
        endpoints.c.gate == Gate.OPEN, *(or_(each.is_(None), each <= now) for each in waits)
    )


def circuit(of: Circuit) -> dict[str, Any]:
    """Give the columns of an endpoint's circuit."""
    return {
        "circuit_until": of.until,
        "probes": of.probes,
        "failing_since": of.failing_since,
        "failed_at": of.failed_at,
    }


def turn(connection: Connection, endpoint: str, resting: Resting) -> None:
    """Change the endpoint's gate, its silence or its circuit, where something is said of them."""
    values: dict[str, Any] = {}
    if resting.gate:
        values["gate"] = resting.gate
    if resting.throttled_until:
        values["throttled_until"] = resting.throttled_until
    if resting.circuit:
        values |= circuit(resting.circuit)
    if not values:
        return
    values["reason"] = "" if resting.state is State.DELIVERED else resting.reason
    connection.execute(update(endpoints).where(endpoints.c.name == endpoint).values(values))
