"""Which posts are meant: the filters that endpoints and named feeds have in common. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, Self

from syndicate.model import Outline, Post


class Filters(Protocol):
    """What the configuration says of it."""

    @property
    def tags(self) -> Collection[str]: ...  # noqa: D102
    @property
    def categories(self) -> Collection[str]: ...  # noqa: D102
    @property
    def authors(self) -> Collection[str]: ...  # noqa: D102
    @property
    def languages(self) -> Collection[str]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Selection:
    """A choice of posts: one of the words of each filter has to fit; an empty one lets all pass."""

    tags: frozenset[str]
    categories: frozenset[str]
    authors: frozenset[str]
    languages: frozenset[str]

    @classmethod
    def of(cls, filters: Filters) -> Self:
        """Read filters; upper and lower case are alike."""
        return cls(
            _fold(filters.tags),
            _fold(filters.categories),
            _fold(filters.authors),
            _fold(filters.languages),
        )

    def takes(self, post: Post | Outline) -> bool:
        """Tell whether a post is meant. ``en`` takes ``en-GB`` too."""
        return (
            (not self.tags or bool(self.tags & _fold(post.tags)))
            and (not self.categories or bool(self.categories & _fold(post.categories)))
            and (not self.authors or bool(self.authors & _fold(each.name for each in post.authors)))
            and (not self.languages or not self.languages.isdisjoint(_ranges(post.language)))
        )


def _fold(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


def _ranges(tag: str) -> Iterator[str]:
    """Give a language tag and its wider ones (RFC 4647 section 3.4): zh-hant-tw, zh-hant, zh."""
    tag = tag.casefold()
    while tag:
        yield tag
        tag = tag.rpartition("-")[0]
