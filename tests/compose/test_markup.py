"""Words that stay words, judged by a renderer of CommonMark where there is one."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from syndicate.compose import escape_html, escape_markdown, is_right_to_left

COMMONMARK = MarkdownIt("commonmark").enable(["strikethrough"])
SIGNS = st.text(alphabet="ab 1.*_~`|<>[]()#$&;!-+=\\", max_size=40)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("**not bold**", r"\*\*not bold\*\*"),
        ("snake_case and ~~no~~ ||spoiler||", r"snake\_case and \~\~no\~\~ \|\|spoiler\|\|"),
        ("[here](https://evil.example)", r"\[here\](https://evil.example)"),
        ("<@123> <#4> <t:0>", r"\<@123\> \<\#4\> \<t:0\>"),
        ("# not a heading", r"\# not a heading"),
        ("- not a list", r"\- not a list"),
        ("1. not a list", r"1\. not a list"),
        ("2026 was 1.5 times - as good", "2026 was 1.5 times - as good"),
        ("https://example.org/a_b/~c#d?e=f&g=*h*", r"https://example.org/a_b/~c#d?e=f&g=\*h\*"),
        ("&lt;", r"\&lt;"),
        ("שלום", "שלום"),
    ],
)
def test_markdown_is_broken_up(text, escaped):
    assert escape_markdown(text) == escaped


@given(SIGNS.map(lambda text: " ".join(text.split())))
def test_whatever_is_escaped_is_read_as_it_was_written(text):
    rendered = COMMONMARK.render(escape_markdown(text)).strip()
    assert html.unescape(rendered.removeprefix("<p>").removesuffix("</p>")) == text
    assert rendered.count("<") == (2 if text else 0)


@given(st.text())
def test_html_is_escaped_and_nothing_else(text):
    escaped = escape_html(text)
    assert not {"<", ">"} & set(escaped)
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


@pytest.mark.parametrize(
    ("language", "so"), [("he", True), ("ar-EG", True), ("FA", True), ("en", False), ("", False)]
)
def test_some_languages_are_written_from_right_to_left(language, so):
    assert is_right_to_left(language) is so
