"""The requests to a homeserver, by the client-server API.

https://spec.matrix.org/latest/client-server-api/, which each method's own section is a part of.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from syndicate.errors import InDoubt, Rejected, Unauthorized
from syndicate.http import Reply
from syndicate.model import Attachment, Key, Receipt
from syndicate.networks.base import Wire
from syndicate.networks.matrix_events import escape, receipt_of, time_of

log = logging.getLogger(__name__)

PAGES, PAGE, PAGE_CAP = 20, 100, 4 * 1024 * 1024
"""How much of a room is searched: pages, events on one, and the bytes of one at most."""
_CONFIG = ("/_matrix/client/v1/media/config", "/_matrix/media/v3/config")
"""Where a server tells its limit: since Matrix 1.11, and before."""


class Api:
    """A homeserver as one account sees it, and the room that is configured for it.

    Args:
        server: the homeserver's address.
        token: the account's access token.
        room: the room's number or alias.
        wire: how the server is reached.
    """

    def __init__(self, server: str, token: str, room: str, wire: Wire) -> None:
        self._server = server
        self._token = token
        self._room = room
        self._wire = wire

    async def user(self) -> str:
        """Ask whose the token is."""
        reply = await self._ask("GET", "/account/whoami")
        user = reply.field("user_id")
        if not isinstance(user, str):
            raise reply.garbled("names nobody")
        return user

    async def room(self) -> str:
        """Give the room's number; an alias is looked up, since it may be given to another room."""
        if self._room.startswith("!"):
            return self._room
        reply = await self._ask("GET", f"/directory/room/{escape(self._room)}")
        found = reply.field("room_id")
        if not isinstance(found, str):
            raise reply.garbled("names no room")
        return found

    async def has_joined(self, room: str) -> bool:
        """Ask whether the account is in a room."""
        joined = (await self._ask("GET", "/joined_rooms", cap=PAGE_CAP)).field("joined_rooms")
        return isinstance(joined, list) and room in joined

    async def state(self, room: str, name: str, **params: str) -> Reply | None:
        """Ask for a part of a room's state; None where it has none, or does not tell."""
        path = f"/rooms/{escape(room)}/state/{name}"
        reply = await self._request("GET", path, params=params or None)
        return reply if reply.status == HTTPStatus.OK else None

    async def versions(self) -> Any:
        """Ask which versions of the specification the server knows."""
        reply = await self._request("GET", "/versions", prefix="/_matrix/client")
        return reply.field("versions")

    async def upload_size(self) -> int | None:
        """Ask how many bytes an upload may have; a server need not say."""
        for path in _CONFIG:
            reply = await self._request("GET", path, prefix="")
            if reply.status != HTTPStatus.NOT_FOUND:
                size = reply.check().field("m.upload.size")
                return size if isinstance(size, int) and size > 0 else None
        return None

    async def upload(self, image: Attachment) -> dict[str, Any]:
        """Upload a picture; what makes an image of a text, or nothing where it is refused."""
        name = f"hero.{image.type.partition('/')[2]}"
        reply = await self._request(
            "POST",
            "/_matrix/media/v3/upload",
            prefix="",
            params={"filename": name},
            headers={"content-type": image.type},
            content=image.data,
        )
        try:
            address = reply.check().field("content_uri")
        except Rejected as error:
            log.warning("the post goes out without its image: %s", error.detail)
            return {}
        if not isinstance(address, str):
            raise reply.garbled("names no upload")
        size = {"w": image.width, "h": image.height, "size": image.length, "mimetype": image.type}
        return {"msgtype": "m.image", "filename": name, "url": address, "info": size}

    async def send(self, room: str, content: Mapping[str, Any], key: Key) -> Receipt:
        """Send an event under the delivery's transaction number."""
        path = f"/rooms/{escape(room)}/send/m.room.message/{escape(key.value)}"
        reply = await self._ask("PUT", path, json=content, creates=True)
        return receipt_of(room, reply, reply.field("event_id"))

    async def replacements(self, room: str, event: str) -> list[str]:
        """Ask for the numbers of what has replaced an event's content."""
        path = f"/rooms/{escape(room)}/relations/{escape(event)}/m.replace"
        reply = await self._request(
            "GET", path, prefix="/_matrix/client/v1", params={"limit": PAGE}, cap=PAGE_CAP
        )
        found = reply.field("chunk") if reply.status == HTTPStatus.OK else []
        numbers = [each.get("event_id") for each in found if isinstance(each, dict)]
        return [each for each in numbers if each]

    async def redact(self, room: str, event: str, key: Key) -> None:
        """Redact an event; that it is not there is a success."""
        number = escape(f"{key.value}{event}")
        path = f"/rooms/{escape(room)}/redact/{escape(event)}/{number}"
        reply = await self._request("PUT", path, json={})
        if reply.status != HTTPStatus.NOT_FOUND:
            reply.check()

    async def messages(
        self, room: str, user: str, since: datetime
    ) -> AsyncIterator[tuple[Reply, Mapping[str, Any]]]:
        """Give what somebody wrote into a room since then, the newest first, each with its answer.

        Raises:
            InDoubt: there is so much that this time was not reached.
        """
        oldest = since.timestamp() * 1000
        wanted = json.dumps({"senders": [user], "types": ["m.room.message"]})
        params: dict[str, str | int] = {"dir": "b", "limit": PAGE, "filter": wanted}
        for _ in range(PAGES):
            path = f"/rooms/{escape(room)}/messages"
            reply = await self._ask("GET", path, params=params, cap=PAGE_CAP)
            events = reply.field("chunk")
            if not isinstance(events, list):
                raise reply.garbled("is no list of messages")
            for event in (each for each in events if isinstance(each, dict)):
                if time_of(event) < oldest:
                    return
                yield reply, event
            if not reply.field("end"):
                return
            params["from"] = reply.field("end")
        raise InDoubt(f"among {PAGES} pages of the room's messages it is not to be found")

    async def _ask(self, method: str, path: str, **options: Any) -> Reply:
        """Make a request about the room or the account.

        Raises:
            Unauthorized: the account may not do it, or the room is not there.
            DeliveryError: the kind that the status stands for.
        """
        reply = await self._request(method, path, **options)
        if reply.status in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
            advice = f"is the account in {self._room}, and may it post there?"
            raise Unauthorized(f"{reply.error().detail}; {advice}", status=reply.status)
        return reply.check()

    async def _request(
        self, method: str, path: str, prefix: str = "/_matrix/client/v3", **options: Any
    ) -> Reply:
        """Send one request; ``options`` as ``Http.request`` takes them."""
        headers = {"authorization": f"Bearer {self._token}", **options.pop("headers", {})}
        url = f"{self._server}{prefix}{path}"
        return await self._wire.http.request(
            method, url, headers=headers, hide=[self._token], **options
        )
