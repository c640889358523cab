"""The order in which posts came out, for the pages of an archive."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the posts' ordinals."""
    op.create_table(
        "ordinals",
        sa.Column("post", sa.Text, primary_key=True),
        sa.Column("ordinal", sa.Integer, nullable=False, unique=True),
    )
