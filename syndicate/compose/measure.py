"""How long a text is, as networks count."""

from __future__ import annotations

import itertools

import regex

from syndicate.model import Limits

_GRAPHEME = regex.compile(r"\X")
_URL = regex.compile(r"https?://[^\s<>\"]+", regex.IGNORECASE)


def graphemes(text: str) -> int:
    """Count what a person calls characters (Unicode UAX #29): a family emoji is one."""
    return sum(1 for _ in _GRAPHEME.finditer(text))


def cut(text: str, count: int) -> str:
    """Give the first ``count`` graphemes."""
    return "".join(itertools.islice((each[0] for each in _GRAPHEME.finditer(text)), count))


def measure(text: str, limits: Limits) -> int:
    """Count graphemes; where a URL has a price of its own, each costs that.

    A URL that is shorter than its price costs the price, too. Where our idea of what a URL is
    differs from the server's, ours is the dearer one: it ends at white space only.
    """
    if limits.url_cost is None:
        return graphemes(text)
    urls = len(_URL.findall(text))
    return graphemes(_URL.sub("", text)) + urls * limits.url_cost


def fits(text: str, limits: Limits) -> bool:
    """Tell whether the network takes a text of this length."""
    return (limits.text is None or measure(text, limits) <= limits.text) and (
        limits.text_bytes is None or len(text.encode()) <= limits.text_bytes
    )
