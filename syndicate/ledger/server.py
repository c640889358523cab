"""A PostgreSQL server that keeps a ledger: its address, its connections, and whether it will do."""

from __future__ import annotations

import os
import socket
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from syndicate.errors import LedgerError
from syndicate.ledger.server_trouble import unusable

OLDEST = 14
"""The oldest major version that is known to do."""
PATIENCE = 15
"""Seconds for which a lock, or a silent server, is waited for; as SQLite's file that is locked."""
_CONNECT = {
    "connect_timeout": "5",
    "client_encoding": "utf8",
    # A server that vanished without a word is noticed within the patience.
    "keepalives_idle": "5",
    "keepalives_interval": "5",
    "keepalives_count": "2",
    "tcp_user_timeout": str(PATIENCE * 1000),
}
_SETTINGS = (
    "SET TimeZone = 'UTC'",
    f"SET lock_timeout = '{PATIENCE}s'",
    # Whoever sleeps in a transaction must not hold up everybody else for ever.
    "SET idle_in_transaction_session_timeout = '60s'",
    # Whoever holds the ledger is idle for long. What is too old to know this is told so later.
    """SELECT set_config(name, '0', false) FROM pg_settings
    WHERE name = 'idle_session_timeout'""",
    # What is committed survives a power cut, even if the server's owner prefers it fast.
    """SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') = 'off'""",
)
_SPACE = 0x53594E44
"""The first half of our advisory locks' keys, for the one that a run holds: it spells SYND."""
_WRITERS = _SPACE + 1
"""Likewise, for the one that a transaction holds."""
_FACTS = text("""
    SELECT current_setting('server_version_num')::int / 10000 AS version,
           current_setting('server_version') AS spelled,
           current_setting('server_encoding') AS encoding,
           current_schema() AS schema
""")


@dataclass(frozen=True, slots=True)
class Place:
    """Where on which server a ledger is."""

    url: URL
    schema: str

    @property
    def name(self) -> str:
        """What it is called in messages: without a password."""
        return shown(self.url)

    @property
    def key(self) -> int:
        """The second half of its advisory locks' keys; the server tells databases apart itself."""
        return zlib.crc32(self.schema.encode()) & 0x7FFFFFFF

    @property
    def lock(self) -> Mapping[str, int]:
        """The lock that a run holds, as a statement's parameters."""
        return {"space": _SPACE, "key": self.key}

    def alone(self) -> Engine:
        """Give an engine each of whose connections is a new one, without transactions."""
        return _engine(self.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")

    def engine(self) -> Engine:
        """Give the engine that a ledger works with: one transaction comes after the other.

        So it is with SQLite, whose rules the statements are written for. It has to be READ
        COMMITTED: a snapshot from before the lock would not see what it was waited for.
        """
        engine = _engine(self.url, pool_pre_ping=True, isolation_level="READ COMMITTED")

        @event.listens_for(engine, "begin")
        def begin(connection: Any) -> None:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS}, {self.key})")

        return engine


def find(url: str) -> Place:
    """Go and see whether a server is there, and will do.

    Raises:
        LedgerError: it is not, or will not.
    """
    address = parse(url)
    try:
        engine = _engine(address, poolclass=NullPool)
    except ImportError:
        raise LedgerError(
            "ledger.url: PostgreSQL needs a driver that is not installed: "
            "pip install 'syndicate-feeds[postgresql]'"
        ) from None
    try:
        with engine.connect() as connection:
            facts = connection.execute(_FACTS).one()
    except SQLAlchemyError as error:
        raise unusable(shown(address), error) from error
    said = f"the ledger {shown(address)} cannot be used: "
    if facts.version < OLDEST:
        raise LedgerError(
            f"{said}its server is PostgreSQL {facts.spelled}; expected {OLDEST} or newer"
        )
    if facts.encoding != "UTF8":
        raise LedgerError(
            f"{said}its encoding is {facts.encoding}, which cannot keep every text; "
            "make a database WITH ENCODING 'UTF8' TEMPLATE template0"
        )
    if facts.schema is None:
        raise LedgerError(f"{said}none of the schemas of its search_path exists; create one")
    return Place(address, facts.schema)


def parse(url: str) -> URL:
    """Read an address, of whichever of its spellings.

    Raises:
        LedgerError: it is none.
    """
    try:
        parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    except (ArgumentError, ValueError):
        raise LedgerError(
            "ledger.url: expected an address such as postgresql://user@host:5432/database"
        ) from None
    # A password among the parameters is one all the same.
    password = parsed.password or "".join(parsed.query.get("password", ""))
    parsed = parsed.difference_update_query(["password"])
    return parsed.set(drivername="postgresql+psycopg", password=password or None)


def shown(url: URL) -> str:
    """Give an address as it may be seen."""
    host = url.host or url.query.get("host")
    at = ":".join(str(each) for each in (host, url.port) if each)
    who = f"{url.username}@" if url.username else ""
    return f"postgresql://{who}{at}/{url.database or ''}"


def ourselves() -> str:
    """Name this process as the server's owner sees it, and as whoever waits for it is told."""
    return f"process {os.getpid()} on {socket.gethostname()}"[:63]


def _engine(url: URL, **options: Any) -> Engine:
    own = {name: value for name, value in _CONNECT.items() if name not in url.query}
    engine = create_engine(
        url,
        connect_args=own | {"application_name": ourselves()},
        hide_parameters=True,  # they are in tracebacks otherwise, and sessions hold tokens
        **options,
    )

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        before, connection.autocommit = connection.autocommit, True
        for setting in _SETTINGS:
            connection.execute(setting)
        connection.autocommit = before
        _take_nul(connection)

    return engine


def _take_nul(connection: Any) -> None:
    """Let a text of the world's that has a NUL in it be kept; PostgreSQL's texts have none."""
    from psycopg.types.string import StrDumper  # noqa: PLC0415 - an optional package

    class Dumper(StrDumper):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))

    connection.adapters.register_dumper(str, Dumper)
