"""Spellings of one address are one; other pages are others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.adoption.addresses import same

PAGE = "https://ada.example/blog/caf%C3%A9/"


@pytest.mark.parametrize(
    "other",
    [
        "http://ada.example/blog/caf%C3%A9/",
        "https://ada.example/blog/caf%C3%A9",
        "https://ada.example/blog/caf%C3%A9/index.html",
        "https://ada.example/blog/caf%C3%A9/INDEX.HTM",
        "HTTPS://Ada.EXAMPLE/blog/caf%c3%a9/",
        "https://ada.example:443/blog/café/",
        "http://ada.example:80/blog/cafe\N{COMBINING ACUTE ACCENT}/",
        "https://ada.example/%62log/caf%C3%A9/",
        "https://ada.example/blog/caf%C3%A9/?utm_source=rss&utm_medium=feed&fbclid=x",
        "https://ada.example/blog/caf%C3%A9/#utm_source=rss",
    ],
)
def test_spellings_of_one_address(other):
    assert same(other) == same(PAGE)


@pytest.mark.parametrize(
    "other",
    [
        "https://ada.example/blog/CAF%C3%89/",
        "https://bob.example/blog/caf%C3%A9/",
        "https://ada.example:8443/blog/caf%C3%A9/",
        "https://ada.example/blog/caf%C3%A9/?p=1",
        "https://ada.example/blog/caf%C3%A9/#two",
        "https://ada.example/blog%2Fcaf%C3%A9/",
        "https://ada.example/blog/caf%E9/",
        "https://ada.example/blog/caf%C3%A9/my-index.html",
        "https://ada.example/blog/",
    ],
)
def test_other_pages(other):
    assert same(other) is not None
    assert same(other) != same(PAGE)


@pytest.mark.parametrize("other", ["", "tag:ada.example,2026:1", "/blog/", "http://", "http://[x"])
def test_what_is_no_address_is_none(other):
    assert same(other) is None


def test_what_a_page_is_asked_for_stays():
    assert same("https://a.example/?p=1&utm_id=2&q=%20x") == same("http://a.example?p=1&q=+x")
    assert same("https://a.example/?b=1&a=2") != same("https://a.example/?a=2&b=1")


@given(st.text())
def test_any_path_is_its_own_normal_form(path):
    once = same(f"https://ada.example/{path}")
    assert once is None or same(f"https:{once}") == once
