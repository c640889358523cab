"""Title, summary, link and hashtags → a text within a network's limits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import regex

from syndicate.compose.measure import cut, fits, graphemes
from syndicate.model import Limits

ELLIPSIS = "…"
WORTHWHILE = 20
"""A summary that is cut to less than this says nothing."""

_DANGLING = " \n\t,;:-([{\"'\u2013\u2014\u201c\u2018"
"""What looks odd before an ellipsis: dashes, opening quotes and brackets among it."""
_MENTION = regex.compile(r"(?<![\p{L}\p{N}_/])@(?=[\p{L}\p{N}_])")


@dataclass(frozen=True, slots=True)
class Composed:
    """A text, and what of it stands for more than itself."""

    text: str
    hashtags: tuple[str, ...]
    """Those that are in it, without ``#``."""


def compose_text(
    title: str, summary: str, link: str, hashtags: Sequence[str], limits: Limits
) -> Composed:
    """Put title, summary, link and hashtags below each other, within the limits.

    The link is never cut, nor a hashtag. When it is too long, the summary is shortened first, at
    a word; then hashtags go, from the last one; then the title is shortened.

    Args:
        title: may be empty.
        summary: may be empty; a title that it begins with is not said twice.
        link: may be empty, where a card carries it.
        hashtags: without ``#``.
        limits: the network's.
    """
    title, summary = title.strip(), " ".join(summary.split())
    if summary.casefold().startswith(title.casefold()):
        title, summary = (title, "") if summary.casefold() == title.casefold() else ("", summary)
    fewer = [tuple(hashtags[:count]) for count in range(len(hashtags), -1, -1)]
    for kept in fewer:
        tail = _join(link, _line(kept))
        short = shorten(summary, _room(title, tail, limits))
        if short == summary or graphemes(short) >= WORTHWHILE:
            return Composed(_join(title, short, tail), kept)
    for kept in fewer:
        text = _join(title, link, _line(kept))
        if title and fits(text, limits):
            return Composed(text, kept)
    return Composed(_join(shorten(title or summary, _room("", link, limits)), link), ())


def shorten(text: str, fit: Callable[[str], bool]) -> str:
    """Give the longest beginning of a text that fits with an ellipsis, cut at a word.

    A single word that is too long is cut within. Empty where nothing fits.
    """
    if fit(text):
        return text
    low, high = 0, graphemes(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fit(cut(text, middle) + ELLIPSIS) else (low, middle - 1)
    kept = cut(text, low)
    if not text[len(kept) :][:1].isspace() and (space := regex.search(r"\s+\S*$", kept)):
        kept = kept[: space.start()]
    kept = kept.rstrip(_DANGLING)
    return kept + ELLIPSIS if kept else ""


def disarm(text: str) -> str:
    """Keep ``@name`` in a text from notifying a stranger of that name.

    A zero-width space after the ``@`` breaks the mention and cannot be seen; addresses such as
    ``a@b.example`` stay as they are.
    """
    return str(_MENTION.sub("@\u200b", text))


def _room(before: str, after: str, limits: Limits) -> Callable[[str], bool]:
    """Give the test whether a part fits between what stands before and after it."""
    return lambda part: fits(_join(before, part, after), limits)


def _line(hashtags: Sequence[str]) -> str:
    return " ".join(f"#{tag}" for tag in hashtags)


def _join(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
