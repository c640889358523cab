"""Discord's webhooks, as strict as the real ones about what a message may be.

Written from the limits of its documentation (webhook resource, message resource, error codes).
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fakes.record import multipart
from fakes.trouble import Trouble

TOKEN = "aXv3-Qm9_zYt7Lk2PbR5sWd8aXv3-Qm9_zYt7Lk2PbR5sWd8aXv3-Qm9_zYt7Lk2PbR5"
PATH = f"/api/webhooks/1234567890/{TOKEN}"
PARTS = {"title": 256, "description": 4_096, "url": 2_048}
EMBED = {*PARTS, "timestamp", "footer", "image"}
BODY = {"content", "embeds", "allowed_mentions", "attachments", "thread_name", "flags"}


class Invalid(Exception):
    def __init__(self, code: int, said: str, status: int = 400) -> None:
        super().__init__(said)
        self.code, self.said, self.status = code, said, status


class Discord:
    """One channel's webhook. What it was sent is in ``messages``, the files in ``files``."""

    def __init__(self, *, forum: bool = False) -> None:
        self.messages: list[dict[str, Any]] = []
        self.queries: list[dict[str, str]] = []
        self.files: list[dict[str, Any]] = []
        self.forum = forum
        self.app = Trouble(
            Starlette(
                routes=[
                    Route("/{path:path}", self._answer, methods=["GET", "POST", "PATCH", "DELETE"])
                ]
            )
        )

    async def _answer(self, request: Request) -> Response:
        try:
            if request.method in {"PATCH", "DELETE"}:
                return await self._change(request)
            self._knows(request.url.path)
            if request.method == "GET":
                about = {
                    "id": "1234567890",
                    "name": "Ada's notes",
                    "channel_id": "42",
                    "guild_id": "7",
                    "type": 1,
                }
                return JSONResponse({**about, "token": TOKEN})
            return await self._take(request)
        except Invalid as error:
            return JSONResponse({"message": error.said, "code": error.code}, error.status)

    def _knows(self, path: str) -> None:
        if path != PATH:
            raise Invalid(10015, "Unknown Webhook", 404)

    async def _take(self, request: Request) -> Response:
        if (
            set(request.query_params) - {"wait", "thread_id"}
            or request.query_params["wait"] != "true"
        ):
            raise Invalid(50035, "Invalid Form Body")
        message, files = await self._read(request)
        if self.forum != ("thread_name" in message) and "thread_id" not in request.query_params:
            raise Invalid(
                220001 if self.forum else 220003, "Webhooks and forum channels do not fit"
            )
        self.messages.append(message)
        self.queries.append(dict(request.query_params))
        self.files.append({name: part.get_payload(decode=True) for name, part in files.items()})
        number = str(100 + len(self.messages))
        return JSONResponse({"id": number, "channel_id": number if self.forum else "42"})

    async def _read(self, request: Request) -> Any:
        kind, files = request.headers["content-type"], {}
        body = await request.body()
        if kind.startswith("multipart/"):
            files = multipart(kind, body)
            body = files.pop("payload_json").get_payload(decode=True)
        elif kind != "application/json":
            raise Invalid(50109, "The request body contains invalid JSON.")
        message = json.loads(body)
        self._judge(message, files)
        return message, files

    async def _change(self, request: Request) -> Response:
        """Edit or delete; what an edit does not name stays as it was."""
        path, _, number = request.url.path.partition("/messages/")
        self._knows(path)
        query = dict(request.query_params)
        if set(query) - {"thread_id"}:
            raise Invalid(50035, "Invalid Form Body")
        if self.forum and query.get("thread_id") not in self.threads():
            raise Invalid(10003, "Unknown Channel", 404)
        place = int(number) - 101
        if place not in range(len(self.messages)) or self.messages[place] is None:
            raise Invalid(10008, "Unknown Message", 404)
        if not self.forum and query.get("thread_id") != self.queries[place].get("thread_id"):
            raise Invalid(10008, "Unknown Message", 404)
        if request.method == "DELETE":
            self.messages[place] = None
            return Response(status_code=204)
        message, files = await self._read(request)
        if "thread_name" in message:
            raise Invalid(50035, "Invalid Form Body")
        self.messages[place] |= message
        if "attachments" in message:
            self.files[place] = {
                name: part.get_payload(decode=True) for name, part in files.items()
            }
        return JSONResponse({"id": number, "channel_id": "42"})

    def threads(self) -> set[str]:
        return {str(101 + place) for place, each in enumerate(self.messages) if each}

    def _judge(self, message: dict[str, Any], files: dict[str, Any]) -> None:
        if set(message) - BODY or message["allowed_mentions"] != {"parse": []}:
            raise Invalid(50035, "Invalid Form Body")
        if not message.get("content") and not message.get("embeds"):
            raise Invalid(50006, "Cannot send an empty message")
        if len(message.get("content", "")) > 2_000 or len(
            message.get("thread_name", "x")
        ) not in range(1, 101):
            raise Invalid(50035, "BASE_TYPE_BAD_LENGTH")
        for embed in message.get("embeds", ()):
            self._judge_embed(embed, files)
        named = {f"files[{each['id']}]": each for each in message.get("attachments", ())}
        if set(named) != set(files):
            raise Invalid(50035, "attachments do not match the files")
        for name, each in named.items():
            if files[name].get_filename() != each["filename"] or len(
                each.get("description", "x")
            ) not in range(1, 1_025):
                raise Invalid(50035, "Invalid attachment")

    def _judge_embed(self, embed: dict[str, Any], files: dict[str, Any]) -> None:
        if set(embed) - EMBED or not embed.get("title"):
            raise Invalid(50035, "Invalid embed")
        for name, most in PARTS.items():
            if name in embed and len(embed[name]) not in range(1, most + 1):
                raise Invalid(50035, f"{name}: BASE_TYPE_BAD_LENGTH")
        if "url" in embed and urlsplit(embed["url"]).scheme not in {"http", "https"}:
            raise Invalid(50035, "Not a well formed URL.")
        if (
            sum(len(embed.get(name, "")) for name in ("title", "description"))
            + len(embed.get("footer", {"text": ""})["text"])
            > 6_000
        ):
            raise Invalid(50035, "Embed size exceeds maximum size of 6000")
        if "image" in embed:
            names = {part.get_filename() for part in files.values()}
            if embed["image"]["url"].removeprefix("attachment://") not in names:
                raise Invalid(50035, "no such attachment")
