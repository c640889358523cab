"""Which announcements are to be deleted: those of posts that were taken back, beyond doubt.

A post is taken back when its file is gone, when it was made a draft again, or when it has expired.
One look is not enough to say so: a checkout or an upload may be under way. So it has to be gone in
two runs that are some time apart; and a look that misses many posts at once sees an accident.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from syndicate.delivery.edits import FollowUp
from syndicate.delivery.line import Line
from syndicate.ledger.port import Ledger, NewDelivery
from syndicate.model import Delivery, Event, PostRecord, State

GRACE = timedelta(minutes=1)
"""How far apart two runs are at the least that both find a post gone."""
SINCE = ".deletions"
"""Where is kept since when endpoints follow deletions; no endpoint can have this name."""

Known = Mapping[str, tuple[str, datetime | None]]


class Folder(Protocol):
    """What a look at the content found."""

    @property
    def now(self) -> datetime:
        """When that was."""

    @property
    def live(self) -> int:
        """How many posts are out."""

    @property
    def held(self) -> int:
        """How many are held back."""

    @property
    def records(self) -> Iterator[PostRecord]:
        """Give what the ledger has not been told of."""

    def live_ids(self) -> Iterator[str]:
        """Give the ids of the posts that are out."""

    def absence(self, identity: str, source: str) -> str:
        """Say in which way a post was taken back; nothing where it is out, or cannot be read."""


@dataclass(frozen=True, slots=True)
class Gone:
    """What is to be noted and done."""

    ids: frozenset[str] = frozenset()
    """The posts that are gone."""
    sure: frozenset[str] = frozenset()
    """Those of them that were so in an earlier run, too."""
    next_look: datetime | None = None
    warning: str = ""
    """Why this look does not count."""


def judge(
    known: Known, absent: Collection[str], readable: int, max_loss: float | None, now: datetime
) -> Gone:
    """Decide what is gone. Pure.

    Args:
        known: the posts that ever were out, and since when they are known to be gone.
        absent: those that this look finds to be taken back.
        readable: how many posts it could read.
        max_loss: the share of the posts that may go at once; None where any may.
        now: the time of the look.
    """
    there = sum(since is None for _, since in known.values())
    lost = sum(known[each][1] is None for each in absent)
    if lost and max_loss is not None and (not readable or lost > there * max_loss):
        return Gone(
            warning=f"{lost} of {there} posts are gone at once, more than feeds.max_loss: what was "
            "announced of them is not deleted; if this is meant, run with --force"
        )
    since = {each: known[each][1] or now for each in absent}
    sure = frozenset(each for each in absent if now - since[each] >= GRACE)
    waits = [when + GRACE for each, when in since.items() if each not in sure]
    return Gone(frozenset(absent), sure, min(waits, default=None))


@dataclass(slots=True)
class Remover:
    """Finds what is to be deleted.

    Args:
        ledger: what was announced, and what was gone before.
        folder: the newest look.
        max_loss: as in :func:`judge`.
    """

    ledger: Ledger
    folder: Folder
    max_loss: float | None
    gone: Gone = field(default_factory=Gone)
    _since: dict[str, datetime] = field(default_factory=dict)
    _known: Known = field(default_factory=dict)

    def look(self, lines: Collection[Line]) -> None:
        """Find out what is gone, where an endpoint wants to know."""
        names = [line.options.name for line in lines if line.options.on_delete == "delete"]
        kept = self.ledger.load_session(SINCE)
        now = self.folder.now
        self._since = {
            name: datetime.fromisoformat(kept[name]) if name in kept else now for name in names
        }
        if not names:
            return
        self._known = known = self.ledger.once_out()
        out = set(self.folder.live_ids())
        absent = [
            each
            for each, (source, _) in known.items()
            if each not in out and self.folder.absence(each, source)
        ]
        # What was gone before anybody asked is never deleted, however much it is.
        max_loss = self.max_loss if kept else None
        self.gone = judge(known, absent, self.folder.live + self.folder.held, max_loss, now)

    def deletions(self, line: Line) -> Iterator[FollowUp]:
        """Give what is to be deleted at an endpoint: what was taken back since it follows that."""
        name = line.options.name
        if name not in self._since or not self.gone.sure:
            return
        for announced in self.ledger.announced(name, self.gone.sure):
            _, since = self._known[announced.subject]
            if since and since > self._since[name] and _can_be_deleted(announced):
                yield FollowUp(announced, _deletion(announced, self.folder.now))

    def unsure(self, line: Line) -> Iterator[Delivery]:
        """Give the announcements at an endpoint whose posts are gone in this look, and no other."""
        name, now = line.options.name, self.folder.now
        ids = self.gone.ids - self.gone.sure
        if name not in self._since or not ids:
            return
        for announced in self.ledger.announced(name, ids):
            since = self._known[announced.subject][1] or now
            if since > self._since[name] and _can_be_deleted(announced):
                yield announced

    def source(self, identity: str) -> str:
        """Give the file that a post had."""
        return self._known[identity][0]

    def note(self) -> None:
        """Write down what is gone; what is written already is not written again."""
        since = {name: when.isoformat() for name, when in self._since.items()}
        if self.ledger.load_session(SINCE) != since:
            self.ledger.save_session(SINCE, since)
        if since and not self.gone.warning:
            self.ledger.note_gone(self.gone.ids, self.folder.now)


def _can_be_deleted(announced: Delivery) -> bool:
    """Tell whether it is known what is there, and that it is one message: threads stay."""
    is_whole = announced.message is not None and not announced.message.more
    return announced.receipt is not None and is_whole


def _deletion(announced: Delivery, now: datetime) -> NewDelivery:
    assert announced.message is not None
    assert announced.receipt is not None
    return NewDelivery(
        announced.subject,
        announced.endpoint,
        State.PENDING,
        now,
        event=Event.DELETED,
        version=announced.receipt.id,
        message=replace(announced.message, image=None),
        receipt=announced.receipt,
    )
