"""The neutral feed between posts and formats: all values settled, cleaned and absolute."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from syndicate.model import Author, Enclosure, Hub

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


@dataclass(frozen=True, slots=True)
class Hero:
    """An entry's picture, with what is known of the file."""

    url: str
    type: str
    length: int = 0
    """Size in bytes; 0 where it is unknown."""
    width: int | None = None
    height: int | None = None
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A post inside a feed. RSS and JSON Feed say *item*."""

    id: str
    url: str
    title: str | None
    """None for a note; only Atom has to call it something: its ``label``."""
    label: str
    """The title, or what stands in for it; never empty."""
    summary: str
    """Plain text, never empty."""
    content: str | None
    """HTML; None in a feed of summaries."""
    published: datetime
    updated: datetime
    """Never before ``published``; both in UTC and whole seconds."""
    authors: tuple[Author, ...]
    """Never empty."""
    terms: tuple[str, ...] = ()
    """Categories, then tags."""
    language: str | None = None
    """Only where it differs from the feed's."""
    hero: Hero | None = None
    attachment: Enclosure | None = None
    """The audio or video that belongs to the post."""
    external_url: str | None = None

    @property
    def iri(self) -> str:
        """The id where it has to be an IRI (RFC 4287, 4.2.6): a bare one becomes a name of it."""
        return self.id if _SCHEME.match(self.id) else uuid.uuid5(uuid.NAMESPACE_URL, self.id).urn

    @property
    def enclosure(self) -> Enclosure | None:
        """The one file that RSS can enclose: the attachment, else the picture."""
        if self.attachment or not self.hero:
            return self.attachment
        return Enclosure(self.hero.url, self.hero.type, self.hero.length)


@dataclass(frozen=True, slots=True)
class Podcast:
    """What is said of a feed of episodes."""

    guid: str | None
    """Its own identifier; None where it is made of the feed's address."""
    explicit: bool
    type: str
    """``episodic`` or ``serial``."""
    categories: tuple[tuple[str, ...], ...] = ()
    """Each with its subcategory, where it has one."""
    image: str | None = None
    owner: Author | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a document stands among the pages of its feed (RFC 5005, section 4), by address."""

    url: str
    """Its own."""
    current: str
    """The feed that one subscribes to; its own where this is no archived page."""
    older: str | None = None
    newer: str | None = None
    """The archived pages beside it."""

    @property
    def is_archived(self) -> bool:
        """Tell a page of the archive from the feed itself."""
        return self.url != self.current


@dataclass(frozen=True, slots=True)
class Feed:
    """A list of entries, newest first, and what is said of the whole."""

    id: str
    title: str
    description: str
    """May be empty."""
    home: str
    """The page that the feed is of; never the feed itself."""
    language: str | None
    authors: tuple[Author, ...]
    """Never empty."""
    entries: tuple[Entry, ...]
    rights: str = ""
    icon: str | None = None
    """A small square picture."""
    logo: str | None = None
    hubs: tuple[Hub, ...] = ()
    """Who tells subscribers of changes."""
    podcast: Podcast | None = None
    """Where entries have audio or video."""
    zone: tzinfo = UTC
    """The site's: in another one a post can be of another day."""

    @property
    def updated(self) -> datetime | None:
        """The newest update of an entry: a feed changes when its entries do, not with the clock."""
        return max((entry.updated for entry in self.entries), default=None)
