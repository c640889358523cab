"""A WebSub hub of another maker, and somebody who has subscribed there."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from real.servers import HERE, REAL, REQUEST_LIMIT, running
from syndicate.testing.server import serve

PYTHON = REAL / "websub" / "bin" / "python"
SECRET = "aXv3Qm9zYt7Lk2PbR5"


class Subscriber:
    """Says yes to the hub, and keeps what comes, by the feed's name.

    https://www.w3.org/TR/websub/#subscribing-to-content
    """

    def __init__(self) -> None:
        self.url = ""
        self.came: dict[str, list[tuple[dict[str, str], bytes]]] = {}
        routes = [
            Route("/{feed}", self._verify, methods=["GET"]),
            Route("/{feed}", self._take, methods=["POST"]),
        ]
        self.app = Starlette(routes=routes)

    def subscribe(self, feed: str) -> None:
        """Find the hub in the feed's ``Link`` field, and ask it for what is called self there."""
        links = httpx.get(feed, trust_env=False).raise_for_status().links
        topic = links["self"]["url"]
        name = topic.rpartition("/")[2]
        self.came[name] = []
        form = {
            "hub.mode": "subscribe",
            "hub.topic": topic,
            "hub.callback": f"{self.url}/{name}",
            "hub.secret": SECRET,
        }
        answer = httpx.post(links["hub"]["url"], data=form, timeout=REQUEST_LIMIT, trust_env=False)
        assert answer.status_code == 202, answer.text

    async def _verify(self, request: Request) -> Response:
        return PlainTextResponse(request.query_params["hub.challenge"])

    async def _take(self, request: Request) -> Response:
        """Take a feed that the hub has signed, and nothing else (section 7.1)."""
        body = await request.body()
        method, _, signed = request.headers["x-hub-signature"].partition("=")
        digest: Any = getattr(hashlib, method)
        assert hmac.compare_digest(hmac.new(SECRET.encode(), body, digest).hexdigest(), signed)
        self.came[request.path_params["feed"]].append((dict(request.headers), body))
        return Response(status_code=204)


@contextmanager
def subscriber() -> Iterator[Subscriber]:
    reader = Subscriber()
    with serve(reader.app) as reader.url:
        yield reader


@contextmanager
def running_hub(errors: Path) -> Iterator[str]:
    """Give the hub's address."""
    with running([PYTHON, HERE / "websub_server.py"], errors) as said:
        yield said["url"]
