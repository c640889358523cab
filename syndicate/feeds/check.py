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
        found = count(document.type, document.data)
    except ValueError as error:
        raise FeedError(f"{document.path}: the built feed is unreadable: {error}") from error
    if found != document.entries:
        raise FeedError(
            f"{document.path}: the built feed has {found} entries instead of {document.entries}"
        )


def count(content_type: str, data: bytes) -> int:
    """Count the entries of a document.

    Args:
        content_type: what it is; parameters do not matter.
        data: its bytes.

    Raises:
        ValueError: it cannot be read as one.
    """
    try:
        return len(_READERS[content_type.partition(";")[0]](data))
    except SyntaxError as error:  # lxml's XMLSyntaxError is one
        raise ValueError(str(error)) from error


def _parse(data: bytes) -> Any:
    from lxml import etree  # noqa: PLC0415

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def _read_html(data: bytes) -> Sequence[Any]:
    """Give the posts that a page shows."""
    from lxml import etree  # noqa: PLC0415

    root = etree.fromstring(data, etree.HTMLParser(encoding="utf-8"))
    if not data.endswith(b"</html>\n"):  # its parser mends what is cut off
        raise ValueError("it has no end")
    if not root.findtext("head/title"):
        raise ValueError("it has no title")
    return list(root.iter("article"))


def _read_xml(data: bytes) -> Sequence[Any]:
    """Give the entries of an RSS or Atom feed."""
    root = _parse(data)
    if root.tag not in _XML:
        raise ValueError(f"<{root.tag}> is no feed")
    where, name = _XML[root.tag]
    parent = root.find(where)
    if parent is None or not parent.findtext(f"{_ATOM}title", parent.findtext("title")):
        raise ValueError("it has no title")
    return list(parent.findall(name))


def _read_json(data: bytes) -> Sequence[Any]:
    """Give the items of a JSON feed (version 1.1, "Top-level" and "Items")."""
    feed: Any = json.loads(data)
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise ValueError("it has no items")  # noqa: TRY004 - the value is wrong, not the call
    if not feed.get("title") or not str(feed.get("version")).startswith("https://jsonfeed.org/"):
        raise ValueError("it has no title or no version")
    items: list[Any] = feed["items"]
    for item in items:
        if not (item.get("id") and ("content_html" in item or "content_text" in item)):
            raise ValueError("an item has no id or no content")
    return items


def _read_opml(data: bytes) -> Sequence[Any]:
    """Give the feeds of an OPML file."""
    return list(_parse(data).iterfind("body/outline[@xmlUrl]"))


def _read_index(data: bytes) -> Sequence[Any]:
    """Give the documents of our own list of feeds."""
    return [document for feed in json.loads(data)["feeds"] for document in feed["documents"]]


_READERS: dict[str, Callable[[bytes], Sequence[Any]]] = {
    "application/rss+xml": _read_xml,
    "application/atom+xml": _read_xml,
    "application/feed+json": _read_json,
    "text/html": _read_html,
    "text/x-opml": _read_opml,
    "application/json": _read_index,
}
