"""What to do when a PostgreSQL server, or the way to it, does not take part."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from syndicate.errors import LedgerAway, LedgerError
from syndicate.redaction import brief

_SETTLED = "the next run settles what was in flight"
_ADVICE = {
    "42501": "let its user own the database, or GRANT USAGE, CREATE ON its SCHEMA",
    "25006": "it is a standby, or read-only: name the primary",
    "55P03": "another program holds it for long: run again when that has ended",
    "53100": f"make room on the server's disk; {_SETTLED}",
    "XX001": "the server's data are damaged: put a backup in their place",
}
"""By the code that the server gives (its documentation's Appendix A)."""
_ON_THE_WAY = {
    "password": "is the user's name and password right?",
    "pg_hba.conf": "does the server's pg_hba.conf let this user in from this machine?",
    "role": "create the user, or name another one",
    "database": "create it: CREATE DATABASE … OWNER …",
    "too many": "its max_connections are in use; a run needs two to four",
    "resolve": "is the host's name right?",
    "not known": "is the host's name right?",
    "starting up": "it will take part in a moment",
    "refused": "does the server run, and listen there?",
    "No such file": "does the server run, and is its socket's folder right?",
    "timeout": "does the server run, and does a firewall let us through?",
}
"""By what is said of a connection that does not come about, which has no code."""


def unusable(name: str, error: SQLAlchemyError | ValueError) -> LedgerError:
    """Build the error of a ledger that cannot be used, with what to do about it.

    Args:
        name: what the ledger is called, without a password.
        error: what the server or the driver says, or that a value is none.
    """
    if isinstance(error, ValueError):
        return _say(name, f"a row is malformed: {error}", "")
    cause = getattr(error, "orig", None) or error
    code = getattr(cause, "sqlstate", None) or ""
    diag = getattr(cause, "diag", None)
    reason = (diag and diag.message_primary) or str(cause)
    if _is_away(error, code):
        words = (advice for word, advice in _ON_THE_WAY.items() if word in reason)
        return LedgerAway(_words(name, reason, next(words, _SETTLED)))
    return _say(name, reason, _ADVICE.get(code, ""))


def _is_away(error: SQLAlchemyError, code: str) -> bool:
    """Tell whether there is no connection, or none any more."""
    if not isinstance(error, DBAPIError):
        return False
    never_there = isinstance(error, OperationalError) and not code
    return error.connection_invalidated or never_there


def _say(name: str, reason: str, advice: str) -> LedgerError:
    return LedgerError(_words(name, reason, advice))


def _words(name: str, reason: str, advice: str) -> str:
    said = f"the ledger {name} cannot be used: {brief(reason)}"
    return f"{said}; {advice}" if advice else said
