"""The entries of an old feed → the posts that they are. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from syndicate.adoption.addresses import same
from syndicate.adoption.old import OldEntry
from syndicate.model import Outline, PostRecord


class Fate(enum.StrEnum):
    """What becomes of an entry's id."""

    ADOPTED = "adopted"
    """It becomes its post's."""
    SAME = "same"
    """It is its post's already."""
    KEPT = "kept"
    """Its post's front matter says another, which wins."""
    CONFLICT = "conflict"
    """It cannot be adopted before a person has decided something."""
    UNKNOWN = "unknown"
    """No post is at its address."""


@dataclass(frozen=True, slots=True)
class Match:
    """An entry, with the post that it is."""

    entry: OldEntry
    fate: Fate
    post: Outline | None = None
    reason: str = ""
    """Why it is not adopted, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """What an adoption does, or would do."""

    format: str
    matches: tuple[Match, ...]
    """In the order of the feed; an entry that it has twice stands here once."""
    absent: tuple[Outline, ...]
    """Posts that are out and not in the feed: they keep their ids."""
    republished: int = 0
    """How many posts were in our own feeds under the ids that they lose."""
    warning: str = ""

    def of(self, *fates: Fate) -> list[Match]:
        """Give the entries that fare so."""
        return [each for each in self.matches if each.fate in fates]

    @property
    def ids(self) -> dict[str, str]:
        """The ids that change: the new one by the old one."""
        return {each.post.id: each.entry.id for each in self.of(Fate.ADOPTED) if each.post}

    @property
    def known(self) -> tuple[str, ...]:
        """The ids, as they will be, of the posts that the old feed's readers know."""
        changed = self.ids
        posts = (each.post for each in self.matches if each.post and each.fate in _IS_KNOWN)
        return tuple(dict.fromkeys(changed.get(post.id, post.id) for post in posts))


_IS_KNOWN = {Fate.ADOPTED, Fate.SAME, Fate.KEPT, Fate.CONFLICT}


def match(
    entries: Iterable[OldEntry],
    posts: Sequence[Outline],
    given: Mapping[str, str],
    taken: Mapping[str, PostRecord],
) -> list[Match]:
    """Find the post of each entry: the one that has its id already, or else is at its address.

    Args:
        entries: those of the old feed.
        posts: all of ours.
        given: the ids that front matter says, by source.
        taken: what the ledger knows under the entries' ids and is none of the posts.
    """
    matcher = _Matcher(posts, given, taken)
    return [matcher.match(entry) for entry in dict.fromkeys(entries)]


@dataclass(slots=True)
class _Matcher:
    posts: Sequence[Outline]
    given: Mapping[str, str]
    taken: Mapping[str, PostRecord]
    by_id: dict[str, Outline] = field(init=False)
    by_address: dict[str, list[Outline]] = field(init=False)
    claimed: dict[str, str] = field(init=False, default_factory=dict)
    """The id that each post has been given here, by its source."""
    used: set[str] = field(init=False, default_factory=set)
    """The ids that posts get."""

    def __post_init__(self) -> None:
        self.by_id = {post.id: post for post in self.posts}
        self.by_address = {}
        for post in self.posts:
            self.by_address.setdefault(same(post.url) or post.url, []).append(post)

    def match(self, entry: OldEntry) -> Match:
        """Tell what becomes of one entry."""
        if entry.id in self.by_id:
            post = self.by_id[entry.id]
            if self.claimed.setdefault(post.source, entry.id) == entry.id:
                return Match(entry, Fate.SAME, post)
            return self._two_ids(entry, post)
        found = self._at(entry)
        if len(found) != 1:
            if not found:
                return Match(entry, Fate.UNKNOWN)
            sources = ", ".join(post.source for post in found)
            return Match(entry, Fate.CONFLICT, None, f"several posts are at its address: {sources}")
        return self._judge(entry, found[0])

    def _at(self, entry: OldEntry) -> list[Outline]:
        """Give the posts at the likeliest of the entry's addresses that any post is at."""
        keys = (same(link) for link in entry.links)
        return next((self.by_address[key] for key in keys if key in self.by_address), [])

    def _judge(self, entry: OldEntry, post: Outline) -> Match:
        """Tell whether the post can have the entry's id."""
        if post.source in self.given:
            reason = f'its front matter says "{self.given[post.source]}"'
            return Match(entry, Fate.KEPT, post, reason)
        if not entry.id:
            return Match(entry, Fate.CONFLICT, post, "the entry has no id that could be read")
        if post.source in self.claimed:
            return self._two_ids(entry, post)
        if entry.id in self.used:
            return Match(entry, Fate.CONFLICT, post, "the feed has another post under this id, too")
        if entry.id in self.taken:
            reason = (
                f"the ledger knows this id for {self.taken[entry.id].source}, which is not there "
                f'any more; if it is this post, write "id: {entry.id}" into its front matter'
            )
            return Match(entry, Fate.CONFLICT, post, reason)
        self.claimed[post.source] = entry.id
        self.used.add(entry.id)
        return Match(entry, Fate.ADOPTED, post)

    def _two_ids(self, entry: OldEntry, post: Outline) -> Match:
        first = self.claimed[post.source]
        reason = f"the feed has another entry for this post, {first}, which came first"
        return Match(entry, Fate.CONFLICT, post, reason)
