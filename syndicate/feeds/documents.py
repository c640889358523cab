"""The feeds as documents, one for each configured format, and a page of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from syndicate.feeds.resolve import Facts, Render, resolve
from syndicate.feeds.sets import Listing
from syndicate.feeds.shape import Feed
from syndicate.model import Site

if TYPE_CHECKING:
    from syndicate import config

MARK = '<meta name="generator" content="syndicate">'
"""Stands near the top of each page of ours: a file without it is somebody else's."""


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

    @property
    def folder(self) -> str:
        """Where in the output it is: empty, or with a slash at the end."""
        return self.path[: self.path.rfind("/") + 1]

    @property
    def is_feed(self) -> bool:
        """Tell a feed from what lists feeds."""
        return any(self.type == content_type for _, _, content_type in _FORMATS.values())


_FORMATS = {
    "rss": ("RSS", "feed.xml", "application/rss+xml; charset=utf-8"),
    "atom": ("Atom", "atom.xml", "application/atom+xml; charset=utf-8"),
    "json": ("JSON Feed", "feed.json", "application/feed+json; charset=utf-8"),
}
"""What a format is called, where its document is, and of what type."""


def build(  # noqa: PLR0917 - what a feed is made of
    site: Site,
    settings: config.Feeds,
    feeds_url: str,
    listings: Sequence[Listing],
    render: Render,
    facts: Facts,
) -> Iterator[Document]:
    """Build the feeds of a site, each in each of its formats.

    Args:
        site: what the feeds are of.
        settings: which formats.
        feeds_url: where the output folder is on the web, without a trailing slash.
        listings: the feeds' posts.
        render: gives a post's content as safe HTML with absolute addresses.
        facts: gives what is known of an image's file, None where it could not be had.

    Yields:
        The documents, in the order of the listings and the settings, each feed with its page after
        it. The same input gives the same bytes.
    """
    for listing in listings:
        feed = resolve(site, settings, listing, render, facts)
        at = _Place(feeds_url, listing.folder, settings.page)
        names = tuple(dict.fromkeys(settings.formats))
        for name in names:
            yield _document(feed, name, at)
        if at.page:
            yield _page(feed, names, at)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the documents of a feed are."""

    feeds_url: str
    folder: str
    page_name: str

    @property
    def page(self) -> str | None:
        return self.folder + self.page_name if self.page_name else None

    def url(self, path: str) -> str:
        return f"{self.feeds_url}/{quote(path)}"


def _document(feed: Feed, name: str, at: _Place) -> Document:
    _, file, content_type = _FORMATS[name]
    path = at.folder + file
    url = at.url(path)
    data = _renderer(name)(feed, url)
    count = len(feed.entries)
    return Document(path, url, content_type, feed.title, count, feed.updated, data, at.page)


def _page(feed: Feed, names: Sequence[str], at: _Place) -> Document:
    """Build the page of a feed, which names the feed's documents."""
    from syndicate.feeds import page  # noqa: PLC0415

    path = at.folder + at.page_name
    url = at.url(path)
    formats = []
    for name in names:
        label, file, content_type = _FORMATS[name]
        formats.append(page.Format(label, at.url(at.folder + file), content_type.partition(";")[0]))
    data = page.page(feed, url, formats, MARK)
    count = min(len(feed.entries), page.SHOWN)
    return Document(path, url, page.TYPE, feed.title, count, feed.updated, data)


def _renderer(name: str) -> Callable[[Feed, str], bytes]:
    """Find what renders a format; feedgen and lxml are imported for those that need them."""
    if name == "json":
        from syndicate.feeds.jsonfeed import json_feed  # noqa: PLC0415

        return json_feed
    from syndicate.feeds import generator  # noqa: PLC0415

    return generator.rss if name == "rss" else generator.atom
