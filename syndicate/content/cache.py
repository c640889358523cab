"""The cache of a content folder: what its files said, so that only what changed is read again.

It is disposable: whoever deletes it loses time and nothing else. What must not be lost — which post
is which, what was announced — stands in the ledger; the cache carries the ledger's stamp, and
forgets its copy of the ids when the ledger has moved on without it (see ``scan``).

It is one SQLite file. Who writes it holds the ledger's run lock; all that a run writes is one
transaction, so that a killed run leaves the cache as it was.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from syndicate import program

log = logging.getLogger(__name__)

HTML_KEPT = 400
"""How many rendered posts are kept: more than any feed has are never asked for twice."""

_SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE files (
    source TEXT PRIMARY KEY,
    size INTEGER, modified INTEGER, changed INTEGER,
    digest TEXT, findings TEXT, sought INTEGER,
    given_id TEXT, url TEXT, published INTEGER, expires INTEGER, draft INTEGER,
    language TEXT, tags TEXT, categories TEXT, authors TEXT, wishes TEXT, undescribed TEXT,
    id TEXT, first_seen INTEGER, fresh INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX files_by_id ON files (id);
CREATE INDEX files_by_given_id ON files (given_id) WHERE given_id IS NOT NULL;
CREATE INDEX files_by_url ON files (url);
CREATE TABLE html (key TEXT PRIMARY KEY, html TEXT NOT NULL);
"""


class Cache:
    """An open cache.

    Args:
        connection: to its database, with the schema in place.
        path: its file; None where it has none, or may not touch it.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path | None = None) -> None:
        self.db = connection
        self._path = path

    def fact(self, name: str) -> str | None:
        """Give something that was noted; None where it never was."""
        row = self.db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return row and str(row[0])

    def note(self, name: str, value: str) -> None:
        """Note something about the whole."""
        if self.fact(name) != value:  # what has not changed is not written
            self.db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def belongs_to(self, settings: str) -> None:
        """Forget the files where they were read under other settings."""
        if self.fact("settings") != settings:
            self.db.execute("DELETE FROM files")
            self.note("settings", settings)

    def reset(self, error: Exception) -> None:
        """Go on in memory with nothing, and throw the file away: it is broken."""
        with suppress(sqlite3.Error):
            self.db.close()
        if self._path:
            discard(self._path, error)
        self.db = _ready(_connect(":memory:"))

    def close(self) -> None:
        """Roll back what was not committed."""
        with suppress(sqlite3.Error):
            self.db.execute("ROLLBACK")
        self.db.close()

    def html(self, key: str) -> str | None:
        """Give a rendered post; None where it is not there."""
        row = self.db.execute("SELECT html FROM html WHERE key = ?", (key,)).fetchone()
        return row and str(row[0])

    def keep_html(self, key: str, html: str) -> None:
        """Keep a rendered post; the oldest go."""
        self.db.execute("INSERT OR REPLACE INTO html VALUES (?, ?)", (key, html))
        self.db.execute(
            "DELETE FROM html WHERE rowid <= (SELECT max(rowid) FROM html) - ?", (HTML_KEPT,)
        )

    def commit(self) -> None:
        """Make all that was written last; it is no loss where that fails."""
        try:
            self.db.execute("COMMIT")
            self.db.execute("BEGIN")
        except sqlite3.Error as error:
            log.warning("the content cache cannot be written: %s", error)


@contextmanager
def open_cache(path: Path, *, writes: bool = True) -> Iterator[Cache]:
    """Open a cache for the length of the block; what was not committed is rolled back.

    One that is broken, or of another version, is begun anew; where it cannot be, the work is done
    in memory.

    Args:
        path: its file.
        writes: False leaves the file as it is, whatever is written to the cache.
    """
    cache = Cache(_open(path), path) if writes else Cache(_copy(path))
    try:
        yield cache
    finally:
        cache.close()


def discard(path: Path, error: Exception) -> None:
    """Throw away a cache that turned out to be broken."""
    log.warning("the content cache %s is broken and is built anew: %s", path, error)
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        with suppress(OSError):
            path.with_name(name).unlink()


def _open(path: Path) -> sqlite3.Connection:
    for _ in range(2):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = _connect(str(path))
            try:
                return _ready(connection)
            except BaseException:
                connection.close()
                raise
        except (sqlite3.Error, OSError) as error:
            discard(path, error)
    return _ready(_connect(":memory:"))


def _copy(path: Path) -> sqlite3.Connection:
    """Copy a cache into memory; an empty one stands in for what cannot be read."""
    connection = _connect(":memory:")
    try:
        original = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            original.backup(connection)
            return _ready(connection)
        finally:
            original.close()
    except sqlite3.Error:
        connection.close()
        return _ready(_connect(":memory:"))


def _connect(name: str) -> sqlite3.Connection:
    connection = sqlite3.connect(name, check_same_thread=False, isolation_level=None)
    connection.execute("PRAGMA busy_timeout = 5000")
    # A power cut may cost the last run's part of a cache, but leaves no half of it.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _ready(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Begin the transaction of this run, on tables of this program's making."""
    wanted = program.fingerprint()
    connection.execute("BEGIN IMMEDIATE")
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    if ("facts",) in tables:
        made_by = connection.execute("SELECT value FROM facts WHERE name = 'program'").fetchone()
        if made_by == (wanted,):
            return connection
    for (name,) in tables:
        connection.execute(f'DROP TABLE "{name}"')
    for statement in _SCHEMA.split(";"):
        connection.execute(statement)
    connection.execute("INSERT INTO facts VALUES ('program', ?)", (wanted,))
    return connection
