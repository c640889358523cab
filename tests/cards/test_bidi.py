import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.cards.bidi import is_right_to_left, levels, ordered


def seen(text, *, right_to_left):
    deep = levels(text, right_to_left=right_to_left)
    runs = ordered([(level, at, at + 1) for at, level in enumerate(deep)])
    return "".join(text[start:end] for _, start, end in runs)


# Hebrew letters stand for themselves; what is seen is written here from left to right.
@pytest.mark.parametrize(
    ("text", "right_to_left", "visual"),
    [
        ("hello", False, "hello"),
        ("אבג", True, "גבא"),
        ("אב hello גד", True, "דג hello בא"),
        ("say אבג now", False, "say גבא now"),
        ("אב 12 גד", True, "דג 12 בא"),
        ("אב 12.5% גד", True, "דג 12.5% בא"),
        ("אב -5+3 ג", True, "ג 5+3- בא"),
        ("אב 2026-03-15", True, "2026-03-15 בא"),
        ("ابج 12-13", True, "13-12 جبا"),
        ("ابج 1,2", True, "1,2 جبا"),
        ("hello (world)", True, "hello (world)"),
        ("אב (גד) ה", False, "ה )דג( בא"),
        ("a (אב) c", False, "a (בא) c"),
        ("אב (cd) ה", True, "ה )cd( בא"),
        ("a [ב", False, "a [ב"),
        ("12 ab", True, "ab 12"),
        ("אב!  ", True, "  !בא"),
        ("e\u0301 א\u05b0", False, "e\u0301 \u05b0א"),
    ],
)
def test_what_is_seen_from_left_to_right(text, right_to_left, visual):
    assert seen(text, right_to_left=right_to_left) == visual


@pytest.mark.parametrize(
    ("text", "side"), [("12 אב", True), ("«a» ב", False), ("ابج", True), ("12 -", None), ("", None)]
)
def test_the_first_letter_decides_the_side(text, side):
    assert is_right_to_left(text) is side


@given(st.text(alphabet="ab אבشس12٣.,-+%$()[]{}\u0301\u200f", max_size=30), st.booleans())
def test_nothing_is_lost_and_levels_are_those_of_one_paragraph(text, right_to_left):
    assert sorted(seen(text, right_to_left=right_to_left)) == sorted(text)
    deep = levels(text, right_to_left=right_to_left)
    assert all(right_to_left <= level <= right_to_left + 2 for level in deep)
