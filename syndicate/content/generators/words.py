"""How each generator spells a text in an address."""

from __future__ import annotations

import re
import unicodedata

import regex
from anyascii import anyascii

_JEKYLL = {
    "raw": r"\s+",
    "default": r"[^\p{M}\p{L}\p{Nd}]+",
    "pretty": r"[^\p{M}\p{L}\p{Nd}._~!$&'()+,;=@]+",
    "ascii": r"[^A-Za-z0-9]+",
    "latin": r"[^A-Za-z0-9]+",
}
_GITHUB = regex.compile(r"[^\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\- ]")
_HUGO = regex.compile(r"(?:[\p{L}\p{Nd}\p{M}./\\_#+~@-]|%(?=[0-9A-Fa-f]{2}))+|\s+")


def hugo(text: str, *, lower: bool = True, accents: bool = True) -> str:
    """Spell like Hugo: letters of all scripts stay, blanks become hyphens, other signs go.

    Args:
        text: may have several segments.
        lower: false with ``disablePathToLower``.
        accents: false with ``removePathAccents``.
    """
    spelled = ""
    blank = False
    for piece in _HUGO.findall(text):
        if piece.isspace():
            blank = bool(spelled)
            continue
        joint = "-" if blank and not spelled.endswith("-") and not piece.startswith("-") else ""
        spelled += joint + piece
        blank = False
    if not accents:
        apart = unicodedata.normalize("NFD", spelled)
        spelled = "".join(each for each in apart if unicodedata.category(each) != "Mn")
        spelled = unicodedata.normalize("NFC", spelled)
    return spelled.lower() if lower else spelled


def jekyll(text: str, mode: str = "default", *, cased: bool = False) -> str:
    """Spell by one of the modes of Jekyll's ``slugify``."""
    if mode == "latin":
        text = anyascii(text)
    if mode in _JEKYLL:
        text = regex.sub(_JEKYLL[mode], "-", text)
        text = text.removeprefix("-").removesuffix("-")
    return text if cased else text.lower()


def zola(text: str, strategy: str = "on") -> str:
    """Spell by one of the strategies of Zola's ``slugify.paths``."""
    if strategy == "on":
        return re.sub(r"[^a-z0-9]+", "-", anyascii(text).lower()).strip("-")
    if strategy == "safe":
        return re.sub(r'[<>:"/\\|?*]', "", text.rstrip(" ."))
    return text


def pelican(
    text: str,
    substitutions: tuple[tuple[str, str], ...],
    *,
    letters: bool = False,
    cased: bool = False,
) -> str:
    """Spell like Pelican.

    Args:
        text: a title, a category, a file's name.
        substitutions: what ``SLUG_REGEX_SUBSTITUTIONS`` has in its place.
        letters: ``SLUGIFY_USE_UNICODE``: letters of all scripts stay.
        cased: ``SLUGIFY_PRESERVE_CASE``.
    """
    text = unicodedata.normalize("NFKC", re.sub(r"<[^<>]*>", "", text))
    if not letters:
        text = anyascii(text)
    for pattern, replacement in substitutions:
        try:
            text = re.sub(pattern, replacement, text, flags=re.IGNORECASE)
        except (re.error, IndexError):
            continue
    return (text if cased else text.lower()).strip()


def github(text: str) -> str:
    """Spell like github-slugger, which Astro uses: punctuation goes, blanks become hyphens."""
    return _GITHUB.sub("", text.lower()).replace(" ", "-")
