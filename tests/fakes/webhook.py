"""A webhook receiver that believes nothing which the `standardwebhooks` package does not verify."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Receiver:
    """Keeps each event once, by its id; ``answer`` may answer instead of 200."""

    def __init__(self) -> None:
        self.events: dict[str, Any] = {}
        self.bodies: list[bytes] = []
        self.ids: list[str] = []
        self.answer: Callable[[], Response | None] = lambda: None
        self.app = Starlette(routes=[Route("/hook", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        body = await request.body()
        if request.headers.get("content-type") != "application/json":
            return Response("expected JSON", status_code=415)
        try:
            Webhook(SECRET).verify(body, dict(request.headers))
        except WebhookVerificationError as error:
            return Response(str(error), status_code=400)
        number = request.headers["webhook-id"]
        self.ids.append(number)
        self.bodies.append(body)
        other = self.answer()
        if other is None:
            self.events.setdefault(number, json.loads(body))
        return other or JSONResponse({"ok": True})
