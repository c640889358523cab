"""Where a post's card is: a template can tell it from the post's own address."""

from __future__ import annotations

import hashlib
from urllib.parse import quote, unquote, urlsplit

FOLDER = "cards"
INDEX = f"{FOLDER}/index.json"
SUFFIX = ".png"
_LONGEST = 200
"""Bytes of a part of a path; file systems end at 255."""
_FORBIDDEN = frozenset('\\:*?"<>|')
"""What some file systems do not take in a name."""


def path_of(url: str) -> str:
    """Give the path of a post's card in the output folder.

    ``https://ada.example/blog/hello/`` has ``cards/blog/hello.png``: the path without its last
    slash, and a suffix. Where that could not be the name of a file, it is a digest of the address.
    """
    parts = urlsplit(url)
    names = [unquote(part) for part in parts.path.strip("/").split("/")]
    if parts.query or not all(_is_name(name) for name in names):
        names = [hashlib.sha256(url.encode(errors="surrogatepass")).hexdigest()[:32]]
    return f"{FOLDER}/{'/'.join(names)}{SUFFIX}"


def url_of(path: str, feeds_url: str) -> str:
    """Give the address of a file in the output folder."""
    return f"{feeds_url}/{quote(path)}"


def _is_name(name: str) -> bool:
    return (
        name.strip(". ") == name != ""
        and name.isprintable()
        and len(name.encode()) <= _LONGEST
        and "/" not in name
        and not _FORBIDDEN.intersection(name)
    )
