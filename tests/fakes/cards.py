"""Two servers that take cards: a Teams workflow and a Mattermost, strict about what a card may be.

Written from the schema of Adaptive Cards 1.5, and from Mattermost's own reference and source.
"""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from fakes.trouble import Trouble

SIGNATURE = "aXv3Qm9zYt7Lk2PbR5sWd8EzQ4rTuVwXyAbCdEfGh12"
WORKFLOW = "/workflows/0123456789abcdef/triggers/manual/paths/invoke"
HOOK = "/hooks/axv3qm9zyt7lk2pbr5swd8ez4r"
PROPERTIES = {
    "AdaptiveCard": {
        "$schema",
        "version",
        "lang",
        "rtl",
        "fallbackText",
        "body",
        "actions",
        "msteams",
    },
    "RichTextBlock": {"inlines"},
    "TextRun": {"text", "weight", "size", "isSubtle"},
    "Image": {"url", "altText", "size"},
    "Action.OpenUrl": {"title", "url"},
}
MENTION = re.compile(r"(?<![^\W_])@\w+")


class Teams:
    """One workflow. The cards that it was given are in ``cards``."""

    def __init__(self) -> None:
        self.cards: list[dict[str, Any]] = []
        self.app = Trouble(Starlette(routes=[Route(WORKFLOW, self._take, methods=["POST"])]))

    async def _take(self, request: Request) -> Response:
        if request.query_params.get("sig") != SIGNATURE:
            return JSONResponse({"error": {"code": "AuthorizationFailed", "message": "no"}}, 401)
        raw = await request.body()
        problem = self.problem(json.loads(raw), len(raw))
        if problem:
            return JSONResponse({"error": {"code": "InvalidRequest", "message": problem}}, 400)
        self.cards.append(json.loads(raw)["attachments"][0]["content"])
        return Response(status_code=202)

    def problem(self, body: dict[str, Any], length: int) -> str:
        if length > 28_000:
            return "too large"
        [attachment] = body["attachments"]
        kind = "application/vnd.microsoft.card.adaptive"
        if body["type"] != "message" or attachment["contentType"] != kind:
            return "no card"
        card = attachment["content"]
        if card["version"] != "1.5" or not card["body"]:
            return "no body"
        return next(filter(None, map(_fault, _elements(card))), "")


def _elements(value: Any) -> Any:
    if isinstance(value, dict):
        if "type" in value:
            yield value
        for each in value.values():
            yield from _elements(each)
    elif isinstance(value, list):
        for each in value:
            yield from _elements(each)


def _fault(element: dict[str, Any]) -> str:
    kind = element["type"]
    unknown = set(element) - {"type"} - PROPERTIES.get(kind, set())
    if kind not in PROPERTIES or unknown:
        return f"{kind}: unexpected {sorted(unknown)}"
    if kind == "TextRun" and not element["text"]:
        return "an empty run"
    if "url" in element and not re.match("https?://", element["url"]):
        return "no address"
    return ""


class Mattermost:
    """One channel's webhook. What it was given is in ``messages``, whom it called in ``called``."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.called: list[str] = []
        self.app = Trouble(Starlette(routes=[Route("/{path:path}", self._take, methods=["POST"])]))

    async def _take(self, request: Request) -> Response:
        if request.url.path != HOOK:
            return self._error("web.incoming_webhook.invalid.app_error", "Invalid webhook.")
        body = await request.json()
        if not body.get("text") and not body.get("attachments"):
            return self._error("web.incoming_webhook.text.app_error", "No text specified.")
        if set(body) - {"attachments", "channel"}:
            return self._error(
                "web.incoming_webhook.parse.app_error", "Unable to parse incoming data."
            )
        if body.get("channel", "news") != "news":
            return self._error(
                "web.incoming_webhook.channel.app_error", "Couldn't find the channel.", 404
            )
        for each in body["attachments"]:
            if set(each) != {"fallback", "text"} or len(each["text"]) > 4_000:
                return self._error("web.incoming_webhook.split_props_length.app_error", "too long")
            self.called += MENTION.findall(each["text"])
        self.messages.append(body)
        return PlainTextResponse("ok")

    def _error(self, number: str, message: str, status: int = 400) -> Response:
        return JSONResponse({"id": number, "message": message, "status_code": status}, status)
