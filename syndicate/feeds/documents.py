"""The feeds as documents, one for each configured format, and a page of each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from syndicate.feeds.resolve import Facts, Render, resolve
from syndicate.feeds.sets import Listing
from syndicate.feeds.shape import Feed, Position
from syndicate.model import Hub, Site

if TYPE_CHECKING:
    from syndicate import config

MARK = '<meta name="generator" content="syndicate">'
"""Stands near the top of each page of ours: a file without it is somebody else's."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a document is, on the disk and on the web, and what it is there."""

    path: str
    """In the output folder: ``feed.xml``, ``tags/rust/feed.xml``."""
    url: str
    type: str
    """Its content type, with the charset."""
    page: str | None = None
    """The path of the document that shows this feed to people; None where there is none."""
    archived: bool = False
    """Whether this is a page of the archive: there are many, and they are seldom asked for."""

    @property
    def is_feed(self) -> bool:
        """Tell a feed from what lists feeds."""
        return any(self.type == content_type for _, _, content_type in _FORMATS.values())


@dataclass(frozen=True, slots=True)
class Document:
    """A feed in one format, its page, or a list of feeds, ready to be published."""

    path: str
    """Where it belongs in the output folder: ``feed.xml``, ``tags/rust/feed.xml``."""
    url: str
    type: str
    """Its content type, with the charset."""
    title: str
    entries: int
    modified: datetime | None
    """The newest update of its entries; None where it has none."""
    data: bytes = field(repr=False)
    page: str | None = None
    """The path of the document that shows this feed to people; None where there is none."""
    archived: bool = False
    """Whether this is a page of the archive."""
    beyond: int = 0
    """How many entries the feed's archive has beside these."""

    @property
    def version(self) -> str:
        """Give another word for other bytes."""
        return hashlib.sha256(self.data).hexdigest()[:32]

    @property
    def folder(self) -> str:
        """Where in the output it is: empty, or with a slash at the end."""
        return self.path[: self.path.rfind("/") + 1]

    @property
    def is_feed(self) -> bool:
        """Tell a feed from what lists feeds."""
        return self.address.is_feed

    @property
    def address(self) -> Address:
        """Where it is."""
        return Address(self.path, self.url, self.type, self.page, self.archived)


PAGE = "page"
HTML = "text/html; charset=utf-8"
_FORMATS = {
    "rss": ("RSS", "feed.xml", "application/rss+xml; charset=utf-8"),
    "atom": ("Atom", "atom.xml", "application/atom+xml; charset=utf-8"),
    "json": ("JSON Feed", "feed.json", "application/feed+json; charset=utf-8"),
}
"""What a format is called, where its document is, and of what type."""


def addresses(
    settings: config.Feeds,
    feeds_url: str,
    folders: Iterable[str] = ("",),
    *,
    archived: bool = False,
) -> list[Address]:
    """List the addresses of the documents of feeds, and make none.

    Args:
        settings: which formats, and what a page is called.
        feeds_url: where the output folder is on the web, without a trailing slash.
        folders: the feeds' folders, as :attr:`~syndicate.feeds.sets.Listing.folder` names them.
        archived: whether these are the pages of an archive.
    """
    return [
        _address(settings, feeds_url, folder, name, archived)
        for folder in folders
        for name in _names(settings, archived)
    ]


def build(  # noqa: PLR0917 - what a feed is made of
    site: Site,
    settings: config.Feeds,
    feeds_url: str,
    listings: Sequence[Listing],
    render: Render,
    facts: Facts,
    hubs: Sequence[Hub] = (),
) -> Iterator[Document]:
    """Build the feeds of a site, each in each of its formats.

    Args:
        site: what the feeds are of.
        settings: which formats.
        feeds_url: where the output folder is on the web, without a trailing slash.
        listings: the feeds' posts.
        render: gives a post's content as safe HTML with absolute addresses.
        facts: gives what is known of an image's file, None where it could not be had.
        hubs: who is told of changes.

    Yields:
        The documents, in the order of the listings and the settings, each feed with its page after
        it. The same input gives the same bytes.
    """
    for listing in listings:
        feed = resolve(site, settings, listing, hubs, render, facts)
        archived = listing.archive_of is not None
        names = _names(settings, archived)
        at = [_address(settings, feeds_url, listing.folder, name, archived) for name in names]
        for name, address in zip(names, at, strict=True):
            if name == PAGE:
                data, entries = _page(feed, at)
            else:
                position = _position(settings, feeds_url, listing, name)
                data, entries = _renderer(name)(feed, position), len(feed.entries)
            yield Document(
                address.path,
                address.url,
                address.type,
                feed.title,
                entries,
                feed.updated,
                data,
                address.page,
                archived,
                listing.beyond if address.type != HTML else 0,
            )


def _names(settings: config.Feeds, archived: bool = False) -> list[str]:
    """List the formats that a feed has, then its page; the archive is for readers alone."""
    has_page = settings.page and not archived
    return [*dict.fromkeys(settings.formats), *([PAGE] if has_page else [])]


def _address(
    settings: config.Feeds, feeds_url: str, folder: str, name: str, archived: bool = False
) -> Address:
    if name == PAGE:
        path, content_type, page = folder + settings.page, HTML, None
    else:
        _, file, content_type = _FORMATS[name]
        path = folder + file
        page = folder + settings.page if settings.page and not archived else None
    return Address(path, f"{feeds_url}/{quote(path)}", content_type, page, archived)


def _position(settings: config.Feeds, feeds_url: str, listing: Listing, name: str) -> Position:
    """Find the documents of one format beside that of a listing."""

    def url(folder: str) -> str:
        return _address(settings, feeds_url, folder, name).url

    return Position(
        url(listing.folder),
        url(listing.folder if listing.archive_of is None else listing.archive_of),
        None if listing.older is None else url(listing.older),
        None if listing.newer is None else url(listing.newer),
    )


def _page(feed: Feed, addresses: Sequence[Address]) -> tuple[bytes, int]:
    """Build the page of a feed, which names the feed's documents; tell how many posts it shows."""
    from syndicate.feeds import page  # noqa: PLC0415

    labels = {content_type: label for label, _, content_type in _FORMATS.values()}
    formats = [
        page.Format(labels[each.type], each.url, each.type.partition(";")[0])
        for each in addresses
        if each.type in labels
    ]
    [url] = [each.url for each in addresses if each.type == HTML]
    return page.page(feed, url, formats, MARK), min(len(feed.entries), page.SHOWN)


def _renderer(name: str) -> Callable[[Feed, Position], bytes]:
    """Find what renders a format; feedgen and lxml are imported for those that need them."""
    if name == "json":
        from syndicate.feeds.jsonfeed import json_feed  # noqa: PLC0415

        return json_feed
    from syndicate.feeds import generator  # noqa: PLC0415

    return generator.rss if name == "rss" else generator.atom
