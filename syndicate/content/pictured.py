"""The first picture that a body shows, for posts whose front matter names none."""

from __future__ import annotations

import re
from typing import NamedTuple

from syndicate.content import files, markdown, templating
from syndicate.content.links import Links

_MAY_SHOW = re.compile(r"!\[|<img|<[A-Z]|\{[{%]", re.IGNORECASE)
_SIZE = ("width", "height")
_TINY = 64
"""Pixels; what is smaller either way is an icon, or counts visitors."""


class Shown(NamedTuple):
    """A picture as the body names it, its address not resolved yet."""

    src: str
    alt: str | None


def first(body: str, links: Links) -> Shown | None:
    """Find the first picture of a body that is no icon, and its description where it has one."""
    if not _MAY_SHOW.search(body):
        return None
    from lxml import etree, html  # noqa: PLC0415 - heavy, and most posts need it never

    text = templating.resolve(body, links)[0]
    is_html = links.source.lower().endswith(tuple(files.MARKUP))
    try:
        tree = html.document_fromstring(text if is_html else markdown.to_html(text, links))
    except etree.ParserError:  # nothing is left
        return None
    for each in tree.iter("img"):
        src, size = each.get("data-src") or each.get("src") or "", map(each.get, _SIZE)
        if src and not src.startswith("data:") and not any(map(_is_tiny, size)):
            return Shown(src, each.get("alt") or None)
    return None


def _is_tiny(size: str | None) -> bool:
    return bool(size and size.isdecimal() and int(size) < _TINY)
