"""A ledger's rows as JSON lines, and back: a file for each table, a line for each row.

What endpoints keep as their sessions stays out: there are tokens among it, and whoever can read the
repository could read these. The house's own notes, whose names begin with a dot, go along.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from syndicate.errors import LedgerError
from syndicate.ledger.schema import HEAD, migrate
from syndicate.ledger.tables import metadata, sessions

SCHEMA = "schema.json"
LOCAL = ".branch"
"""The one note that is about this very copy."""
_OURS = f"WHERE endpoint LIKE '.%' AND endpoint != '{LOCAL}'"


def dump(engine: Engine) -> dict[str, bytes]:
    """Give the files of a ledger that has the newest schema, by name."""
    files = {SCHEMA: json.dumps({"schema": HEAD}).encode() + b"\n"}
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            files[_file(table)] = b"".join(_lines(connection, table))
    return files


def load(engine: Engine, files: Mapping[str, bytes]) -> None:
    """Put the rows of files in the place of what a ledger has, in one transaction.

    Raises:
        LedgerError: a newer version of syndicate has written them, or something is no row.
    """
    try:
        schema = str(json.loads(files[SCHEMA])["schema"])
    except (KeyError, TypeError, ValueError):
        raise LedgerError(f"{SCHEMA} does not tell which schema the ledger has") from None
    if schema > HEAD:
        raise LedgerError(
            f"the ledger has schema {schema}, this version of syndicate knows up to {HEAD}; "
            "use the newer syndicate that wrote it"
        )
    try:
        if schema != HEAD:
            files = _brought_up(files, schema)
        with engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                kept = _OURS if table is sessions else ""
                connection.exec_driver_sql(f"DELETE FROM {table.name} {kept}")  # noqa: S608
            _insert(connection, files)
    except SQLAlchemyError as error:
        raise LedgerError(f"its rows do not fit: {getattr(error, 'orig', None) or error}") from None


def _brought_up(files: Mapping[str, bytes], schema: str) -> dict[str, bytes]:
    """Let the migrations run over older rows."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    try:
        migrate(engine, None, schema)
        with engine.begin() as connection:
            _insert(connection, files)
        migrate(engine, schema)
        return dump(engine)
    finally:
        engine.dispose()


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    names = ", ".join(column.name for column in table.columns)
    order = ", ".join(column.name for column in table.primary_key)
    kept = _OURS if table is sessions else ""
    query = f"SELECT {names} FROM {table.name} {kept} ORDER BY {order}"  # noqa: S608 - our names
    for row in connection.exec_driver_sql(query).mappings():
        yield json.dumps(dict(row), ensure_ascii=False).encode() + b"\n"


def _insert(connection: Connection, files: Mapping[str, bytes]) -> None:
    for table in metadata.sorted_tables:
        rows = list(_rows(_file(table), files.get(_file(table), b"")))
        if not rows:
            continue
        names = [column.name for column in table.columns if column.name in rows[0]]
        marks = ", ".join(f":{name}" for name in names)
        into = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608
        try:
            connection.exec_driver_sql(into, [{name: row[name] for name in names} for row in rows])
        except KeyError as error:
            raise LedgerError(f"{_file(table)}: a line lacks {error}") from None


def _rows(name: str, data: bytes) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(data.splitlines(), 1):
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            raise LedgerError(
                f"{name}:{number} is no row of a ledger; "
                "put an earlier commit of that branch in its place"
            )
        yield row


def _file(table: Table) -> str:
    return f"{table.name}.jsonl"
