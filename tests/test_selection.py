"""Filters, as endpoints and named feeds have them."""

from __future__ import annotations

import pytest

from fakes.posts import post
from syndicate.config import Endpoint
from syndicate.model import Author
from syndicate.selection import Selection


@pytest.mark.parametrize(
    ("filters", "takes"),
    [
        ({}, True),
        ({"tags": ["Greeting"]}, True),
        ({"tags": ["other"]}, False),
        ({"categories": ["news", "x"]}, True),
        ({"categories": ["x"]}, False),
        ({"authors": ["ADA"]}, True),
        ({"authors": ["Eve"]}, False),
        ({"languages": ["en"]}, True),
        ({"languages": ["en-gb"]}, True),
        ({"languages": ["e"]}, False),
        ({"languages": ["de"]}, False),
        ({"tags": ["greeting"], "languages": ["de"]}, False),
    ],
)
def test_each_filter_has_to_let_the_post_pass(filters, takes):
    selection = Selection.of(Endpoint(name="main", network="folder", **filters))
    assert selection.takes(post(language="en-GB", authors=(Author("Ada"),))) is takes


def test_a_language_takes_what_is_more_special_only():
    selection = Selection.of(Endpoint(name="main", network="folder", languages=["zh-Hant"]))
    assert selection.takes(post(language="zh-hant-TW"))
    assert not selection.takes(post(language="zh"))
