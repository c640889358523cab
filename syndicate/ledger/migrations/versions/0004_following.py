"""What following a post beyond its announcement takes: pages, edits, deletions."""

import sqlalchemy as sa
from alembic import op

from syndicate.ledger.dialects import short

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns; what was delivered before has no imprint, and is not followed."""
    op.add_column("deliveries", sa.Column("waiting_since", _TIME))
    op.add_column("deliveries", sa.Column("composed_from", short(64)))
    op.add_column("deliveries", sa.Column("imprint", short(80)))
    op.add_column("posts", sa.Column("gone_since", _TIME))
