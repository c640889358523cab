"""Following posts beyond their announcement: what is to be told of edits and deletions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from syndicate.delivery.edits import Editor, FollowUp
from syndicate.delivery.gone import Folder, Remover
from syndicate.delivery.line import Line
from syndicate.ledger.port import Ledger, NewDelivery, Resting
from syndicate.media import MediaStore
from syndicate.model import Event, Message, Post, State


@dataclass(slots=True)
class Follower:
    """Finds what follows, and enters it into the outbox.

    Args:
        lines: the endpoints.
        editor: looks at edits.
        remover: looks at what was taken back.
    """

    lines: Sequence[Line]
    editor: Editor
    remover: Remover
    found: list[FollowUp] = field(default_factory=list)

    @classmethod
    def of(  # noqa: PLR0917 - what editor and remover take
        cls,
        ledger: Ledger,
        lines: Sequence[Line],
        posts: Mapping[str, Post],
        render: Callable[[Post], str],
        media: MediaStore,
        folder: Folder,
        max_loss: float | None,
    ) -> Self:
        """Put one together; see :class:`Editor` and :class:`Remover`."""
        fresh = {record.id: record.digest for record in folder.records}
        editor = Editor(ledger, posts, render, media, folder.now, fresh)
        return cls(lines, editor, Remover(ledger, folder, max_loss))

    async def look(self) -> None:
        """Find out what follows; nothing is written."""
        self.remover.look(self.lines)
        for line in self.lines:
            self.found += await self.editor.edits(line)
            self.found += self.remover.deletions(line)

    def enter(self) -> None:
        """Enter what was found. Whatever is lost by a kill in between is found again."""
        ledger, now = self.editor.ledger, self.editor.now
        for each in self.found:
            if each.new:
                image = each.new.message and each.new.message.image
                if image:
                    self.editor.media.keep(image.data)
                ledger.add(each.announced.endpoint, [each.new], now)
            if each.over:
                undone = Resting(State.CANCELLED, now, each.over.attempts, reason="undone since")
                ledger.settle(each.over, undone, None)
            if each.digest:
                ledger.looked_at(each.announced, each.digest)
        self.remover.note()

    def new(self, endpoint: str) -> list[NewDelivery]:
        """Give what an endpoint is to be told beside what the ledger knows."""
        return [each.new for each in self.found if each.new and each.announced.endpoint == endpoint]

    def before(self, next_change: datetime | None) -> datetime | None:
        """Give when a run finds more to do, by nothing but the time.

        Args:
            next_change: when it does apart from what follows here.
        """
        times = (next_change, self.remover.gone.next_look)
        return min((time for time in times if time), default=None)

    @property
    def warnings(self) -> list[str]:
        """What could not be followed in this run, for a person."""
        said = [
            f"the edit of {each.announced.subject} waits on {each.announced.endpoint}: "
            f"{each.reason}"
            for each in self.found
            if each.reason
        ]
        return said + [each for each in [self.remover.gone.warning] if each]


def before(ledger: Ledger, event: Event, endpoint: str, subject: str) -> Message | None:
    """Give the message that an endpoint shows of a post now, where an event changes it."""
    if event not in {Event.UPDATED, Event.REPLIED, Event.DELETED}:
        return None
    told = ledger.about(endpoint, subject)
    newest = told.get(Event.UPDATED)
    if newest is None or newest.state is not State.DELIVERED:
        newest = told.get(Event.PUBLISHED)
    return newest.message if newest else None
