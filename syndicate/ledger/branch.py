"""The ledger on a branch of a git repository, for machines that are thrown away after each run.

The rows are in a SQLite file as ever; the branch is what outlives the machine. Before a message
leaves, its intent has to be on the branch: a push that git refuses, since somebody else has pushed,
is how two runs notice each other. With the first of its intents a run leaves a *hold* there, and
with its results it takes that away; others wait for it. A hold that has run out belonged to a run
that was killed, and what it intended is settled as with any killed run: its answers are lost.
"""

from __future__ import annotations

import json
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

from sqlalchemy import Engine

from syndicate.errors import LedgerBusy, LedgerError
from syndicate.ledger.git import Branch
from syndicate.ledger.jsonlines import LOCAL, dump, load
from syndicate.ledger.sqlite import SqliteLedger
from syndicate.model import State

HOLD = "hold.json"
LEASE = timedelta(minutes=15)
"""How long a hold is good for since the last push: longer than any message takes."""
_POLL = 2.0
_TOLD = (State.DELIVERED, State.IN_DOUBT, State.DEAD)


@dataclass(frozen=True, slots=True)
class Hold:
    """Who is at work on the branch."""

    run: str
    machine: str
    until: datetime

    def to_json(self) -> bytes:
        """Give the file's text."""
        told = {"run": self.run, "machine": self.machine, "until": self.until.isoformat()}
        return json.dumps(told).encode() + b"\n"

    @classmethod
    def read(cls, data: bytes) -> Hold:
        """Read the file.

        Raises:
            LedgerError: it is none.
        """
        try:
            told = json.loads(data)
            return cls(told["run"], told["machine"], datetime.fromisoformat(told["until"]))
        except (KeyError, TypeError, ValueError):
            raise LedgerError(f"{HOLD} is malformed; take it from the branch") from None


class BranchLedger(SqliteLedger):
    """The ledger on a branch.

    Args:
        engine: of the database that holds the rows while the machine lives.
        path: the database's file.
        branch: what outlives the machine.
        is_kept: whether the database is in that file; else it is in memory.
        now: gives the time.

    Raises:
        LedgerError: the branch cannot be read.
    """

    is_shared = True

    def __init__(
        self,
        engine: Engine,
        path: Path,
        branch: Branch,
        *,
        is_kept: bool,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(engine, path, is_kept=is_kept)
        self._branch = branch
        self._now = now
        self._run = uuid.uuid4().hex
        self._tip: str | None = None
        self._there: dict[str, bytes] = {}
        """What the branch has of the rows, and so need not get."""
        self._hold: Hold | None = None
        self._trouble: LedgerError | None = None
        self._pushing = threading.Lock()
        self._ours = {self._run, self.load_session(LOCAL).get("run")}
        """Our hold, and that of the last run here: whoever holds the lock knows that it is over."""
        self._beside = False
        """A run on this machine is at work: the rows are its own, and it pushes what is here."""
        if is_kept:
            try:
                with super().lock(timedelta()):
                    self._refresh()
            except LedgerBusy:
                self._beside = True
        else:
            self._refresh()

    @contextmanager
    def lock(self, wait: timedelta) -> Iterator[None]:
        """Hold the ledger for one run, alone, on this machine and on the branch."""
        deadline = monotonic() + wait.total_seconds()
        with super().lock(wait):
            self._beside = False
            self._refresh()
            while self._is_held():
                if monotonic() >= deadline:
                    raise self._busy("it gives it back at its end; if it was killed, a run goes on")
                sleep(_POLL)
                self._refresh()
            try:
                yield
            finally:
                if not isinstance(self._trouble, LedgerBusy):
                    self._trouble = None  # what did not go through a minute ago may do so now
                    if self._is_news() or self._hold or not self._tip:
                        self._push(None)

    def share(self) -> None:
        """Push what was written, with a hold: only after this may what was intended leave."""
        with self._pushing:
            self._push(Hold(self._run, socket.gethostname(), self._now() + LEASE))

    def close(self) -> None:
        """Push what a person has changed beside any run, and close all connections.

        Raises:
            LedgerError: it could not be pushed; nothing of it holds then.
        """
        try:
            if not (self._trouble or self._beside) and self._is_news():
                if self._is_held():
                    self._note(None)
                    raise self._busy("nothing was changed; do it again when that run has ended")
                self._push(None)
        finally:
            super().close()

    def _refresh(self) -> None:
        """Take over what is on the branch, unless it is what the rows here follow."""
        tip = self._branch.fetch()
        if tip is None:  # it begins with what is here
            self._there = dump(self._engine)
        elif tip != self._tip:
            self._there = self._branch.read(tip)
            hold = self._there.pop(HOLD, None)
            self._hold = Hold.read(hold) if hold else None
            note = self.load_session(LOCAL)
            if note.get("tip") != tip:
                if not note and self.count(states=_TOLD):
                    raise LedgerError(
                        f"{self._path} knows of announcements, and has never followed the ledger's "
                        f"{self._branch}, which would take its place: move the file away if the "
                        "branch counts, or delete the branch to begin it with this file"
                    )
                try:
                    load(self._engine, self._there)
                except LedgerError as error:
                    raise LedgerError(f"the ledger's {self._branch}: {error}") from None
                self._note(tip)
                self._there = dump(self._engine)
            self._tip, self.is_kept = tip, True

    def _is_held(self) -> bool:
        """Tell whether a run on another machine is at work."""
        hold = self._hold
        return hold is not None and hold.until > self._now() and hold.run not in self._ours

    def _busy(self, advice: str) -> LedgerBusy:
        assert self._hold is not None
        return LedgerBusy(
            f"a run on {self._hold.machine} holds the ledger's {self._branch} until "
            f"{self._hold.until:%H:%M} UTC at the latest: {advice}"
        )

    def _is_news(self) -> bool:
        return self._there != dump(self._engine)

    def _push(self, hold: Hold | None) -> None:
        """Put the rows on the branch.

        Raises:
            LedgerBusy: somebody else has pushed since we fetched; what is there counts.
            LedgerError: the remote refuses, or cannot be reached.
        """
        if self._trouble:
            raise self._trouble
        rows = dump(self._engine)
        self._note(self._tip)  # a hold that gets there while we are killed is known as ours
        files = rows | ({HOLD: hold.to_json()} if hold else {})
        told = "Intend deliveries" if hold else "Keep what became of the deliveries"
        try:
            commit = self._branch.commit(files, self._tip, told)
            if not self._branch.push(commit):
                self._note(None)
                raise LedgerBusy(
                    f"somebody else has changed the ledger's {self._branch} meanwhile: what had "
                    "not left was not sent, and what is there counts; the next run goes on from it"
                )
        except LedgerError as error:
            self._trouble = error
            raise
        self._tip, self._there, self._hold = commit, rows, hold
        self._note(commit)

    def _note(self, tip: str | None) -> None:
        """Note which commit the rows here follow; None where the branch's count, not these."""
        self.save_session(LOCAL, {"tip": tip, "run": self._run})
