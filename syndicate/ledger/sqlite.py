"""The ledger in a SQLite file: held by a lock file beside it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from syndicate.errors import LedgerError
from syndicate.ledger import lock
from syndicate.ledger.sql import SqlLedger
from syndicate.ledger.trouble import unusable


class SqliteLedger(SqlLedger):
    """The ledger in a SQLite file.

    Args:
        engine: as ``syndicate.ledger.opening`` configures it.
        path: the database's file; the run lock stands beside it.
        is_kept: whether the database is in that file; else it is in memory.
    """

    def __init__(self, engine: Engine, path: Path, *, is_kept: bool = True) -> None:
        super().__init__(engine, is_kept=is_kept)
        self._path = path

    def lock(self, wait: timedelta) -> AbstractContextManager[None]:
        """Hold the ledger for one run, alone."""
        return lock.hold(self._path.with_name(self._path.name + ".lock"), wait)

    def _unusable(self, error: SQLAlchemyError | ValueError) -> LedgerError:
        return unusable(self._path, error)
