"""Since when deliveries are held back for their pages."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add what following a post beyond its announcement takes."""
    op.add_column("deliveries", sa.Column("waiting_since", _TIME))
