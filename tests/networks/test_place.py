"""Where a person looks for what may have arrived: an address of each network that can tell one."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from syndicate import networks


@pytest.mark.parametrize(
    ("network", "options", "place"),
    [
        ("bluesky", {"handle": "ada.example"}, "https://bsky.app/profile/ada.example"),
        ("mastodon", {"server": "https://example.social"}, "https://example.social"),
        ("telegram", {"chat": "@adas_notes"}, "https://t.me/adas_notes"),
        ("telegram", {"chat": "-1001234567890"}, None),
        ("matrix", {"room": "#news:x.example"}, "https://matrix.to/#/%23news%3Ax.example"),
        (
            "slackbot",
            {"channel": "C0123456789"},
            "https://slack.com/app_redirect?channel=C0123456789",
        ),
    ],
)
def test_a_place_to_look_at(network, options, place):
    assert networks.get(network).place(SimpleNamespace(**options)) == place
