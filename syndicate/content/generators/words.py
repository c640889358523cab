"""How each generator spells a text in an address."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby

from anyascii import anyascii

_ASCII = re.compile(r"[^A-Za-z0-9]+")
_HUGO_PLAIN = re.compile(r"[A-Za-z0-9./\\_#+~@-]*")
"""Most names are made of these alone, which Hugo leaves as they are."""
_PRETTY = "._~!$&'()+,;=@"


def _parts(text: str, kinds: tuple[str, ...], signs: str) -> Iterator[tuple[bool, str]]:
    """Cut a text where characters of these kinds (Unicode's categories) or signs begin and end."""

    def stays(character: str) -> bool:
        return character in signs or unicodedata.category(character).startswith(kinds)

    for kept, characters in groupby(text, stays):
        yield kept, "".join(characters)


def hugo(text: str, *, lower: bool = True, accents: bool = True) -> str:
    """Spell like Hugo: letters of all scripts stay, blanks become hyphens, other signs go.

    Args:
        text: may have several segments.
        lower: false with ``disablePathToLower``.
        accents: false with ``removePathAccents``.
    """
    if _HUGO_PLAIN.fullmatch(text):
        return text.lower() if lower else text
    text = re.sub("%(?![0-9A-Fa-f]{2})", "", text)
    spelled = ""
    blank = False
    for kept, piece in _parts(text, ("L", "Nd", "M"), "./\\_#+~-@%"):
        if not kept:
            blank = bool(spelled) and (blank or any(map(str.isspace, piece)))
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
    if mode in {"ascii", "latin"}:
        text = _ASCII.sub("-", anyascii(text) if mode == "latin" else text)
    elif mode == "raw":
        text = re.sub(r"\s+", "-", text)
    elif mode in {"default", "pretty"}:
        signs = _PRETTY if mode == "pretty" else ""
        parts = _parts(text, ("M", "L", "Nd"), signs)
        text = "".join(piece if kept else "-" for kept, piece in parts)
    if mode != "none":
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
    parts = _parts(text.lower(), ("L", "M", "Nd", "Nl", "Pc"), "- ")
    return "".join(piece for kept, piece in parts if kept).replace(" ", "-")
