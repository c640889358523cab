"""A line is a help, never a promise, and never a failure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.config.lines import LineFinder

TEXT = """\
# a comment
top = 1
[site]
title = "x"
  url="y"
"quoted" = 1
author = { name = "Ada" }
author.url = "z"

[media . deep]
a = [
  "b",
]
[[endpoints]]
name = "one"
[[endpoints]] # the second
 name = "two"
[endpoints.more]
key = 1
"""

LINES = [
    (("top",), 2),
    (("site",), 3),
    (("site", "title"), 4),
    (("site", "url"), 5),
    (("site", "quoted"), 6),
    (("site", "author"), 7),
    (("site", "author", "name"), 7),
    (("site", "author", "url"), 8),
    (("site", "missing"), 3),
    (("media", "deep"), 10),
    (("media", "deep", "a", 0), 11),
    (("endpoints",), 14),
    (("endpoints", 0), 14),
    (("endpoints", 0, "name"), 15),
    (("endpoints", 0, "missing"), 14),
    (("endpoints", 1), 16),
    (("endpoints", 1, "name"), 17),
    (("endpoints", 2, "name"), 14),
    (("other",), None),
    ((), None),
]


@pytest.mark.parametrize(("key", "line"), LINES)
def test_a_key_is_found_or_else_the_table_around_it(key, line):
    assert LineFinder(TEXT).find(key) == line


def test_only_a_line_feed_ends_a_line():
    assert LineFinder('a = "\N{LINE SEPARATOR}\x0c\x85"\nb = 1').find(("b",)) == 2
    assert LineFinder("[a]\r\nb = 1\r\n").find(("a", "b")) == 2


@given(st.text(alphabet=st.sampled_from("ab.[]\"'= -\n\r\t#{},\u2028é"), max_size=60))
def test_whatever_it_reads_it_never_fails(text):
    line = LineFinder(text).find(("a", 0, "b"))
    assert line is None or 1 <= line <= text.count("\n") + 1
