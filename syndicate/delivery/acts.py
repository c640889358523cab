"""What a delivery does at its endpoint: announce, change, reply or delete; and when it need not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, cast

from syndicate.config import Endpoint
from syndicate.model import Delivery, Event, Guarantee, Key, Message, Post, Receipt, Replay
from syndicate.networks.base import Deletes, Edits, LooksUpReplies, Replies, Sender, Wire

REPEATABLE = Guarantee(Replay.IDEMPOTENT)
"""Of edits and deletions: doing one again changes nothing."""
_PLAIN = {Event.PUBLISHED, Event.AGAIN, Event.CHANGED, Event.ALERT}


class Act(Protocol):
    """The part of a :class:`Sender` that an attempt needs; the look-up may be there beside it."""

    @property
    def guarantee(self) -> Guarantee:
        """What may be done after a lost answer."""

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:
        """Do it."""


@dataclass(frozen=True, slots=True)
class Updating:
    """Changes what was announced."""

    network: Edits
    receipt: Receipt
    guarantee: Guarantee = REPEATABLE

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:
        """Change it; it stays where it was."""
        await self.network.update(self.receipt, message, key, wire)
        return self.receipt


@dataclass(frozen=True, slots=True)
class Deleting:
    """Deletes what was announced."""

    network: Deletes
    receipt: Receipt
    guarantee: Guarantee = REPEATABLE

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:
        """Delete it."""
        await self.network.delete(self.receipt, message, key, wire)
        return self.receipt


@dataclass(frozen=True, slots=True)
class Replying:
    """Replies to what was announced."""

    network: Replies
    receipt: Receipt
    guarantee: Guarantee

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:
        """Post the reply."""
        return await self.network.reply(self.receipt, message, key, wire)


@dataclass(frozen=True, slots=True)
class FindingReply(Replying):
    """Replies where it can be found out whether that had arrived."""

    network: LooksUpReplies

    async def look_up(self, message: Message, key: Key, wire: Wire) -> Receipt | None:
        """Look for the reply."""
        return await self.network.look_up_reply(self.receipt, message, key, wire)


def act(network: Sender, delivery: Delivery) -> Act:
    """Give what a delivery does, ready to be attempted."""
    if delivery.receipt is None or delivery.event in _PLAIN:
        return network
    if delivery.event is Event.UPDATED:
        return Updating(cast(Edits, network), delivery.receipt)
    if delivery.event is Event.DELETED:
        return Deleting(cast(Deletes, network), delivery.receipt)
    kind = FindingReply if network.guarantee.looks_up else Replying
    return kind(cast(LooksUpReplies, network), delivery.receipt, network.guarantee)


def void(delivery: Delivery, options: Endpoint, post: Post | None) -> str:
    """Say why a delivery has become pointless; nothing where it has not.

    A post that is not out any more is not announced, unless that may have happened already: then
    it has to be found out.

    Args:
        delivery: as it was claimed.
        options: the endpoint's, as they are now.
        post: what it is about; None where that is not out.
    """
    match delivery.event:
        case Event.CHANGED | Event.ALERT:
            return ""
        case Event.DELETED:
            is_wanted, is_over, why = options.on_delete == "delete", post is not None, "out again"
        case Event.UPDATED:
            is_wanted, is_over, why = options.on_edit == "update", post is None, "taken back"
        case Event.REPLIED:
            is_wanted, is_over, why = options.on_edit == "reply", post is None, "taken back"
        case Event.PUBLISHED:
            is_wanted, is_over, why = options.posts, post is None, "not published any more"
        case Event.AGAIN:
            is_wanted, is_over, why = True, post is None, "not published any more"
    if delivery.doubt and delivery.event is not Event.UPDATED:
        return ""
    if is_over:
        return f"the post is {why}"
    return "" if is_wanted else "the endpoint is not told of that any more"
