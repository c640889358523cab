"""A last look at a document before it is published: it must be readable, and all there."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from syndicate.errors import FeedError
from syndicate.feeds.documents import Document

_ATOM = "{http://www.w3.org/2005/Atom}"
_XML = {"rss": ("channel", "item"), f"{_ATOM}feed": (".", f"{_ATOM}entry")}
"""Root element → where its entries are, and what they are called."""


def check(document: Document) -> None:
    """Read a document back.

    Raises:
        FeedError: it cannot be read, or its entries are not those it was built from.
    """
    try:
        entries = _reader(document.type)(document)
    except (ValueError, SyntaxError) as error:  # lxml's XMLSyntaxError is a SyntaxError
        raise FeedError(f"{document.path}: the built feed is unreadable: {error}") from error
    if len(entries) != document.entries:
        found = f"has {len(entries)} entries instead of {document.entries}"
        raise FeedError(f"{document.path}: the built feed {found}")


def _reader(content_type: str) -> Callable[[Document], Sequence[Any]]:
    if "json" in content_type:
        return _read_json
    return _read_html if "html" in content_type else _read_xml


def _read_html(document: Document) -> Sequence[Any]:
    """Give the posts that a page shows."""
    from lxml import etree  # noqa: PLC0415

    root = etree.fromstring(document.data, etree.HTMLParser(encoding="utf-8"))
    if not document.data.endswith(b"</html>\n"):  # its parser mends what is cut off
        raise ValueError("it has no end")
    if not root.findtext("head/title"):
        raise ValueError("it has no title")
    return list(root.iter("article"))


def _read_xml(document: Document) -> Sequence[Any]:
    """Give the entries of an RSS or Atom feed."""
    from lxml import etree  # noqa: PLC0415

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(document.data, parser)
    if root.tag not in _XML:
        raise ValueError(f"<{root.tag}> is no feed")
    where, name = _XML[root.tag]
    parent = root.find(where)
    if parent is None or not parent.findtext(f"{_ATOM}title", parent.findtext("title")):
        raise ValueError("it has no title")
    return list(parent.findall(name))


def _read_json(document: Document) -> Sequence[Any]:
    """Give the items of a JSON feed (version 1.1, "Top-level" and "Items")."""
    feed: Any = json.loads(document.data)
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise ValueError("it has no items")  # noqa: TRY004 - the value is wrong, not the call
    if not feed.get("title") or not str(feed.get("version")).startswith("https://jsonfeed.org/"):
        raise ValueError("it has no title or no version")
    items: list[Any] = feed["items"]
    for item in items:
        if not (item.get("id") and ("content_html" in item or "content_text" in item)):
            raise ValueError("an item has no id or no content")
    return items
