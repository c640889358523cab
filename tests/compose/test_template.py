from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from syndicate.compose.template import LONGEST, MOST, NotText, Text
from syndicate.testing.clock import NOON

VALUES = {
    "title": "A <b>title</b>",
    "summary": "A summary of some words.",
    "url": "https://x.example/a/",
    "slug": "a",
    "tags": ["one", "two"],
    "categories": [],
    "authors": ["Ada", "Brin"],
    "site": SimpleNamespace(title="Notes", url="https://x.example", language="en", description=""),
    "published": NOON,
    "language": "en",
}


def fill(source: str, **changes) -> str:
    return Text(source).render(
        {**VALUES, **changes}, lambda terms, most: " ".join(f"#{term}" for term in [*terms][:most])
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ title }} — {{ url }}", "A <b>title</b> — https://x.example/a/"),
        ("{{ tags|hashtags(1) }}", "#one"),
        ("{{ tags|hashtags }}", "#one #two"),
        ("{{ title|hashtags }}", "#A <b>title</b>"),
        ("{{ summary|truncate(12) }}", "A summary…"),
        ("{{ published|date('%-d %% %A %F') }}", "1 % Sunday 2026-03-01"),
        ("{{ summary|shorten(12)|upper }}", "A SUMMARY…"),
        ("{{ authors|join(' & ') }} on {{ site.title }}", "Ada & Brin on Notes"),
        ("{{ published|date }} {{ published|date('%d.%m.') }}", "2026-03-01 01.03."),
        ("{% if categories %}in {{ categories|first }}{% else %}new{% endif %}", "new"),
        ("{{ 'long' if tags|length > 1 else 'short' }}", "long"),
        ("{{ 'yes' if 'one' in tags and not categories else 'no' }}", "yes"),
        ("{{ categories|first|upper }}{{ 'x' if categories }}{{ tags|last }}", "two"),
        ("{{ title ~ '!' }}{# a note #}", "A <b>title</b>!"),
        ("{% raw %}{{ title }}{% endraw %}", "{{ title }}"),
    ],
)
def test_a_text_is_filled_in(source, expected):
    assert fill(source) == expected


def test_what_a_title_says_is_no_template():
    assert fill("{{ title }}", title="{{ summary }} {% if x %}") == "{{ summary }} {% if x %}"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ titel }}", "line 1, column 4: there is no `titel`; did you mean `title`? There are a"),
        ("titel\n{{ title }}: {{ titel }}", "line 2, column 17: there is no `titel`"),
        ("{{ zzz }}", "line 1, column 4: there is no `zzz`; there are authors, categories, "),
        (
            "{{ title|shout }}",
            "line 1, column 10: there is no filter `shout`; did you mean `shorten`",
        ),
        ("{{ site.icon }}", "there is no `site.icon`; "),
        ("{{ title.upper }}", "there is no `title.upper`"),
        ("{{ title", "line 1, column 1: "),
        ("Hi {% if title %}", "line 1, column 4: "),
        ("{% for tag in tags %}{{ tag }}{% endfor %}", "line 1, column 4: `for` is not to be had"),
        ("{{ title * 99 }}", "`mul` is not to be had here"),
        ("{{ 9 ** 9 ** 9 }}", "`pow` is not to be had here"),
        ("{{ title.format(1) }}", "not to be had here"),
        ("{% set a = title %}", "`assign` is not to be had here"),
        ("{% include 'x' %}", "`include` is not to be had here"),
        ("{% macro a() %}{% endmacro %}", "`macro` is not to be had here"),
        ("{{ title[0] }}", "`getitem` is not to be had here"),
        ("{{ _hashtags }}", "there is no `_hashtags`"),
        ("{{ ''.__class__ }}", "there is no `.__class__`"),
        ("{{ title|date }}", "line 1, column 10: `date` takes a date, which `published` is"),
        ("{{ published|hashtags }}", "cannot be filled in on line 1: a filter or a comparison"),
        ("x\n{{ title > 3 }}", "cannot be filled in on line 2: a filter or a comparison"),
        ("{{ tags|join('a', 'b', 'c') }}", "cannot be filled in on line 1: a filter or a "),
        (
            "{{ published|date('%999999999d') }}",
            "line 1, column 14: `%999999999d` is no form of a date: expected letters such as",
        ),
        ("x\n{{ published|date('%d %Q') }}", "line 2, column 14: `%d %Q` is no form of a date"),
        ("{{ published|date('%-Y') }}", "`%-Y` is no form of a date"),
        ("{{ published|date('50%') }}", "`50%` is no form of a date"),
        (
            "{{ published|date(3) }}",
            "column 14: `date` takes one argument or none, form: a text such as",
        ),
        (
            "{{ title|truncate }}",
            "line 1, column 10: `truncate` takes one argument, length: a whole number such",
        ),
        ("{{ summary|truncate('a') }}", "length: a whole number such as `truncate(80)`"),
        ("{{ summary|shorten(true) }}", "column 12: `shorten` takes one argument, length: a"),
        ("{{ summary|truncate(1, 2) }}", "column 12: `truncate` takes one argument"),
        ("{{ summary|truncate(length=1) }}", "column 12: `truncate` takes one argument"),
        ("{{ summary|truncate(*tags) }}", "column 12: `truncate` takes one argument"),
        ("{{ summary|truncate(title) }}", "column 12: `truncate` takes one argument"),
        (
            "{{ tags|hashtags('x') }}",
            "line 1, column 9: `hashtags` takes one argument or none, most: a whole number such",
        ),
        ("x" * (LONGEST + 1), f"has {LONGEST + 1} characters; {LONGEST} are the most"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused_when_it_is_read(source, expected):
    with pytest.raises(NotText) as caught:
        Text(source)
    assert expected in str(caught.value)


def test_other_names_may_be_asked_for():
    assert Text("{{ slug }}", ("slug",)).render({"slug": "a"}, None) == "a"
    with pytest.raises(NotText, match="there is no `title`; there are slug"):
        Text("{{ title }}", ("slug",))


def test_a_text_has_an_end():
    with pytest.raises(NotText, match=f"longer than {MOST}"):
        fill("{{ summary }}" * 300, summary="x" * 1_000)


def test_the_longest_text_takes_no_time():
    source = "{{ title|upper|lower }}" * (LONGEST // 23)
    began = time.process_time()
    fill(source)
    assert time.process_time() - began < 5
