"""Which post stands on which page of the archive; pure.

A post gets the next ordinal when it comes out, and keeps it for ever. A page is a range of
ordinals. So a post that is new, back-dated or edited moves no other, and a full page stays as it
is (RFC 5005, section 4: its entries should not change). What is on no full page stands in the feed
itself: each post is in exactly one place.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import count, pairwise

from syndicate.model import Outline

PARENT = "archive"
_FOLDER = re.compile(r"[1-9]\d*-[1-9]\d*")


@dataclass(slots=True)
class Page:
    """One page of the archive."""

    first: int
    last: int
    """The ordinals that it is for."""
    ids: list[str] = field(default_factory=list)
    """Its posts, newest first; those that are gone are not among them."""
    older: str | None = None
    newer: str | None = None
    """The folders of the pages beside it."""
    recipe: str = ""
    """Another word wherever another page would be made of it."""

    @property
    def folder(self) -> str:
        """Where in the output it is; another size of pages has other names."""
        return f"{PARENT}/{self.first}-{self.last}/"


@dataclass(frozen=True, slots=True)
class Paging:
    """Where all posts stand."""

    current: frozenset[str]
    """The ids of those that are in the feed itself."""
    pages: tuple[Page, ...]
    """The newest first; none is empty."""

    @property
    def archived(self) -> int:
        """How many posts are on the pages."""
        return sum(len(page.ids) for page in self.pages)

    @property
    def newest(self) -> str | None:
        """The folder of the newest page."""
        return self.pages[0].folder if self.pages else None


def is_folder(name: str) -> bool:
    """Tell whether a folder in the archive is named as a page's is."""
    return _FOLDER.fullmatch(name) is not None


def number(known: Mapping[str, int], newest_first: Iterable[str]) -> dict[str, int]:
    """Give posts that came out the ordinals that follow, the oldest post first.

    Args:
        known: the ordinals that were given.
        newest_first: the ids of all posts that are out.
    """
    new = [identity for identity in newest_first if identity not in known]
    return dict(zip(reversed(new), count(max(known.values(), default=0) + 1), strict=False))


def paginate(
    newest_first: Iterable[Outline],
    ordinals: Mapping[str, int],
    *,
    size: int,
    least: int,
    made_by: str,
) -> Paging:
    """Lay the posts out.

    Args:
        newest_first: the posts that are out; taken once, so that they need not all be held.
        ordinals: of all of them, and of those that were out once.
        size: how many ordinals a page is for.
        least: how many posts stay in the feed itself, where there are as many.
        made_by: a word for all that bears on a page beside its posts.
    """
    pages: dict[int, Page] = {}
    recipes = {}
    for post in newest_first:
        number = (ordinals[post.id] - 1) // size
        if number not in pages:
            pages[number] = Page(number * size + 1, (number + 1) * size)
            recipes[number] = hashlib.sha256()
        pages[number].ids.append(post.id)
        made_of = (post.id, post.digest, post.url, post.source, post.language)
        recipes[number].update(repr(made_of).encode("utf-8", "surrogatepass"))
    full = _full(pages, ordinals, size, least)
    chain = [pages[number] for number in sorted(pages, reverse=True) if number < full]
    for newer, older in pairwise(chain):
        newer.older, older.newer = older.folder, newer.folder
    for page in chain:
        state = recipes[(page.first - 1) // size]
        state.update(repr((made_by, page.older, page.newer)).encode())
        page.recipe = state.hexdigest()
    rest = (identity for number, page in pages.items() if number >= full for identity in page.ids)
    return Paging(frozenset(rest), tuple(chain))


def _full(pages: Mapping[int, Page], ordinals: Mapping[str, int], size: int, least: int) -> int:
    """Tell below which number pages are archived: as many as leave enough for the feed itself."""
    live = (ordinals[identity] for page in pages.values() for identity in page.ids)
    newest = nlargest(least, live)
    return (newest[-1] - 1) // size if len(newest) == least else 0
