"""Who is at work on a branch: a file there, which counts for a while. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from syndicate.errors import LedgerError

HOLD = "hold.json"
LEASE = timedelta(minutes=15)
"""How long a hold is good for since the last push: longer than any message takes."""
SKEW = timedelta(minutes=15)
"""By how much the clocks of machines may differ.

A hold for longer than its lease and this comes from a clock that was wrong, and would keep
everybody waiting until then.
"""


@dataclass(frozen=True, slots=True)
class BranchHold:
    """Who is at work on the branch."""

    run: str
    machine: str
    until: datetime

    def counts(self, now: datetime) -> bool:
        """Tell whether others have to wait for it."""
        return now < self.until <= now + LEASE + SKEW

    def to_json(self) -> bytes:
        """Give the file's text."""
        told = {"run": self.run, "machine": self.machine, "until": self.until.isoformat()}
        return json.dumps(told).encode() + b"\n"

    @classmethod
    def read(cls, data: bytes) -> BranchHold:
        """Read the file.

        Raises:
            LedgerError: it is none.
        """
        try:
            told = json.loads(data)
            hold = cls(told["run"], told["machine"], datetime.fromisoformat(told["until"]))
        except (KeyError, TypeError, ValueError):
            hold = None
        if hold is None or hold.until.tzinfo is None:
            raise LedgerError(f"{HOLD} is malformed; take it from the branch")
        return hold
