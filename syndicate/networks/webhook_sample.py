"""A signed event about a post that is not there, for the tests of receivers."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import SecretStr

from syndicate.model import Author, Image, Limits, Post, Site
from syndicate.networks.webhook import Webhook, WebhookOptions, deleted, updated
from syndicate.networks.webhook_keys import SecretKey, SharedKey, signed_headers

TYPES: Mapping[str, Callable[[str, datetime], str]] = {
    "post.published": lambda published, _: published,
    "post.updated": lambda published, _: updated(published),
    "post.deleted": deleted,
}
"""The types of events, and how each is made of the one that announces a post."""


def sample(
    kind: str, keys: Sequence[SharedKey | SecretKey], now: datetime
) -> tuple[dict[str, str], bytes]:
    """Make an event of a type, as an endpoint with these keys would send it now.

    Returns:
        Its header fields, and its body.
    """
    site = Site("Ada's notes", "https://ada.example", "en")
    options = WebhookOptions(
        name="sample", network="webhook", url=site.url, secret=SecretStr(str(keys[0]))
    )
    announced = Webhook(options, site).compose(
        _post(now), "<p>It weaves <em>patterns</em>.</p>", None, Limits(text=None)
    )
    body = TYPES[kind](announced.payload["body"], now).encode()
    number = f"sample_{secrets.token_hex(8)}"
    return {
        "content-type": "application/json",
        **signed_headers(keys, number, now, body),
    }, body


def _post(now: datetime) -> Post:
    """Give a post with something in every key of its event."""
    published = now - timedelta(days=1)
    return Post(
        id=f"tag:ada.example,{published:%Y-%m-%d}:sample.md",
        url="https://ada.example/blog/sample/",
        source="sample.md",
        digest="",
        published=published,
        updated=now,
        first_seen=published,
        title="A sample: “brass” & <wheels> \N{ROCKET}",
        summary="This post is not there.",
        authors=(Author("Ada", "ada@ada.example", "https://ada.example"),),
        categories=("news",),
        tags=("engines",),
        language="en",
        image=Image("https://ada.example/hero.png", alt="Brass wheels"),
        external_url="https://elsewhere.example/",
    )
