"""Webhooks as Standard Webhooks has them: signed JSON, one id over all tries.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any, ClassVar

from pydantic import Field, SecretStr, field_validator

from syndicate.compose import attach
from syndicate.config import Endpoint, ExactUrl, Secret
from syndicate.model import (
    Alert,
    Fact,
    Guarantee,
    Health,
    Key,
    Limits,
    Message,
    Picture,
    Post,
    Receipt,
    Replay,
    Site,
)
from syndicate.networks.base import Wire

PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64
"""The length of a signing secret in bytes, by the specification."""
_MOVED = {301, 302, 303, 307, 308, 410}


class WebhookOptions(Endpoint):
    """A receiver of signed events."""

    edits: ClassVar[tuple[str, ...]] = ("update",)
    deletes: ClassVar[bool] = True

    url: ExactUrl = Field(description="Where the events are posted to.")
    secret: Secret = Field(description="The signing secret, `whsec_` and 24 to 64 bytes in base64.")

    @field_validator("secret")
    @classmethod
    def _is_signing_secret(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value():  # it is empty where secrets are not resolved
            _signing_key(value)
        return value


class Webhook:
    """Posts a ``post.published`` event, and later ``post.updated`` and ``post.deleted``.

    What somebody has to know of is an ``alert.raised``.

    Receivers tell a repetition by ``webhook-id``, which is the delivery's idempotency key: so a
    replay is harmless by contract.
    """

    Options = WebhookOptions
    guarantee = Guarantee(Replay.IDEMPOTENT)

    def __init__(self, options: WebhookOptions, site: Site) -> None:
        self._options = options
        self._site = site

    async def limits(self, wire: Wire) -> Limits:  # noqa: ARG002 - the same for all receivers
        """There are none: a receiver takes what it likes."""
        return Limits(text=None)

    def compose(self, post: Post, html: str, picture: Picture | None, limits: Limits) -> Message:  # noqa: ARG002
        """Put the event together; the body is frozen as the very text that is signed and sent."""
        image = attach(post, picture)
        body = json.dumps(_event(post, html, self._site, picture), ensure_ascii=False)
        text = "\n\n".join(part for part in (post.title, post.summary) if part)
        return Message(
            text=text,
            link=post.url,
            title=post.title or "",
            summary=post.summary,
            language=post.language,
            length=len(body.encode()),
            limit=None,
            image=image,
            payload={"body": body},
        )

    def alert(self, alert: Alert) -> Message:
        """Put the event of an alert together."""
        body = json.dumps(_alert(alert, self._site), ensure_ascii=False)
        return Message(
            text="\n".join([alert.title, *alert.lines]),
            link=self._site.url,
            title=alert.title,
            summary="",
            language="en",
            length=len(body.encode()),
            limit=None,
            payload={"body": body},
        )

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:
        """Sign the frozen body for this moment and post it; any 2xx is a success."""
        await self._post(message.payload["body"].encode(), key, wire)
        return Receipt(key.value)

    async def update(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> None:  # noqa: ARG002
        """Tell what the post says now, in an event of its own."""
        event = json.loads(message.payload["body"])
        event |= {"type": "post.updated", "timestamp": event["data"]["updated"]}
        await self._post(json.dumps(event, ensure_ascii=False).encode(), key, wire)

    async def delete(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> None:  # noqa: ARG002
        """Tell that the post was taken back; of all that was known its name is left."""
        data = json.loads(message.payload["body"])["data"]
        event = {
            "type": "post.deleted",
            "timestamp": _spell(key.minted),
            "data": {name: data[name] for name in ("id", "url", "title", "site")},
        }
        await self._post(json.dumps(event, ensure_ascii=False).encode(), key, wire)

    async def _post(self, body: bytes, key: Key, wire: Wire) -> None:
        reply = await wire.http.request(
            "POST",
            self._options.url,
            headers={
                "content-type": "application/json",
                **signed_headers(self._options.secret, key.value, wire.clock(), body),
            },
            content=body,
            creates=True,
        )
        reply.check()

    async def check(self, wire: Wire) -> Health:
        """Ask whether somebody is there; nothing is posted, so the secret cannot be tried.

        Receivers need not know HEAD, so nearly any answer will do; one that leads elsewhere, or
        says that this is over, is what a POST would get as well.
        """
        reply = await wire.http.request("HEAD", self._options.url)
        if reply.status in _MOVED:
            raise reply.error()
        told = f"the receiver answers (HTTP {reply.status} to HEAD)"
        return Health(ok=True, detail=told, facts=(Fact("secret", "not tried: it takes an event"),))


def signed_headers(secret: SecretStr, number: str, now: datetime, body: bytes) -> dict[str, str]:
    """Give the three headers of a signed event (scheme ``v1``, HMAC-SHA256)."""
    seconds = str(int(now.timestamp()))
    content = f"{number}.{seconds}.".encode() + body
    signature = hmac.new(_signing_key(secret), content, hashlib.sha256).digest()
    return {
        "webhook-id": number,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }


def _signing_key(secret: SecretStr) -> bytes:
    """Decode a signing secret.

    Raises:
        ValueError: it is none; the message does not repeat it.
    """
    text = secret.get_secret_value()
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except ValueError:  # not base64, or not even ASCII
        key = b""
    if not text.startswith(PREFIX) or not _SHORTEST <= len(key) <= _LONGEST:
        raise ValueError(
            f"expected {PREFIX} and {_SHORTEST} to {_LONGEST} bytes in base64; make one with: "
            "python3 -c 'import base64, os; "
            'print("whsec_" + base64.b64encode(os.urandom(32)).decode())\''
        )
    return key


def _event(post: Post, html: str, site: Site, picture: Picture | None) -> dict[str, Any]:
    """Describe the post; the keys are documented in docs/networks/webhook.md."""
    return {
        "type": "post.published",
        "timestamp": _spell(post.published),
        "data": {
            "id": post.id,
            "url": post.url,
            "title": post.title,
            "summary": post.summary,
            "content_html": html,
            "language": post.language,
            "published": _spell(post.published),
            "updated": _spell(post.updated),
            "authors": [
                {"name": author.name, "url": author.url, "email": author.email}
                for author in post.authors
            ],
            "categories": list(post.categories),
            "tags": list(post.tags),
            "image": _image(post, picture),
            "external_url": post.external_url,
            "site": {"title": site.title, "url": site.url},
        },
    }


def _alert(alert: Alert, site: Site) -> dict[str, Any]:
    """Describe an alert; the keys are documented in docs/networks/webhook.md."""
    return {
        "type": "alert.raised",
        "timestamp": _spell(alert.raised),
        "data": {
            "id": alert.id,
            "title": alert.title,
            "troubles": [
                {
                    "kind": each.kind,
                    "endpoint": each.endpoint,
                    "delivery": each.delivery,
                    "about": each.about or None,
                    "url": each.url,
                    "reason": each.reason,
                    "advice": each.advice,
                }
                for each in alert.troubles
            ],
            "site": {"title": site.title, "url": site.url},
        },
    }


def _image(post: Post, picture: Picture | None) -> dict[str, Any] | None:
    """Describe the hero image; what could not be looked at is told as null."""
    if post.image is None:
        return None
    return {
        "url": post.image.url,
        "alt": post.image.alt,
        "type": picture.type if picture else None,
        "length": picture.length if picture else None,
        "width": picture.width if picture else None,
        "height": picture.height if picture else None,
    }


def _spell(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
