"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/) by the json module."""

from __future__ import annotations

import json
from typing import Any

from syndicate.feeds.shape import Entry, Feed, Position
from syndicate.model import Author, Enclosure

VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(feed: Feed, position: Position) -> bytes:
    """Render JSON Feed 1.1.

    A page of the archive is a part of the same feed, whose address is what identifies it.
    """
    document = _given(
        version=VERSION,
        title=feed.title,
        home_page_url=feed.home,
        feed_url=position.current,
        next_url=position.older,
        description=feed.description,
        language=feed.language,
        authors=[_author(author) for author in feed.authors],
        icon=feed.logo or feed.icon,
        favicon=feed.icon,
        hubs=[{"type": hub.type, "url": hub.url} for hub in feed.hubs],
    )
    document["items"] = [_item(entry) for entry in feed.entries]
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _item(entry: Entry) -> dict[str, Any]:
    """Render an item.

    The hero image is its ``image``; it is no attachment as well, or readers show it twice.
    """
    content = {"content_html": entry.content} if entry.content else {"content_text": entry.summary}
    return _given(
        id=entry.id,
        url=entry.url,
        external_url=entry.external_url,
        title=entry.title,
        **content,
        summary=entry.summary,
        image=entry.hero and entry.hero.url,
        date_published=entry.published.isoformat(),
        date_modified=entry.updated.isoformat(),
        authors=[_author(author) for author in entry.authors],
        tags=entry.terms,
        language=entry.language,
        attachments=[_attachment(entry.attachment)] if entry.attachment else [],
    )


def _author(author: Author) -> dict[str, Any]:
    return _given(name=author.name, url=author.url, avatar=author.avatar)


def _attachment(file: Enclosure) -> dict[str, Any]:
    return _given(
        url=file.url,
        mime_type=file.type,
        size_in_bytes=file.length,
        duration_in_seconds=file.duration,
    )


def _given(**members: Any) -> dict[str, Any]:
    """Leave out the members that have no value: JSON Feed knows no nulls."""
    return {name: value for name, value in members.items() if value}
