"""The address of the ledger's database: a file of our own, or a server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from syndicate.config.values import is_reference, read_secret
from syndicate.redaction import passwords

_SERVER = re.compile(r"postgres(ql)?(\+[a-z0-9_]*)?://")


def is_server(address: str) -> bool:
    """Tell whether it is a PostgreSQL server's."""
    return _SERVER.match(address) is not None


def check_address(value: str) -> str:
    """Accept an address without a password, or what names one."""
    if is_server(value) and any(passwords(value)):
        raise ValueError(
            "a password is named, never written here: put the whole address into an environment "
            'variable or a file, and name it: "env:NAME" or "file:PATH"'
        )
    return value


def resolve_address(value: str, base: Path) -> str:
    """Give the address, or what the reference to it leads to.

    Raises:
        ValueError: the reference leads nowhere.
    """
    return read_secret(value, base) if is_reference(value) else value


DatabaseUrl = Annotated[str, Field(min_length=1), AfterValidator(check_address)]
"""A database's address, or a reference to it."""
