"""Stands between us and a real server, and keeps answers back when it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from real.servers import REQUEST_LIMIT
from syndicate.testing.server import serve

HOP = {b"host", b"connection", b"transfer-encoding", b"content-length", b"content-encoding"}


class Between:
    """Passes requests on; of those that :meth:`lose` names the server's answer is kept back.

    The request is carried out, and nobody hears of it: the worst of all faults.
    """

    def __init__(self, server: str) -> None:
        self.server = server
        self.url = ""
        self.lost = 0
        self._word, self._left, self._cut = "", 0, False

    def lose(self, word: str, *, cut: bool, count: int = 1) -> None:
        """Keep the next answers to PUTs with this word in their path back.

        ``cut`` breaks the connection off in the body; else nothing comes until the client goes.
        """
        self._word, self._left, self._cut = word, count, cut

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """An ASGI application."""
        answer = await self._pass_on(scope, await _body(receive))
        kept = [pair for pair in answer.headers.raw if pair[0].lower() not in HOP]
        length = [(b"content-length", str(len(answer.content)).encode())]
        start = {"status": answer.status_code, "headers": kept + length}
        content = answer.content
        if self._left and scope["method"] == "PUT" and self._word in scope["path"]:
            self._left, self.lost = self._left - 1, self.lost + 1
            if not self._cut:
                await asyncio.wait_for(receive(), REQUEST_LIMIT)
                return
            content = content[:1]  # uvicorn hangs up where a body is shorter than it was to be
        await send({"type": "http.response.start", **start})
        await send({"type": "http.response.body", "body": content})

    async def _pass_on(self, scope: Any, body: bytes) -> httpx.Response:
        path, query = scope["raw_path"].decode(), scope["query_string"].decode()
        headers = [pair for pair in scope["headers"] if pair[0] not in HOP]
        url = f"{self.server}{path}{f'?{query}' if query else ''}"
        async with httpx.AsyncClient(timeout=REQUEST_LIMIT, trust_env=False) as http:
            return await http.request(scope["method"], url, headers=headers, content=body)


async def _body(receive: Any) -> bytes:
    whole, more = b"", True
    while more:
        message = await receive()
        whole += message.get("body", b"")
        more = message.get("more_body", False)
    return whole


@contextmanager
def between(server: str) -> Iterator[Between]:
    """Stand before a server while the block runs."""
    app = Between(server)
    with serve(app) as app.url:
        yield app
