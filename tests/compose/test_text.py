from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import counting
from syndicate.compose.measure import fits, graphemes, measure
from syndicate.compose.text import compose_parts, compose_text, disarm, shorten
from syndicate.model import Limits

LINK = "https://example.org/blog/the-analytical-engine/"
TOOT = Limits(text=500, url_cost=23)
SKEET = Limits(text=300, text_bytes=3_000)
ENDLESS = Limits(text=None)


def most(count):
    return lambda text: graphemes(text) <= count


def test_the_parts_stand_below_each_other():
    text = compose_text("Title", "The summary.", LINK, ["AI", "art"], TOOT)
    assert text == f"Title\n\nThe summary.\n\n{LINK}\n\n#AI #art"


def test_what_is_missing_leaves_no_gap():
    assert compose_text("", "The summary.", "", [], TOOT) == "The summary."
    assert compose_text("Title", "", LINK, [], TOOT) == f"Title\n\n{LINK}"
    assert compose_text("", "", LINK, [], TOOT) == LINK
    assert compose_text("", "", "", [], TOOT) == ""


def test_lines_within_a_part_become_one():
    assert compose_text("A\n title ", "a\n\nb  c", "", [], TOOT) == "A title\n\na b c"


@pytest.mark.parametrize(
    ("title", "summary", "expected"),
    [
        ("Hello", "Hello world.", "Hello world."),
        ("Hello", "hello, world.", "hello, world."),
        ("Hello", "Hello", "Hello"),
        ("Hello", "HELLO", "Hello"),
        ("AI", "Air is thin.", "AI\n\nAir is thin."),
        ("AI", "2 of AI.", "AI\n\n2 of AI."),
        ("日本", "日本語", "日本\n\n日本語"),
    ],
)
def test_a_title_that_begins_the_summary_is_not_said_twice(title, summary, expected):
    assert compose_text(title, summary, "", [], TOOT) == expected


def test_the_summary_is_shortened_first():
    text = compose_text("Title", "word " * 200, LINK, ["AI", "art"], TOOT)
    assert re.fullmatch(rf"Title\n\n(word )+word…\n\n{LINK}\n\n#AI #art", text)
    assert 500 - len("word ") < measure(text, TOOT) <= 500


def test_then_hashtags_go_from_the_last():
    def made(most):
        return compose_text("T" * 30, "word " * 20, "", ["first", "second"], Limits(text=most))

    both = "word word word word…\n\n#first #second"
    assert made(32 + len(both)) == "T" * 30 + "\n\n" + both
    assert made(31 + len(both)) == "T" * 30 + "\n\nword word word word word…\n\n#first"
    assert made(53) == "T" * 30 + "\n\nword word word word…"
    assert made(51) == "T" * 30 + "\n\n#first #second"
    assert made(40) == "T" * 30 + "\n\n#first"


def test_then_the_title_is_shortened_and_the_link_stays():
    text = compose_text("title " * 60, "", LINK, ["AI"], Limits(text=100))
    assert re.fullmatch(rf"(title )+title…\n\n{LINK}", text)


def test_a_link_that_is_too_long_is_left_out_whole():
    long = "https://example.org/" + "x" * 300
    assert compose_text("Title", "Summary.", long, ["AI"], SKEET) == "Title\n\nSummary.\n\n#AI"


def test_hashtags_alone_fit_as_many_as_can():
    assert compose_text("", "", "", ["aaaa", "bbbb"], Limits(text=10)) == "#aaaa"


def test_bytes_are_a_limit_of_their_own():
    family = "👨‍👩‍👧‍👦"
    text = compose_text("", family * 250, "", [], SKEET)
    assert text == family * 119 + "…"


@pytest.mark.parametrize(
    ("text", "count", "expected"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two…"),
        ("one two three", 8, "one two…"),
        ("one two three", 7, "one…"),
        ("one, two", 7, "one…"),
        ("one — two", 8, "one…"),
        ("«one» (two", 9, "«one»…"),
        ("abcdefgh", 5, "abcd…"),
        ("日本 " + "語" * 200, 50, "日本 " + "語" * 46 + "…"),
        ("e\u0301" * 10, 4, "e\u0301" * 3 + "…"),
        ("see https://example.org/a/b/c", 20, "see…"),
        ("see https://example.org/a now", 27, "see https://example.org/a …"),
        ("anything", 0, ""),
        ("anything", 1, ""),
        ("", 0, ""),
    ],
)
def test_shortening_ends_at_a_word(text, count, expected):
    assert shorten(text, most(count)) == expected


@given(st.text(max_size=200), st.integers(0, 100))
def test_what_is_shortened_fits_and_begins_the_same(text, count):
    short = shorten(text, most(count))
    assert counting.graphemes(short) <= count
    assert text.startswith(short.removesuffix("…").rstrip()) or short == text


words = st.lists(
    st.text(max_size=12)
    | st.sampled_from(
        [
            "https://example.org/a/very/long/path/that/goes/on",
            "(https://a.de).",
            "क्षत्रिय",
            "👨‍👩‍👧‍👦",
            "שלום",
            "\n\n",
            "@ada",
            "https://example.org/" + "," * 50,
        ]
    ),
    max_size=60,
).map(" ".join)


@given(words, words, st.booleans(), st.lists(st.text(min_size=1, max_size=20), max_size=5))
@settings(max_examples=150, deadline=None)
@pytest.mark.parametrize("limits", [TOOT, SKEET, Limits(text=40), Limits(text=None, text_bytes=90)])
def test_no_text_is_ever_too_long_and_the_link_is_whole(limits, title, summary, linked, hashtags):
    link = LINK if linked else ""
    text = compose_text(title, summary, link, hashtags, limits)
    assert fits(text, limits)
    if fits(link, limits):
        assert link in text
    kept = [tag for tag in hashtags if f"#{tag}" in text]
    assert len(kept) <= len(hashtags)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@ada", "@\u200bada"),
        ("by @ada@example.social, and (@bob)", "by @\u200bada@example.social, and (@\u200bbob)"),
        (".@ada @@ada", ".@\u200bada @@\u200bada"),
        ("mail ada@example.org", "mail ada@example.org"),
        ("https://example.social/@ada/1", "https://example.social/@ada/1"),
        ("5 @ 3", "5 @ 3"),
        ("@дана", "@\u200bдана"),
    ],
)
def test_a_mention_is_disarmed_and_nothing_else_is_touched(text, expected):
    assert disarm(text) == expected
    assert disarm(expected) == expected


MENTION = re.compile(r"(?<![=/\w])@[a-z0-9_]", re.IGNORECASE)


@given(st.text(alphabet="@a_1/ .=é\u0301", max_size=20))
def test_after_disarming_no_server_finds_anybody(text):
    assert not MENTION.search(disarm(text))


def test_a_network_that_marks_up_the_parts_says_itself_what_fits():
    def fit(parts):
        return len(parts.summary.replace("*", "**")) + len(parts.title) <= 60

    parts = compose_parts("Stars", "* " * 30, "https://example.org/", ["a"], fit)
    assert (parts.title, parts.link, parts.tags) == ("Stars", "https://example.org/", "#a")
    assert len(parts.summary.replace("*", "**")) in range(50, 56)
    assert parts.text == f"Stars\n\n{parts.summary}\n\nhttps://example.org/\n\n#a"
