"""Counted by hand, and by building texts of known length."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fakes import counting
from syndicate.compose.measure import cut, fits, graphemes, measure
from syndicate.model import Limits, Unit

TOOT = Limits(text=500, url_cost=23)
PLAIN = Limits(text=300, text_bytes=3_000)

CLUSTERS = {
    "a": 1,
    "e\u0301": 1,
    "한": 1,
    "\u1112\u1161\u11ab": 1,
    "🇩🇪": 1,
    "👩🏽‍🚀": 1,
    "👨‍👩‍👧‍👦": 1,
    "❤️": 1,
    "1️⃣": 1,
    "क्ष": 2,
    "กำ": 1,
    "שׁ": 1,
    "日": 1,
    "\n": 1,
}
"""What a person calls a character → what it counts; none of them clings to the next."""
texts = st.lists(st.sampled_from(sorted(CLUSTERS)))


@given(texts)
def test_each_cluster_counts_what_it_counts_to_the_strictest_server(parts):
    text = "".join(parts)
    assert measure(text, PLAIN) == measure(text, TOOT) == sum(CLUSTERS[part] for part in parts)
    assert graphemes(text) == len(parts)


@given(st.one_of(texts.map("".join), st.text(max_size=40)))
@example("\N{DEVANAGARI SIGN VIRAMA}\N{DEVANAGARI LETTER HA}")
@example("\u0bcd\u0b95\u0600a\U0001f3fd\r\n\r\u200d\U0001f1e9\U0001f1ea\U0001f1e9")
def test_no_other_counter_counts_more(text):
    assert measure(text, PLAIN) >= counting.graphemes(text)
    assert measure(text, Limits(text=1, unit=Unit.UTF_16)) == counting.utf16(text)


@given(st.text(st.characters(exclude_categories=["Cn", "Cs", "Mn", "Mc", "Lo"]), max_size=40))
def test_but_for_scripts_that_join_letters_another_counter_counts_the_same(text):
    assert measure(text, PLAIN) == graphemes(text) == counting.graphemes(text)


@given(texts, st.integers(0, 30))
def test_cutting_never_tears_a_cluster(parts, count):
    assert cut("".join(parts), count) == "".join(parts[:count])


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/" + "a-long-slug/" * 20,
        "http://a.de",
        "https://www.example.co.uk:8080/a_b/c.html?x=1&y=2#part",
        "https://xn--bcher-kva.xn--p1ai/",
        "https://example.org/日本/привет",
        "HTTPS://EXAMPLE.ORG/A",
    ],
)
def test_a_url_has_its_price_whatever_its_length(url):
    assert measure(url, TOOT) == 23
    assert measure(f"See {url} now", TOOT) == 23 + 8
    assert measure(f"(see {url}).", TOOT) == 23 + 7
    assert measure(url, PLAIN) == len(url)


@pytest.mark.parametrize(
    "odd",
    [
        "https://localhost/blog/",
        "http://127.0.0.1:4000/blog/",
        "https://example.org/<b>" + "x" * 100,
        "https://example.org/wiki/Foo_(bar)",
        "https://bücher.example/",
        "ftp://example.org/file",
        "x" * 100 + "https://example.org/",
    ],
)
def test_what_only_may_be_a_url_costs_its_length_and_the_price(odd):
    assert measure(odd, TOOT) == len(odd) + 23


def test_punctuation_behind_a_url_is_no_part_of_it():
    assert measure("https://example.org/" + "," * 100, TOOT) == 23 + 100


def test_each_may_be_url_in_one_word_has_the_price():
    assert measure("https://a.de|https://b.de", TOOT) == 25 + 2 * 23


def test_a_text_fits_by_graphemes_and_by_bytes():
    assert fits("a" * 300, PLAIN)
    assert not fits("a" * 301, PLAIN)
    family = "👨‍👩‍👧‍👦"
    assert len(family.encode()) == 25
    assert fits(family * 120, PLAIN)
    assert not fits(family * 121, PLAIN)
    assert fits("a" * 100_000, Limits(text=None))


def test_measuring_a_long_word_takes_no_time():
    assert measure("x" * 200_000, TOOT) == 200_000
    nasty = "https://a.de/" + "a,.:!?" * 20_000 + "<"
    assert measure(nasty, TOOT) == len(nasty) + 23


@pytest.mark.parametrize(
    ("text", "points", "units"),
    [("", 0, 0), ("abc", 3, 3), ("日本", 2, 2), ("🇩🇪", 2, 4), ("👩🏽‍🚀", 4, 7), ("e\u0301", 2, 2)],
)
def test_some_networks_count_code_points_and_some_utf_16(text, points, units):
    assert measure(text, Limits(text=1, unit=Unit.CODE_POINTS)) == points
    assert measure(text, Limits(text=1, unit=Unit.UTF_16, url_cost=23)) == units
    assert fits(text, Limits(text=units, unit=Unit.UTF_16))
