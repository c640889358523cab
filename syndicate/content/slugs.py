"""Where a post is on the web: its slug and its permalink."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime

from syndicate.content import urls

_DATE_PREFIX = re.compile(r"\d{4}-\d{1,2}-\d{1,2}[-_ ](?=.)")
_NOT_IN_SLUG = re.compile(r"[^\w.~-]+")


def slugify(text: str) -> str:
    """Make a path segment of a text in any script: lower case, hyphens between the words."""
    text = unicodedata.normalize("NFC", text).lower()
    return _NOT_IN_SLUG.sub("-", text).strip("-.")


def from_source(source: str) -> str:
    """Take the slug from a file's name, or its folder's where the post is a bundle."""
    stem = stem_of(source).rpartition("/")[2]
    return slugify(_DATE_PREFIX.sub("", stem, count=1))


def stem_of(source: str) -> str:
    """Give a source's path without its suffix; a bundle (``slug/index.md``) is its folder."""
    stem = source.rpartition(".")[0]
    folder, _, name = stem.rpartition("/")
    return folder if folder and name.lower() == "index" else stem


def permalink(site: str, pattern: str, parts: Mapping[str, str], local: datetime) -> str:
    """Fill in a pattern; a part that is empty takes its slash along."""
    filled = pattern.format(**parts, year=f"{local:%Y}", month=f"{local:%m}", day=f"{local:%d}")
    return at(site, filled)


def at(site: str, path: str) -> str:
    """Give the address of a path under the site's URL."""
    return urls.under(site, re.sub("/{2,}", "/", path))


def given(site: str, address: str) -> str | None:
    """Resolve an address from front matter: absolute, or a path under the site's URL."""
    if re.match("[A-Za-z][A-Za-z0-9+.-]*:|//", address):
        return urls.web(site, address)
    if any(mark in address for mark in ("/:", "{{", "{%", "..")) or "/" not in address:
        return None
    return urls.under(site, re.sub("/{2,}", "/", address))


def given_slug(slug: str) -> str:
    """Take a slug as its author wrote it, whose case is wanted; it may have several segments."""
    segments = (re.sub(r"\s+", "-", segment.strip()) for segment in slug.split("/"))
    return "/".join(segment for segment in segments if segment.strip("."))
