"""An old feed's bytes → its entries' ids and addresses: RSS, RDF (RSS 0.9 and 1.0), Atom, JSON.

The bytes are a stranger's: no entity is resolved, nothing is fetched for them, and what is not
well-formed gives what can be read of it, with a warning.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from syndicate.content import urls
from syndicate.content.text import fold
from syndicate.errors import SyndicateError

_ATOM = "http://www.w3.org/2005/Atom"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_ORIGINAL = "{http://rssnamespace.org/feedburner/ext/1.0}origLink"
"""Where FeedBurner says what it has put its own address in place of."""
_LABEL = 80

Element = Any


@dataclass(frozen=True, slots=True)
class OldEntry:
    """An entry as its readers know it."""

    id: str
    """What readers tell entries apart by; empty where the entry says nothing of the kind."""
    links: tuple[str, ...]
    """Where its page may be, absolute, the likeliest first."""
    title: str
    """On one line, for a person."""


@dataclass(frozen=True, slots=True)
class OldFeed:
    """What was read of a feed."""

    format: str
    entries: tuple[OldEntry, ...]
    warning: str = ""
    """What is wrong with the feed as a whole."""


def read(data: bytes, name: str, base: str) -> OldFeed:
    """Read a feed.

    Args:
        data: its bytes.
        name: what errors call it.
        base: its address, which relative ones start at.

    Raises:
        SyndicateError: it is no feed.
    """
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _json(data, name, base)
    return _xml(data, name, base)


def _json(data: bytes, name: str, base: str) -> OldFeed:
    """Read a JSON Feed (version 1.1, "Items")."""
    try:
        feed = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SyndicateError(f"{name}: not JSON: {error}") from None
    items = feed.get("items")
    if not isinstance(items, list):
        raise SyndicateError(f'{name}: JSON without a list of "items": expected a JSON Feed')
    entries = tuple(_item(each, base) for each in items if isinstance(each, dict))
    return OldFeed("JSON Feed", entries)


def _item(item: dict[str, Any], base: str) -> OldEntry:
    url = _word(item.get("url"))
    # Ids that are numbers count as their text (version 1.1, "id").
    identity = _word(item.get("id")) or url
    links = [url, identity, _word(item.get("external_url"))]
    title = _word(item.get("title")) or _word(item.get("summary"))
    return OldEntry(identity, _absolute(base, links), _label(title))


def _word(value: Any) -> str:
    """Give a text or a number of JSON as text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return fold(str(value))


def _xml(data: bytes, name: str, base: str) -> OldFeed:
    root, warning = _tree(data, name, base)
    kind = str(root.tag).rpartition("}")[2]
    if kind == "feed":
        entries = tuple(_atom_entry(each, base) for each in root.iterfind("{*}entry"))
        return OldFeed("Atom", entries, warning)
    if kind in {"rss", "RDF"}:
        # RDF and the first versions of RSS have the items beside the channel.
        places = ("{*}channel/{*}item", "{*}item")
        items = [item for place in places for item in root.iterfind(place)]
        label = "RSS" if kind == "rss" else "RSS as RDF"
        return OldFeed(label, tuple(_rss_item(each, base) for each in items), warning)
    raise SyndicateError(f"{name}: <{kind}> is no feed: expected RSS, Atom, RDF or JSON Feed")


def _tree(data: bytes, name: str, base: str) -> tuple[Element, str]:
    """Parse XML; what is not well-formed is mended, with a warning."""
    from lxml import etree  # noqa: PLC0415

    def parse(recover: bool) -> Element:
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
            recover=recover,
        )
        return etree.fromstring(data, parser, base_url=base)

    try:
        return parse(False), ""
    except etree.XMLSyntaxError as error:
        fault = str(error)
    try:
        root = parse(True)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        raise SyndicateError(f"{name}: neither XML nor JSON: {fault}")
    return root, f"{name} is not well-formed XML, and was read as far as it can be: {fault}"


def _rss_item(item: Element, base: str) -> OldEntry:
    """Read an RSS item: its ``guid``, or else its ``rdf:about`` or its link, is its id."""
    guid = _own(item, "guid")
    link = _text(_own(item, "link"))
    identity = _text(guid) or fold(item.get(f"{_RDF}about", "")) or link
    is_link = guid is None or guid.get("isPermaLink", "true").strip().lower() != "false"
    links = [
        _text(item.find(_ORIGINAL)),
        link,
        *_alternates(item.iterfind(f"{{{_ATOM}}}link")),
        identity if is_link else "",
    ]
    title = _text(_own(item, "title")) or _text(_own(item, "description"))
    return OldEntry(identity, _absolute(item.base or base, links), _label(title))


def _atom_entry(entry: Element, base: str) -> OldEntry:
    """Read an Atom entry (RFC 4287, 4.1.2), or one of Atom 0.3."""
    found = [each for each in entry if each.tag == f"{{{_space(entry)}}}link"]
    pages = list(_alternates(found))
    related = [each.get("href", "") for each in found if each.get("rel") == "related"]
    identity = _text(_own(entry, "id")) or next(iter(pages), "")
    # Of a link post the alternate is another's page, and its own is only related or its id.
    links = [_text(entry.find(_ORIGINAL)), *pages, identity, *related]
    title = _text(_own(entry, "title")) or _text(_own(entry, "summary"))
    return OldEntry(identity, _absolute(entry.base or base, links), _label(title))


def _alternates(links: Iterable[Element]) -> Iterator[str]:
    for link in links:
        if link.get("rel", "alternate") == "alternate":
            yield fold(link.get("href", ""))


def _own(element: Element, name: str) -> Element | None:
    """Find a child of the element's own vocabulary: a title, and no ``media:title``."""
    space = _space(element)
    return element.find(f"{{{space}}}{name}" if space else name)


def _space(element: Element) -> str:
    return str(element.tag)[1:].rpartition("}")[0] if "}" in str(element.tag) else ""


def _text(element: Element | None) -> str:
    """Give an element's text on one line; one with an unresolved entity in it has none."""
    if element is None:
        return ""
    if any(not isinstance(each.tag, str) for each in element.iter()):
        return ""
    return fold("".join(element.itertext()))


def _absolute(base: str, links: Iterable[str]) -> tuple[str, ...]:
    found = (urls.web(base, link) for link in links if link)
    return tuple(dict.fromkeys(link for link in found if link))


def _label(text: str) -> str:
    return text if len(text) <= _LABEL else text[: _LABEL - 1] + "…"
