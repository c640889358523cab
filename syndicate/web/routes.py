"""The daemon's addresses."""

from __future__ import annotations

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from syndicate.web.shelf import Shelf


def create(shelf: Shelf, trouble: Callable[[], list[str]]) -> Starlette:
    """Build the web application.

    Args:
        shelf: the feeds.
        trouble: lists what keeps the daemon from its work; empty when it is well.
    """

    async def livez(_: Request) -> Response:
        """Answer at all: the event loop turns."""
        return PlainTextResponse("alive\n")

    async def readyz(_: Request) -> Response:
        """Say whether the work gets done: a daemon can be alive and do nothing."""
        found = trouble()
        text = "".join(f"{line}\n" for line in found) or "ready\n"
        return PlainTextResponse(text, status_code=503 if found else 200)

    async def document(request: Request) -> Response:
        kept = shelf.get(request.path_params["path"])
        if kept is None:
            return PlainTextResponse("there is no such feed\n", status_code=404)
        return kept.response(request.headers)

    return Starlette(
        routes=[
            Route("/livez", livez),
            Route("/readyz", readyz),
            Route("/{path:path}", document),
        ]
    )
