"""A post's hero image and its media file: what a feed says of them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from syndicate.feeds import text
from syndicate.feeds.shape import Hero
from syndicate.model import Enclosure, Image, MediaFacts

_TYPES = {
    ".apng": "image/apng",
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
"""Our own table: the ``mimetypes`` module answers by what is installed on the machine."""

_IMG = re.compile(r"""<img\b(?:[^>"']|"[^"]*"|'[^']*')*>""", re.IGNORECASE)


def hero(image: Image | None, facts: Callable[[Image], MediaFacts | None]) -> Hero | None:
    """Describe the hero image by its facts; without any, by its suffix.

    RSS wants a type and a length even where nobody knows them: then the type is guessed, the most
    common one (JPEG) where the suffix says nothing, and the length is 0.
    """
    url = text.address(image.url) if image else None
    if not image or not url:
        return None
    known = facts(image) or MediaFacts(guess_type(url), 0)
    alt = text.line(image.alt or "")
    return Hero(url, known.type, known.length, known.width, known.height, alt)


def guess_type(url: str) -> str:
    """Guess an image's media type from its address."""
    return _TYPES.get(PurePosixPath(urlsplit(url).path).suffix.lower(), "image/jpeg")


def attachment(enclosure: Enclosure | None) -> Enclosure | None:
    """Settle the media file's address; what has none that is absolute cannot be enclosed."""
    url = text.address(enclosure.url) if enclosure else None
    if not enclosure or not url:
        return None
    kind = text.line(enclosure.type)
    words = enclosure.transcript
    where = text.address(words.url) if words else None
    return replace(
        enclosure,
        url=url,
        type=kind if "/" in kind else "application/octet-stream",
        transcript=replace(words, url=where) if words and where else None,
        chapters=text.address(enclosure.chapters),
    )


def with_hero(content: str, picture: Hero | None) -> str:
    """Put the hero image on top of the content, unless it is in there already."""
    if picture is None or any(picture.url in html.unescape(tag) for tag in _IMG.findall(content)):
        return content
    size = "".join(
        f' {name}="{value}"'
        for name, value in (("width", picture.width), ("height", picture.height))
        if value
    )
    source, alt = html.escape(picture.url), html.escape(picture.alt)
    return f'<p><img src="{source}" alt="{alt}"{size}></p>\n{content}'.rstrip()
