from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.posts import POST
from syndicate.compose import Words, thread
from syndicate.config import Worded
from syndicate.model import Site

SITE = Site("Notes", "https://example.org", "en")
STORY = "One fine day a loom was built. It wove! And who would wear it? Everybody would, soon."


def parts(summary=STORY, limit=90, most=10, text="", *, numbered=False, tags=()):
    options = Worded(name="main", network="x", hashtags=3, text=text)
    words = Words(replace(POST, summary=summary, tags=tags), SITE, options)
    return thread(words, lambda said: len(said) <= limit, most, numbered=numbered)


def test_what_fits_is_no_thread():
    assert parts(limit=1_000, numbered=True) == [f"Hello\n\n{STORY}\n\n{POST.url}"]


def test_where_no_thread_is_asked_for_the_summary_is_shortened():
    [said] = parts(most=1)
    assert "…" in said


def test_a_long_summary_goes_on_behind_a_sentence():
    assert parts(limit=84) == [
        f"Hello\n\nOne fine day a loom was built. It wove!\n\n{POST.url}",
        "And who would wear it? Everybody would, soon.",
    ]
    assert parts(limit=84, numbered=True) == [
        f"Hello\n\nOne fine day a loom was built.\n\n{POST.url} 1/2",
        "It wove! And who would wear it? Everybody would, soon. 2/2",
    ]


def test_a_long_sentence_goes_on_behind_a_word():
    said = parts("and " * 60, limit=100)
    assert all(len(each) <= 100 for each in said)
    assert said[1].endswith("and")
    assert " ".join(said).split().count("and") == 60


def test_the_last_part_is_shortened_where_there_are_not_enough():
    said = parts(STORY * 9, most=2)
    assert len(said) == 2
    assert said[1].endswith("…")


def test_a_text_of_ones_own_is_the_first_part():
    assert parts(limit=70, text="{{ title }}: {{ summary }} {{ url }}") == [
        f"Hello: One fine day a loom was built. {POST.url}",
        "It wove! And who would wear it? Everybody would, soon.",
    ]


@pytest.mark.parametrize("text", ["{{ title }} {{ url }}", "{{ summary|upper }} {{ url }}"])
def test_a_text_that_has_not_the_summary_as_it_is_makes_no_thread(text):
    assert len(parts(text=text)) == 1


@given(
    summary=st.text(alphabet="ab .!?\n", max_size=600),
    limit=st.integers(60, 200),
    most=st.integers(1, 10),
    numbered=st.booleans(),
)
def test_every_part_fits_and_nothing_is_lost_between_them(summary, limit, most, numbered):
    said = parts(summary, limit, most, text="{{ summary }} {{ url }}", numbered=numbered)
    assert 1 <= len(said) <= most
    assert all(len(each) <= limit for each in said)
    if len(said) > 1 and not numbered and "…" not in said[-1]:
        whole = " ".join(said).replace(POST.url, " ")
        assert whole.split() == summary.split()
