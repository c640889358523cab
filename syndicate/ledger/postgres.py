"""The ledger on a PostgreSQL server: held by a lock of a connection's, which may break.

A run holds an advisory lock on a connection that does nothing else; the server gives it back when
that connection ends, however it ends. It may end while the run lives, as when the server restarts,
and then another run may begin. So each run leaves its name in the ledger when it takes the lock,
and what would begin a delivery looks, in the same transaction, whether lock and name are its own.
What ends one is guarded by the fence, and is written down all the same.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, bindparam, exists, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from syndicate.errors import LedgerBusy, LedgerError
from syndicate.ledger.server import Place
from syndicate.ledger.server_trouble import unusable
from syndicate.ledger.sql import SqlLedger
from syndicate.ledger.tables import sessions
from syndicate.model import Delivery, Key, Message

_RUN = ".run"
"""Under which name among the sessions it is kept whose the ledger is."""
_POLL = 0.2
_TAKE = text("SELECT pg_try_advisory_lock(:space, :key), pg_backend_pid()")
_IS_THE_LOCK = text("""
    locktype = 'advisory' AND granted AND classid = :space AND objid = :key AND objsubid = 2
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
""")
"""What is true of the row among ``pg_locks`` that a run's lock is."""
_HOLDER = (
    select(text("application_name"))
    .select_from(text("pg_stat_activity JOIN pg_locks USING (pid)"))
    .where(_IS_THE_LOCK)
)
_HOLDS = select(
    exists(text("1")).select_from(text("pg_locks")).where(_IS_THE_LOCK, text("pid = :backend"))
    & exists().where(
        sessions.c.endpoint == _RUN, sessions.c.data["run"].as_string() == bindparam("run")
    )
)


@dataclass(frozen=True, slots=True)
class RunLock:
    """The lock as a run has it."""

    run: str
    """The run's name."""
    backend: int
    """The server's process that has the lock for us."""


class PostgresLedger(SqlLedger):
    """The ledger on a server.

    Args:
        engine: of the database that holds the rows.
        place: where the server is, and which of its locks is ours.
        is_kept: False where the rows are in memory, since the server has none yet.
    """

    def __init__(self, engine: Engine, place: Place, *, is_kept: bool = True) -> None:
        super().__init__(engine, is_kept=is_kept)
        self._place = place
        self._alone = place.alone()
        self._held: RunLock | None = None

    @contextmanager
    def lock(self, wait: timedelta) -> Iterator[None]:
        """Hold the ledger for one run, alone, among all machines that use it."""
        deadline = time.monotonic() + wait.total_seconds()
        try:
            connection = self._alone.connect()
        except SQLAlchemyError as error:
            raise self._unusable(error) from error
        try:
            with self._signed(self._take(connection, deadline)):
                yield
        finally:
            with suppress(SQLAlchemyError):  # it may have ended before us
                connection.close()

    @contextmanager
    def _signed(self, backend: int) -> Iterator[None]:
        """Leave this run's name in the ledger, and know it while the block runs."""
        held = RunLock(uuid.uuid4().hex, backend)
        self.save_session(_RUN, {"run": held.run, "written": ""})
        self._held = held
        try:
            yield
        finally:
            self._held = None

    def _take(self, connection: Connection, deadline: float) -> int:
        """Take the lock; give the server's process that has it."""
        try:
            while True:
                taken, backend = connection.execute(_TAKE, self._place.lock).one()
                if taken:
                    return int(backend)
                if time.monotonic() >= deadline:
                    holder = connection.execute(_HOLDER, self._place.lock).scalar() or "just ended"
                    raise LedgerBusy(
                        f"another syndicate is at work on this ledger ({holder}, "
                        f"{self._place.name}); it goes on by itself, so there is nothing to do "
                        "but wait"
                    )
                time.sleep(_POLL)
        except SQLAlchemyError as error:
            raise self._unusable(error) from error

    @contextmanager
    def together(self, name: str = "") -> Iterator[None]:
        """Make one transaction of what this thread does in the block."""
        with super().together(), self._transaction() as connection:
            yield
            if name and self._held:
                signed = {"run": self._held.run, "written": name}
                ours = sessions.c.data["run"].as_string() == self._held.run
                connection.execute(
                    update(sessions).where(sessions.c.endpoint == _RUN, ours).values(data=signed)
                )

    def was_written(self, name: str) -> bool:
        """Tell whether the transaction of that name is durable."""
        kept = self.load_session(_RUN)
        if self._held is None or kept.get("run") != self._held.run:
            raise self._lost()
        return bool(kept.get("written") == name)

    def next_due(
        self, endpoint: str, now: datetime, *, doubtful: bool = False, only: int | None = None
    ) -> datetime | None:
        """Tell when the endpoint has something to do next."""
        with self.together():
            if not self._is_ours():
                raise self._lost()
            return super().next_due(endpoint, now, doubtful=doubtful, only=only)

    def claim(
        self,
        endpoint: str,
        now: datetime,
        lease: timedelta,
        *,
        doubtful: bool = False,
        only: int | None = None,
    ) -> Delivery | None:
        """Take the endpoint's oldest due delivery, for the length of ``lease``."""
        with self.together():
            if not self._is_ours():
                return None
            return super().claim(endpoint, now, lease, doubtful=doubtful, only=only)

    def intend(self, delivery: Delivery, message: Message, key: Key) -> Delivery | None:
        """Write down that the message is about to leave."""
        with self.together():
            return super().intend(delivery, message, key) if self._is_ours() else None

    def close(self) -> None:
        """Close all connections."""
        super().close()
        self._alone.dispose()

    def _is_ours(self) -> bool:
        """Tell whether this run still holds what it took; who took nothing has nothing to lose."""
        if self._held is None:
            return True
        held = {"backend": self._held.backend, "run": self._held.run}
        with self._transaction() as connection:
            return bool(connection.execute(_HOLDS, {**self._place.lock, **held}).scalar_one())

    def _lost(self) -> LedgerError:
        return LedgerError(
            f"the connection that held the ledger {self._place.name} was lost, and the ledger with "
            "it: nothing more is begun; the next run goes on, and settles what was in flight"
        )

    def _unusable(self, error: SQLAlchemyError | ValueError) -> LedgerError:
        return unusable(self._place.name, error)
