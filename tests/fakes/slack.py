"""Slack, as strict as the real one about blocks: an incoming webhook, and the methods of a bot.

Written from the reference of its blocks, and of the errors that each of its methods lists.
"""

from __future__ import annotations

import re
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from fakes.trouble import Trouble
from syndicate.testing.clock import NOON

HOOK = "aXv3Qm9zYt7Lk2PbR5sWd8Ez"
PATH = f"/services/T00000000/B00000000/{HOOK}"
TOKEN = "xoxb-0123456789-aXv3Qm9zYt7Lk2PbR5sWd8Ez"
CHANNEL = "C0123456789"
ENTITIES = re.compile(r"&(amp|lt|gt);")


class Slack:
    """A workspace of one channel; what was posted is in ``messages``, oldest first.

    Args:
        fetches: whether it can fetch pictures.
        shows_metadata: whether the history has them.
    """

    def __init__(self, *, fetches: bool = True, shows_metadata: bool = True) -> None:
        self.fetches, self.shows_metadata = fetches, shows_metadata
        self.messages: list[dict[str, Any]] = []
        self.scopes = ["chat:write", "channels:history"]
        self.page = 100
        self.now = NOON
        routes = [
            Route(PATH, self._hook, methods=["POST"]),
            Route("/api/chat.postMessage", self._answer(self._post), methods=["POST"]),
            Route("/api/conversations.history", self._answer(self._history)),
            Route("/api/auth.test", self._answer(self._who)),
        ]
        self.app = Trouble(Starlette(routes=routes))

    def add(self, **message: Any) -> dict[str, Any]:
        """Put a message into the channel."""
        number = f"{self.now.timestamp() + len(self.messages):.6f}"
        self.messages.append({"type": "message", "ts": number, **message})
        return self.messages[-1]

    async def _hook(self, request: Request) -> Response:
        body = await request.json()
        if not body.get("text") and not body.get("blocks"):
            return PlainTextResponse("no_text", 400)
        problem = self._problem(body, set())
        if problem:
            return PlainTextResponse(problem, 400)
        self.add(**body)
        return PlainTextResponse("ok")

    def _answer(self, work: Any) -> Any:
        async def answer(request: Request) -> Response:
            if request.headers.get("authorization") != f"Bearer {TOKEN}":
                return JSONResponse({"ok": False, "error": "invalid_auth"})
            scopes = {"x-oauth-scopes": ",".join(self.scopes)}
            return JSONResponse(await work(request), headers=scopes)

        return answer

    async def _who(self, request: Request) -> Any:
        return {"ok": True, "user": "herald", "team": "Ada's lab", "bot_id": "B1"}

    async def _post(self, request: Request) -> Any:
        body = await request.json()
        if body.pop("channel") != CHANNEL:
            return {"ok": False, "error": "channel_not_found"}
        problem = self._problem(body, {"metadata"})
        if problem:
            return {"ok": False, "error": problem}
        message = self.add(**body, bot_id="B1")
        return {"ok": True, "channel": CHANNEL, "ts": message["ts"], "message": message}

    async def _history(self, request: Request) -> Any:
        if "channels:history" not in self.scopes:
            return {"ok": False, "error": "missing_scope", "needed": "channels:history"}
        query = request.query_params
        assert query["channel"] == CHANNEL
        assert int(query["limit"]) <= 999
        newest = [each for each in reversed(self.messages) if each["ts"] > query.get("oldest", "0")]
        start = int(query.get("cursor", 0))
        found = newest[start : start + self.page]
        if not self.shows_metadata or query.get("include_all_metadata") != "true":
            found = [{k: v for k, v in each.items() if k != "metadata"} for each in found]
        more = start + self.page < len(newest)
        cursor = {"response_metadata": {"next_cursor": str(start + self.page)}} if more else {}
        return {"ok": True, "messages": found, **cursor}

    def _problem(self, body: dict[str, Any], more: set[str]) -> str:
        if set(body) - {"text", "blocks", "unfurl_links", "unfurl_media", *more}:
            return "invalid_payload"
        rest = ENTITIES.sub("", body["text"])
        if len(body["text"]) > 40_000 or set("<>&") & set(rest):
            return "invalid_payload"
        if not 1 <= len(body["blocks"]) <= 50:
            return "invalid_blocks"
        return "" if all(map(self._is_block, body["blocks"])) else "invalid_blocks"

    def _is_block(self, block: dict[str, Any]) -> bool:
        if block["type"] == "image":
            return (
                set(block) == {"type", "image_url", "alt_text"}
                and 1 <= len(block["alt_text"]) <= 2_000
                and 1 <= len(block["image_url"]) <= 3_000
                and self.fetches
            )
        if set(block) != {"type", "elements"} or block["type"] != "rich_text":
            return False
        return all(
            section["type"] == "rich_text_section"
            and section["elements"]
            and all(map(_is_element, section["elements"]))
            for section in block["elements"]
        )


def _is_element(element: dict[str, Any]) -> bool:
    kind = element["type"]
    needs = {"text": {"text"}, "link": {"url"}}[kind]
    allowed = {"type", "text", "url", "style"} if kind == "link" else {"type", "text", "style"}
    texts = [element[name] for name in ("text", "url") if name in element]
    return needs <= set(element) <= allowed and all(1 <= len(text) <= 3_000 for text in texts)


def words(message: dict[str, Any]) -> str:
    """What a person reads of a message's blocks."""
    [section] = message["blocks"][0]["elements"]
    return "".join(each.get("text") or each["url"] for each in section["elements"])
