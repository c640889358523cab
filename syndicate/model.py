"""The nouns of the house, frozen; standard library only.

A *Post* is read from a file; *feeds* list posts; a *Network* composes a *Message* from a post for
one *endpoint*; a *Delivery* is the row of the outbox that carries the message; what the remote
gave back for it is the *Receipt*. See ``docs/glossary.md``.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a post; a name is always there, the rest where the source says it."""

    name: str
    email: str | None = None
    url: str | None = None
    avatar: str | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """What networks and feeds need to know of the site: its title, home page and language."""

    title: str
    url: str
    """The home page, absolute, without a trailing slash."""
    language: str
    description: str = ""
    author: Author | None = None
    icon: str | None = None
    """A small square picture."""
    logo: str | None = None
    copyright: str = ""
    timezone: str = "UTC"
    """By its IANA name: the one in which people are told a post's day."""


@dataclass(frozen=True, slots=True)
class Hub:
    """Who tells a feed's subscribers of changes, so that they need not poll."""

    type: str
    """``WebSub`` or ``rssCloud``, as JSON Feed spells them."""
    url: str
    """Where one subscribes."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as the source names it; nothing of it has been fetched yet."""

    url: str
    """Absolute: where readers find it."""
    alt: str | None = None
    path: Path | None = None
    """The file it is served from, where the picture lies in the content folder."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image's bytes with what was found in them; never what a server or a suffix claimed."""

    url: str
    type: str
    """The sniffed media type, ``image/png``."""
    width: int
    height: int
    """Pixels as a person sees them: EXIF orientation is taken into account."""
    data: bytes = field(repr=False)

    @property
    def length(self) -> int:
        """Size in bytes."""
        return len(self.data)


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What feeds say of a picture: its sniffed type, its length in bytes, its size in pixels."""

    type: str
    length: int
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """The words of a recording, in a file of their own."""

    url: str
    type: str
    """``text/vtt``, ``application/x-subrip``, ``text/html`` …"""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A media file that belongs to a post and is not its hero image (audio, video)."""

    url: str
    type: str
    length: int = 0
    """Size in bytes; 0 where it is unknown."""
    duration: int | None = None
    """Seconds."""
    season: int | None = None
    episode: int | None = None
    explicit: bool | None = None
    """Not for children; None where the post does not say."""
    transcript: Transcript | None = None
    chapters: str | None = None
    """The address of a JSON chapters file."""


