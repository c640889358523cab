"""A post, its site, and what belongs to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from syndicate.model.wishes import Wishes

LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
"""The form of a language tag (BCP 47)."""


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
    """What it shows; empty where it is decoration, None where nobody has said."""
    path: Path | None = None
    """The file it is served from, where the picture lies in the content folder."""


@dataclass(frozen=True, slots=True)
class Undescribed:
    """Says that a post's hero image has no alternative text, and where it could be written."""

    line: int | None = None
    """The line that names the image; None where none does: it lies beside the post, or within."""
    key: str | None = None


class Renditions(Protocol):
    """What was made of one picture, kept for whoever wants the same of it."""

    def rendition(self, recipe: str, make: Callable[[], Picture | None]) -> Picture | None:
        """Give what was made by a recipe; made now where it is not kept, None where it cannot be.

        Args:
            recipe: another word whenever something else could come out.
            make: makes it.
        """


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
    renditions: Renditions | None = field(default=None, repr=False, compare=False)
    """What was made of it already; None where nothing is kept."""

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
    body_line: int = 1
    """The line of the file on which the body begins."""
    wishes: Wishes | None = None
    """How it asks to be announced; None where it does not."""
    undescribed: Undescribed | None = None
    """That its image has no alternative text; None where it has one, or there is no image."""

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
    wishes: Wishes | None = None
    undescribed: Undescribed | None = None


@dataclass(frozen=True, slots=True)
class PostRecord:
    """What the ledger remembers of a post, so that it stays the same post for ever."""

    id: str
    source: str
    digest: str
    url: str
    first_seen: datetime
