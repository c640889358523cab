"""Every error that the package raises on purpose.

::

    SyndicateError
    ├── ConfigError            the configuration cannot be used; carries every problem at once
    ├── ContentError           two posts claim one id: no feed can be right
    ├── FeedError              a built feed is unreadable: the published one stays
    ├── Stopped                a person asked for the end, before anything was done or at once
    ├── LedgerError            the ledger cannot be opened or written
    │   ├── LedgerBusy         another process is at work on it
    │   └── LedgerAway         its server does not answer now; it may in a moment
    └── DeliveryError          an attempt did not end in a receipt
        ├── Unreachable        nothing left this machine: try again
        ├── Throttled          the remote asked to wait: never before ``until``
        ├── Rejected           this message is bad: dead letter
        ├── Unauthorized       the endpoint is bad: pause it, keep its deliveries
        │   └── Gone           the endpoint has ended for good: disable it
        └── InDoubt            sent, and the answer was lost: the network's guarantee decides
            └── Interrupted    so too, by our own end and by no fault of the endpoint

A network adapter raises a :class:`DeliveryError`; whatever else escapes from it counts as
:class:`InDoubt`, because nobody knows how far it had come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


class SyndicateError(Exception):
    """The base of all errors that are told to a person in one message, without a traceback."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a configuration: where it is, and what was expected there."""

    key: str
    message: str
    line: int | None = None


class ConfigError(SyndicateError):
    """The configuration cannot be used. ``problems`` has all of them, in the file's order."""

    def __init__(self, path: str, problems: Sequence[Problem]) -> None:
        self.path = path
        self.problems = tuple(problems)
        super().__init__("\n".join(self._line(problem) for problem in self.problems))

    def _line(self, problem: Problem) -> str:
        where = self.path if problem.line is None else f"{self.path}:{problem.line}"
        return (
            f"{where}: {problem.key}: {problem.message}"
            if problem.key
            else f"{where}: {problem.message}"
        )


class ContentError(SyndicateError):
    """The content folder as a whole cannot be published, whatever its single posts are like."""


class FeedError(SyndicateError):
    """A feed that was built may not replace the published one."""


class Stopped(SyndicateError):
    """A person asked for the end: before anything was published or sent, or twice."""


class LedgerError(SyndicateError):
    """The ledger cannot be opened or written."""


class LedgerBusy(LedgerError):
    """Another process is at work on the ledger."""


class LedgerAway(LedgerError):
    """The ledger's server does not answer; whether what was being written is there is unknown."""


class DeliveryError(SyndicateError):
    """An attempt did not end in a receipt.

    Args:
        detail: what happened, for a person; never a secret.
        status: the HTTP status, where there was an answer.
        until: not before this time (``Retry-After`` and its kin), where the remote said so.
    """

    def __init__(
        self, detail: str, *, status: int | None = None, until: datetime | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status
        self.until = until


class Unreachable(DeliveryError):
    """Nothing that counts has left this machine: trying again cannot double anything."""


class Throttled(DeliveryError):
    """The remote refused for now: nothing goes to this endpoint before ``until``."""


class Rejected(DeliveryError):
    """The remote will never take this message; others may pass."""


class Unauthorized(DeliveryError):
    """The remote does not take anything from this endpoint until a person mends it."""


class Gone(Unauthorized):
    """The remote says that this endpoint has ended (410)."""


class InDoubt(DeliveryError):
    """The request left, and what became of it is unknown."""


class Interrupted(InDoubt):
    """The process ended while the request was under way."""
