"""A ledger as an older version has left it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from syndicate.ledger import schema


def make_old(path: Path, revision: str, *rows: str) -> None:
    """Make a ledger at a revision of the schema, and let statements fill it."""
    engine = create_engine(f"sqlite:///{path}")
    settings = Config()
    folder = Path(schema.__file__).parent / "migrations"
    settings.set_main_option("script_location", str(folder))
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)
        for row in rows:
            connection.exec_driver_sql(row)
    engine.dispose()
