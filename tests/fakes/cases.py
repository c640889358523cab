"""Our networks, each with the little that tests of all of them have to know about it."""

from __future__ import annotations

from dataclasses import replace

from pydantic import SecretStr

from syndicate import networks
from syndicate.errors import Unauthorized
from syndicate.model import Limits, Unit
from syndicate.testing import SECRET, Case

SECRETLY = SecretStr(SECRET)
TOOT = Limits(text=500, url_cost=23, image_bytes=16_000_000, image_pixels=33_000_000, alt=1500)
SKEET = Limits(text=300, text_bytes=3000, image_bytes=1_000_000, alt=2000)
SESSION = {"did": "did:plc:ada", "accessJwt": "access", "refreshJwt": "refresh"}
LOG_IN = {"/xrpc/com.atproto.server.createSession": SESSION}
RECORD = {"uri": "at://did:plc:ada/app.bsky.feed.post/3k", "cid": "bafy"}

NOBODY_THERE = {404: Unauthorized}
"""Where the address is all that there is, 404 speaks of the endpoint."""

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif"})
BLOCKS = Limits(text=3000, unit=Unit.CODE_POINTS, alt=2000, image_types=PICTURES)

CASES = {
    "webhook": Case(
        networks.get("webhook"), lambda url: {"url": f"{url}/hook", "secret": SECRETLY}
    ),
    "mastodon": Case(
        networks.get("mastodon"),
        lambda url: {"server": url, "token": SECRETLY},
        answers={"/api/v2/instance": {}},
        created={"id": "1", "url": "https://server.example/@ada/1"},
        limits=TOOT,
    ),
    "bluesky": Case(
        networks.get("bluesky"),
        lambda url: {"service": url, "handle": "ada.example.org", "password": SECRETLY},
        answers=LOG_IN,
        created=RECORD,
        limits=SKEET,
    ),
    "discord": Case(
        networks.get("discord"),
        lambda url: {"url": SecretStr(f"{url}/api/webhooks/1/{SECRET}")},
        created={"id": "1"},
        limits=Limits(text=4096, unit=Unit.CODE_POINTS, image_bytes=10_000_000, alt=1024),
        refusals=NOBODY_THERE,
    ),
    "slack": Case(
        networks.get("slack"),
        lambda url: {"url": SecretStr(f"{url}/services/T0/B0/{SECRET}")},
        created="ok",
        limits=BLOCKS,
        refusals=NOBODY_THERE,
        shows=PICTURES,
    ),
    "slackbot": Case(
        networks.get("slackbot"),
        lambda url: {"token": SECRETLY, "channel": "C0123456789", "api": f"{url}/api"},
        created={"ok": True, "ts": "1.2"},
        limits=BLOCKS,
        shows=PICTURES,
    ),
    "telegram": Case(
        networks.get("telegram"),
        lambda url: {"token": SECRETLY, "chat": "@adas_notes", "api": url},
        created={"ok": True, "result": {"message_id": 1, "chat": {"id": 5}}},
        limits=Limits(text=4096, unit=Unit.UTF_16, image_bytes=10_000_000),
        refusals=NOBODY_THERE,
        caption=1024,
    ),
    "matrix": Case(
        networks.get("matrix"),
        lambda url: {"server": url, "token": SECRETLY, "room": "!aBc:example.org"},
        answers={"/_matrix/client/v1/media/config": {}},
        created={"event_id": "$1"},
        limits=Limits(text=None, text_bytes=20_000, image_bytes=50_000_000),
        refusals=NOBODY_THERE,
    ),
    "teams": Case(
        networks.get("teams"),
        lambda url: {"url": SecretStr(f"{url}/workflows/1?sig={SECRET}")},
        limits=replace(BLOCKS, text=None, text_bytes=8_000, alt=1_000),
        refusals=NOBODY_THERE,
        shows=PICTURES,
    ),
    "mattermost": Case(
        networks.get("mattermost"),
        lambda url: {"url": SecretStr(f"{url}/hooks/{SECRET}")},
        created="ok",
        limits=replace(BLOCKS, text=4000, alt=500),
        refusals=NOBODY_THERE,
        shows=PICTURES,
    ),
    "indexnow": Case(
        networks.get("indexnow"),
        lambda url: {"url": f"{url}/indexnow", "key": "0123456789abcdef"},
        pictures=False,
    ),
    "websub": Case(networks.get("websub"), lambda url: {"url": f"{url}/hub"}, pictures=False),
    "rsscloud": Case(networks.get("rsscloud"), lambda url: {"server": url}, pictures=False),
    "email": Case(
        networks.get("email"),
        lambda url: {
            "host": "mail.example.org",
            "user": "ada",
            "password": SECRETLY,
            "sender": "news@example.org",
            "to": ["list@example.org"],
        },
        limits=Limits(text=None, image_bytes=1_000_000, alt=1_000),
    ),
    "folder": Case(networks.get("folder"), lambda url: {"dir": "/nowhere/outbox"}),
}
