"""A webhook receiver that believes nothing which the `standardwebhooks` package does not verify.

Nor does it take a body that is not of the schema in the docs. And a way to have all requests about a
post without a receiver, and the code in the docs.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from pydantic import SecretStr
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from syndicate.model import Key, Limits, Picture, Post, Site
from syndicate.networks import webhook
from syndicate.networks.base import Wire
from syndicate.testing.clock import FakeClock

DOCS = Path(__file__).parents[2] / "docs"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SCHEMA = Draft202012Validator(json.loads((DOCS / "networks" / "webhook.schema.json").read_text()))
SITE = Site("Ada's notes", "https://example.org", "en")


class Receiver:
    """Keeps each event once, by its id; ``answer`` may answer instead of 200.

    With a clock that stands still, an event has to be of that time; otherwise of the machine's.
    """

    def __init__(self, clock: FakeClock | None = None, secret: str = SECRET) -> None:
        self._clock = clock
        self._secret = secret
        self.events: dict[str, Any] = {}
        self.bodies: list[bytes] = []
        self.ids: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.answer: Callable[[], Response | None] = lambda: None
        self.app = Starlette(routes=[Route("/hook", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        body = await request.body()
        if request.headers.get("content-type") != "application/json":
            return Response("expected JSON", status_code=415)
        problem = self._problem(body, dict(request.headers))
        if problem:
            return Response(problem, status_code=400)
        number = request.headers["webhook-id"]
        self.ids.append(number)
        self.bodies.append(body)
        self.headers.append(dict(request.headers))
        other = await asyncio.to_thread(self.answer)  # which may take its time
        if other is None:
            self.events.setdefault(number, json.loads(body))
        return other or JSONResponse({"ok": True})

    def _problem(self, body: bytes, headers: dict[str, str]) -> str:
        for error in SCHEMA.iter_errors(json.loads(body)):
            return f"not of the schema: {error.message}"
        judge = Webhook(self._secret)
        if self._clock is None:
            try:
                judge.verify(body, headers)
            except WebhookVerificationError as error:
                return str(error)
            return ""
        signed = judge.sign(headers["webhook-id"], self._clock.now(), body.decode())
        fits = signed in headers["webhook-signature"].split(" ")
        return "" if fits else f"expected {signed} at {self._clock.now()}"


class _Posted:
    """An HTTP client that keeps what is posted."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []

    async def request(self, method: str, url: str, **rest: Any) -> _Posted:
        self.requests.append((rest["headers"], rest["content"]))
        return self

    def check(self) -> None:
        """All is well."""


def endpoint(site: Site = SITE, **secrets: str) -> webhook.Webhook:
    """A webhook that nobody receives."""
    own = {name: SecretStr(text) for name, text in ({"secret": SECRET} | secrets).items()}
    options = webhook.WebhookOptions(name="hook", network="webhook", url="https://x.example", **own)
    return webhook.Webhook(options, site)


def requests(
    post: Post,
    now: datetime,
    html: str = "<p>Hi</p>",
    hero: Picture | None = None,
    site: Site = SITE,
    **secrets: str,
) -> list[tuple[dict[str, str], bytes]]:
    """Everything that is ever told of a post, header fields and body."""
    network, http = endpoint(site, **secrets), _Posted()
    message = network.compose(post, html, hero, Limits(text=None))
    wire = Wire(http, None, lambda: now)

    async def tell() -> None:
        receipt = await network.deliver(message, Key("msg_1", now), wire)
        await network.update(receipt, message, Key("msg_2", now), wire)
        await network.delete(receipt, message, Key("msg_3", now), wire)

    asyncio.run(tell())
    return http.requests


def documented(language: str, page: str = "networks/webhook.md") -> list[str]:
    """The pieces of code in a page of the docs."""
    text = (DOCS / page).read_text()
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
