"""Matrix, by the client-server API.

https://spec.matrix.org/latest/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid
https://spec.matrix.org/latest/client-server-api/#mimage
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

from pydantic import Field

from syndicate.compose import Parts, Words, fit, has_link
from syndicate.config import PER_POST, Form, Token, WebUrl, Worded
from syndicate.model import (
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
from syndicate.networks.matrix_api import Api
from syndicate.networks.matrix_events import (
    content_of,
    is_ours,
    receipt_of,
    replacement,
    reply_to,
    room_of,
)
from syndicate.networks.matrix_facts import of_room, of_server
from syndicate.networks.server_limits import remember, remembered

TEXT_BYTES, EVENT_BYTES = 20_000, 60_000
"""An event may have 65,536 bytes; the server's own part of it needs room, too."""
SKEW = timedelta(minutes=10)
"""By how much a server's clock may differ from ours."""


class MatrixOptions(Worded):
    """A room on Matrix, by an account of your own for it."""

    edits: ClassVar[tuple[str, ...]] = ("update", "reply")
    deletes: ClassVar[bool] = True

    server: WebUrl = Field(
        description="The homeserver's address, such as `https://matrix-client.matrix.org`."
    )
    token: Token = Field(description="The account's access token.")
    room: Annotated[
        str,
        Form(
            r"^(![^\s/]+|#[^\s:/]+:[^\s/]+)$",
            "a room's number with its !, or an alias with # and the server",
            "#news:example.org",
        ),
    ] = Field(
        description="The room: `!id:server`, `!id` since room version 12, or an alias such as "
        "`#news:example.org`.",
    )
    notice: Annotated[bool, PER_POST] = Field(
        False, description="As a notice, which rings nowhere."
    )
    hashtags: int = Field(3, ge=0, le=20, description="The most hashtags.")


class Matrix:
    """Sends an image with its caption, or a text, under a transaction number of the delivery's.

    The same number again, by the same token, is the same event. How long a server remembers is not
    said: Synapse for half an hour at the least. So before a replay the room is searched as well.
    """

    Options = MatrixOptions
    guarantee = Guarantee(Replay.IDEMPOTENT_FOR, timedelta(minutes=30), looks_up=True)

    def __init__(self, options: MatrixOptions, site: Site) -> None:
        self._options = options
        self._site = site

    @staticmethod
    def place(options: MatrixOptions) -> str:
        """Give the room."""
        return f"https://matrix.to/#/{quote(options.room)}"

    async def limits(self, wire: Wire) -> Limits:
        """Give the server's own limit for uploads; it is asked once a day."""
        server = self._options.server
        known = remembered(server, wire)
        if known is None:
            known = remember(server, {"size": await self._api(wire).upload_size()}, wire)
        return Limits(text=None, text_bytes=TEXT_BYTES, image_bytes=known["size"])

    def compose(self, post: Post, html: str, picture: Picture | None, limits: Limits) -> Message:  # noqa: ARG002
        """Compose the event, but for the picture's address; nobody is mentioned."""

        def fits(parts: Parts) -> bool:
            size = len(json.dumps(self._content(parts)).encode())
            most = limits.text_bytes
            return size <= EVENT_BYTES and (most is None or len(parts.text.encode()) <= most)

        parts = Words(post, self._site, self._options).within(fits)
        return Message.of(
            post,
            parts.text,
            length=len(parts.text),
            limit=limits.text,
            image=fit(post, picture, limits),
            payload={"content": self._content(parts)},
        )

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:
        """Upload the picture, then send the event; only the latter can leave a doubt."""
        api = self._api(wire)
        content = await _filled(message, api)
        return await api.send(await api.room(), content, key)

    async def reply(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> Receipt:
        """Send an event that refers to the one that was announced."""
        api = self._api(wire)
        content = {**await _filled(message, api), "m.relates_to": reply_to(receipt)}
        return await api.send(room_of(receipt), content, key)

    async def update(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> None:
        """Send an event that replaces the content of the one that was announced."""
        api = self._api(wire)
        content = replacement(receipt, message, await _filled(message, api))
        await api.send(room_of(receipt), content, key)

    async def delete(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> None:  # noqa: ARG002
        """Redact the event, and before it what had replaced its content, which says as much."""
        api, room = self._api(wire), room_of(receipt)
        for event in (*await api.replacements(room, receipt.id), receipt.id):
            await api.redact(room, event, key)

    async def look_up(self, message: Message, key: Key, wire: Wire) -> Receipt | None:
        """Search our own messages since the first attempt for the one with the link.

        Raises:
            InDoubt: there are so many that the first attempt's time was not reached.
        """
        api, link = self._api(wire), message.link
        return await _search(
            await api.room(), key, api, lambda content: has_link(str(content["body"]), link)
        )

    async def look_up_reply(
        self,
        receipt: Receipt,
        message: Message,  # noqa: ARG002
        key: Key,
        wire: Wire,
    ) -> Receipt | None:
        """Search likewise, for what refers to the event that was announced."""
        relation = reply_to(receipt)
        return await _search(
            room_of(receipt),
            key,
            self._api(wire),
            lambda content: content.get("m.relates_to") == relation,
        )

    async def check(self, wire: Wire) -> Health:
        """Ask who we are, whether we are in the room, and whether it is one for everybody."""
        api, name = self._api(wire), self._options.room
        user, room = await api.user(), await api.room()
        if not await api.has_joined(room):
            advice = f"invite {user}, and accept the invitation with that account"
            return Health(ok=False, detail=f"{user} is not in {name}: {advice}")
        if await api.state(room, "m.room.encryption"):
            return Health(ok=False, detail=f"{name} is encrypted: choose another room")
        return Health(ok=True, detail=f"{user} in {name}", facts=await _facts(user, room, api))

    def _content(self, parts: Parts) -> dict[str, Any]:
        return content_of(parts, notice=self._options.notice)

    def _api(self, wire: Wire) -> Api:
        options = self._options
        return Api(options.server, options.token.get_secret_value(), options.room, wire)


async def _filled(message: Message, api: Api) -> dict[str, Any]:
    """Give an event's content, with the picture uploaded."""
    content = dict(message.payload["content"])
    return content | (await api.upload(message.image) if message.image else {})


async def _search(
    room: str, key: Key, api: Api, says: Callable[[Mapping[str, Any]], bool]
) -> Receipt | None:
    """Search a room, from now back to the first attempt, for what a delivery may have sent."""
    user = await api.user()
    async for reply, event in api.messages(room, user, key.minted - SKEW):
        if is_ours(event, key, user, says):
            return receipt_of(room, reply, event.get("event_id"))
    return None


async def _facts(user: str, room: str, api: Api) -> tuple[Fact, ...]:
    """Ask what the server knows, and whether the room lets us post."""
    versions = await api.versions()
    levels = await api.state(room, "m.room.power_levels")
    # Who has made the room stands beside the event's content, not in it.
    created = await api.state(room, "m.room.create", format="event")
    known, made = (each.json() if each else {} for each in (levels, created))
    rights = of_room(user, known, made) if known else ()
    return (*of_server(versions), *rights)
