"""The site's newest posts as documents, one for each configured format, and a page of them."""

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

MARK = '<meta name="generator" content="syndicate">'
"""Stands near the top of each page of ours: a file without it is somebody else's."""


@dataclass(frozen=True, slots=True)
class Document:
    """A feed in one format, or its page, ready to be published."""

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
    page: str | None = None
    """The path of the document that shows this feed to people; None where there is none."""


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
        The documents, in the order of the settings, then their page. The same input gives the
        same bytes.
    """
    feed = resolve(site, settings, posts, render, facts)
    names = tuple(dict.fromkeys(settings.formats))
    documents = [_document(feed, name, feeds_url, settings.page or None) for name in names]
    if settings.page:
        documents.append(_page(feed, names, feeds_url, settings.page))
    return documents


def _document(feed: Feed, name: str, feeds_url: str, page: str | None) -> Document:
    _, path, content_type = _FORMATS[name]
    url = f"{feeds_url}/{path}"
    data = _renderer(name)(feed, url)
    count = len(feed.entries)
    return Document(path, url, content_type, feed.title, count, feed.updated, data, page)


def _page(feed: Feed, names: Sequence[str], feeds_url: str, path: str) -> Document:
    """Build the page of a feed, which names the feed's documents."""
    from syndicate.feeds import page  # noqa: PLC0415

    url = f"{feeds_url}/{path}"
    formats = []
    for name in names:
        label, file, content_type = _FORMATS[name]
        formats.append(page.Format(label, f"{feeds_url}/{file}", content_type.partition(";")[0]))
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
