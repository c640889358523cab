"""A reader that follows a feed into its archive, as RFC 5005 and JSON Feed say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

NAMES = {
    "a": "http://www.w3.org/2005/Atom",
    "fh": "http://purl.org/syndication/history/1.0",
}


@dataclass
class Found:
    """A document: where it leads to, and the ids of its entries."""

    url: str
    ids: list[str]
    archived: bool
    links: dict[str, str] = field(default_factory=dict)


def read(url: str, data: bytes) -> Found:
    if url.endswith(".json"):
        feed = json.loads(data)
        links = {"prev-archive": feed["next_url"]} if "next_url" in feed else {}
        # A page of a JSON feed is the same feed: its address tells that it is another page.
        links["current"] = feed["feed_url"]
        return Found(url, [each["id"] for each in feed["items"]], feed["feed_url"] != url, links)
    root = etree.fromstring(data)
    parent = root if root.tag.endswith("feed") else root.find("channel")
    links = {link.get("rel"): link.get("href") for link in parent.findall("a:link", NAMES)}
    assert links["self"] == url
    ids = parent.xpath("a:entry/a:id/text() | item/guid/text()", namespaces=NAMES)
    return Found(url, ids, parent.find("fh:archive", NAMES) is not None, links)


def walk(url: str, fetch: Callable[[str], bytes]) -> list[Found]:
    """Follow a feed to its oldest page; a page that was met before ends it with an error."""
    pages = []
    left: str | None = url
    while left:
        assert left not in {page.url for page in pages}, f"{left} leads round in circles"
        pages.append(read(left, fetch(left)))
        left = pages[-1].links.get("prev-archive")
    return pages
