"""The ledger over SQLAlchemy Core: the rules are in ``syndicate.ledger.port``."""

from __future__ import annotations

import threading
import uuid
from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from syndicate.errors import LedgerError
from syndicate.ledger import prepared, statements
from syndicate.ledger.following import Following, change_announced
from syndicate.ledger.port import NewDelivery, Resting
from syndicate.ledger.renaming import rename
from syndicate.ledger.rows import plain, to_attempt, to_delivery, to_endpoint, to_record
from syndicate.ledger.tables import attempts, deliveries, endpoints, ordinals, posts, sessions
from syndicate.model import (
    Attempt,
    Circuit,
    Delivery,
    EndpointState,
    Event,
    Gate,
    Key,
    Message,
    PostRecord,
    State,
)

_POSTS = ".posts"
"""Where the posts' stamp is kept among the sessions; no endpoint can have this name."""


class SqlLedger(Following):
    """The ledger in a database, whichever: all but how it is held, and what it complains of.

    Args:
        engine: whose transactions come one after the other, each a writer's from its beginning.
        is_kept: whether the database outlives the process; else it is in memory.
    """

    is_shared = False

    def __init__(self, engine: Engine, *, is_kept: bool = True) -> None:
        self._engine = engine
        self.is_kept = is_kept
        self._joined = threading.local()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @abstractmethod
    def lock(self, wait: timedelta) -> AbstractContextManager[None]:
        """Hold the ledger for one run, alone."""

    def share(self) -> None:
        """Do nothing: whoever shares this ledger shares its database."""

    @contextmanager
    def together(self, name: str = "") -> Iterator[None]:  # noqa: ARG002 - not every kind needs it
        """Make one transaction of what this thread does in the block."""
        outer = getattr(self._joined, "connection", None)
        with self._transaction() as connection:
            self._joined.connection = connection
            try:
                yield
            finally:
                self._joined.connection = outer

    def was_written(self, name: str) -> bool:  # noqa: ARG002 - nobody has to ask
        """Tell that it was not: a file that fails says so."""
        return False

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        joined = getattr(self._joined, "connection", None)
        if joined is not None:
            yield joined
            return
        try:
            with self._engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, ValueError) as error:
            raise self._unusable(error) from error

    @abstractmethod
    def _unusable(self, error: SQLAlchemyError | ValueError) -> LedgerError:
        """Say what is wrong with the database, and what to do about it."""

    # Posts

    def posts(self) -> list[PostRecord]:
        """Give every post that was ever seen."""
        with self._transaction() as connection:
            return [to_record(row) for row in connection.execute(select(posts))]

    def find_posts(
        self,
        *,
        ids: Collection[str] = (),
        sources: Collection[str] = (),
        digests: Collection[str] = (),
        urls: Collection[str] = (),
    ) -> list[PostRecord]:
        """Give the posts that have one of these ids, sources, digests or URLs; each once."""
        wanted = {"id": ids, "source": sources, "digest": digests, "url": urls}
        found: dict[str, PostRecord] = {}
        with self._transaction() as connection:
            for name, values in wanted.items():
                for some in statements.some(values):
                    rows = connection.execute(select(posts).where(posts.c[name].in_(some)))
                    found.update((row.id, to_record(row)) for row in rows)
        return list(found.values())

    def posts_stamp(self) -> str:
        """Give a word that changes whenever posts are added or change."""
        return str(self.load_session(_POSTS).get("stamp", ""))

    def keep_posts(self, records: Iterable[PostRecord]) -> None:
        """Add posts, or change those that are there (by id)."""
        with self._transaction() as connection:
            kept = False
            for some in statements.some(records):
                statements.keep_posts(connection, [plain(record) for record in some])
                kept = True
            if kept:
                statements.save_session(connection, _POSTS, {"stamp": uuid.uuid4().hex})

    def adopt(self, ids: Mapping[str, str], known: Iterable[NewDelivery], now: datetime) -> None:
        """Give posts other ids; deliveries, with all that became of them, and ordinals go along."""
        with self._transaction() as connection:
            for some in statements.some(ids.items()):
                rename(connection, some)
            for endpoint, new in groupby(known, attrgetter("endpoint")):
                statements.add(connection, endpoint, new, now)
            if ids:
                statements.save_session(connection, _POSTS, {"stamp": uuid.uuid4().hex})

    def come_out(self, now: datetime, is_out: Callable[[str], bool]) -> None:
        """Note when posts were found to be out for the first time."""
        query = select(posts.c.id).where(posts.c.out_since.is_(None))
        with self._transaction() as connection:
            new = (each for each in list(connection.execute(query).scalars()) if is_out(each))
            for some in statements.some(new):
                connection.execute(update(posts).where(posts.c.id.in_(some)).values(out_since=now))

    def out_since(self, ids: Collection[str]) -> dict[str, datetime]:
        """Give when posts were found to be out for the first time."""
        found: dict[str, datetime] = {}
        with self._transaction() as connection:
            for some in statements.some(ids):
                query = select(posts.c.id, posts.c.out_since).where(posts.c.id.in_(some))
                found.update((row.id, row.out_since) for row in connection.execute(query))
        return {identity: when for identity, when in found.items() if when is not None}

    def ordinals(self) -> dict[str, int]:
        """Give the ordinals that posts have got, by id."""
        with self._transaction() as connection:
            rows = connection.execute(select(ordinals.c.post, ordinals.c.ordinal))
            return {row.post: row.ordinal for row in rows}

    def keep_ordinals(self, new: Mapping[str, int]) -> None:
        """Keep ordinals for ever; a post that has one, and an ordinal that is given, are errors."""
        with self._transaction() as connection:
            for some in statements.some(new.items()):
                rows = [{"post": post, "ordinal": ordinal} for post, ordinal in some]
                connection.execute(insert(ordinals), rows)

    # Endpoints

    def endpoint(self, name: str) -> EndpointState | None:
        """Give an endpoint's state; None where it never took part in a run."""
        with self._transaction() as connection:
            row = connection.execute(select(endpoints).where(endpoints.c.name == name)).first()
        return None if row is None else to_endpoint(row)

    def endpoints(self) -> list[EndpointState]:
        """Give the states of all endpoints that ever took part in a run."""
        with self._transaction() as connection:
            rows = connection.execute(select(endpoints))
            # Not by the database, whose order of letters may be a language's.
            return sorted((to_endpoint(row) for row in rows), key=lambda each: each.name)

    def open_endpoint(self, name: str) -> None:
        """Open an endpoint's gate."""
        opened = {"gate": Gate.OPEN, "throttled_until": None, "reason": ""}
        opened |= statements.circuit(Circuit())
        with self._transaction() as connection:
            connection.execute(update(endpoints).where(endpoints.c.name == name).values(opened))

    # Deliveries

    def unplanned(self, endpoint: str, ids: Iterable[str] = ()) -> set[str]:
        """Give the posts that have no delivery for an endpoint, or one that was cancelled."""
        with self._transaction() as connection:
            found = set(connection.execute(statements.unplanned(endpoint)).scalars())
            for some in statements.some(ids):
                planned = connection.execute(statements.planned(endpoint, some)).scalars()
                found |= set(some).difference(planned)
        return found

    def add(self, endpoint: str, new: Iterable[NewDelivery], now: datetime) -> int:
        """Add an endpoint's deliveries that do not exist yet, and the endpoint itself."""
        with self._transaction() as connection:
            newest = statements.newest(connection)
            statements.add(connection, endpoint, new, now)
            query = select(func.count()).where(deliveries.c.id > newest)
            return connection.execute(query).scalar_one()

    def deliveries(
        self,
        *,
        endpoint: str | None = None,
        states: Collection[State] = tuple(State),
        newest: int | None = None,
    ) -> list[Delivery]:
        """Give deliveries, oldest first."""
        query = select(deliveries).where(statements.stands(endpoint, states))
        with self._transaction() as connection:
            if newest is not None:
                query = query.where(deliveries.c.id.in_(statements.ids(endpoint, states, newest)))
            rows = connection.execute(query.order_by(deliveries.c.id))
            return [to_delivery(row) for row in rows]

    def count(self, *, endpoint: str | None = None, states: Collection[State]) -> int:
        """Count deliveries."""
        query = select(func.count()).where(statements.stands(endpoint, states))
        with self._transaction() as connection:
            return connection.execute(query).scalar_one()

    def delivery(self, delivery_id: int) -> Delivery | None:
        """Give one delivery."""
        with self._transaction() as connection:
            row = connection.execute(
                select(deliveries).where(deliveries.c.id == delivery_id)
            ).first()
        return None if row is None else to_delivery(row)

    def next_due(
        self, endpoint: str, now: datetime, *, doubtful: bool = False, only: int | None = None
    ) -> datetime | None:
        """Tell when the endpoint has something to do next."""
        query = prepared.next_due(doubtful=doubtful, single=only is not None)
        with self._transaction() as connection:
            row = connection.execute(query, {"of": endpoint, "only": only}).first()
        return None if row is None else max(now, *filter(None, row))

    def claim(
        self,
        endpoint: str,
        now: datetime,
        lease: timedelta,
        *,
        doubtful: bool = False,
        only: int | None = None,
    ) -> Delivery | None:
        """Take the endpoint's oldest due delivery, for the length of ``lease``."""
        statement = prepared.claim(doubtful=doubtful, single=only is not None)
        values = {"of": endpoint, "only": only, "now": now, "lease_until": now + lease}
        with self._transaction() as connection:
            row = connection.execute(statement, values).first()
        return None if row is None else to_delivery(row)

    def intend(self, delivery: Delivery, message: Message, key: Key) -> Delivery | None:
        """Write down that the message is about to leave."""
        imprint = message.imprint() if delivery.event is Event.PUBLISHED else None
        values = {
            "state": State.SENDING,
            "message": message.to_json(),
            "key": key.value,
            "key_minted": key.minted,
            "composed_from": delivery.composed_from,
            "imprint": imprint,
        }
        with self._transaction() as connection:
            if connection.execute(prepared.INTEND, prepared.held(delivery) | values).rowcount != 1:
                return None
        return replace(delivery, state=State.SENDING, message=message, key=key)

    def settle(self, delivery: Delivery, resting: Resting, attempt: Attempt | None) -> bool:
        """Write down where an attempt left a delivery, and the attempt itself."""
        values: dict[str, Any] = {
            "state": resting.state,
            "due": resting.due,
            "attempts": resting.attempts,
            "doubt": resting.doubt,
            "reason": resting.reason,
            "waiting_since": resting.waiting_since,
            "lease_until": None,
        }
        if resting.receipt:
            values |= {"receipt_id": resting.receipt.id, "receipt_url": resting.receipt.url}
        if resting.anew:
            values["message"] = None
        if resting.message:
            values["message"] = resting.message.to_json()
        with self._transaction() as connection:
            if attempt is not None:
                connection.execute(prepared.ATTEMPT, plain(attempt))
            done = connection.execute(prepared.SETTLE, prepared.held(delivery) | values).rowcount
            if done:
                change_announced(connection, delivery, resting)
                statements.turn(connection, delivery.endpoint, resting)
        return bool(done)

    def interrupted(self) -> list[Delivery]:
        """Give what a run that was killed had in hand."""
        with self._transaction() as connection:
            connection.execute(
                update(deliveries)
                .where(
                    statements.stands(None, [State.PENDING]), deliveries.c.lease_until.is_not(None)
                )
                .values(lease_until=None)
            )
            rows = connection.execute(
                update(deliveries)
                .where(statements.stands(None, [State.SENDING]))
                .values(fence=deliveries.c.fence + 1)
                .returning(*deliveries.c)
            )
            return sorted((to_delivery(row) for row in rows), key=lambda each: each.id)

    def attempts(self, delivery_id: int) -> list[Attempt]:
        """Give the tries of a delivery, oldest first."""
        query = (
            select(attempts).where(attempts.c.delivery_id == delivery_id).order_by(attempts.c.id)
        )
        with self._transaction() as connection:
            return [to_attempt(row) for row in connection.execute(query)]

    def attempts_since(self, endpoint: str, since: datetime) -> list[Attempt]:
        """Give the tries of an endpoint that ended since a time, oldest first."""
        query = (
            select(attempts)
            .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
            .where(attempts.c.finished >= since, deliveries.c.endpoint == endpoint)
            .order_by(attempts.c.id)
        )
        with self._transaction() as connection:
            return [to_attempt(row) for row in connection.execute(query)]

    def begun_since(self, endpoint: str, since: datetime) -> int:
        """Count the deliveries of an endpoint whose first try was since a time."""
        query = (
            select(func.count())
            .select_from(deliveries)
            .where(deliveries.c.endpoint == endpoint, deliveries.c.key_minted >= since)
        )
        with self._transaction() as connection:
            return connection.execute(query).scalar_one()

    # Sessions

    def load_session(self, endpoint: str) -> dict[str, Any]:
        """Give what :meth:`save_session` kept; empty at first."""
        query = select(sessions.c.data).where(sessions.c.endpoint == endpoint)
        with self._transaction() as connection:
            return dict(connection.execute(query).scalar_one_or_none() or {})

    def save_session(self, endpoint: str, data: Mapping[str, Any]) -> None:
        """Keep an endpoint's session."""
        with self._transaction() as connection:
            statements.save_session(connection, endpoint, data)
