"""How long a text is, as networks count."""

from __future__ import annotations

import itertools

import regex

from syndicate.model import Limits, Unit

_GRAPHEME = regex.compile(r"\X")
_CONJUNCT = regex.compile(r"\p{InCB=Linker}[\p{InCB=Linker}\p{InCB=Extend}]*\p{InCB=Consonant}")
_WORD = regex.compile(r"\S+")
_URL = regex.compile(
    r"""
    [(\["'“„«]*
    (?P<url>
        https?:// (?:[a-z0-9-]+\.)+ (?:[a-z]{2,}|xn--[a-z0-9-]+) (?::\d+)?
        (?:/ (?:[\p{L}\p{N}_\-.~%/\#+&=:,;!@]* [\p{L}\p{N}_\-/\#])? )?
        (?:\? (?:[a-z0-9_\-.~%/\#+&=:,;!@]* [a-z0-9_\-/\#&=]) )?
    )
    [.,;:!?)\]"'”»…]*
    """,
    regex.IGNORECASE | regex.VERBOSE,
)
"""A word that is surely one whole URL to Mastodon, with punctuation around it at most."""


def graphemes(text: str) -> int:
    """Count what a person calls characters (Unicode UAX #29): a family emoji is one."""
    return sum(1 for _ in _GRAPHEME.finditer(text))


def cut(text: str, count: int) -> str:
    """Give the first ``count`` graphemes."""
    return "".join(itertools.islice((each[0] for each in _GRAPHEME.finditer(text)), count))


def utf16(text: str) -> int:
    """Count UTF-16 units, as JavaScript and Telegram do: an emoji is two, or more."""
    return len(text.encode("utf-16-le")) // 2


def measure(text: str, limits: Limits) -> int:
    """Count what the network counts; where that is code points or UTF-16, it is just that.

    Else count graphemes; where a URL has a price of its own, each costs that, be it long or short.
    This is Mastodon's ``StatusLengthValidator`` and the ``maxGraphemes`` of AT Protocol lexicons,
    and never less than theirs: a text that is a little shorter than it could be goes out, one that
    is too long does not. So what only *may* be a URL to the server costs both, its own length and
    the price; and the parts of an Indic conjunct, which are one grapheme since Unicode 15.1, count
    one each, as they do on older servers. Mentions of remote accounts have no price here, because
    no message has any (see :func:`syndicate.compose.text.disarm`).
    """
    if limits.unit is Unit.UTF_16:
        return utf16(text)
    if limits.unit is Unit.CODE_POINTS:
        return len(text)
    cost = limits.url_cost
    if cost is not None:
        text = _WORD.sub(lambda word: _at_price(word[0], cost), text)
    return graphemes(text) + len(_CONJUNCT.findall(text))


def fits(text: str, limits: Limits) -> bool:
    """Tell whether the network takes a text of this length."""
    return (limits.text is None or measure(text, limits) <= limits.text) and (
        limits.text_bytes is None or len(text.encode()) <= limits.text_bytes
    )


def _at_price(word: str, cost: int) -> str:
    """Put ``x`` in place of a URL, as many as it costs."""
    if "://" not in word:
        return word
    if match := _URL.fullmatch(word):
        return word[: match.start("url")] + "x" * cost + word[match.end("url") :]
    return word + "x" * cost * word.count("://")
