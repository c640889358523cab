"""How endpoints fare, so that those that fail are left alone."""

import sqlalchemy as sa
from alembic import op

from syndicate.ledger.tables import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the circuit to the endpoints, and find attempts by their time."""
    for column in (
        sa.Column("circuit_until", UtcDateTime),
        sa.Column("probes", sa.Integer, nullable=False, server_default="0"),
        sa.Column("failing_since", UtcDateTime),
        sa.Column("failed_at", UtcDateTime),
    ):
        op.add_column("endpoints", column)
    op.create_index("ix_attempts_finished", "attempts", ["finished"])
