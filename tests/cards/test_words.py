import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.cards.lines import arrange, shorten
from syndicate.cards.words import MOST, clean, graphemes, pieces


def width(text, size):
    """Letters that are as wide as they are high."""
    return float(len(graphemes(text)) * size)


def below(height):
    """Whether lines are no higher than so."""
    return lambda lines: len(lines.texts) * lines.size * 1.22 <= height


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("two words", ["two ", "words"]),
        ("well-known and/or", ["well-", "known ", "and/", "or"]),
        ("-1 and 2024-03-01", ["-1 ", "and ", "2024-03-01"]),
        ("機械学習", ["機", "械", "学", "習"]),
        ("「機械」、学ぶ。", ["「機", "械」、", "学", "ぶ。"]),
        ("キャット", ["キャッ", "ト"]),
        ("価格は$5です", ["価", "格", "は", "$5", "で", "す"]),
        ("기계는 어떻게", ["기계는 ", "어떻게"]),
        ("ได้อย่างไร", ["ได้อย่าง", "ไร"]),
        ("ខ្មែរ", ["ខ្មែ", "រ"]),
        ("👩‍💻👍🏽", ["👩‍💻👍🏽"]),
    ],
)
def test_a_line_may_end_behind(text, parts):
    assert pieces(text) == parts


@given(st.text(max_size=300))
def test_pieces_are_the_whole_text_and_part_no_grapheme(text):
    assert "".join(pieces(text)) == text
    ends = {0}
    for each in graphemes(text):
        ends.add(max(ends) + len(each))
    at = 0
    for piece in pieces(text):
        at += len(piece)
        assert at in ends


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  one\n two\t", "one two"),
        ("e\u0301", "é"),
        ("a\u202eb\u2066c\x07\ue000", "abc"),
        ("a" + "\u0301" * 50, "á" + "\u0301" * 7),
        ("x" * 10_000, "x" * MOST),
    ],
)
def test_what_shows_nothing_goes(text, cleaned):
    assert clean(text) == cleaned


def test_the_largest_letters_that_fit_are_taken():
    assert arrange("abc", width, 1024, below(336)).size == 108
    assert arrange("abcdefghijklm", width, 1024, below(336)).size == 76
    four = arrange("aaaaa bbbbb ccccc ddddd", width, 500, below(336))
    assert four.texts == ("aaaaa", "bbbbb", "ccccc", "ddddd")
    assert four.size * 1.22 * 4 <= 336


def test_lines_are_about_as_long():
    lines = arrange("aaa aaa aaa aaa aaa aaa aaa", width, 1024, below(200))
    lengths = [len(line) for line in lines.texts]
    assert max(lengths) - min(lengths) <= 4
    assert len(lengths) == 2


@given(st.text(max_size=900), st.integers(300, 1100), st.integers(60, 400))
def test_no_line_is_wider_than_there_is_room(text, room, height):
    text = clean(text)
    lines = arrange(text, width, room, below(height))
    assert len(lines.texts) <= 5
    assert all(width(line, lines.size) <= room for line in lines.texts)
    shown = "".join(lines.texts).replace(" ", "")
    if not shown.endswith("…"):
        assert shown == "".join(text.split())


def test_a_word_that_is_too_long_is_broken_at_the_smallest_size():
    lines = arrange("a" * 60, width, 1024, below(336))
    assert lines.texts == ("a" * 23, "a" * 23, "a" * 14)


def test_a_line_is_cut_behind_a_word_or_within_a_grapheme_never():
    assert shorten("short", 10, width, 100) == "short"
    assert shorten("one two three", 10, width, 90) == "one two…"
    assert shorten("👩‍💻" * 20, 10, width, 50) == "👩‍💻" * 4 + "…"
