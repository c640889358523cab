"""Tags as authors write them → hashtags as networks read them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

import regex

from syndicate.compose.measure import graphemes

_SEPARATORS = regex.compile(r"[^\p{L}\p{M}\p{Nd}]+")
_APOSTROPHE = regex.compile(
    r"""
    (?<![\p{L}\p{M}\p{Nd}'\u2019])
    (?: [cdjlmnst] | qu | (?:jus|lors|puis|quoi)qu | (?:[dn]?e|a|da|su|que) ll | un | gl )
    (?P<elision>['\u2019]) (?=\p{L})
    | (?<=[\p{L}\p{M}]) ['\u2019] (?=\p{L})
    """,
    regex.IGNORECASE | regex.VERBOSE,
)
"""One within a word; behind one that has lost its end it parts two: ``l'été``, ``dell'arte``."""
_LETTER = regex.compile(r"\p{L}")
_IN_TEXT = regex.compile(r"(?<![^\s(])#([\p{L}\p{M}\p{Nd}_]*\p{L}[\p{L}\p{M}\p{Nd}_]*)")
"""A hashtag within a text: behind a space or at the beginning, and not of digits alone."""

ODD = {"c++": "cpp", "c#": "csharp", "f#": "fsharp", ".net": "dotnet", "node.js": "nodejs"}
"""Tags of which the rule would leave nothing, or something else."""
LONGEST, LONGEST_BYTES = 64, 640
"""What is longer is a sentence; these are the ends of ``app.bsky.richtext.facet#tag``."""


def hashtag(term: str, odd: Mapping[str, str] = ODD) -> str | None:
    """Make a hashtag, without its ``#``; None where the tag has no letters, or is a sentence.

    What is neither a letter nor a digit parts words, but for an apostrophe within one; several
    words are joined in CamelCase, so that screen readers can tell them apart:
    ``image generation`` → ``ImageGeneration``, ``don't panic`` → ``DontPanic``. Capitals that are
    there stay, and the small letter before them: ``AI`` → ``AI``, ``iOS 17`` → ``iOS17``.
    """
    term = unicodedata.normalize("NFC", term.strip().lstrip("#"))
    if known := odd.get(term.casefold()):
        return known
    term = _APOSTROPHE.sub(lambda match: match[0][:-1] + " " * bool(match["elision"]), term)
    words = [word for word in _SEPARATORS.split(term) if word]
    if len(words) > 1:
        words = [_capital(word) for word in words]
    tag = unicodedata.normalize("NFC", "".join(words))
    return tag if is_short(tag) and _LETTER.search(tag) else None


def _capital(word: str) -> str:
    """Begin a word with a capital, where its script has some and its author set none within."""
    return word if any(map(str.isupper, word)) else word[:1].title() + word[1:]


def is_short(tag: str) -> bool:
    """Tell whether a tag is short enough to be one."""
    return graphemes(tag) <= LONGEST and len(tag.encode()) <= LONGEST_BYTES


def hashtags_in(text: str) -> list[str]:
    """Give the hashtags that a text has, in lower case and without ``#``."""
    return [tag.casefold() for tag in _IN_TEXT.findall(text)]


def hashtags(
    terms: Iterable[str],
    text: str = "",
    most: int | None = None,
    odd: Mapping[str, str] | None = None,
) -> list[str]:
    """Make hashtags of tags: each once, none that the text has already, at most ``most``.

    Args:
        terms: the tags as their author wrote them.
        text: what is said already.
        most: how many; all where it is left out.
        odd: more hashtags for tags of which the rule would make something else.
    """
    known = {**ODD, **{term.casefold(): tag for term, tag in (odd or {}).items()}}
    present = set(hashtags_in(text))
    found: dict[str, str] = {}
    for term in terms:
        tag = hashtag(term, known)
        if tag and tag.casefold() not in present:
            found.setdefault(tag.casefold(), tag)
    return list(found.values())[:most]
