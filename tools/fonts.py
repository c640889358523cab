"""Makes the fonts in syndicate/cards/noto from the files that Debian and npm distribute.

::

    tools/fonts.py FOLDER

The folder holds what was unpacked there: Debian's packages fonts-noto-core and fonts-noto-cjk
(``dpkg-deb -x``), and npm's @fontsource/noto-emoji (``npm pack``). It needs fonttools and brotli,
which the package itself does not: the fonts are committed. docs/decisions/card-fonts.md says what
is kept of each, and why.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools import merge, subset, ttLib

OUT = Path(__file__).parent.parent / "syndicate" / "cards" / "noto"
DEBIAN = "usr/share/fonts/truetype/noto"
SCRIPTS = (
    "Arabic",
    "Armenian",
    "Bengali",
    "Devanagari",
    "Ethiopic",
    "Georgian",
    "Gujarati",
    "Gurmukhi",
    "Hebrew",
    "Kannada",
    "Khmer",
    "Lao",
    "Malayalam",
    "Myanmar",
    "Sinhala",
    "Tamil",
    "Telugu",
    "Thai",
)
LATIN = (
    range(0x20, 0x370),  # Latin with its extensions, phonetic letters, combining marks
    range(0x370, 0x530),  # Greek, Cyrillic
    range(0x1E00, 0x2000),  # Vietnamese and other additions; polytonic Greek
    range(0x2000, 0x2070),  # punctuation
    range(0x2070, 0x2C80),  # superscripts, currency, arrows, mathematical signs
)
ARROWS = 0x2190
"""What comes before has Noto Sans."""
CJK_SIGNS = (
    range(0x3000, 0x3130),  # punctuation, kana, bopomofo
    range(0x31F0, 0x3200),
    range(0x32D0, 0x3380),
    range(0xFE10, 0xFE50),  # vertical forms
    range(0xFF00, 0xFFF0),  # full and half width
)
STANDARDS = {
    "gb2312": (0x8140, 0xFEFE),
    "big5": (0x8140, 0xC67E),  # the first level: the second has rare characters
    "shift_jis": (0x8140, 0x9872),  # likewise
    "euc_kr": (0xB0A1, 0xC8FE),  # the syllables; Chinese characters are rare in Korean titles
}
"""The national standards, of which newspapers are made, and what is taken of each."""
SYMBOLS = (
    range(0x2190, 0x2400),  # arrows, mathematics, technical signs
    range(0x2460, 0x27C0),  # enclosed numbers, boxes, shapes, dingbats
    range(0x2900, 0x2C00),
)
CHINESE, JAPANESE = 2, 0
"""Two faces of the file: they share glyphs, and differ in which one a character has."""


def main(folder: Path) -> None:
    """Make all fonts."""
    OUT.mkdir(parents=True, exist_ok=True)
    for weight in ("Regular", "Bold"):
        source = folder / DEBIAN / f"NotoSans-{weight}.ttf"
        make(source, f"NotoSans-{weight}.ttf", _flat(LATIN))
    for script in SCRIPTS:
        source = folder / DEBIAN / f"NotoSans{script}-Bold.ttf"
        make(source, f"NotoSans{script}-Bold.ttf", None)
    symbols = folder / DEBIAN / "NotoSansSymbols2-Regular.ttf"
    make(symbols, "NotoSansSymbols2-Regular.ttf", _flat(SYMBOLS))
    cjk = folder / "usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"
    kept = cjk_characters()
    make(cjk, "NotoSansCJKsc-Bold.otf", kept, CHINESE, features=["ccmp"])
    shown = [ttLib.TTFont(cjk, fontNumber=face).getBestCmap() for face in (CHINESE, JAPANESE)]
    japanese = [each for each in standard("shift_jis") if shown[0].get(each) != shown[1].get(each)]
    make(cjk, "NotoSansCJKjp-Bold.otf", japanese, JAPANESE, features=["ccmp"])
    emoji(folder / "package/files")


def make(
    source: Path,
    name: str,
    characters: Iterable[int] | None,
    face: int = 0,
    features: Sequence[str] | None = None,
) -> None:
    """Write the part of a font that has some characters, or all of it, without its hints."""
    options = subset.Options()
    options.hinting = False
    options.font_number = face
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]  # with copyright and licence
    options.notdef_outline = True
    options.drop_tables += ["vhea", "vmtx", "VORG"]
    if features is not None:
        options.layout_features = features
    font = subset.load_font(str(source), options)
    tool = subset.Subsetter(options)
    tool.populate(unicodes=font.getBestCmap() if characters is None else characters)
    tool.subset(font)
    subset.save_font(font, str(OUT / name), options)
    print(f"{(OUT / name).stat().st_size:>9,} {name}")


def cjk_characters() -> set[int]:
    """List the characters of the national standards, and kana and signs."""
    return set(_flat(CJK_SIGNS)).union(*map(standard, STANDARDS))


def standard(codec: str) -> set[int]:
    """List the characters of a national standard."""
    first, last = STANDARDS[codec]
    found = set()
    for code in range(first, last + 1):
        with suppress(UnicodeDecodeError, TypeError):
            found.add(ord(code.to_bytes(2, "big").decode(codec)))
    return {each for each in found if each >= ARROWS}


def emoji(folder: Path) -> None:
    """Put the slices of Noto Emoji together again."""
    with TemporaryDirectory() as place:
        parts = []
        for path in sorted(folder.glob("noto-emoji-*-700-normal.woff2")):
            font = ttLib.TTFont(path)
            font.flavor = None
            part = Path(place) / f"{path.stem}.ttf"
            font.save(part)
            parts.append(str(part))
        whole = Path(place) / "whole.ttf"
        merge.Merger().merge(parts).save(whole)
        make(whole, "NotoEmoji-Bold.ttf", None)


def _flat(ranges: Iterable[range]) -> list[int]:
    return [each for part in ranges for each in part]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
