"""Opening a ledger: its folder, its engine with the settings that durability needs, its schema."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from syndicate.config import is_server
from syndicate.errors import LedgerError
from syndicate.ledger.branch import BranchLedger
from syndicate.ledger.git import Branch
from syndicate.ledger.schema import bring_up_to_date, version
from syndicate.ledger.sql import SqlLedger
from syndicate.ledger.sqlite import SqliteLedger
from syndicate.ledger.trouble import shut, unusable

_BUSY_TIMEOUT_MS = 15_000
"""An answer that is known shall not be lost because a backup holds the database for ten seconds."""


def open_ledger(
    url: str,
    base: Path,
    *,
    creates: bool = True,
    branch: Branch | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> SqlLedger:
    """Open the ledger at a database URL, and create or migrate its schema.

    Args:
        url: ``sqlite:///PATH``; a relative path starts at ``base``. Or ``postgresql://…``.
        base: the config file's folder.
        creates: False makes nothing where there is none; an empty ledger in memory stands in.
        branch: where the ledger outlives this machine, if anywhere.
        now: gives the time.

    Raises:
        LedgerError: it cannot be opened, or was written by a newer version.
    """
    if is_server(url):
        return _on_a_server(url, creates=creates)
    path = place(url, base)
    is_kept = creates or path.exists()
    engine = _file(path) if is_kept else _memory()
    if branch:
        return BranchLedger(engine, path, branch, is_kept=is_kept, now=now)
    return SqliteLedger(engine, path, is_kept=is_kept)


def _on_a_server(url: str, *, creates: bool) -> SqlLedger:
    """Open the ledger on a server."""
    from syndicate.ledger import server  # noqa: PLC0415 - its driver is an optional package
    from syndicate.ledger.postgres import PostgresLedger  # noqa: PLC0415
    from syndicate.ledger.server_trouble import unusable  # noqa: PLC0415

    there = server.find(url)
    engine = there.engine()
    try:
        is_kept = creates or version(engine) is not None
        if is_kept:
            bring_up_to_date(engine)
        else:
            engine.dispose()
    except (SQLAlchemyError, LedgerError) as error:
        engine.dispose()
        raise error if isinstance(error, LedgerError) else unusable(there.name, error) from error
    return PostgresLedger(engine if is_kept else _memory(), there, is_kept=is_kept)


def _file(path: Path) -> Engine:
    """Open a database's file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Sessions hold tokens: the file is its owner's alone from its first byte on.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise shut(path, error, "the ledger") from None
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        hide_parameters=True,  # they are in tracebacks otherwise, and sessions hold tokens
    )
    _configure(engine)
    try:
        bring_up_to_date(engine)
    except SQLAlchemyError as error:
        raise unusable(path, error) from error
    return engine


def _memory() -> Engine:
    """Give an empty database that is gone when it is closed: who only looks leaves no file."""
    engine = create_engine(
        "sqlite://",
        poolclass=StaticPool,  # its one connection is the database
        connect_args={"check_same_thread": False},
        hide_parameters=True,
    )
    _configure(engine)
    bring_up_to_date(engine)
    return engine


def place(url: str, base: Path) -> Path:
    """Give the file that a database URL names; see :func:`open_ledger`.

    Raises:
        LedgerError: it is no URL, or that of another database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise LedgerError(
            "ledger.url: expected a database URL such as sqlite:///../state/syndicate.db"
        ) from None
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise LedgerError(
            f"ledger.url: {parsed.get_backend_name()} is not supported; "
            "expected a file such as sqlite:///../state/syndicate.db, or a server such as "
            "postgresql://user@host/database"
        )
    return (base / parsed.database).resolve()  # one file has one lock beside it, by any name


def _configure(engine: Engine) -> None:
    """Make every connection durable, and every transaction a writer's from its beginning.

    A transaction that starts as a reader and then writes fails at once when another one wrote in
    between, whatever the busy timeout; so all begin IMMEDIATE.
    """

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver shall not begin transactions of its own
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}").close()
        _log_ahead(connection)
        for pragma in ("synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Put a file into write-ahead logging, where it stays.

    The first who does this needs the file alone. Of two who begin at one moment SQLite refuses
    one at once, whatever the busy timeout, since each holds what the other waits for; so whoever
    is refused looks again until the other is done.
    """
    until = time.monotonic() + _BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").close()
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY  # its kinds are above
            if not is_busy or time.monotonic() > until:
                raise
            time.sleep(random.uniform(0.001, 0.02))  # noqa: S311 - so that two do not keep step
        else:
            return
