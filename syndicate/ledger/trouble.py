"""What to do when the database, or the disk below it, does not take part."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from syndicate.errors import LedgerError

_ADVICE = {
    "readonly": "this user has to be able to write to it and to its folder",
    "is full": "make room on its disk; the next run settles what was in flight",
    "disk I/O error": "is its disk full, or broken? The next run settles what was in flight",
    "is locked": "another program holds it for long, a backup or a database shell: run again when "
    "that has ended",
    "malformed": "put a backup of it in its place, or take what is left with "
    "`sqlite3 OLD .recover | sqlite3 NEW`; docs/reliability.md tells what to mind",
    "not a database": "is it the right file? docs/reliability.md tells what to do when it is lost",
}
"""By what SQLite says."""


def unusable(path: Path, error: SQLAlchemyError | ValueError) -> LedgerError:
    """Build the error of a ledger that cannot be used, with what to do about it.

    Args:
        path: the database.
        error: what the database says, or that a value in it is none.
    """
    reason = str(getattr(error, "orig", None) or error)
    if isinstance(error, ValueError):
        reason = f"a row is malformed: {reason}"
    advice = next((text for word, text in _ADVICE.items() if word in reason), "")
    said = f"the ledger {path} cannot be used: {reason}"
    return LedgerError(f"{said}; {advice}" if advice else said)


def shut(path: Path, error: OSError, what: str) -> LedgerError:
    """Build the error of a file of the ledger that the system does not open."""
    said = f"{what} {path} cannot be opened: {error.strerror}"
    may_not = isinstance(error, PermissionError) or error.strerror == "Read-only file system"
    return LedgerError(f"{said}; {_ADVICE['readonly']}" if may_not else said)
