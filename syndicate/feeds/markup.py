"""Text inside lxml elements, spelled as the feed formats want it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from lxml import etree

Element = Any
"""An lxml element; lxml has no types of its own."""

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
HISTORY = "http://purl.org/syndication/history/1.0"
MEDIA = "http://search.yahoo.com/mrss/"
XML = "http://www.w3.org/XML/1998/namespace"

_HEXADECIMAL = {"&": "#x26", "<": "#x3C", ">": "#x3E"}


def plain(element: Element, text: str) -> None:
    """Set plain text with ``&`` and ``<`` as hexadecimal references.

    Most readers get these right (RSS Best Practices Profile, "Character Data").
    """
    _set(element, re.split("([&<])", text), str)


def cdata(element: Element, html: str) -> None:
    """Set HTML in CDATA sections; a ``]]>`` inside falls between two of them."""
    _set(element, re.split(r"(?<=\]\])(>)", html), etree.CDATA)


def add(parent: Element, tag: str, text: str | None = None, **attributes: Any) -> Element:
    """Append an element; attributes that are None are left out."""
    given = {name: str(value) for name, value in attributes.items() if value is not None}
    element = etree.SubElement(parent, tag, given)
    if text is not None:
        plain(element, text)
    return element


def _set(element: Element, pieces: list[str], spell: Callable[[str], Any]) -> None:
    """Set stretches of text with the marks between them as references."""
    del element[:]
    element.text = spell(pieces[0])
    for mark, after in zip(pieces[1::2], pieces[2::2], strict=True):
        reference = etree.Entity(_HEXADECIMAL[mark])
        element.append(reference)
        reference.tail = spell(after)
