"""A title → the pieces that a line may end behind (after UAX #14, as far as titles need it)."""

from __future__ import annotations

import unicodedata

import regex

LONGEST = 400
"""Graphemes of a title that are looked at; more than five lines hold."""
MOST = 4_000
"""Characters of any text that are looked at."""

_HIDDEN = regex.compile(r"[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u202A-\u202E\u2066-\u2069\uFEFF\uFFF9-\uFFFC]")
"""What shows nothing: controls, private use, unassigned, and what would turn a line around."""
_PILED = regex.compile(r"(\p{M}{8})\p{M}+")
"""More marks on one letter than any script has; they would pile up to the card's edges."""
_GRAPHEME = regex.compile(r"\X")
_ALONE = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\u3000-\u303F\uFF00-\uFFEF\u30FC]"
)
"""Characters that need no space between them to part."""
_NOT_FIRST = frozenset(
    "、。，．・：；？！ー々〻゛゜゙゚ヽヾゝゞ」』）］｝〕〉》】〗〙〛’”)]}»›…‥–—〜～%％‰℃°,.:;?!/"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ"
)
"""Kinsoku: what may not begin a line."""
_NOT_LAST = frozenset("「『（［｛〔〈《【〖〘〚‘“([{«‹¿¡＄￥＃$£¥€#＠@")
"""What may not end one."""
_HYPHENS = frozenset("-‐‒–—/")
_BEFORE = regex.compile(r"[\u0E40-\u0E44\u0EC0-\u0EC4]")
"""Vowels of Thai and Lao that are written before their consonant: a syllable begins here."""
_NO_SPACES = regex.compile(r"[\p{Khmer}\p{Myanmar}\p{Tibetan}]")
_AFTER_SYLLABLE = regex.compile(r"[\p{Thai}\p{Lao}]")


def clean(text: str) -> str:
    """Give a text on one line, composed (NFC), without what shows nothing."""
    shown = _PILED.sub(r"\1", _HIDDEN.sub("", " ".join(text[:MOST].split())))
    return unicodedata.normalize("NFC", shown)


def graphemes(text: str) -> list[str]:
    """Part a text into what a person calls characters."""
    return [match[0] for match in _GRAPHEME.finditer(text)]


def pieces(text: str) -> list[str]:
    """Part a cleaned text where a line may end; blanks stay with what is before them.

    Thai and Lao, which have no spaces, part before a vowel that begins a syllable; Khmer, Burmese
    and Tibetan after any character. A dictionary would know better, and a title seldom needs it.
    """
    found: list[str] = []
    before = ""
    for each in graphemes(text):
        if found and not _parts(before, each):
            found[-1] += each
        else:
            found.append(each)
        before = each
    return found


def _parts(before: str, after: str) -> bool:
    """Tell whether a line may end between two graphemes."""
    if after.isspace() or after[0] in _NOT_FIRST or before[-1] in _NOT_LAST:
        return False
    if before.isspace():
        return True
    if before in _HYPHENS:
        return after.isalpha()
    if _ALONE.match(before) or _ALONE.match(after):
        return True
    if _BEFORE.match(after):
        return _AFTER_SYLLABLE.match(before) is not None
    return bool(_NO_SPACES.match(before) and _NO_SPACES.match(after))
