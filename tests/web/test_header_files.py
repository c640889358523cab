"""Header files: what real servers make of them is in tests/real/test_serving.py."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feeds.sites import one
from syndicate.errors import SyndicateError
from syndicate.web import SERVERS, Rules, header_file

ADDRESSES = [each.address for each in one().documents(page="")]
RULES = Rules(600, ("https://hub.example/",))


@pytest.mark.parametrize("server", SERVERS)
def test_each_file_has_every_field_of_every_feed(server):
    text = header_file(server, ADDRESSES, RULES)
    for address in ADDRESSES:
        assert f"/{address.path}" in text
        for name, value in RULES.fields(address).items():
            assert value in text, name


@pytest.mark.parametrize("server", ["netlify", "cloudflare"])
def test_a_headers_file_has_a_block_for_each_address(server):
    text = header_file(server, ADDRESSES[:1], RULES)
    assert text.partition("\n\n")[2] == (
        "/feed.xml\n"
        "  Content-Type: application/rss+xml; charset=utf-8\n"
        '  Link: <https://hub.example/>; rel="hub", <https://example.org/feed.xml>; rel="self"\n'
        "  Cache-Control: public, max-age=600, stale-if-error=86400\n"
        "  Access-Control-Allow-Origin: *\n"
        "  Access-Control-Expose-Headers: ETag, Link\n"
        "  X-Content-Type-Options: nosniff\n"
    )


def test_the_path_is_that_on_the_web():
    there = replace(ADDRESSES[0], url="https://example.org/blog/caf%C3%A9/feed.xml")
    assert 'location = "/blog/café/feed.xml" {' in header_file("nginx", [there], RULES)
    assert 'handle "/blog/café/feed.xml" {' in header_file("caddy", [there], RULES)
    assert "\n/blog/caf%C3%A9/feed.xml\n" in header_file("netlify", [there], RULES)


def test_cloudflare_takes_no_more_than_it_would_read():
    assert header_file("cloudflare", ADDRESSES[:1] * 100, RULES)
    with pytest.raises(SyndicateError, match=r"takes 100 rules .* there are 101 feeds: publish"):
        header_file("cloudflare", ADDRESSES[:1] * 101, RULES)
