"""Which feeds a site has: its own, one for each of the terms wanted, and those that are named."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from syndicate.feeds.paging import Paging
from syndicate.model import Outline, Post, Site
from syndicate.selection import Selection

if TYPE_CHECKING:
    from syndicate import config

LONGEST = 100
"""Bytes of a folder's name; file systems end at 255, and some count more for each."""
_NOT_IN_NAME = re.compile(r"[\W_]+")

_TERMS: dict[str, tuple[str, Callable[[Post | Outline], Iterable[str]]]] = {
    "tag": ("tags", lambda post: post.tags),
    "category": ("categories", lambda post: post.categories),
    "author": ("authors", lambda post: (author.name for author in post.authors)),
    "language": ("languages", lambda post: (post.language,)),
}
"""What posts can be listed by → the folder of such feeds, and a post's terms."""

P = TypeVar("P", bound=Post | Outline)


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
    archive_of: str | None = None
    """The folder of the feed that this is an archived page of; None for a feed itself."""
    older: str | None = None
    newer: str | None = None
    """The folders of the archived pages beside it."""
    beyond: int = 0
    """How many more posts the archive has."""


def listings(
    site: Site,
    settings: config.Feeds,
    posts: Iterable[P],
    load: Callable[[P], Post | None],
    paging: Paging | None = None,
) -> list[Listing]:
    """Choose the posts of each feed.

    Args:
        site: what the feeds are of.
        settings: how many posts, by what, and which feeds are named.
        posts: those that are live, newest first; outlines will do.
        load: makes a post whole that is in a feed; None where that cannot be done any more.
        paging: which posts the site's own feed leaves to its archive; None where it has none.
    """
    own, named = _site_feed(site, settings, paging), list(_named_feeds(settings))
    by_term: dict[str, _Open] = {}
    for post in posts:
        asked = (own, *named, *_by_term(post, site, settings, by_term))
        wanted = [each for each in asked if each.has_room and each.takes(post)]
        whole = load(post) if wanted else None
        if whole is not None:
            for each in wanted:
                each.posts.append(whole)
        if not settings.by and not any(each.has_room for each in (own, *named)):
            break
    kinds: list[str] = list(dict.fromkeys(settings.by))
    terms = [each for each in by_term.values() if each.posts]
    terms.sort(key=lambda each: (kinds.index(each.kind), each.folder))
    first = own.closed()
    if paging:
        first = replace(first, older=paging.newest, beyond=paging.archived)
    return [first, *(each.closed() for each in (*terms, *named))]


@dataclass(slots=True)
class _Open:
    """A feed whose posts are being chosen."""

    kind: str
    folder: str
    title: str
    description: str
    full: bool
    limit: int
    takes: Callable[[Post | Outline], bool] = lambda post: True  # noqa: ARG005
    posts: list[Post] = field(default_factory=list)

    @property
    def has_room(self) -> bool:
        return len(self.posts) < self.limit

    def closed(self) -> Listing:
        return Listing(
            self.kind, self.folder, self.title, self.description, self.full, tuple(self.posts)
        )


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


def _site_feed(site: Site, settings: config.Feeds, paging: Paging | None) -> _Open:
    """Begin the feed of all posts; those on pages of an archive are not in it."""
    full = settings.content == "full"
    feed = _Open("site", "", site.title, site.description, full, settings.limit)
    if paging:
        feed.limit, feed.takes = len(paging.current), lambda post: post.id in paging.current
    return feed


def _named_feeds(settings: config.Feeds) -> Iterator[_Open]:
    """Begin the feeds that have a selection of their own."""
    for each in settings.named:
        yield _Open(
            "named",
            f"{each.name}/",
            each.title,
            each.description,
            (each.content or settings.content) == "full",
            each.limit or settings.limit,
            Selection.of(each).takes,
        )


def _by_term(
    post: Post | Outline, site: Site, settings: config.Feeds, known: dict[str, _Open]
) -> Iterator[_Open]:
    """Give the feeds of a post's terms; a feed is called what the newest post calls its term."""
    for kind in dict.fromkeys(settings.by):
        parent, terms = _TERMS[kind]
        for name, term in {folder_name(term): term for term in terms(post)}.items():
            folder = f"{parent}/{name}/"
            if folder not in known:
                full = settings.content == "full"
                title = f"{site.title}: {term}"
                known[folder] = _Open(kind, folder, title, site.description, full, settings.limit)
            yield known[folder]
