"""Where SQLite and PostgreSQL are spoken to differently; all else is SQLAlchemy's to translate."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from sqlalchemy import Connection, String, Table, Text
from sqlalchemy.types import TypeEngine


def upsert(connection: Connection, table: Table) -> Any:
    """Begin an ``INSERT`` that can say what becomes of rows that are there already."""
    # Only the one that is spoken: loading the other takes a good part of a short run.
    return import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert(table)


def short(length: int) -> TypeEngine[str]:
    """Give the type of a text that is short as a rule.

    SQLite takes no notice of the length. PostgreSQL would refuse what is longer, in the middle of a
    delivery, so it is told of none.
    """
    return String(length).with_variant(Text(), "postgresql")