@dataclass(frozen=True, slots=True)
class Post:
    """A source file, read and normalised. All times are aware and in UTC."""

    id: str
    """Minted once, kept in the ledger; never derived again from title, path or domain."""
    url: str
    """The permalink, absolute."""
    source: str
    """The file, as a POSIX path relative to the content folder."""
    digest: str
    """SHA-256 of the file's bytes, hexadecimal."""
    published: datetime
    updated: datetime
    first_seen: datetime
    """When we read this post the first time, as a draft perhaps."""
    title: str | None = None
    summary: str = ""
    """Plain text, one paragraph."""
    body: str = field(default="", repr=False)
    """The source text after the front matter; ``content`` renders it when somebody asks."""
    authors: tuple[Author, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str = "en"
    image: Image | None = None
    enclosure: Enclosure | None = None
    external_url: str | None = None
    """The page that a link post talks about."""
    draft: bool = False
    expires: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        """Tell whether the post is out at ``now``: no draft, its date come, not expired."""
        return not self.draft and self.published <= now and (not self.expires or now < self.expires)


@dataclass(frozen=True, slots=True)
class Outline:
    """A post without its words: as much as deciding about it takes, so that many can be held."""

    id: str
    url: str
    source: str
    digest: str
    published: datetime
    first_seen: datetime
    language: str
    tags: tuple[str, ...]
    categories: tuple[str, ...]
    authors: tuple[Author, ...]
    """By their names alone."""
    expires: datetime | None
    draft: bool


@dataclass(frozen=True, slots=True)
class PostRecord:
    """What the ledger remembers of a post, so that it stays the same post for ever."""

    id: str
    source: str
    digest: str
    url: str
    first_seen: datetime


class Severity(enum.StrEnum):
    """How much a finding costs: the post, a look, or nothing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something to say about a source file: what was found, where, and what to do about it."""

    source: str
    line: int | None
    key: str | None
    message: str
    severity: Severity = Severity.WARNING

    def __str__(self) -> str:
        where = self.source if self.line is None else f"{self.source}:{self.line}"
        key = f" {self.key}:" if self.key else ""
        return f"{where}:{key} {self.message}"


class FacetKind(enum.StrEnum):
    """What a stretch of text stands for."""

    LINK = "link"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Facet:
    """A stretch of a message's text with a meaning, as UTF-8 byte offsets, end exclusive."""

    start: int
    end: int
    kind: FacetKind
    value: str
    """The link's URL, or the tag without its ``#``."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """The hero image as one message carries it: fitted to the network's limits, with its alt."""

    url: str
    """Where the original is."""
    alt: str
    type: str
    width: int
    height: int
    length: int
    digest: str
    """SHA-256 of the bytes, hexadecimal; the bytes themselves are kept apart from the message."""
    data: bytes = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Message:
    """A post composed for one endpoint. It is frozen in the ledger before a byte leaves."""

    text: str
    """What a person reads, exactly as it is sent."""
    link: str
    title: str
    summary: str
    language: str
    length: int
    """The text's length as the network counts it."""
    limit: int | None
    """The most that the network takes, in the same unit; None where there is no limit."""
    facets: tuple[Facet, ...] = ()
    image: Attachment | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    """What else the network sends, as JSON: its options, a webhook's event."""

    def to_json(self) -> dict[str, Any]:
        """Give the message as JSON, all but the image's bytes: those are named by their digest."""
        data = {each.name: getattr(self, each.name) for each in fields(self)}
        data["facets"] = [asdict(facet) for facet in self.facets]
        data["payload"] = dict(self.payload)
        if self.image:
            data["image"] = {
                each.name: getattr(self.image, each.name)
                for each in fields(self.image)
                if each.name != "data"
            }
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any], image_bytes: bytes = b"") -> Message:
        """Rebuild what :meth:`to_json` gave; ``image_bytes`` are those that its digest names."""
        image = data["image"] and Attachment(**data["image"], data=image_bytes)
        facets = tuple(
            Facet(facet["start"], facet["end"], FacetKind(facet["kind"]), facet["value"])
            for facet in data["facets"]
        )
        return cls(**{**data, "facets": facets, "image": image})


@dataclass(frozen=True, slots=True)
class Key:
    """The idempotency key of a delivery, and the time of its first attempt. Both never change."""

    value: str
    minted: datetime


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
    CHANGED = "changed"
    """A feed has other bytes than before."""


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
class EndpointState:
    """What the ledger knows of an endpoint: its gate, and until when it asked for silence."""

    name: str
    since: datetime
    """When it took part in a run for the first time: what was out then is no news."""
    gate: Gate = Gate.OPEN
    throttled_until: datetime | None = None
    reason: str = ""

    def is_open(self, now: datetime) -> bool:
        """Tell whether it takes deliveries."""
        return self.gate is Gate.OPEN and not (self.throttled_until and self.throttled_until > now)


class Unit(enum.StrEnum):
    """What a network counts when it counts a text."""

    GRAPHEMES = "graphemes"
    CODE_POINTS = "code points"
    UTF_16 = "UTF-16 units"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a network accepts, live where its server tells; None stands for no limit."""

    text: int | None
    """The longest text, counted as the network counts (see ``compose.measure``)."""
    text_bytes: int | None = None
    url_cost: int | None = None
    """What a URL counts for, whatever its length; None: its own length."""
    images: int = 1
    image_bytes: int | None = None
    image_pixels: int | None = None
    """Width times height."""
    image_side: int | None = None
    """The longest side that is worth sending, in pixels."""
    image_types: frozenset[str] = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
    alt: int | None = None
    """The longest alternative text, in characters."""
    unit: Unit = Unit.GRAPHEMES
    """What ``text`` is a number of."""


@dataclass(frozen=True, slots=True)
class Health:
    """The answer of ``syndicate check``: whether the endpoint would take a post, and the detail."""

    ok: bool
    detail: str
