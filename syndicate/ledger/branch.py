"""The ledger on a branch of a git repository, for machines that are thrown away after each run.

The rows are in a SQLite file as ever; the branch is what outlives the machine. Before a message
leaves, its intent has to be on the branch: a push that git refuses, since somebody else has pushed,
is how two runs notice each other. With the first of its intents a run leaves a *hold* there, and
with its results it takes that away; others wait for it. A hold that has run out belonged to a run
that was killed, and what it intended is settled as with any killed run: its answers are lost.
"""

from __future__ import annotations

import logging
import socket
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Engine

from syndicate.errors import LedgerBusy, LedgerError
from syndicate.ledger.git import Branch
from syndicate.ledger.hold import HOLD, LEASE, BranchHold
from syndicate.ledger.jsonlines import LOCAL, dump, load
from syndicate.ledger.sqlite import SqliteLedger
from syndicate.model import State

log = logging.getLogger(__name__)

_POLL = 5.0
"""Seconds between two looks at the branch while another run holds it."""
_KEEP = 60.0
"""Seconds between two looks of a run whether it has something to push beside its intents."""
_LARGE = 40_000_000
"""Bytes of a file from which on a person is told; some hosts refuse one of 100 MB."""
_TOLD = (State.DELIVERED, State.IN_DOUBT, State.DEAD)


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
        self._has_file = is_kept
        self._run = uuid.uuid4().hex
        self._tip: str | None = None
        self._there: dict[str, bytes] = {}
        """What the branch has of the rows, and so need not get."""
        self._hold: BranchHold | None = None
        self._trouble: LedgerError | None = None
        self._pushing = threading.Lock()
        self._told: set[str] = set()
        self._ours = {self._run, self._noted().get("run")}
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
            self._ours.add(self._noted().get("run"))  # it may have ended while we waited
            self._refresh()
            while self._is_held():
                if monotonic() >= deadline:
                    raise self._busy("it gives it back at its end; if it was killed, a run goes on")
                sleep(_POLL)
                self._refresh()
            try:
                with self._keeping():
                    yield
            finally:
                if not isinstance(self._trouble, LedgerBusy):
                    self._trouble = None  # what did not go through a minute ago may do so now
                    if self._is_news() or self._hold or not self._tip:
                        self._push(None)

    def share(self) -> None:
        """Push what was written, with a hold: only after this may what was intended leave."""
        with self._pushing:
            self._push(self._own_hold())

    def close(self) -> None:
        """Push what a person has changed beside any run, and close all connections.

        Raises:
            LedgerError: it could not be pushed; nothing of it holds then.
        """
        try:
            if not (self._trouble or self._beside) and self._is_news():
                self._push_by_hand()
        finally:
            super().close()

    def _push_by_hand(self) -> None:
        with ExitStack() as stack:
            if self._has_file:
                try:
                    stack.enter_context(super().lock(timedelta()))
                except LedgerBusy:
                    return  # a run has begun here since: it pushes what is here
            try:
                if self._is_held():
                    raise self._busy("do it again when that run has ended")
                self._push(None)
            except LedgerError as error:
                self._note(None)
                raise type(error)(f"{error}; nothing was changed") from error

    @contextmanager
    def _keeping(self) -> Iterator[None]:
        """While the block runs, let no result wait for long, and no hold run out.

        A run can wait for hours until something is due. If it is killed then, others shall know
        what it has done; and while it lives, nobody shall take it for one that was killed.
        """
        ended = threading.Event()

        def keep() -> None:
            while not ended.wait(_KEEP):
                with self._pushing:
                    self._keep_up()

        keeper = threading.Thread(target=keep, name="ledger-branch", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            ended.set()
            keeper.join()

    def _keep_up(self) -> None:
        """Push what is new, or the hold alone where a third of it is over."""
        hold = self._hold
        if self._trouble or hold is None:  # who has intended nothing has nothing to tell yet
            return
        if self._is_news() or hold.until - self._now() < LEASE * 2 / 3:
            try:
                self._push(self._own_hold())
            except LedgerBusy as error:
                log.warning("%s", error)
            except LedgerError as error:
                self._trouble = None  # the next intent tries again, and tells if it cannot
                log.warning("%s", error)

    def _own_hold(self) -> BranchHold:
        return BranchHold(self._run, socket.gethostname(), self._now() + LEASE)

    def _refresh(self) -> None:
        """Take over what is on the branch, unless it is what the rows here follow."""
        tip = self._branch.fetch()
        if tip is None:  # it begins with what is here
            self._there = dump(self._engine)
        elif tip != self._tip:
            self._there = self._branch.read(tip)
            hold = self._there.pop(HOLD, None)
            self._hold = BranchHold.read(hold) if hold else None
            note = self._noted()
            if note.get("tip") != tip and not self._has_pushed(note):
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

    def _has_pushed(self, note: Mapping[str, Any]) -> bool:
        """Tell whether the tip is of the last run here, which was killed before it noted that.

        Then what is here is no older than what is there.
        """
        return bool(note.get("tip") and self._hold and self._hold.run == note.get("run"))

    def _is_held(self) -> bool:
        """Tell whether a run on another machine is at work."""
        hold = self._hold
        return hold is not None and hold.run not in self._ours and hold.counts(self._now())

    def _busy(self, advice: str) -> LedgerBusy:
        assert self._hold is not None
        return LedgerBusy(
            f"a run on {self._hold.machine} holds the ledger's {self._branch} until "
            f"{self._hold.until:%H:%M} UTC at the latest: {advice}"
        )

    def _is_news(self) -> bool:
        return self._there != dump(self._engine)

    def _push(self, hold: BranchHold | None) -> None:
        """Put the rows on the branch.

        Raises:
            LedgerBusy: somebody else has pushed since we fetched; what is there counts.
            LedgerError: the remote refuses, or cannot be reached.
        """
        if self._trouble:
            raise self._trouble
        rows = dump(self._engine)
        self._tell_of_size(rows)
        self._note(self._tip)  # a hold that gets there while we are killed is known as ours
        files = rows | ({HOLD: hold.to_json()} if hold else {})
        told = "Intend deliveries" if hold else "Keep what became of the deliveries"
        try:
            commit = self._branch.commit(files, self._tip, told)
            if not self._branch.push(commit, self._tip):
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

    def _tell_of_size(self, rows: Mapping[str, bytes]) -> None:
        large = {name: len(data) for name, data in rows.items() if len(data) > _LARGE}
        for name in large.keys() - self._told:
            log.warning(
                "%s on the ledger's %s has %d MB, and hosts refuse files of 100: keep the ledger "
                "in a database (docs/postgresql.md) before it comes to that",
                name,
                self._branch,
                large[name] // 1_000_000,
            )
        self._told |= large.keys()

    def _noted(self) -> dict[str, Any]:
        return self.load_session(LOCAL)

    def _note(self, tip: str | None) -> None:
        """Note which commit the rows here follow; None where the branch's count, not these."""
        self.save_session(LOCAL, {"tip": tip, "run": self._run})
