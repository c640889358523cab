from __future__ import annotations

from datetime import time

import pytest

from syndicate.content.parse import Rules, parse
from syndicate.model import Kind, Wishes

RULES = Rules("Europe/Berlin", time(9))


def read(front_matter: str):
    reading = parse("hello.md", front_matter.encode(), RULES)
    assert all(each.kind is not Kind.BUG for each in reading.findings)
    return reading.parsed.wishes


def yaml(said: str):
    return read(f"---\ntitle: Hi\ndate: 2026-03-01\n{said}\n---\nText\n")


@pytest.mark.parametrize("said", ["", "syndicate: true", "syndicate:", "syndicate: all"])
def test_a_post_that_asks_for_nothing(said):
    assert yaml(said) is None


@pytest.mark.parametrize("said", ["syndicate: false", "syndicate: no", "syndicate: []"])
def test_a_post_for_nobody(said):
    assert yaml(said) == Wishes(4, ())


@pytest.mark.parametrize(
    "said", ["syndicate: [main, other]", "syndicate: main, other", "syndicate:\n- main\n- other"]
)
def test_a_post_for_some(said):
    assert yaml(said) == Wishes(4, ("main", "other"))


def test_keys_by_endpoint_with_their_lines():
    said = (
        "text: not this one\nsyndicate:\n  main:\n    text: 'Hi {{ title }}'\n"
        "    at: 2026-12-01T09:00\n  other: false\n  third:\n    spoiler-text: x\n    text: y"
    )
    assert yaml(said) == Wishes(
        5,
        None,
        {
            "main": {"text": "Hi {{ title }}", "at": "2026-12-01T08:00:00+00:00"},
            "other": "false",
            "third": {"spoiler_text": "x", "text": "y"},
        },
        {
            "main": 6,
            "main.text": 7,
            "main.at": 8,
            "other": 9,
            "third": 10,
            "third.spoiler_text": 11,
            "third.text": 12,
        },
    )


def test_a_date_that_is_none_is_left_as_it_is():
    assert yaml("syndicate: {main: {at: soon}}").endpoints == {"main": {"at": "soon"}}
    assert yaml("syndicate: {main: {at: [1]}}").endpoints == {"main": {"at": ["1"]}}


def test_toml_and_json_say_it_in_their_ways():
    toml = '+++\ntitle = "Hi"\ndate = 2026-03-01\n[syndicate.main]\nskip = true\n+++\nText\n'
    assert read(toml) == Wishes(None, None, {"main": {"skip": "true"}}, {"main": 4, "main.skip": 5})
    json = (
        '{\n"title": "Hi",\n"date": "2026-03-01",\n"syndicate": {\n"main": {\n"skip": true\n}}}\n'
    )
    assert read(json) == Wishes(4, None, {"main": {"skip": "true"}}, {"main": 5, "main.skip": 6})


def test_generators_keep_it_in_their_tables():
    assert yaml("extra:\n  syndicate: false") == Wishes(5, ())
