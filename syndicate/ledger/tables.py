"""The schema, for SQLite and PostgreSQL alike. A change here needs a migration beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

from syndicate.ledger.dialects import short


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC; SQLite has no zones, and gets the same moment without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Normalise to UTC; a naive time is a mistake of ours and is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive time reached the ledger: {value}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the moment back, aware."""
        if value is None:
            return None
        moment: datetime = value.replace(tzinfo=UTC) if value.tzinfo is None else value
        return moment.astimezone(UTC)


metadata = MetaData()

posts = Table(
    "posts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("digest", short(64), nullable=False),
    Column("url", Text, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("out_since", UtcDateTime),
    Column("gone_since", UtcDateTime),
)

ordinals = Table(
    "ordinals",
    metadata,
    Column("post", Text, primary_key=True),
    Column("ordinal", Integer, nullable=False, unique=True),
)

endpoints = Table(
    "endpoints",
    metadata,
    Column("name", short(64), primary_key=True),
    Column("gate", short(16), nullable=False),
    Column("throttled_until", UtcDateTime),
    Column("reason", Text, nullable=False, default=""),
    Column("since", UtcDateTime, nullable=False),
    Column("circuit_until", UtcDateTime),
    Column("probes", Integer, nullable=False, server_default="0"),
    Column("failing_since", UtcDateTime),
    Column("failed_at", UtcDateTime),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("event", short(16), nullable=False),
    Column("version", Text, nullable=False),
    Column("endpoint", short(64), ForeignKey("endpoints.name"), nullable=False),
    Column("state", short(16), nullable=False),
    Column("due", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("fence", Integer, nullable=False, default=0),
    Column("lease_until", UtcDateTime),
    Column("doubt", Boolean, nullable=False, default=False),
    Column("key", Text),
    Column("key_minted", UtcDateTime),
    Column("message", JSON(none_as_null=True)),
    Column("receipt_id", Text),
    Column("receipt_url", Text),
    Column("reason", Text, nullable=False, default=""),
    Column("created", UtcDateTime, nullable=False),
    Column("waiting_since", UtcDateTime),
    Column("composed_from", short(64)),
    Column("imprint", short(80)),
    UniqueConstraint("subject", "endpoint", "event", name="one_delivery_an_event"),
)
Index("deliveries_by_due", deliveries.c.endpoint, deliveries.c.state, deliveries.c.due)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery_id", Integer, ForeignKey("deliveries.id"), nullable=False, index=True),
    Column("started", UtcDateTime, nullable=False),
    Column("finished", UtcDateTime, nullable=False, index=True),
    Column("outcome", short(32), nullable=False),
    Column("status", Integer),
    Column("detail", Text, nullable=False, default=""),
)

sessions = Table(
    "sessions",
    metadata,
    Column("endpoint", short(64), primary_key=True),
    Column("data", JSON, nullable=False),
)
