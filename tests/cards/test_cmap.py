import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.cards.cmap import NoFont, characters
from syndicate.cards.fonts import FOLDER, LARGEST, held

HEBREW = (FOLDER / "NotoSansHebrew-Bold.ttf").read_bytes()
FILES = sorted(each.name for each in FOLDER.glob("Noto*"))


def font(subtable, platform=3, encoding=10, magic=b"\0\1\0\0"):
    """A font of nothing but a cmap."""
    cmap = struct.pack(">HHHHL", 0, 1, platform, encoding, 12) + subtable
    return (
        magic + struct.pack(">HHHH", 1, 0, 0, 0) + struct.pack(">4sLLL", b"cmap", 0, 28, 0) + cmap
    )


def groups(*parts):
    head = struct.pack(">HHLLL", 12, 0, 16 + 12 * len(parts), 0, len(parts))
    return head + b"".join(struct.pack(">LLL", *part) for part in parts)


@pytest.mark.parametrize("name", FILES)
def test_our_fonts_have_the_letters_of_their_script_and_no_box_for_a_blank(name):
    found = held(FOLDER / name)
    assert len(found) > 50
    letters = {
        "NotoSans-Bold.ttf": "aßЖλ",
        "NotoSansArabic-Bold.ttf": "بم",
        "NotoSansCJKsc-Bold.otf": "学한あ→",
        "NotoSansThai-Bold.ttf": "กไ",
        "NotoEmoji-Bold.ttf": "🚀",
    }.get(name, "")
    assert {ord(each) for each in letters} <= found


def test_ours_are_within_what_a_package_can_carry():
    assert sum((FOLDER / name).stat().st_size for name in FILES) < 6_000_000
    assert "SIL OPEN FONT LICENSE" in (FOLDER / "OFL.txt").read_text()


def test_the_characters_of_a_real_font():
    assert ord("א") in characters(HEBREW)
    assert ord("ب") not in characters(HEBREW)


def test_groups_of_characters():
    assert characters(font(groups((65, 67, 1), (0x1F680, 0x1F680, 9)))) == {65, 66, 67, 0x1F680}
    assert characters(font(groups((65, 66, 0)))) == {66}, "glyph 0 is the box"


def test_segments_of_characters():
    ends, starts, deltas, offsets = (70, 0xFFFF), (65, 0xFFFF), (1, 1), (0, 0)
    table = struct.pack(">HHHHHHH", 4, 32, 0, 4, 0, 0, 0) + struct.pack(">HH", *ends) + b"\0\0"
    table += struct.pack(">HHHHHH", *starts, *deltas, *offsets)
    assert characters(font(table, encoding=1)) == set(range(65, 71))


def test_segments_that_list_their_glyphs():
    ends, starts, deltas, offsets = (67, 0xFFFF), (65, 0xFFFF), (0, 1), (4, 0)
    table = struct.pack(">HHHHHHH", 4, 38, 0, 4, 0, 0, 0) + struct.pack(">HH", *ends) + b"\0\0"
    table += struct.pack(">HHHHHH", *starts, *deltas, *offsets) + struct.pack(">HHH", 5, 0, 7)
    assert characters(font(table, encoding=1)) == {65, 67}


def test_the_first_font_of_a_collection_counts():
    inner = font(groups((65, 65, 1)))
    start = 16
    moved = inner[:12] + struct.pack(">4sLLL", b"cmap", 0, 28 + start, 0) + inner[28:]
    assert characters(b"ttcf" + struct.pack(">LLL", 0x10000, 1, start) + moved) == {65}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no TrueType"),
        (b"GIF89a", "no TrueType"),
        (b"\0\1\0\0", "too early"),
        (b"\0\1\0\0" + b"\0" * 8, "no table"),
        (font(groups((0, 0xFFFFFFF0, 1))), "broken"),
        (font(groups(*[(0, 0x10FFFF, 1)] * 3)), "broken"),
        (font(groups((65, 64, 1))), "broken"),
        (font(groups((65, 65, 1)), platform=1, encoding=0), "no Unicode"),
        (font(struct.pack(">HH", 2, 0)), "no Unicode"),
    ],
)
def test_what_is_no_font_is_refused_with_a_reason(data, reason):
    with pytest.raises(NoFont, match=reason):
        characters(data)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(HEBREW) - 1), st.binary(min_size=1, max_size=8), st.integers(0, 4_000))
def test_a_broken_font_is_refused_or_read_and_nothing_else(at, junk, cut):
    spoilt = HEBREW[:at] + junk + HEBREW[at + len(junk) :]
    try:
        found = characters(spoilt[: len(spoilt) - cut])
    except NoFont:
        return
    assert len(found) <= 0x110000


def test_a_font_that_is_not_there_or_too_large(tmp_path):
    with pytest.raises(NoFont, match="No such file"):
        held(tmp_path / "none.ttf")
    with (tmp_path / "large.ttf").open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(NoFont, match="larger than"):
        held(tmp_path / "large.ttf")
