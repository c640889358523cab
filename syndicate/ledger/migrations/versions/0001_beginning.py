"""The first schema."""

import sqlalchemy as sa
from alembic import op

from syndicate.ledger.dialects import short

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create posts, endpoints, deliveries, attempts and sessions."""
    op.create_table(
        "posts",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("digest", short(64), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("first_seen", _TIME, nullable=False),
        sa.Column("out_since", _TIME),
    )
    op.create_table(
        "endpoints",
        sa.Column("name", short(64), primary_key=True),
        sa.Column("gate", short(16), nullable=False),
        sa.Column("throttled_until", _TIME),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("since", _TIME, nullable=False),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("event", short(16), nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("endpoint", short(64), sa.ForeignKey("endpoints.name"), nullable=False),
        sa.Column("state", short(16), nullable=False),
        sa.Column("due", _TIME, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("lease_until", _TIME),
        sa.Column("doubt", sa.Boolean, nullable=False),
        sa.Column("key", sa.Text),
        sa.Column("key_minted", _TIME),
        sa.Column("message", sa.JSON),
        sa.Column("receipt_id", sa.Text),
        sa.Column("receipt_url", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.UniqueConstraint("subject", "endpoint", "event", name="one_delivery_an_event"),
    )
    op.create_index("deliveries_by_due", "deliveries", ["endpoint", "state", "due"])
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("delivery_id", sa.Integer, sa.ForeignKey("deliveries.id"), nullable=False),
        sa.Column("started", _TIME, nullable=False),
        sa.Column("finished", _TIME, nullable=False),
        sa.Column("outcome", short(32), nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("ix_attempts_delivery_id", "attempts", ["delivery_id"])
    op.create_table(
        "sessions",
        sa.Column("endpoint", short(64), primary_key=True),
        sa.Column("data", sa.JSON, nullable=False),
    )
