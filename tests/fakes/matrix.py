"""A Matrix homeserver, as strict as a real one about events, uploads and transaction numbers.

Written from the client-server API's schemas; an event's HTML is judged by the tags that it allows.
"""

from __future__ import annotations

import io
import json
import re
from typing import Any

from lxml import html
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fakes.trouble import Trouble
from syndicate.testing.clock import NOON

TOKEN = "syt_YWRh_aXv3Qm9zYt7Lk2PbR5sWd_8EzQ4r"
ROOM, ALIAS, USER = "!aBc:example.org", "#news:example.org", "@ada:example.org"
SEND = f"/_matrix/client/v3/rooms/{ROOM}/send/m.room.message/msg_1"
UPLOAD = "/_matrix/media/v3/upload"
TAGS = {"p", "a", "strong"}
FIELDS = {"msgtype", "body", "format", "formatted_body", "m.mentions"}
IMAGE = {"filename", "url", "info"}


class Matrix:
    """One room. What was sent is in ``events``, oldest first.

    Args:
        encrypted: whether the room is.
        modern: whether media are asked for under ``client/v1``.
    """

    def __init__(self, *, encrypted: bool = False, modern: bool = True) -> None:
        self.encrypted = encrypted
        self.events: list[dict[str, Any]] = []
        self.transactions: dict[str, str] = {}
        self.media: dict[str, bytes] = {}
        self.forgets = False
        self.page = 100
        self.now = NOON
        self.levels: dict[str, Any] | None = {"users": {USER: 50}, "events_default": 0}
        self.created = {"room_version": "10"}
        self.versions = ["r0.6.1", "v1.1", "v1.11"]
        client = "/_matrix/client/v3"
        config = "/_matrix/client/v1/media/config" if modern else "/_matrix/media/v3/config"
        routes = [
            Route(config, self._answer(self._config)),
            Route(UPLOAD, self._answer(self._upload), methods=["POST"]),
            Route(f"{client}/account/whoami", self._answer(self._who)),
            Route(f"{client}/joined_rooms", self._answer(self._joined)),
            Route(f"{client}/directory/room/{{alias}}", self._answer(self._directory)),
            Route(f"{client}/rooms/{{room}}/messages", self._answer(self._messages)),
            Route(f"{client}/rooms/{{room}}/state/m.room.encryption", self._answer(self._state)),
            Route(f"{client}/rooms/{{room}}/state/m.room.power_levels", self._answer(self._power)),
            Route(f"{client}/rooms/{{room}}/state/m.room.create", self._answer(self._creation)),
            Route("/_matrix/client/versions", self._answer(self._knows)),
            Route(
                "/_matrix/client/v1/rooms/{room}/relations/{event}/m.replace",
                self._answer(self._relations),
            ),
            Route(
                f"{client}/rooms/{{room}}/redact/{{event}}/{{txn}}",
                self._answer(self._redact),
                methods=["PUT"],
            ),
            Route(
                f"{client}/rooms/{{room}}/send/m.room.message/{{txn}}",
                self._answer(self._send),
                methods=["PUT"],
            ),
        ]
        self.app = Trouble(Starlette(routes=routes))

    def _answer(self, work: Any) -> Any:
        async def answer(request: Request) -> Response:
            if request.headers.get("authorization") != f"Bearer {TOKEN}":
                return JSONResponse(
                    {"errcode": "M_UNKNOWN_TOKEN", "error": "Unrecognised access token"}, 401
                )
            if request.path_params.get("room", ROOM) != ROOM:
                return JSONResponse({"errcode": "M_FORBIDDEN", "error": "User not in room"}, 403)
            status, body = await work(request)
            return JSONResponse(body, status)

        return answer

    def add(self, sender: str = USER, txn: str = "", **content: Any) -> str:
        number = f"$event{len(self.events)}"
        self.events.append(
            {
                "event_id": number,
                "sender": sender,
                "type": "m.room.message",
                "origin_server_ts": int(self.now.timestamp() * 1000),
                "content": content,
                "unsigned": {"transaction_id": txn} if txn else {},
            }
        )
        return number

    async def _config(self, request: Request) -> Any:
        return 200, {"m.upload.size": 100_000}

    async def _who(self, request: Request) -> Any:
        return 200, {"user_id": USER, "device_id": "D"}

    async def _joined(self, request: Request) -> Any:
        return 200, {"joined_rooms": [ROOM]}

    async def _directory(self, request: Request) -> Any:
        if request.path_params["alias"] != ALIAS:
            return 404, {"errcode": "M_NOT_FOUND", "error": "Room alias not found"}
        return 200, {"room_id": ROOM, "servers": ["example.org"]}

    async def _state(self, request: Request) -> Any:
        if self.encrypted:
            return 200, {"algorithm": "m.megolm.v1.aes-sha2"}
        return 404, {"errcode": "M_NOT_FOUND", "error": "Event not found."}

    async def _power(self, request: Request) -> Any:
        if self.levels is None:
            return 404, {"errcode": "M_NOT_FOUND", "error": "Event not found."}
        return 200, self.levels

    async def _creation(self, request: Request) -> Any:
        assert request.query_params["format"] == "event"
        return 200, self.created

    async def _knows(self, request: Request) -> Any:
        return 200, {"versions": self.versions, "unstable_features": {}}

    async def _upload(self, request: Request) -> Any:
        data = await request.body()
        if len(data) > 100_000:
            return 413, {"errcode": "M_TOO_LARGE", "error": "Upload request body is too large"}
        with Image.open(io.BytesIO(data)) as image:
            if Image.MIME[image.format] != request.headers["content-type"]:
                return 400, {"errcode": "M_UNKNOWN", "error": "not what it is said to be"}
        assert request.query_params["filename"]
        address = f"mxc://example.org/{len(self.media)}"
        self.media[address] = data
        return 200, {"content_uri": address}

    async def _send(self, request: Request) -> Any:
        txn, raw = request.path_params["txn"], await request.body()
        if txn in self.transactions and not self.forgets:
            return 200, {"event_id": self.transactions[txn]}
        content = json.loads(raw)
        problem = self.problem(dict(content), raw)
        if problem:
            return 400, {"errcode": "M_BAD_JSON", "error": problem}
        self.transactions[txn] = self.add(txn=txn, **content)
        return 200, {"event_id": self.transactions[txn]}

    async def _relations(self, request: Request) -> Any:
        about = {"rel_type": "m.replace", "event_id": request.path_params["event"]}
        edits = [each for each in self.events if each["content"].get("m.relates_to") == about]
        return 200, {"chunk": edits[: int(request.query_params["limit"])]}

    async def _redact(self, request: Request) -> Any:
        assert await request.json() == {}
        for event in self.events:
            if event["event_id"] == request.path_params["event"]:
                event["content"] = {}
                return 200, {"event_id": "$redaction"}
        return 404, {"errcode": "M_NOT_FOUND", "error": "Event not found."}

    async def _messages(self, request: Request) -> Any:
        query = request.query_params
        assert query["dir"] == "b"
        wanted = json.loads(query["filter"])
        found = [each for each in reversed(self.events) if each["sender"] in wanted["senders"]]
        start = int(query.get("from", 0))
        end = {"end": str(start + self.page)} if start + self.page < len(found) else {}
        return 200, {"chunk": found[start : start + self.page], "start": str(start), **end}

    def problem(self, content: dict[str, Any], raw: bytes) -> str:
        """Say what is wrong with an event."""
        if len(raw) > 63_000:
            return "event too large"
        relation = content.pop("m.relates_to", {})
        about = relation.get("m.in_reply_to", relation)
        known = {each["event_id"] for each in self.events}
        if relation and about.get("event_id") not in known:
            return "Unknown event in m.relates_to"
        if relation.get("rel_type") == "m.replace":
            return self._replacement(content)
        image = content["msgtype"] == "m.image"
        if set(content) != FIELDS | (IMAGE if image else set()):
            return f"unexpected keys: {sorted(content)}"
        if content["msgtype"] not in {"m.text", "m.notice", "m.image"} or content["m.mentions"]:
            return "unexpected kind"
        if image and (
            content["url"] not in self.media
            or set(content["info"]) != {"w", "h", "size", "mimetype"}
        ):
            return "no such upload"
        return "" if is_clean(content["formatted_body"]) else "not clean HTML"

    def _replacement(self, content: dict[str, Any]) -> str:
        """Say what is wrong with an edit: without its parts it is a message of its own."""
        if set(content) != {"msgtype", "body", "m.mentions", "m.new_content"}:
            return f"unexpected keys: {sorted(content)}"
        new = content["m.new_content"]
        if not content["body"].startswith("* ") or "m.relates_to" in new:
            return "not an edit's fallback"
        return self.problem(new, b"")


def is_clean(text: str) -> bool:
    tree = html.fragment_fromstring(text, create_parent="div")
    tags = {each.tag for each in tree.iterdescendants()}
    links = [each.get("href") for each in tree.iter("a")]
    return tags <= TAGS and all(re.match("https?://", link) for link in links)
