"""Push notifications by ntfy (https://docs.ntfy.sh/publish/#publish-as-json)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field, SecretStr

from syndicate.compose import refer, shorten
from syndicate.config import Endpoint, Form, Token, WebUrl, dashed
from syndicate.errors import InDoubt
from syndicate.model import (
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

LIMITS = Limits(text=None, text_bytes=4_096)
"""A longer text becomes a file that is attached; https://docs.ntfy.sh/publish/#limitations."""
TITLE = 1_024
"""The most bytes of a title, from ntfy 2.28 on."""
KEPT = timedelta(hours=12)
"""How long a server keeps messages, unless its owner says otherwise."""
SKEW = timedelta(minutes=10)
"""By how much the server's clock may differ from ours."""
ANSWER = 1_000_000


class NtfyOptions(Endpoint):
    """A topic that people subscribe to."""

    topic: Annotated[
        str,
        Form(
            r"^[-_A-Za-z0-9]{1,64}$",
            "letters of English, digits, hyphens and underscores, 64 at the most",
            "ada-news",
            dashed,
        ),
    ] = Field(description="The topic's name.")
    server: WebUrl = Field("https://ntfy.sh", description="The server that has the topic.")
    token: Token = Field(
        SecretStr(""), description="An access token, where the topic is protected."
    )
    priority: int = Field(3, ge=1, le=5, description="From 1, silent, to 5.")


class Ntfy:
    """Notifies the subscribers of a topic; a tap opens the post."""

    Options = NtfyOptions
    guarantee = Guarantee(Replay.NONE, looks_up=True)

    def __init__(self, options: NtfyOptions, site: Site) -> None:
        self._options = options
        self._site = site

    async def limits(self, wire: Wire) -> Limits:
        """Give the limits that every server keeps; nothing is asked."""
        return LIMITS

    def compose(self, post: Post, html: str, picture: Picture | None, limits: Limits) -> Message:
        """Compose the notification: the title above, the summary below, the picture by its link."""
        title = shorten(post.title or self._site.title, lambda text: len(text.encode()) <= TITLE)
        summary = post.summary or post.title or post.url
        size = limits.text_bytes or LIMITS.text_bytes
        text = shorten(summary, lambda text: size is None or len(text.encode()) <= size)
        image = refer(post, picture, limits)
        body: dict[str, Any] = {
            "topic": self._options.topic,
            "title": title,
            "message": text,
            "click": post.url,
            "priority": self._options.priority,
        }
        if image:
            body["attach"] = image.url
        return Message.of(
            post,
            text,
            length=len(text),
            limit=limits.text,
            image=image,
            payload=body,
        )

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:
        """Publish it. Only this request creates something: a lost answer to it is a doubt."""
        reply = await wire.http.request(
            "POST",
            self._options.server,
            headers=self._headers(),
            json=dict(message.payload),
            creates=True,
        )
        identity = reply.check().field("id")
        if not isinstance(identity, str):
            raise reply.garbled("has no id")
        return Receipt(identity)

    async def look_up(self, message: Message, key: Key, wire: Wire) -> Receipt | None:
        """Search what the server has kept since the first attempt for the post's address.

        Raises:
            InDoubt: the server may have forgotten it.
        """
        if wire.clock() - key.minted > KEPT - SKEW:
            raise InDoubt("it is too long ago for the server to know whether it was sent")
        since = int((key.minted - SKEW).timestamp())
        reply = await wire.http.request(
            "GET",
            f"{self._options.server}/{self._options.topic}/json",
            headers=self._headers(),
            params={"poll": "1", "since": since},
            cap=ANSWER,
        )
        try:
            kept = [json.loads(line) for line in reply.check().text.splitlines()]
            found = (each["id"] for each in kept if each.get("click") == message.link)
            return next((Receipt(str(identity)) for identity in found), None)
        except (ValueError, KeyError, AttributeError):
            raise reply.garbled("is no list of messages") from None

    async def check(self, wire: Wire) -> Health:
        """Ask whether we may use the topic; nothing is published."""
        reply = await wire.http.request(
            "GET",
            f"{self._options.server}/{self._options.topic}/auth",
            headers=self._headers(),
        )
        reply.check()
        return Health(ok=True, detail=f"{self._options.topic} may be used")

    def _headers(self) -> dict[str, str]:
        token = self._options.token.get_secret_value()
        return {"authorization": f"Bearer {token}"} if token else {}
