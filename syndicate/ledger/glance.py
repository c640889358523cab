"""A glance at a SQLite ledger: is anything due, and is all as it was?

It only reads, and loads no SQLAlchemy: a run that finds nothing to do would spend most of its
time on that. Whoever acts on the ledger opens it.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

PREFIX = "sqlite:///"

_STATE = (
    "SELECT version_num FROM alembic_version",
    "SELECT data FROM sessions WHERE endpoint = '.posts'",
    "SELECT name, gate, throttled_until, circuit_until, reason FROM endpoints ORDER BY name",
    # No row is ever taken away, and none that was delivered or skipped becomes another without an
    # attempt or without being one of these: so the cost does not grow with what is long done.
    """SELECT endpoint, state, count(*), sum(fence), min(due), max(due)
       FROM endpoints CROSS JOIN deliveries ON endpoint = name
       AND state IN ('pending', 'sending', 'in_doubt', 'dead', 'cancelled')
       GROUP BY endpoint, state ORDER BY endpoint, state""",
    "SELECT max(rowid) FROM posts",
    "SELECT max(id) FROM deliveries",
    "SELECT max(id) FROM attempts",
)
_DUE = """
SELECT min(max(due, coalesce(throttled_until, due), coalesce(circuit_until, due)))
FROM endpoints CROSS JOIN deliveries ON endpoint = name AND state IN ('pending', 'sending')
WHERE gate = 'open'
"""


@dataclass(frozen=True, slots=True)
class Glance:
    """What a glance tells."""

    state: str
    """Another word whenever posts, deliveries, endpoints or attempts are others."""
    due: datetime | None
    """When an endpoint that takes deliveries has something to do next."""


def file_of(url: str, base: Path) -> Path | None:
    """Give the file of a plain SQLite URL; None for anything else."""
    path = url.removeprefix(PREFIX)
    return None if path == url or not path or set("?%#") & set(path) else base / path


def glance(path: Path) -> Glance | None:
    """Look at a ledger; None where it cannot be told."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as db:
            db.execute("BEGIN")  # all that follows sees one moment
            state = [db.execute(query).fetchall() for query in _STATE]
            (due,) = db.execute(_DUE).fetchone()
            return Glance(
                json.dumps(state), due and datetime.fromisoformat(due).replace(tzinfo=UTC)
            )
    except (sqlite3.Error, ValueError):
        return None
