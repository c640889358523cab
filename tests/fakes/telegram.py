"""Telegram's Bot API, as strict as the real one about messages, photos and HTML.

Written from its documentation and the errors that its server is known to give. Its HTML is parsed
by rules of our own: only the tags that it knows, and only its four named entities.
"""

from __future__ import annotations

import io
import json
import re
from typing import Any

from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fakes.record import multipart
from fakes.trouble import Trouble

TOKEN = "123456789:aXv3-Qm9_zYt7Lk2PbR5sWd8EzQ4rTuVwXy"
CHAT = "@adas_notes"
TAG = re.compile(r"<(/?)(b|i|u|s|code|pre|a)(?: [^<>]*)?>")
ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"'}
MENTION = re.compile(r"(?<![\w/])@[A-Za-z0-9_]{4,}")


class Bad(Exception):
    def __init__(self, said: str, status: int = 400) -> None:
        super().__init__(said)
        self.said, self.status = said, status


def path(method: str) -> str:
    return f"/bot{TOKEN}/{method}"


class Telegram:
    """One bot in one channel. What it sent is in ``messages``, as the methods were called."""

    def __init__(self, chat: Any = None) -> None:
        self.chat = chat or {"id": -1001234567890, "username": "adas_notes", "title": "Ada's notes"}
        self.chat = {"type": "channel", **self.chat}
        self.member = {"status": "administrator", "can_post_messages": True}
        self.messages: list[dict[str, Any]] = []
        self.mentioned: list[str] = []
        self.late = False
        route = Route("/{bot}/{method}", self._answer, methods=["POST"])
        self.app = Trouble(Starlette(routes=[route]))

    async def _answer(self, request: Request) -> Response:
        try:
            result = await self._call(request)
        except Bad as bad:
            body = {"ok": False, "error_code": bad.status, "description": bad.said}
            return JSONResponse(body, bad.status)
        return JSONResponse({"ok": True, "result": result})

    async def _call(self, request: Request) -> Any:
        if request.path_params["bot"] != f"bot{TOKEN}":
            raise Bad("Not Found", 404)
        method, kind = request.path_params["method"], request.headers.get("content-type", "")
        fields: dict[str, Any] = {}
        body = await request.body()
        if kind == "application/json":
            fields = json.loads(body)
        elif kind.startswith("multipart/"):
            fields = {
                name: part if part.get_filename() else part.get_payload(decode=True).decode()
                for name, part in multipart(kind, body).items()
            }
        if method == "getMe":
            return {"id": 123456789, "is_bot": True, "username": "ada_herald_bot"}
        if fields["chat_id"] not in {CHAT, self.chat["id"]}:
            raise Bad("Bad Request: chat not found")
        if method == "getChat":
            return self.chat
        if method == "getChatMember":
            if fields["user_id"] != 123456789:
                raise Bad("Bad Request: PARTICIPANT_ID_INVALID")
            return {"user": {"id": 123456789, "is_bot": True}, **self.member}
        return getattr(self, f"_{method}")(fields)

    def _sendMessage(self, fields: dict[str, Any]) -> Any:  # noqa: N802 - Telegram's own name
        allowed = {"chat_id", "text", "parse_mode", "link_preview_options", "reply_parameters"}
        self._known(fields, allowed)
        if "reply_parameters" in fields:
            self._message(fields["reply_parameters"], "message to be replied not found")
        return self._sent(fields, self._words(fields, "text", 4_096))

    def _words(self, fields: dict[str, Any], name: str, most: int) -> str:
        text = self.parse({**fields, "text": fields[name]})
        if name == "text" and not text.strip():
            raise Bad("Bad Request: message text is empty")
        if units(text) > most:
            raise Bad(f"Bad Request: message {'' if name == 'text' else 'caption '}is too long")
        return text

    def _message(self, fields: dict[str, Any], said: str) -> dict[str, Any]:
        place = fields["message_id"] - 1
        if place not in range(len(self.messages)) or self.messages[place] is None:
            raise Bad(f"Bad Request: {said}")
        return self.messages[place]

    def _editMessageText(self, fields: dict[str, Any]) -> Any:  # noqa: N802 - likewise
        return self._edit(fields, "text", 4_096, {"link_preview_options"})

    def _editMessageCaption(self, fields: dict[str, Any]) -> Any:  # noqa: N802 - likewise
        return self._edit(fields, "caption", 1_024, set())

    def _edit(self, fields: dict[str, Any], name: str, most: int, more: set[str]) -> Any:
        if set(fields) != {"chat_id", "message_id", "parse_mode", name} | more:
            raise Bad("Bad Request: unknown fields")
        message = self._message(fields, "message to edit not found")
        if name not in message:
            raise Bad(f"Bad Request: there is no {name} in the message to edit")
        read = self._words(fields, name, most)
        if message[name] == fields[name]:
            raise Bad(
                "Bad Request: message is not modified: specified new message content and reply "
                "markup are exactly the same as a current content and reply markup of the message"
            )
        message |= {name: fields[name], "read": read}
        self.mentioned += MENTION.findall(read)
        return {"message_id": fields["message_id"], "chat": self.chat}

    def _deleteMessage(self, fields: dict[str, Any]) -> Any:  # noqa: N802 - likewise
        if set(fields) != {"chat_id", "message_id"}:
            raise Bad("Bad Request: unknown fields")
        self._message(fields, "message to delete not found")
        if self.late:
            raise Bad("Bad Request: message can't be deleted for everyone")
        self.messages[fields["message_id"] - 1] = None
        return True

    def _sendPhoto(self, fields: dict[str, Any]) -> Any:  # noqa: N802 - likewise
        self._known(fields, {"chat_id", "caption", "parse_mode", "photo"})
        caption = self._words(fields, "caption", 1_024)
        data = fields["photo"].get_payload(decode=True)
        with Image.open(io.BytesIO(data)) as image:
            width, height = image.size
        if (
            len(data) > 10_000_000
            or width + height > 10_000
            or max(width, height) > 20 * min(width, height)
        ):
            raise Bad("Bad Request: PHOTO_INVALID_DIMENSIONS")
        return self._sent({**fields, "photo": data}, caption)

    def _known(self, fields: dict[str, Any], allowed: set[str]) -> None:
        if set(fields) - allowed - {"message_thread_id", "disable_notification"}:
            raise Bad("Bad Request: unknown fields")

    def _sent(self, fields: dict[str, Any], text: str) -> Any:
        self.messages.append({**fields, "read": text})
        self.mentioned += MENTION.findall(text)
        return {"message_id": len(self.messages), "chat": self.chat}

    def parse(self, fields: dict[str, Any]) -> str:
        """Give what a person reads of HTML; refuse what Telegram refuses."""
        assert fields["parse_mode"] == "HTML"
        text, open_tags = fields["text"], []
        for match in TAG.finditer(text):
            if not match[1]:
                open_tags.append(match[2])
            elif not open_tags or open_tags.pop() != match[2]:
                raise Bad("Bad Request: can't parse entities: Unmatched end tag")
        if open_tags or re.search("[<>]", TAG.sub("", text)):
            raise Bad("Bad Request: can't parse entities: Unsupported start tag")
        return re.sub("&(lt|gt|amp|quot);", lambda found: ENTITIES[found[0]], TAG.sub("", text))


def units(text: str) -> int:
    """UTF-16 units, counted one by one."""
    return sum(2 if ord(each) > 0xFFFF else 1 for each in text)
