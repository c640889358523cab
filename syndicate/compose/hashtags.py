"""Tags as authors write them → hashtags as networks read them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import regex

_SEPARATORS = regex.compile(r"[^\p{L}\p{M}\p{Nd}]+")

ODD = {"c++": "cpp", "c#": "csharp", "f#": "fsharp", ".net": "dotnet", "node.js": "nodejs"}
"""Tags of which the rule would leave nothing, or something else."""


def hashtag(term: str) -> str | None:
    """Make a hashtag, without its ``#``; None where nothing is left of the tag but digits.

    What is neither a letter nor a digit parts words; several words are joined in CamelCase, so
    that screen readers can tell them apart: ``image generation`` → ``ImageGeneration``. Capitals
    that are there stay: ``AI`` → ``AI``.
    """
    term = unicodedata.normalize("NFC", term.strip().lstrip("#"))
    if odd := ODD.get(term.casefold()):
        return odd
    words = [word for word in _SEPARATORS.split(term) if word]
    if len(words) > 1:
        words = [word[:1].upper() + word[1:] for word in words]
    joined = "".join(words)
    return None if not joined or joined.isdecimal() else joined


def hashtags(terms: Iterable[str], text: str = "", most: int | None = None) -> list[str]:
    """Make hashtags of tags: each once, none that the text has already, at most ``most``."""
    present = {tag.casefold() for tag in regex.findall(r"#([\p{L}\p{M}\p{Nd}_]+)", text)}
    found: dict[str, str] = {}
    for term in terms:
        tag = hashtag(term)
        if tag and tag.casefold() not in present:
            found.setdefault(tag.casefold(), tag)
    return list(found.values())[:most]
