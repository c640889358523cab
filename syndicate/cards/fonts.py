"""Text → runs, each with a font that has its characters.

The fonts in ``noto`` are those of that project, under the SIL Open Font License (``noto/OFL.txt``);
what is in them is told in ``docs/decisions/card-fonts.md``. No font of the machine is asked for:
another machine would draw another card.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import regex

from syndicate.cards import bidi
from syndicate.cards.cmap import NoFont, characters
from syndicate.cards.words import graphemes

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

FOLDER = Path(__file__).with_name("noto")
LATIN, LATIN_BOLD = "NotoSans-Regular.ttf", "NotoSans-Bold.ttf"
JAPANESE, CHINESE = "NotoSansCJKjp-Bold.otf", "NotoSansCJKsc-Bold.otf"
EMOJI, SYMBOLS = "NotoEmoji-Bold.ttf", "NotoSansSymbols2-Regular.ttf"
LARGEST = 64 * 1024 * 1024
"""The most bytes of a font; those of all Chinese characters have twenty million."""

_INVISIBLE = regex.compile(r"\p{Default_Ignorable_Code_Point}")
"""What needs no glyph."""
_SHAPED = regex.compile(
    r"[\p{Arabic}\p{Syriac}\p{Thaana}\p{Nko}\p{Hebrew}\p{Devanagari}\p{Bengali}\p{Gurmukhi}"
    r"\p{Gujarati}\p{Oriya}\p{Tamil}\p{Telugu}\p{Kannada}\p{Malayalam}\p{Sinhala}\p{Khmer}"
    r"\p{Myanmar}\p{Tibetan}\p{Mongolian}]"
)
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_PICTURE = regex.compile(r"\p{Emoji_Presentation}|\p{Emoji}\uFE0F")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one font and one direction."""

    text: str
    font: Path
    right_to_left: bool


def needs_shaping(text: str) -> bool:
    """Tell whether a text can only be drawn by a library that knows its script (Raqm)."""
    return _SHAPED.search(text) is not None


def can_shape() -> bool:
    """Tell whether this machine's Pillow was built with that library; its wheels are."""
    from PIL import features  # noqa: PLC0415 - heavy, and most runs draw nothing

    return bool(features.check("raqm"))


class Fonts:
    """The fonts of a card.

    Args:
        own: the site's own, asked before ours.
        language: the post's; Japanese and Chinese write some characters in other ways.

    Raises:
        NoFont: one of its own cannot be read.
    """

    def __init__(self, own: Sequence[Path], language: str = "") -> None:
        self._own = tuple(own)
        for path in self._own:
            held(path)
        self._language = language.partition("-")[0].lower()

    def known(self, text: str) -> str:
        """Leave out what no font has; what is left can be drawn."""
        japanese = self._is_japanese(text)
        return "".join(
            each for each in graphemes(text) if self._find(each, japanese, bold=True) is not None
        )

    def are_light(self, text: str) -> bool:
        """Tell whether there are light letters for all of a text: of ours, only Latin ones are."""
        light = {FOLDER / LATIN, *self._own}
        return all(
            self._find(each, japanese=False, bold=False) in light for each in graphemes(text)
        )

    def runs(self, text: str, *, right_to_left: bool, bold: bool) -> list[Run]:
        """Part a line into runs, in the order in which they are seen from left to right."""
        japanese = self._is_japanese(text)
        deep = bidi.levels(text, right_to_left=right_to_left)
        found: list[tuple[int, int, int]] = []
        fonts: dict[int, Path] = {}
        at = 0
        for each in graphemes(text):
            before = fonts[found[-1][1]] if found else None
            font = self._find(each, japanese, bold=bold, before=before)
            end = at + len(each)
            if font is not None:
                if found and font == before and found[-1][0] == deep[at]:
                    found[-1] = (deep[at], found[-1][1], end)
                else:
                    found.append((deep[at], at, end))
                    fonts[at] = font
            at = end
        return [
            Run(text[start:end], fonts[start], level % 2 == 1)
            for level, start, end in bidi.ordered(found)
        ]

    def _is_japanese(self, text: str) -> bool:
        return self._language == "ja" or (
            self._language not in {"zh", "ko"} and _KANA.search(text) is not None
        )

    def _find(
        self, grapheme: str, japanese: bool, *, bold: bool, before: Path | None = None
    ) -> Path | None:
        """Find the font of a grapheme; None where no font has it.

        Blanks and signs stay in the font of the word before, where it has them.
        """
        wanted = {ord(each) for each in grapheme if not _INVISIBLE.match(each)}
        picture = _PICTURE.search(grapheme) is not None
        goes_on = not grapheme[0].isalpha() and not picture
        if goes_on and before and before.name not in {EMOJI, SYMBOLS} and wanted <= held(before):
            return before
        order = (*self._own, *_bundled(bold, japanese, picture))
        return next((font for font in order if wanted <= held(font)), None)


@cache
def _bundled(bold: bool, japanese: bool, picture: bool) -> tuple[Path, ...]:
    """List our fonts, in the order in which they are asked."""
    first = [LATIN_BOLD if bold else LATIN, LATIN_BOLD]
    east = [JAPANESE, CHINESE] if japanese else [CHINESE, JAPANESE]
    signs = [EMOJI, SYMBOLS]
    named = {*first, *east, *signs, LATIN}
    others = sorted(each.name for each in FOLDER.iterdir() if each.suffix in {".ttf", ".otf"})
    scripts = [name for name in others if name not in named]
    names = [*first, *scripts, *east, *signs]
    if picture:
        names = [EMOJI, *names]
    return tuple(FOLDER / name for name in dict.fromkeys(names))


@cache
def held(path: Path) -> frozenset[int]:
    """List the characters of a font file.

    Raises:
        NoFont: it cannot be read, or is none.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise NoFont(f"it is larger than {LARGEST:,} bytes")
        return characters(path.read_bytes())
    except OSError as error:
        raise NoFont(error.strerror or str(error)) from error


@lru_cache(maxsize=256)
def opened(path: Path, size: int) -> FreeTypeFont:
    """Open a font at a size."""
    from PIL import ImageFont  # noqa: PLC0415 - see above

    return ImageFont.truetype(path, size)
