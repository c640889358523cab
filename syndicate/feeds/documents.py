"""The site's newest posts as documents, one for each configured format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from syndicate.feeds.resolve import Facts, Render, resolve
from syndicate.feeds.shape import Feed
from syndicate.model import Post, Site

if TYPE_CHECKING:
    from syndicate import config


@dataclass(frozen=True, slots=True)
class Address:
    """Where a document is, on the disk and on the web, and what it is there."""

    path: str
    """In the output folder, ``feed.xml``."""
    url: str
    type: str
    """Its content type, with the charset."""
    page: str | None = None
    """The path of the document that shows this feed to people; None where there is none."""


@dataclass(frozen=True, slots=True)
class Document:
    """A feed in one format, ready to be published."""

    path: str
    """Where it belongs in the output folder, ``feed.xml``."""
    url: str
    type: str
    """Its content type, with the charset."""
    title: str
    entries: int
    modified: datetime | None
    """The newest update of its entries; None where it has none."""
    data: bytes = field(repr=False)

    @property
    def address(self) -> Address:
        """Where it is."""
        return Address(self.path, self.url, self.type)


_FORMATS = {
    "rss": ("feed.xml", "application/rss+xml; charset=utf-8"),
    "atom": ("atom.xml", "application/atom+xml; charset=utf-8"),
    "json": ("feed.json", "application/feed+json; charset=utf-8"),
}


def addresses(settings: config.Feeds, feeds_url: str) -> list[Address]:
    """List the addresses of the documents that :func:`build` would make, and make none."""
    return [_address(name, feeds_url) for name in dict.fromkeys(settings.formats)]


def build(  # noqa: PLR0917 - what a feed is made of
    site: Site,
    settings: config.Feeds,
    feeds_url: str,
    posts: Sequence[Post],
    render: Render,
    facts: Facts,
) -> list[Document]:
    """Build the site's feed in each of its formats.

    Args:
        site: what the feed is of.
        settings: how many posts, in which formats, whole or as summaries.
        feeds_url: where the output folder is on the web, without a trailing slash.
        posts: those that are live, newest first.
        render: gives a post's content as safe HTML with absolute addresses.
        facts: gives what is known of an image's file, None where it could not be had.

    Returns:
        The documents, in the order of the settings. The same input gives the same bytes.
    """
    feed = resolve(site, settings, posts, render, facts)
    return [_document(feed, name, feeds_url) for name in dict.fromkeys(settings.formats)]


def _address(name: str, feeds_url: str) -> Address:
    path, content_type = _FORMATS[name]
    return Address(path, f"{feeds_url}/{path}", content_type)


def _document(feed: Feed, name: str, feeds_url: str) -> Document:
    at = _address(name, feeds_url)
    data = _renderer(name)(feed, at.url)
    return Document(at.path, at.url, at.type, feed.title, len(feed.entries), feed.updated, data)


def _renderer(name: str) -> Callable[[Feed, str], bytes]:
    """Find what renders a format; feedgen and lxml are imported for those that need them."""
    if name == "json":
        from syndicate.feeds.jsonfeed import json_feed  # noqa: PLC0415

        return json_feed
    from syndicate.feeds import generator  # noqa: PLC0415

    return generator.rss if name == "rss" else generator.atom
