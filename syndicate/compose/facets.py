"""What a text says beside its letters: which stretches of it are links, and which are hashtags."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from syndicate.compose.hashtags import is_short
from syndicate.model import Facet, FacetKind

_GAP = r"\s\ufeff\u00ad\u200a-\u200d\u2060\u20e2"
"""Spaces, and what cannot be seen."""
_FIND = regex.compile(
    r"(?<![\p{L}\p{N}])(?P<link>https?://[\p{L}\p{N}\[][^\s\ufeff<>\"]*)"
    rf"|(?<![^\s\ufeff(])[#\uff03](?!\ufe0f)(?P<tag>[^{_GAP}]*[^{_GAP}\p{{P}}0-9][^{_GAP}]*)",
    regex.IGNORECASE,
)
"""Links, and hashtags as Bluesky's own app reads them: up to a space, and of more than digits."""
_SENTENCE = regex.compile(r"\p{P}+$")
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
    for match in _FIND.finditer(text):
        if match["tag"] is not None:
            tag = _SENTENCE.sub("", match["tag"])
            if is_short(tag):
                yield _stretch(text, match.start(), match[0][0] + tag, FacetKind.TAG, tag)
        else:
            url = link if _is_whole(match["link"], link) else _trim(match["link"])
            yield _stretch(text, match.start(), url, FacetKind.LINK, url)


def _is_whole(found: str, link: str) -> bool:
    """Tell whether this is the known address, with nothing but the sentence's end behind it."""
    rest = found.removeprefix(link) if link else found
    return rest != found and not rest.strip(_PUNCTUATION + ")]}")


def _trim(url: str) -> str:
    """Take off what closes the sentence: ``(see https://example.org/a_(b)).``."""
    trimmed = url.rstrip(_PUNCTUATION)
    while _closes_more_than_it_opens(trimmed, trimmed[-1]):
        trimmed = trimmed[:-1].rstrip(_PUNCTUATION)
    return trimmed


def _closes_more_than_it_opens(url: str, bracket: str) -> bool:
    return bracket in _BRACKETS and url.count(bracket) > url.count(_BRACKETS[bracket])


def _stretch(text: str, start: int, what: str, kind: FacetKind, value: str) -> Facet:
    """Give a facet in UTF-8 bytes, as protocols count; Python counts code points."""
    before = len(text[:start].encode())
    return Facet(before, before + len(what.encode()), kind, value)
