"""Matrix, by the client-server API.

https://spec.matrix.org/latest/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid
https://spec.matrix.org/latest/client-server-api/#mimage
"""

from __future__ import annotations

import html as markup
import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar
from urllib.parse import quote, unquote

from pydantic import Field

from syndicate.compose import Parts, Words, find_facets, fit, has_link
from syndicate.config import PER_POST, Form, Token, WebUrl, Worded
from syndicate.errors import InDoubt, Rejected, Unauthorized
from syndicate.http import Reply
from syndicate.model import (
    Attachment,
    FacetKind,
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
from syndicate.networks.matrix_facts import of_room, of_server

log = logging.getLogger(__name__)

TEXT_BYTES, EVENT_BYTES = 20_000, 60_000
"""An event may have 65,536 bytes; the server's own part of it needs room, too."""
FRESH = timedelta(days=1)
"""How long a server's limit is believed before it is asked again."""
SKEW = timedelta(minutes=10)
"""By how much a server's clock may differ from ours."""
PAGES, PAGE, PAGE_CAP = 20, 100, 4 * 1024 * 1024
_OK, _FORBIDDEN, _NOT_FOUND = 200, 403, 404
_NOTE = 200
"""The most characters of an edit's short note beside the address."""
_CONFIG = ("/_matrix/client/v1/media/config", "/_matrix/media/v3/config")
"""Where a server tells its limit: since Matrix 1.11, and before."""


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
        known = wire.session.load()
        if not self._is_fresh(known, wire.clock()):
            read = wire.clock().isoformat()
            known = {"server": self._options.server, "read": read, "size": await self._size(wire)}
            wire.session.save(known)
        return Limits(text=None, text_bytes=TEXT_BYTES, image_bytes=known["size"])

    def compose(self, post: Post, html: str, picture: Picture | None, limits: Limits) -> Message:  # noqa: ARG002
        """Compose the event, but for the picture's address; nobody is mentioned."""

        def fits(parts: Parts) -> bool:
            size = len(json.dumps(self._content(parts)).encode())
            most = limits.text_bytes
            return size <= EVENT_BYTES and (most is None or len(parts.text.encode()) <= most)

        parts = Words(post, self._site, self._options).within(fits)
        return Message(
            text=parts.text,
            link=post.url,
            title=post.title or "",
            summary=post.summary,
            language=post.language,
            length=len(parts.text),
            limit=limits.text,
            image=fit(post, picture, limits),
            payload={"content": self._content(parts)},
        )

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:
        """Upload the picture, then send the event; only the latter can leave a doubt."""
        content = await self._filled(message, wire)
        return await self._put(await self._room(wire), content, key, wire)

    async def reply(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> Receipt:
        """Send an event that refers to the one that was announced."""
        relation = {"m.in_reply_to": {"event_id": receipt.id}}
        content = {**await self._filled(message, wire), "m.relates_to": relation}
        return await self._put(_place(receipt), content, key, wire)

    async def update(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> None:
        """Send an event that replaces the content; who does not know that sees a short note.

        https://spec.matrix.org/latest/client-server-api/#event-replacements
        """
        content = {
            "msgtype": message.payload["content"]["msgtype"],
            "body": f"* {message.title[:_NOTE] or message.summary[:_NOTE]}\n\n{message.link}",
            "m.mentions": {},
            "m.new_content": await self._filled(message, wire),
            "m.relates_to": {"rel_type": "m.replace", "event_id": receipt.id},
        }
        await self._put(_place(receipt), content, key, wire)

    async def delete(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> None:  # noqa: ARG002
        """Redact the event, and before it what had replaced its content, which says as much."""
        room = _quote(_place(receipt))
        path = f"/rooms/{room}/relations/{_quote(receipt.id)}/m.replace"
        reply = await self._request(
            wire, "GET", path, prefix="/_matrix/client/v1", params={"limit": PAGE}, cap=PAGE_CAP
        )
        edits = reply.field("chunk") if reply.status == _OK else []
        numbers = [each.get("event_id") for each in edits if isinstance(each, dict)]
        for event in (*filter(None, numbers), receipt.id):
            path = f"/rooms/{room}/redact/{_quote(event)}/{_quote(f'{key.value}{event}')}"
            reply = await self._request(wire, "PUT", path, json={})
            if reply.status != _NOT_FOUND:
                reply.check()

    async def _filled(self, message: Message, wire: Wire) -> dict[str, Any]:
        """Give an event's content, with the picture uploaded."""
        content = dict(message.payload["content"])
        return content | (await self._upload(message.image, wire) if message.image else {})

    async def _put(self, room: str, content: Mapping[str, Any], key: Key, wire: Wire) -> Receipt:
        path = f"/rooms/{_quote(room)}/send/m.room.message/{_quote(key.value)}"
        reply = await self._ask(wire, "PUT", path, json=content, creates=True)
        return _receipt(room, reply, reply.field("event_id"))

    async def look_up(self, message: Message, key: Key, wire: Wire) -> Receipt | None:
        """Search our own messages since the first attempt for the one with the link.

        Raises:
            InDoubt: there are so many that the first attempt's time was not reached.
        """
        link = message.link
        return await self._search(
            await self._room(wire), key, wire, lambda content: has_link(str(content["body"]), link)
        )

    async def look_up_reply(
        self,
        receipt: Receipt,
        message: Message,  # noqa: ARG002
        key: Key,
        wire: Wire,
    ) -> Receipt | None:
        """Search likewise, for what refers to the event that was announced."""
        relation = {"m.in_reply_to": {"event_id": receipt.id}}
        return await self._search(
            _place(receipt), key, wire, lambda content: content.get("m.relates_to") == relation
        )

    async def _search(
        self, room: str, key: Key, wire: Wire, is_it: Callable[[Mapping[str, Any]], bool]
    ) -> Receipt | None:
        user = await self._user(wire)
        since = (key.minted - SKEW).timestamp() * 1000
        wanted = json.dumps({"senders": [user], "types": ["m.room.message"]})
        params: dict[str, str | int] = {"dir": "b", "limit": PAGE, "filter": wanted}
        for _ in range(PAGES):
            path = f"/rooms/{_quote(room)}/messages"
            reply = await self._ask(wire, "GET", path, params=params, cap=PAGE_CAP)
            events = reply.field("chunk")
            if not isinstance(events, list):
                raise reply.garbled("is no list of messages")
            for event in (each for each in events if isinstance(each, dict)):
                if _time(event) < since:
                    return None
                if _is_ours(event, key, user, is_it):
                    return _receipt(room, reply, event.get("event_id"))
            if not reply.field("end"):
                return None
            params["from"] = reply.field("end")
        raise InDoubt(f"among {PAGES} pages of the room's messages it is not to be found")

    async def check(self, wire: Wire) -> Health:
        """Ask who we are, whether we are in the room, and whether it is one for everybody."""
        user, room = await self._user(wire), await self._room(wire)
        joined = (await self._ask(wire, "GET", "/joined_rooms", cap=PAGE_CAP)).field("joined_rooms")
        if not isinstance(joined, list) or room not in joined:
            advice = f"invite {user}, and accept the invitation with that account"
            return Health(ok=False, detail=f"{user} is not in {self._options.room}: {advice}")
        path = f"/rooms/{_quote(room)}/state/m.room.encryption"
        if (await self._request(wire, "GET", path)).status == _OK:
            detail = f"{self._options.room} is encrypted: choose another room"
            return Health(ok=False, detail=detail)
        facts = await self._facts(user, room, wire)
        return Health(ok=True, detail=f"{user} in {self._options.room}", facts=facts)

    async def _facts(self, user: str, room: str, wire: Wire) -> tuple[Fact, ...]:
        """Ask what the server knows, and whether the room lets us post."""
        state = f"/rooms/{_quote(room)}/state"
        versions = await self._request(wire, "GET", "/versions", prefix="/_matrix/client")
        levels = await self._request(wire, "GET", f"{state}/m.room.power_levels")
        # Who has made the room stands beside the event's content, not in it.
        path, whole = f"{state}/m.room.create", {"format": "event"}
        created = await self._request(wire, "GET", path, params=whole)
        known, made = (each.json() if each.status == _OK else {} for each in (levels, created))
        rights = of_room(user, known, made) if known else ()
        return (*of_server(versions.field("versions")), *rights)

    def _content(self, parts: Parts) -> dict[str, Any]:
        """Give the event's content; an empty ``m.mentions`` says that the words call nobody."""
        return {
            "msgtype": "m.notice" if self._options.notice else "m.text",
            "body": parts.text,
            "format": "org.matrix.custom.html",
            "formatted_body": _html(parts),
            "m.mentions": {},
        }

    def _is_fresh(self, known: Mapping[str, Any], now: datetime) -> bool:
        if known.get("server") != self._options.server or "read" not in known:
            return False
        return timedelta() <= now - datetime.fromisoformat(known["read"]) < FRESH

    async def _size(self, wire: Wire) -> int | None:
        """Read how large an upload may be; a server need not say."""
        for path in _CONFIG:
            reply = await self._request(wire, "GET", path, prefix="")
            if reply.status != _NOT_FOUND:
                size = reply.check().field("m.upload.size")
                return size if isinstance(size, int) and size > 0 else None
        return None

    async def _room(self, wire: Wire) -> str:
        """Give the room's number; an alias is looked up, since it may be given to another room."""
        room = self._options.room
        if room.startswith("!"):
            return room
        reply = await self._ask(wire, "GET", f"/directory/room/{_quote(room)}")
        found = reply.field("room_id")
        if not isinstance(found, str):
            raise reply.garbled("names no room")
        return found

    async def _user(self, wire: Wire) -> str:
        reply = await self._ask(wire, "GET", "/account/whoami")
        user = reply.field("user_id")
        if not isinstance(user, str):
            raise reply.garbled("names nobody")
        return user

    async def _upload(self, image: Attachment, wire: Wire) -> dict[str, Any]:
        """Upload the picture; what makes an image of a text, or nothing where it is refused."""
        name = f"hero.{image.type.partition('/')[2]}"
        reply = await self._request(
            wire,
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

    async def _ask(self, wire: Wire, method: str, path: str, **request: Any) -> Reply:
        """Make a request about the room or the account.

        Raises:
            Unauthorized: the account may not do it, or the room is not there.
            DeliveryError: the kind that the status stands for.
        """
        reply = await self._request(wire, method, path, **request)
        if reply.status in {_FORBIDDEN, _NOT_FOUND}:
            advice = f"is the account in {self._options.room}, and may it post there?"
            raise Unauthorized(f"{reply.error().detail}; {advice}", status=reply.status)
        return reply.check()

    async def _request(
        self, wire: Wire, method: str, path: str, prefix: str = "/_matrix/client/v3", **request: Any
    ) -> Reply:
        token = self._options.token.get_secret_value()
        headers = {"authorization": f"Bearer {token}", **request.pop("headers", {})}
        url = f"{self._options.server}{prefix}{path}"
        return await wire.http.request(method, url, headers=headers, hide=[token], **request)


def _html(parts: Parts) -> str:
    """Give the parts as paragraphs, the title as the link; where there is no title, the address."""
    if parts.body:
        return _paragraphs(parts.body, parts.link)
    title, summary, tags = map(markup.escape, (parts.title, parts.summary, parts.tags))
    heading, address = f"<strong>{title}</strong>" if title else "", ""
    if parts.link:
        link = f'<a href="{markup.escape(parts.link)}">{heading or markup.escape(parts.link)}</a>'
        heading, address = (link, "") if heading else ("", link)
    words = (heading, summary, address, tags)
    return "".join(f"<p>{each}</p>" for each in words if each)


def _paragraphs(text: str, link: str) -> str:
    """Give a text as paragraphs, its addresses as links."""
    data, end, marked = text.encode(), 0, ""
    for facet in find_facets(text, link):
        if facet.kind is FacetKind.LINK:
            url = markup.escape(facet.value)
            marked += markup.escape(data[end : facet.start].decode()) + f'<a href="{url}">{url}</a>'
            end = facet.end
    marked += markup.escape(data[end:].decode())
    paragraphs = (each.replace("\n", "<br>") for each in marked.split("\n\n"))
    return "".join(f"<p>{each}</p>" for each in paragraphs)


def _quote(text: str) -> str:
    return quote(text, safe="")


def _time(event: Mapping[str, Any]) -> float:
    """Give an event's time in milliseconds; one without any is not known to be old."""
    time = event.get("origin_server_ts")
    return time if isinstance(time, int) else float("inf")


def _place(receipt: Receipt) -> str:
    """Give the room that an event is in: the endpoint may have moved to another."""
    return unquote(str(receipt.url).rpartition("/")[0].rpartition("/")[2])


def _is_ours(
    event: Mapping[str, Any], key: Key, user: str, is_it: Callable[[Mapping[str, Any]], bool]
) -> bool:
    """Tell whether an event was sent by this delivery: by its number, or by what it says."""
    unsigned, content = event.get("unsigned"), event.get("content")
    if isinstance(unsigned, dict) and unsigned.get("transaction_id") == key.value:
        return True
    if event.get("sender") != user or not isinstance(content, dict):
        return False
    return "body" in content and is_it(content)


def _receipt(room: str, reply: Reply, number: Any) -> Receipt:
    if not isinstance(number, str) or not number:
        raise reply.garbled("names no event")
    return Receipt(number, f"https://matrix.to/#/{_quote(room)}/{_quote(number)}")
