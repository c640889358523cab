"""What a text says beside its letters: which stretches of it are links, and which are hashtags."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from syndicate.compose.hashtags import HASHTAG, is_short
from syndicate.model import Facet, FacetKind

_FIND = regex.compile(
    r"(?<![\p{L}\p{N}])(?P<link>https?://[\p{L}\p{N}\[][^\s\ufeff<>\"]*)|" + HASHTAG,
    regex.IGNORECASE,
)
_PUNCTUATION = ".,;:!?'\u2019\u201d\xbb\u2026"
"""What ends a sentence rather than an address."""


def find_facets(text: str, link: str = "") -> Iterator[Facet]:
    """Find the links and hashtags of a text, in order and none within another.

    Args:
        text: as it will be sent.
        link: an address that is known, which is taken exactly as it is; of others the punctuation
            behind them is not a part.
    """
    for match in _FIND.finditer(text):
        if match["tag"] is not None:
            if is_short(match["tag"]):
                yield _stretch(text, match.start(), match[0], FacetKind.TAG, match["tag"])
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
    while trimmed.endswith(")") and trimmed.count(")") > trimmed.count("("):
        trimmed = trimmed[:-1].rstrip(_PUNCTUATION)
    return trimmed


def _stretch(text: str, start: int, what: str, kind: FacetKind, value: str) -> Facet:
    """Give a facet in UTF-8 bytes, as protocols count; Python counts code points."""
    before = len(text[:start].encode())
    return Facet(before, before + len(what.encode()), kind, value)
