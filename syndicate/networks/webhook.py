"""Webhooks as Standard Webhooks has them: signed JSON, one id over all tries.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from http import HTTPStatus
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
from syndicate.networks.webhook_keys import signed_headers, signing_key


class WebhookOptions(Endpoint):
    """A receiver of signed events."""

    edits: ClassVar[tuple[str, ...]] = ("update",)
    deletes: ClassVar[bool] = True

    url: ExactUrl = Field(description="Where the events are posted to.")
    secret: Secret = Field(
        description="The signing secret: `whsec_…`, which the receiver has as well, or `whsk_…`, "
        "of which the receiver has the public half."
    )
    previous_secret: Secret | None = Field(
        None,
        description="The secret until now, of either kind: while it is here, events are signed "
        "with both.",
    )

    @field_validator("secret", "previous_secret")
    @classmethod
    def _is_signing_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value and value.get_secret_value():  # it is empty where secrets are not resolved
            signing_key(value.get_secret_value())
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
        secrets = [each for each in (options.secret, options.previous_secret) if each]
        self._keys = [signing_key(each.get_secret_value()) for each in dict.fromkeys(secrets)]

    async def limits(self, wire: Wire) -> Limits:  # noqa: ARG002 - the same for all receivers
        """There are none: a receiver takes what it likes."""
        return Limits(text=None)

    def compose(self, post: Post, html: str, picture: Picture | None, limits: Limits) -> Message:  # noqa: ARG002
        """Put the event together; the body is frozen as the very text that is signed and sent."""
        image = attach(post, picture)
        body = json.dumps(_event(post, html, self._site, picture), ensure_ascii=False)
        text = "\n\n".join(part for part in (post.title, post.summary) if part)
        return Message.of(
            post,
            text,
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
        await self._post(updated(message.payload["body"]).encode(), key, wire)

    async def delete(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> None:  # noqa: ARG002
        """Tell that the post was taken back; of all that was known its name is left."""
        await self._post(deleted(message.payload["body"], key.minted).encode(), key, wire)

    async def _post(self, body: bytes, key: Key, wire: Wire) -> None:
        reply = await wire.http.request(
            "POST",
            self._options.url,
            headers={
                "content-type": "application/json",
                **signed_headers(self._keys, key.value, wire.clock(), body),
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
        if reply.has_moved or reply.status == HTTPStatus.GONE:
            raise reply.error()
        told = f"the receiver answers (HTTP {reply.status} to HEAD)"
        return Health(ok=True, detail=told, facts=(Fact("secret", "not tried: it takes an event"),))


def updated(published: str) -> str:
    """Make of the event that announces a post the one that tells of its edit."""
    event = json.loads(published)
    event |= {"type": "post.updated", "timestamp": event["data"]["updated"]}
    return json.dumps(event, ensure_ascii=False)


def deleted(published: str, when: datetime) -> str:
    """Make of the event that announces a post the one that tells of its deletion."""
    data = json.loads(published)["data"]
    event = {
        "type": "post.deleted",
        "timestamp": _spell(when),
        "data": {name: data[name] for name in ("id", "url", "title", "site")},
    }
    return json.dumps(event, ensure_ascii=False)


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
    """Describe an alert; the keys are documented in docs/alerts.md."""
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
    """Spell a time as RFC 3339 has it; ``%Y`` would drop the zeros of early years."""
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
