"""Which feeds a site has: its own, one for each of the terms wanted, and those that are named."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from syndicate.model import Post, Site
from syndicate.selection import Selection

if TYPE_CHECKING:
    from syndicate import config

LONGEST = 100
"""Bytes of a folder's name; file systems end at 255, and some count more for each."""
_NOT_IN_NAME = re.compile(r"[\W_]+")

_TERMS: dict[str, tuple[str, Callable[[Post], Iterable[str]]]] = {
    "tag": ("tags", lambda post: post.tags),
    "category": ("categories", lambda post: post.categories),
    "author": ("authors", lambda post: (author.name for author in post.authors)),
    "language": ("languages", lambda post: (post.language,)),
}
"""What posts can be listed by → the folder of such feeds, and a post's terms."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The posts of one feed, and what the feed is called."""

    kind: str
    """``site``, ``tag``, ``category``, ``author``, ``language`` or ``named``."""
    folder: str
    """Where its documents are in the output: empty, or with a slash at the end."""
    title: str
    description: str
    full: bool
    """Whether its entries carry whole posts."""
    posts: tuple[Post, ...]
    """Newest first, no more than the feed shows."""


def listings(site: Site, settings: config.Feeds, posts: Sequence[Post]) -> list[Listing]:
    """Choose the posts of each feed.

    Args:
        site: what the feeds are of.
        settings: how many posts, by what, and which feeds are named.
        posts: those that are live, newest first.
    """
    full = settings.content == "full"
    own = Listing("site", "", site.title, site.description, full, tuple(posts[: settings.limit]))
    found = [own]
    for kind in dict.fromkeys(settings.by):
        found += _by_term(kind, site, settings, posts)
    for each in settings.named:
        takes = Selection.of(each).takes
        chosen = islice(filter(takes, posts), each.limit or settings.limit)
        whole = (each.content or settings.content) == "full"
        found.append(
            Listing("named", f"{each.name}/", each.title, each.description, whole, tuple(chosen))
        )
    return found


def folder_name(term: str) -> str:
    """Name a term's folder: letters and digits of any script in lower case, hyphens between words.

    Terms that differ in more than that stay apart by a part of their hash, as ``C`` and ``C++``
    do; those that do not are one, as ``Open Source`` and ``open-source`` are.
    """
    folded = unicodedata.normalize("NFC", term.casefold())
    name = _NOT_IN_NAME.sub("-", folded).strip("-")
    short = name.encode()[:LONGEST].decode(errors="ignore")
    if short and short == re.sub(r"[\s-]+", "-", folded).strip("-"):
        return short
    return f"{short}-{hashlib.sha256(folded.encode()).hexdigest()[:8]}".lstrip("-")


def _by_term(
    kind: str, site: Site, settings: config.Feeds, posts: Sequence[Post]
) -> Iterator[Listing]:
    """List the posts by each of their terms, in the order of the folders' names."""
    parent, terms = _TERMS[kind]
    names: dict[str, str] = {}
    chosen: dict[str, list[Post]] = {}
    for post in posts:
        for folder, term in {folder_name(term): term for term in terms(post)}.items():
            names.setdefault(folder, term)
            listed = chosen.setdefault(folder, [])
            if len(listed) < settings.limit:
                listed.append(post)
    for folder, listed in sorted(chosen.items()):
        yield Listing(
            kind,
            f"{parent}/{folder}/",
            f"{site.title}: {names[folder]}",
            site.description,
            settings.content == "full",
            tuple(listed),
        )
