"""The part of the ledger that follows posts beyond their announcement: edits and deletions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, update

from syndicate.ledger import statements
from syndicate.ledger.port import Resting
from syndicate.ledger.rows import to_delivery
from syndicate.ledger.tables import deliveries, posts
from syndicate.model import Delivery, Event, State

_EDITS = {Event.UPDATED, Event.REPLIED}


class Following(ABC):
    """What :class:`syndicate.ledger.sql.SqlLedger` consists of beside the outbox itself."""

    @abstractmethod
    def _transaction(self) -> AbstractContextManager[Connection]:
        """Make one transaction of the block, or go on with the one that it is within."""

    def once_out(self) -> dict[str, tuple[str, datetime | None]]:
        """Give the source of every post that ever was out, and since when it is gone."""
        query = select(posts.c.id, posts.c.source, posts.c.gone_since)
        with self._transaction() as connection:
            rows = connection.execute(query.where(posts.c.out_since.is_not(None)))
            return {row.id: (row.source, row.gone_since) for row in rows}

    def note_gone(self, ids: Collection[str], now: datetime) -> None:
        """Note that these posts are gone; all others are not."""
        query = select(posts.c.id).where(posts.c.gone_since.is_not(None))
        with self._transaction() as connection:
            known = set(connection.execute(query).scalars())
            for changed, value in ((set(ids) - known, now), (known - set(ids), None)):
                for some in statements.some(changed):
                    chosen = update(posts).where(posts.c.id.in_(some))
                    connection.execute(chosen.values(gone_since=value))

    def edited(self, endpoint: str, since: datetime) -> list[Delivery]:
        """Give what was announced since a time, of posts whose file is another than it was."""
        query = (
            select(deliveries)
            .join(posts, posts.c.id == deliveries.c.subject)
            .where(
                _is_announced(endpoint),
                deliveries.c.due >= since,
                deliveries.c.composed_from != posts.c.digest,
            )
            .order_by(deliveries.c.id)
        )
        with self._transaction() as connection:
            return [to_delivery(row) for row in connection.execute(query)]

    def announced(self, endpoint: str, ids: Collection[str]) -> list[Delivery]:
        """Give what was announced of some posts."""
        found: list[Delivery] = []
        with self._transaction() as connection:
            for some in statements.some(ids):
                query = select(deliveries).where(
                    _is_announced(endpoint), deliveries.c.subject.in_(some)
                )
                found += [to_delivery(row) for row in connection.execute(query)]
        return sorted(found, key=lambda each: each.id)

    def about(self, endpoint: str, subject: str) -> dict[Event, Delivery]:
        """Give all that an endpoint was told, or is to be told, of one subject."""
        query = select(deliveries).where(
            deliveries.c.endpoint == endpoint, deliveries.c.subject == subject
        )
        with self._transaction() as connection:
            found = map(to_delivery, connection.execute(query))
            return {each.event: each for each in found}

    def looked_at(self, delivery: Delivery, digest: str) -> None:
        """Note the file that an announcement was compared with."""
        chosen = update(deliveries).where(deliveries.c.id == delivery.id)
        with self._transaction() as connection:
            connection.execute(chosen.values(composed_from=digest))


def _is_announced(endpoint: str) -> Any:
    return (
        (deliveries.c.endpoint == endpoint)
        & (deliveries.c.event == Event.PUBLISHED)
        & (deliveries.c.state == State.DELIVERED)
        & deliveries.c.receipt_id.is_not(None)
        # A person who found it knows its address, and not what the remote calls it.
        & or_(
            deliveries.c.receipt_url.is_(None), deliveries.c.receipt_url != deliveries.c.receipt_id
        )
    )


def change_announced(connection: Connection, delivery: Delivery, resting: Resting) -> None:
    """Write down what the remote shows of a post now that an edit or deletion was delivered."""
    if resting.state is not State.DELIVERED:
        return
    values: dict[str, Any] = {}
    if delivery.event in _EDITS:
        values = {"imprint": delivery.version.partition(":")[2]}
    elif delivery.event is Event.DELETED:
        values = {
            "state": State.SKIPPED,
            "reason": "the post was taken back, and this was deleted",
            "receipt_id": None,
            "receipt_url": None,
            "key": None,
            "key_minted": None,
        }
    if values:
        chosen = update(deliveries).where(
            deliveries.c.endpoint == delivery.endpoint,
            deliveries.c.subject == delivery.subject,
            deliveries.c.event == Event.PUBLISHED,
        )
        connection.execute(chosen.values(values))
