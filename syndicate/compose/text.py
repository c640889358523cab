"""Title, summary, link and hashtags → a text within a network's limits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import regex

from syndicate.compose.measure import cut, fits, graphemes
from syndicate.model import Limits

ELLIPSIS = "…"
WORTHWHILE = 20
"""A summary that is cut to less than this says nothing."""

_DANGLING = " \n\t,;:-([{\"'\u2013\u2014\u201c\u2018"
"""What looks odd before an ellipsis: dashes, opening quotes and brackets among it."""
_BROKEN_WORD = regex.compile(r"\s+(?:\S{0,30}|\S*://\S*)$")
"""A cut word, which goes. A longer one is no word but a script without spaces, or an address."""
_ADDRESS = regex.compile(r"://\S*$")
_RUN = regex.compile(r"\S+")
_MENTION = regex.compile(r"(?<![\p{L}\p{N}_])@(?=[\p{L}\p{N}_])")
_MENTION_IN_ADDRESS = regex.compile(r"(?<![\p{L}\p{N}_/])@(?=[\p{L}\p{N}_])")


class Parts(NamedTuple):
    """What a text is made of; a network that marks it up puts the parts together itself."""

    title: str
    summary: str
    link: str
    hashtags: tuple[str, ...]
    """Without ``#``."""
    body: str = ""
    """The whole text, where the endpoint has one of its own; the other parts are in it then."""

    @property
    def tags(self) -> str:
        """The hashtags on a line."""
        return " ".join(f"#{tag}" for tag in self.hashtags)

    @property
    def text(self) -> str:
        """The parts below each other, or the text that was made of them."""
        return self.body or "\n\n".join(
            part for part in (self.title, self.summary, self.link, self.tags) if part
        )


def compose_text(
    title: str, summary: str, link: str, hashtags: Sequence[str], limits: Limits
) -> str:
    """Put title, summary, link and hashtags below each other, within the limits.

    See :func:`compose_parts` for what is shortened when.
    """
    parts = compose_parts(title, summary, link, hashtags, lambda parts: fits(parts.text, limits))
    return parts.text


def compose_parts(
    title: str,
    summary: str,
    link: str,
    hashtags: Sequence[str],
    fit: Callable[[Parts], bool],
    *,
    required: int = 0,
) -> Parts:
    """Choose as much of title, summary, link and hashtags as fits together.

    The link is never cut, nor a hashtag. When it is too long, the summary is shortened first, at
    a word; then hashtags go, from the last one; then the title is shortened. A link that is longer
    than the whole text may be is left out: half of it would lead nowhere.

    Args:
        title: may be empty.
        summary: may be empty; a title that it begins with is not said twice.
        link: may be empty, where a card carries it.
        hashtags: without ``#``.
        fit: whether the network takes these parts, marked up as it wants them.
        required: how many of the hashtags, from the first on, are never left out.
    """
    title, summary = _once(" ".join(title.split()), " ".join(summary.split()))
    link = link if fit(Parts("", "", link, ())) else ""
    counts = range(len(hashtags), required - 1, -1)
    variants = [Parts(title, summary, link, tuple(hashtags[:count])) for count in counts]
    for whole in variants:
        parts = whole._replace(summary=_short_summary(whole, fit))
        unharmed = parts.summary == summary or graphemes(parts.summary) >= WORTHWHILE
        if unharmed and fit(parts):
            return parts
    for whole in variants:
        parts = whole._replace(summary="")
        if title and fit(parts):
            return parts
    bare = Parts("", "", link, tuple(hashtags[:required]))
    return bare._replace(
        title=shorten(title or summary, lambda text: fit(bare._replace(title=text)))
    )


def shorten(text: str, fit: Callable[[str], bool]) -> str:
    """Give the longest beginning of a text that fits with an ellipsis, cut at a word.

    A single word that is too long is cut within. Empty where nothing fits.
    """
    if fit(text):
        return text
    best, low, high = "", 0, graphemes(text)
    while low < high:
        middle = (low + high + 1) // 2
        candidate = _beginning(text, middle)
        if fit(candidate):
            best, low = candidate, middle
        else:
            high = middle - 1
    return best


def disarm(text: str) -> str:
    """Keep ``@name`` in a text from notifying a stranger of that name.

    A zero-width space after the ``@`` breaks the mention and cannot be seen; addresses such as
    ``a@b.example`` and ``https://example.social/@ada`` stay as they are. A slash alone makes no
    address: Telegram finds the name in ``and/@ada``.
    """
    return str(_RUN.sub(lambda run: _disarm(run[0]), text))


def _disarm(run: str) -> str:
    before, sign, address = run.partition("://")
    return "".join(
        (
            _MENTION.sub("@\u200b", before),
            _MENTION_IN_ADDRESS.sub("@\u200b", sign + address),
        )
    )


def _once(title: str, summary: str) -> tuple[str, str]:
    """Drop what would be said twice."""
    rest = summary.casefold().removeprefix(title.casefold())
    if not rest:
        return title, ""
    begins_with_title = rest != summary.casefold() and not rest[0].isalnum()
    return ("", summary) if begins_with_title else (title, summary)


def _beginning(text: str, count: int) -> str:
    """Give the whole words among the first ``count`` graphemes, and an ellipsis."""
    kept = cut(text, count)
    if not text[len(kept) :][:1].isspace():
        kept = _BROKEN_WORD.sub("", kept)
    kept = kept.rstrip(_DANGLING)
    if not kept:
        return ""
    # Right behind an address the ellipsis would be taken for its last character.
    return f"{kept} {ELLIPSIS}" if _ADDRESS.search(kept) else kept + ELLIPSIS


def _short_summary(parts: Parts, fit: Callable[[Parts], bool]) -> str:
    """Give as much of the summary as fits among the other parts."""
    return shorten(parts.summary, lambda text: fit(parts._replace(summary=text)))
