"""A ledger as an older version has left it, and many that begin with it at one moment."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Engine, create_engine

from syndicate.ledger import open_ledger, schema


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


def open_together(url: str, base: Path, monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Let four open a ledger of which all have seen the same schema; give what each finds then."""
    together, looked = threading.Barrier(4), schema.version

    def look(engine: Engine) -> str | None:
        found = looked(engine)
        together.wait(60)
        return found

    def begin(_: int) -> str | None:
        with closing(open_ledger(url, base)) as ledger:
            return looked(ledger._engine)

    monkeypatch.setattr(schema, "version", look)
    with ThreadPoolExecutor(4) as many:
        return list(many.map(begin, range(4)))
