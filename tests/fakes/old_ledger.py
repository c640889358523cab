"""A ledger as an older version has left it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, create_engine

from syndicate.ledger import schema


def make_old(place: Path | URL, revision: str, *rows: str) -> None:
    """Make a ledger at a revision of the schema, and let statements fill it.

    Args:
        place: a SQLite file, or an empty database on a server.
        revision: as the migrations number it.
        rows: the statements.
    """
    engine = create_engine(place if isinstance(place, URL) else f"sqlite:///{place}")
    settings = Config()
    folder = Path(schema.__file__).parent / "migrations"
    settings.set_main_option("script_location", str(folder))
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET TimeZone = 'UTC'")
        for row in rows:
            connection.exec_driver_sql(row)
    engine.dispose()
