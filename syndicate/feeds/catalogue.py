"""Lists of a site's feeds: OPML for readers, JSON for templates, links for the heads of pages."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from syndicate.feeds.documents import Address, Document

OPML, INDEX = "feeds.opml", "feeds.json"


def catalogue(documents: Sequence[Document], title: str, feeds_url: str) -> list[Document]:
    """List feeds as documents of their own, to be published beside them.

    Args:
        documents: the feeds, each in all its formats one after the other; pages among them are
            passed over.
        title: the site's.
        feeds_url: where the output folder is on the web, without a trailing slash.
    """
    documents = [document for document in documents if document.is_feed]
    newest = max((each.modified for each in documents if each.modified), default=None)
    found = []
    for path, content_type, entries, data in (
        (OPML, "text/x-opml; charset=utf-8", len(_by_folder(documents)), opml(documents, title)),
        (INDEX, "application/json; charset=utf-8", len(documents), index(documents)),
    ):
        url = f"{feeds_url}/{path}"
        found.append(Document(path, url, content_type, title, entries, newest, data))
    return found


def folders(output: Path) -> list[str]:
    """Give the folders of the feeds that were published last; the site's own is the first."""
    try:
        feeds = json.loads((output / INDEX).read_bytes())["feeds"]
        return ["", *(str(feed["folder"]) for feed in feeds if feed["folder"])]
    except (OSError, ValueError, KeyError, TypeError):  # there is none, or it is no index
        return [""]


def opml(documents: Sequence[Document], title: str) -> bytes:
    """Write OPML 2.0 (http://opml.org/spec2.opml, "Subscription lists"): each feed once."""
    from lxml import etree  # noqa: PLC0415 - heavy, and sites with one feed need none of it

    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for group in _by_folder(documents):
        first = group[0]  # the format that the site names first is the one that it prefers
        etree.SubElement(body, "outline", type="rss", text=first.title, xmlUrl=first.url)
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return data


def index(documents: Sequence[Document]) -> bytes:
    """Write JSON for a site generator's templates."""
    feeds = [
        {
            "title": group[0].title,
            "folder": group[0].folder,
            "documents": [
                {
                    "url": each.url,
                    "path": each.path,
                    "type": each.type.partition(";")[0],
                    "entries": each.entries,
                    "modified": each.modified and each.modified.isoformat(),
                }
                for each in group
            ],
        }
        for group in _by_folder(documents)
    ]
    return (json.dumps({"feeds": feeds}, ensure_ascii=False, indent=2) + "\n").encode()


def links(feeds: Iterable[tuple[str, Address]]) -> str:
    """Write the elements by which a page's head tells of feeds (HTML, 4.6.7.1 "alternate").

    Args:
        feeds: the title of each, and the addresses of its documents; pages are passed over.
    """
    return "".join(
        f'<link rel="alternate" type="{address.type.partition(";")[0]}" '
        f'title="{html.escape(title)}" href="{html.escape(address.url)}">\n'
        for title, address in feeds
        if address.is_feed
    )


def _by_folder(documents: Iterable[Document]) -> list[list[Document]]:
    """Put a feed's formats together."""
    return [list(group) for _, group in groupby(documents, lambda document: document.folder)]
