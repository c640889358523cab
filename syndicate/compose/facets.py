"""What a text says beside its letters: which stretches of it are links, and which are hashtags."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from syndicate.compose.hashtags import is_short
from syndicate.model import Facet, FacetKind

_GAP = r"\s\ufeff\u00ad\u200a-\u200d\u2060\u20e2"
"""Spaces, and what cannot be seen."""
_SIGNS = r"[\p{P}0-9]*+"
_FIND = regex.compile(
    r"(?<![\p{L}\p{N}])(?P<link>https?://[\p{L}\p{N}\[][^\s\ufeff<>\"]*)"
    rf"|(?<![^\s\ufeff(])[#\uff03](?!\ufe0f)(?:(?P<tag>{_SIGNS}[^{_GAP}\p{{P}}0-9][^{_GAP}]*)|{_SIGNS})",
    regex.IGNORECASE,
)
"""Links, and hashtags as Bluesky's own app reads them: up to a space, and of more than digits.

What has a ``#`` and nothing but signs behind it is passed over at once. It has neither in it, and
to look at it again from each of its signs would take the square of its length.
"""
_WORD = regex.compile(r".*\P{P}", regex.DOTALL)
"""All but the punctuation behind it, which is the sentence's."""
_PUNCTUATION = ".,;:!?'\u2019\u201d\xbb\u2026"
"""What ends a sentence rather than an address."""
_BRACKETS = {")": "(", "]": "[", "}": "{"}


def find_facets(text: str, link: str = "") -> Iterator[Facet]:
    """Find the links and hashtags of a text, in order and none within another.

    Args:
        text: as it will be sent.
        link: an address that is known, which is taken exactly as it is; of others the punctuation
            behind them is not a part.
    """
    at = seen = 0
    for kind, start, what, value in _find(text, link):
        # UTF-8 bytes, as protocols count; Python counts code points.
        at += len(text[seen:start].encode())
        seen = start
        yield Facet(at, at + len(what.encode()), kind, value)


def at_links(text: str, link: str = "") -> Iterator[tuple[str, bool]]:
    """Cut a text at its links: give its pieces in order, each with whether it is a link.

    Args:
        text: as it will be sent.
        link: see :func:`find_facets`.
    """
    end = 0
    for kind, start, what, _ in _find(text, link):
        if kind is FacetKind.LINK:
            if start > end:
                yield text[end:start], False
            yield what, True
            end = start + len(what)
    if end < len(text):
        yield text[end:], False


def _find(text: str, link: str) -> Iterator[tuple[FacetKind, int, str, str]]:
    """Give the kind of each facet, where it begins, how it is written and what it stands for."""
    for match in _FIND.finditer(text):
        if match["link"] is not None:
            url = link if _is_whole(match["link"], link) else _trim(match["link"])
            yield FacetKind.LINK, match.start(), url, url
        elif (word := _WORD.match(match["tag"] or "")) and is_short(word[0]):
            yield FacetKind.TAG, match.start(), match[0][0] + word[0], word[0]


def _is_whole(found: str, link: str) -> bool:
    """Tell whether this is the known address, with nothing but the sentence's end behind it."""
    rest = found.removeprefix(link) if link else found
    return rest != found and not rest.strip(_PUNCTUATION + ")]}")


def _trim(url: str) -> str:
    """Take off what closes the sentence: ``(see https://example.org/a_(b)).``."""
    surplus = {close: url.count(close) - url.count(opening) for close, opening in _BRACKETS.items()}
    end = len(url)
    while url[end - 1] in _PUNCTUATION or surplus.get(url[end - 1], 0) > 0:
        end -= 1
        if url[end] in surplus:
            surplus[url[end]] -= 1
    return url[:end]
