"""Which edits of posts are to be told: those that change what was announced, and no others.

Composing is what costs here, so only posts whose file has another digest than the one that was
looked at last are composed; and what came of it is noted, so that it is asked once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from syndicate.config import Endpoint
from syndicate.delivery.layers import layers
from syndicate.delivery.line import Line, compose
from syndicate.errors import DeliveryError, Unreachable
from syndicate.ledger.port import Ledger, NewDelivery
from syndicate.media import MediaStore
from syndicate.model import Attachment, Delivery, Event, Image, Message, Post, State

EVENTS = {"update": Event.UPDATED, "reply": Event.REPLIED}


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What becomes of one announcement."""

    announced: Delivery
    new: NewDelivery | None = None
    """What is to be told; None where there is nothing."""
    digest: str | None = None
    """The file that was looked at; None where it has to be looked at again."""
    over: Delivery | None = None
    """An earlier edit that waits, and has been undone meanwhile."""
    reason: str = ""
    """Why nothing can be said yet, or not all of it."""


@dataclass(frozen=True, slots=True)
class Editor:
    """Looks at edited posts.

    Args:
        ledger: what was announced.
        posts: the posts that are out, by id.
        render: gives a post's content as HTML.
        media: where hero images come from.
        now: the time.
        fresh: by id, the digests of posts that the ledger has not been told of.
    """

    ledger: Ledger
    posts: Mapping[str, Post]
    render: Callable[[Post], str]
    media: MediaStore
    now: datetime
    fresh: Mapping[str, str]

    async def edits(self, line: Line) -> list[FollowUp]:
        """Look at what an endpoint has announced of posts that were edited since."""
        options = line.options
        if options.on_edit == "ignore":
            return []
        since, found = self.now - options.edits_until, []
        rows = self.ledger.edited(options.name, since)
        known = {each.subject for each in rows}
        rows += (
            each
            for each in self.ledger.announced(options.name, self.fresh.keys() - known)
            if each.due >= since and each.composed_from not in {None, self.fresh[each.subject]}
        )
        for announced in rows:
            post = self.posts.get(announced.subject)
            if post is not None:  # else it was taken back, which is no edit
                found.append(await self._edit(line, announced, post))
        return found

    async def _edit(self, line: Line, announced: Delivery, post: Post) -> FollowUp:
        event = EVENTS[line.options.on_edit]
        earlier = self.ledger.about(announced.endpoint, announced.subject).get(event)
        if earlier and _is_unsettled(earlier):
            return FollowUp(announced, reason="an earlier edit is not settled yet")
        try:
            message, lack = await self._compose(line, announced, post, earlier)
        except DeliveryError as error:
            return FollowUp(announced, reason=error.detail)
        # Where a picture is waited for, this is looked at again, whatever becomes of the words.
        digest = None if lack else post.digest
        if message.more or (announced.message and announced.message.more):
            return FollowUp(announced, digest=post.digest)  # a thread stays as it was sent
        imprint = message.imprint()
        may_show_another = earlier and (earlier.doubt or earlier.state is State.IN_DOUBT)
        if _is_same(imprint, announced.imprint, event) and not may_show_another:
            over = earlier if earlier and earlier.state is State.PENDING else None
            return FollowUp(announced, digest=digest, over=over, reason=lack)
        number, _, known = earlier.version.partition(":") if earlier else ("0", "", "")
        if earlier and known == imprint and earlier.state is not State.CANCELLED:
            return FollowUp(announced, digest=digest, reason=lack)
        if event is Event.REPLIED:
            message = await self._reply(line, post)
        new = NewDelivery(
            announced.subject,
            announced.endpoint,
            State.PENDING,
            self.now,
            event=event,
            # The number tells an edit from the same one before it was undone, and so do their keys.
            version=f"{int(number) + 1}:{imprint}",
            message=message,
            receipt=announced.receipt,
        )
        return FollowUp(announced, new, digest, reason=lack and f"{lack}; its words are told")

    async def _reply(self, line: Line, post: Post) -> Message:
        """Compose the note of an edit. The picture stands right above: the note has none."""
        note = noted(post, line.options)
        reply = await self._composed(line, note, {"image": False})
        return replace(reply, image=None)

    async def _compose(
        self, line: Line, announced: Delivery, post: Post, earlier: Delivery | None
    ) -> tuple[Message, str]:
        """Compose what would be announced now, and say what cannot be had for that.

        Where that is the picture, the one that stands there stays, and the words change below it.

        Raises:
            DeliveryError: that is not possible now.
        """
        message = await self._composed(line, post)
        shown = _shown(announced, earlier)
        if shown is None or not await self._lacks_picture(line, post, message, shown):
            return message, ""
        assert post.image
        lack = f"its picture {post.image.url} cannot be had"
        kept = replace(post, image=Image(shown.url, shown.alt), undescribed=None)
        message = await self._composed(line, kept)
        if message.image is None or message.image.url != shown.url:
            raise Unreachable(lack)
        return message, lack

    async def _composed(
        self, line: Line, post: Post, by_hand: Mapping[str, Any] | None = None
    ) -> Message:
        message = await compose(line, post, self.render, self.media, by_hand)
        if message is None:
            raise Unreachable("there is nothing to compose")
        return message

    async def _lacks_picture(
        self, line: Line, post: Post, message: Message, showed: Attachment
    ) -> bool:
        """Tell whether a message has not the picture that it is to have, only because of now.

        A picture that is not wanted there, or that the network does not take, is not waited for.
        """
        wanted = layers(post, line.options).apply(post).image
        if wanted is None or (message.image and message.image.url in {wanted.url, showed.url}):
            return False
        if message.image and self.media.prefers_cards:
            return False
        return await self.media.picture(wanted) is None


def _shown(announced: Delivery, earlier: Delivery | None) -> Attachment | None:
    """Give the picture that stands there: that of the newest edit that was told, or the first."""
    told = earlier if earlier and earlier.event is Event.UPDATED else None
    newest = told if told and told.state is State.DELIVERED else announced
    return newest.message.image if newest.message else None


def noted(post: Post, options: Endpoint) -> Post:
    """Give a post whose first words say that it was edited."""
    if post.title:
        return replace(post, title=f"{options.edit_note}: {post.title}")
    return replace(post, summary=f"{options.edit_note}: {post.summary}")


def _is_unsettled(earlier: Delivery) -> bool:
    """Tell whether nobody knows what became of an earlier edit, and a newer one would hide that."""
    if earlier.state is State.SENDING:
        return True
    asked = earlier.doubt or earlier.state is State.IN_DOUBT
    return asked and earlier.event is Event.REPLIED


def _is_same(imprint: str, announced: str | None, event: Event) -> bool:
    """Compare with what the remote shows; another picture alone is worth no reply."""
    if announced is None:  # it was announced by a version that kept none
        return True
    if event is Event.REPLIED:
        return imprint.partition(".")[0] == announced.partition(".")[0]
    return imprint == announced
