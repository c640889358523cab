"""What becomes of a message: its delivery, the attempts, the receipt, the endpoint."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from syndicate.model.messages import Message

KEY_PREFIX = "msg_"
"""How all keys of ours begin."""


@dataclass(frozen=True, slots=True)
class Key:
    """The idempotency key of a delivery, and the time of its first attempt. Both never change."""

    value: str
    minted: datetime

    def of_part(self, number: int) -> Key:
        """Give the key of a further part of a thread: another one, and the same each time.

        Its time is another, too, for networks that make a name of it.
        """
        return Key(f"{self.value}-{number}", self.minted + timedelta(microseconds=number - 1))


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the remote calls the thing that was posted; its URL is the post's syndication link."""

    id: str
    url: str | None = None


class Replay(enum.StrEnum):
    """What a network's protocol makes possible after a lost answer."""

    IDEMPOTENT = "idempotent"
    IDEMPOTENT_FOR = "idempotent-for"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Guarantee:
    """What may be done after a lost answer: repeat it, or look first whether it had arrived."""

    replay: Replay
    window: timedelta | None = None
    """How long a repeated message is known as such, from the first attempt on."""
    looks_up: bool = False
    """Whether the network has a ``look_up`` that is asked before a replay."""

    def __str__(self) -> str:
        text = str(self.replay)
        if self.window is not None:
            text += f"({self.window.total_seconds() / 3600:g}h)"
        if not self.looks_up:
            return text
        return "look-up" if self.replay is Replay.NONE else f"{text} + look-up"

    def terms(self, in_doubt: str) -> str:
        """Say what becomes of a lost answer, with what an endpoint wants where that leaves one."""
        return f"{self}, in doubt: {in_doubt}"

    def may_replay(self, key: Key | None, when: datetime) -> bool:
        """Tell whether sending at ``when`` cannot double a message that may have arrived.

        Args:
            key: what the message was sent under; None where it never was.
            when: the time of the replay.
        """
        if self.replay is Replay.IDEMPOTENT or self.looks_up:
            return True
        if self.replay is Replay.IDEMPOTENT_FOR and self.window and key:
            return when < key.minted + self.window
        return False


class State(enum.StrEnum):
    """Where a delivery stands. *pending* and *sending* are under way, the others at rest."""

    PENDING = "pending"
    SENDING = "sending"
    DELIVERED = "delivered"
    IN_DOUBT = "in_doubt"
    DEAD = "dead"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class Event(enum.StrEnum):
    """What has happened to the subject of a delivery."""

    PUBLISHED = "published"
    """A post is out. It happens once."""
    UPDATED = "updated"
    """What was announced of a post reads otherwise now: it is changed where it stands."""
    REPLIED = "replied"
    """The same, where it is told in a reply instead."""
    DELETED = "deleted"
    """A post was taken back: so is what was announced of it."""
    AGAIN = "again"
    """A post that was announced is announced once more, because a person wants it so."""
    CHANGED = "changed"
    """A feed has other bytes than before."""
    ALERT = "alert"
    """Something is in trouble that somebody has to know of."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the outbox: one event of one subject for one endpoint."""

    id: int
    subject: str
    """What it is about: a post's id, or a feed's address."""
    endpoint: str
    state: State
    due: datetime
    """Not to be attempted before."""
    attempts: int
    """How many tries have been used up; a paused endpoint costs none."""
    fence: int
    """Goes up with each claim: who comes back with an older one may not record anything."""
    doubt: bool = False
    """An earlier attempt may have reached the remote: look before sending again."""
    key: Key | None = None
    message: Message | None = None
    receipt: Receipt | None = None
    reason: str = ""
    """The last answer, or why it rests."""
    event: Event = Event.PUBLISHED
    version: str = ""
    """Which state of a subject that can change more than once this is about."""
    waiting_since: datetime | None = None
    """When it was first held back for its page, which was not live."""
    composed_from: str | None = None
    """The digest of the file that its message, or the newest look at an edit, was made from."""
    imprint: str | None = None
    """What the remote shows of the post (see :meth:`Message.imprint`): an edit is another one."""

    @property
    def sent_as(self) -> str:
        """The id under which the remote knows what was sent; empty before it has a receipt.

        Where a receipt is the announcement's key, as a webhook's is, an edit or a deletion was sent
        under a key of its own.
        """
        if self.receipt is None:
            return ""
        follows = self.event in {Event.UPDATED, Event.DELETED}
        is_key = self.receipt.url is None and self.receipt.id.startswith(KEY_PREFIX)
        return self.key.value if follows and is_key and self.key else self.receipt.id


class Gate(enum.StrEnum):
    """Whether an endpoint takes deliveries now."""

    OPEN = "open"
    PAUSED = "paused"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a delivery; the ledger only ever adds these."""

    delivery_id: int
    started: datetime
    finished: datetime
    outcome: str
    """``delivered``, or the error's name in ``syndicate.errors``."""
    status: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Circuit:
    """How an endpoint has fared of late; the one that is closed is all empty."""

    until: datetime | None = None
    """It is open, and this is when the next probe may be sent; None while it is closed."""
    probes: int = 0
    """How many waits for a probe there have been since it opened."""
    failing_since: datetime | None = None
    """When the first attempt failed of those after which nothing has got through."""
    failed_at: datetime | None = None
    """When the last one did."""


@dataclass(frozen=True, slots=True)
class EndpointState:
    """What the ledger knows of an endpoint: its gate, its silence, its circuit."""

    name: str
    since: datetime
    """When it took part in a run for the first time: what was out then is no news."""
    gate: Gate = Gate.OPEN
    throttled_until: datetime | None = None
    """It asked to be left alone until then, or could not be reached."""
    reason: str = ""
    circuit: Circuit = Circuit()

    def is_open(self, now: datetime) -> bool:
        """Tell whether it takes deliveries."""
        waits = (self.throttled_until, self.circuit.until)
        return self.gate is Gate.OPEN and all(each is None or each <= now for each in waits)
