"""The feeds as documents, one for each configured format."""

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


@dataclass(frozen=True, slots=True)
class Document:
    """A feed in one format, or a list of feeds, ready to be published."""

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

    @property
    def folder(self) -> str:
        """Where in the output it is: empty, or with a slash at the end."""
        return self.path[: self.path.rfind("/") + 1]

    @property
    def is_feed(self) -> bool:
        """Tell a feed from what lists feeds."""
        return any(self.type == content_type for _, content_type in _FORMATS.values())


_FORMATS = {
    "rss": ("feed.xml", "application/rss+xml; charset=utf-8"),
    "atom": ("atom.xml", "application/atom+xml; charset=utf-8"),
    "json": ("feed.json", "application/feed+json; charset=utf-8"),
}


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
        The documents, in the order of the listings and the settings. The same input gives the
        same bytes.
    """
    for listing in listings:
        feed = resolve(site, settings, listing, render, facts)
        for name in dict.fromkeys(settings.formats):
            yield _document(feed, name, listing, feeds_url)


def _document(feed: Feed, name: str, listing: Listing, feeds_url: str) -> Document:
    file, content_type = _FORMATS[name]
    path = listing.folder + file
    url = f"{feeds_url}/{quote(path)}"
    data = _renderer(name)(feed, url)
    return Document(path, url, content_type, feed.title, len(feed.entries), feed.updated, data)


def _renderer(name: str) -> Callable[[Feed, str], bytes]:
    """Find what renders a format; feedgen and lxml are imported for those that need them."""
    if name == "json":
        from syndicate.feeds.jsonfeed import json_feed  # noqa: PLC0415

        return json_feed
    from syndicate.feeds import generator  # noqa: PLC0415

    return generator.rss if name == "rss" else generator.atom
