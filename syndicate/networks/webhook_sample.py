"""A signed event about a post that is not there, for the tests of receivers."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import SecretStr

from syndicate.model import (
    Alert,
    Author,
    Image,
    Limits,
    Message,
    Post,
    Site,
    Trouble,
    TroubleKind,
)
from syndicate.networks.webhook import Webhook, WebhookOptions, deleted, updated
from syndicate.networks.webhook_keys import SecretKey, SharedKey, signed_headers


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
    body = TYPES[kind](Webhook(options, site), now).encode()
    number = f"sample_{secrets.token_hex(8)}"
    return {
        "content-type": "application/json",
        **signed_headers(keys, number, now, body),
    }, body


def _published(network: Webhook, now: datetime) -> str:
    html = "<p>It weaves <em>patterns</em>.</p>"
    return _body(network.compose(_post(now), html, None, Limits(text=None)))


def _alert(network: Webhook, now: datetime) -> str:
    post = _post(now)
    reason = "HTTP 422: nobody was asked"
    trouble = Trouble(TroubleKind.DEAD, "elsewhere", reason, 1, post.title or "", post.url)
    return _body(network.alert(Alert("alert-sample", now, (trouble,))))


def _body(message: Message) -> str:
    return str(message.payload["body"])


TYPES: Mapping[str, Callable[[Webhook, datetime], str]] = {
    "post.published": _published,
    "post.updated": lambda network, now: updated(_published(network, now)),
    "post.deleted": lambda network, now: deleted(_published(network, now), now),
    "alert.raised": _alert,
}
"""How the event of each type is made."""


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
