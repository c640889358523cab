"""RSS 2.0 and Atom 1.0 by feedgen, finished by our extension."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from syndicate import __version__
from syndicate.feeds.finish import FinishEntry, FinishFeed, links
from syndicate.feeds.shape import Entry, Feed, Position
from syndicate.model import Author

GENERATOR = "syndicate"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""When an Atom feed without entries was updated: it has to say something, and never *now*."""


def rss(feed: Feed, position: Position) -> bytes:
    """Render RSS 2.0."""
    generator = _fill(feed, position, "application/rss+xml")
    return cast("bytes", generator.rss_str(pretty=True))


def atom(feed: Feed, position: Position) -> bytes:
    """Render Atom 1.0 (RFC 4287)."""
    generator = _fill(feed, position, "application/atom+xml")
    return cast("bytes", generator.atom_str(pretty=True))


def _fill(feed: Feed, position: Position, media_type: str) -> FeedGenerator:
    """Hand the feed over to feedgen."""
    generator = FeedGenerator()
    generator.register_extension("finish", FinishFeed, FinishEntry)
    finish = generator.finish
    finish.feed, finish.position, finish.type = feed, position, media_type
    generator.id(feed.id)
    generator.title(feed.title)
    generator.description(feed.description or feed.title)
    generator.link(href=position.url, rel="self", type=media_type)
    generator.link(href=feed.home, rel="alternate", type="text/html")  # the last is RSS's link
    generator.language(feed.language)
    generator.updated(feed.updated or EPOCH)
    generator.author([_person(author) for author in feed.authors])
    generator.managingEditor(_editor(feed))
    generator.generator(GENERATOR, version=__version__)
    generator.rights(feed.rights or None)
    generator.docs("https://www.rssboard.org/rss-specification")
    for entry in feed.entries:
        _add(generator.add_entry(order="append"), feed, entry)
    return generator


def _add(target: FeedEntry, feed: Feed, entry: Entry) -> None:
    """Hand one entry over to feedgen."""
    target.finish.feed, target.finish.entry = feed, entry
    target.guid(entry.id, permalink=entry.id == entry.url)
    target.title(entry.label)
    target.summary(entry.summary, type="text")
    if entry.content:
        target.content(entry.content, type="html")
    target.updated(entry.updated)
    target.author([_person(author) for author in entry.authors])
    target.category([{"term": term, "label": term} for term in entry.terms])
    target.link(links(entry))


def _person(author: Author) -> dict[str, str | None]:
    return {"name": author.name, "email": author.email, "uri": author.url}


def _editor(feed: Feed) -> str | None:
    """Name the channel's editor, ``mail (Name)``; RSS knows nobody without an e-mail address."""
    editor = feed.authors[0]
    name = editor.name.replace("(", "").replace(")", "")
    return f"{editor.email} ({name})" if editor.email else None
