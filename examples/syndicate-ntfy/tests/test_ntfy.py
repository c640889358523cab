from __future__ import annotations

import json
from datetime import timedelta

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from syndicate.errors import InDoubt
from syndicate.testing import (
    KEY,
    POST,
    SECRET,
    Bench,
    Case,
    Composing,
    Declaring,
    Delivering,
    Promising,
    case_fixture,
    serve,
)
from syndicate_ntfy import LIMITS, Ntfy

CASE = Case(
    Ntfy,
    lambda url: {"server": url, "topic": "notes", "token": SecretStr(SECRET)},
    created={"id": "hwQ2YpKdmg", "event": "message"},
    limits=LIMITS,
    shows=LIMITS.image_types,
)
case = case_fixture(CASE)


class TestNtfy(Composing, Declaring, Delivering, Promising):
    """The rules that hold for every network."""


class Server:
    """A topic that keeps what was published, and asks for the token."""

    def __init__(self) -> None:
        self.kept: list[dict[str, object]] = []
        routes = [
            Route("/", self.publish, methods=["POST"]),
            Route("/notes/json", self.poll),
            Route("/notes/auth", lambda _: JSONResponse({"success": True})),
        ]
        self.app = Starlette(routes=routes)

    async def publish(self, request: Request) -> JSONResponse:
        assert request.headers["authorization"] == f"Bearer {SECRET}"
        message = await request.json()
        assert message["topic"] == "notes"
        assert 1 <= len(message["message"].encode()) <= 4_096
        self.kept.append({**message, "id": f"m{len(self.kept)}"})
        return JSONResponse(self.kept[-1])

    async def poll(self, request: Request) -> PlainTextResponse:
        assert request.query_params["poll"] == "1"
        assert int(request.query_params["since"]) < KEY.minted.timestamp()
        return PlainTextResponse("".join(json.dumps(each) + "\n" for each in self.kept))


def test_what_was_published_is_found_again() -> None:
    server, bench = Server(), Bench()
    with serve(server.app) as url:
        network = CASE.bind(url)
        message = network.compose(POST, "", None, LIMITS)
        look = lambda wire: network.look_up(message, KEY, wire)  # noqa: E731 - used three times
        assert bench.work(look) is None
        receipt = bench.work(lambda wire: network.deliver(message, KEY, wire))
        assert bench.work(look) == receipt
        assert bench.work(network.check).ok
        bench.clock.tick(hours=12)
        with pytest.raises(InDoubt, match="too long ago"):
            bench.work(look)
    assert bench.clock.now() - KEY.minted == timedelta(hours=12)
    assert server.kept == [
        {
            "topic": "notes",
            "title": "Hello",
            "message": "A first post.",
            "click": POST.url,
            "priority": 3,
            "id": "m0",
        }
    ]
