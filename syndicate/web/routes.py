"""The daemon's addresses.

Feeds are what is asked for, thousands of times between two changes; so they are answered by a bare
ASGI handler, from messages that were made when the file was read. Everything else is Starlette's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from syndicate.web.kept import Kept, Variant
from syndicate.web.negotiate import codings, fields, judge, remembered
from syndicate.web.shelf import Place, Shelf

METHODS = "GET, HEAD, OPTIONS"
CONDITIONS = "If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since"
_NO_BODY = {"type": "http.response.body", "body": b""}


def create(
    shelf: Shelf,
    trouble: Callable[[], list[str]],
    wants_page: Callable[[str], bool] = lambda _: False,
) -> ASGIApp:
    """Build the web application.

    Args:
        shelf: the feeds.
        trouble: lists what keeps the daemon from its work; empty when it is well.
        wants_page: tells by an ``Accept`` field whether a client is to get a feed's HTML page,
            where the shelf has one.
    """
    others = _others(trouble)
    prefers_page = remembered(wants_page)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix("/") if scope["type"] == "http" else ""
        place = await shelf.find(path)
        if place is None or place.kept is None:
            await others(scope, receive, send)
        elif scope["method"] not in {"GET", "HEAD"}:
            await _other_method(scope["method"])(scope, receive, send)
        else:
            asked = fields(scope["headers"])
            if place.address.page and prefers_page(asked.get(b"accept", b"").decode("latin-1")):
                place = await _page(shelf, place)
            refusal = await _answer(shelf, place, asked, scope["method"], send)
            if refusal:
                await refusal(scope, receive, send)

    return application


async def _page(shelf: Shelf, place: Place) -> Place:
    """Give the place of a feed's page; the feed's own while there is no page."""
    page = await shelf.find(place.address.page or "")
    return page if page and page.kept else place


async def _answer(
    shelf: Shelf, place: Place, asked: Mapping[bytes, bytes], method: str, send: Send
) -> Response | None:
    """Send the file, or 304 without it; give another answer back where neither can be sent."""
    if (kept := place.kept) is None:
        return _missing()
    if (variant := _choose(kept, asked.get(b"accept-encoding"))) is None:
        return _not_acceptable()
    status = judge(asked, variant.etag, kept.modified)
    if status == HTTPStatus.PRECONDITION_FAILED:
        return _text(status, "the feed is not the one that If-Match or If-Unmodified-Since names")
    if status == HTTPStatus.NOT_MODIFIED or method == "HEAD":
        await send(variant.head if status == HTTPStatus.OK else variant.unchanged)
        await send(_NO_BODY)
        return None
    if variant.body is None:
        # Too big to be kept: what is sent is what the disk has now, with its own tag.
        if (kept := await shelf.read(place)) is None:
            return _missing()
        variant = kept.variants["identity"]
        assert variant.body is not None
    await send(variant.head)
    await send(variant.body)
    return None


def _choose(kept: Kept, accepted: bytes | None) -> Variant | None:
    for coding in codings(accepted):
        if variant := kept.variants.get(coding):
            return variant
    return None


def _text(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    return PlainTextResponse(f"{text}\n", status, headers)


def _missing() -> Response:
    return _text(404, "there is no such feed")


def _not_acceptable() -> Response:
    return _text(
        406,
        "this feed is there as it is (identity) and mostly as br and gzip; Accept-Encoding "
        "refuses what there is",
        {"Vary": "Accept-Encoding"},
    )


def _other_method(method: str) -> Response:
    if method != "OPTIONS":
        return _text(405, f"a feed can be read: {METHODS}", {"Allow": METHODS})
    # A browser asks so before it lets a reader send a conditional request to another site.
    return Response(
        status_code=204,
        headers={
            "Allow": METHODS,
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Methods": METHODS,
            "Access-Control-Allow-Headers": CONDITIONS,
            "Access-Control-Max-Age": "86400",
        },
    )


def _others(trouble: Callable[[], list[str]]) -> Starlette:
    """Build what answers everything but published files."""

    async def livez(_: Request) -> Response:
        """Answer at all: the event loop turns."""
        return PlainTextResponse("alive\n")

    async def readyz(_: Request) -> Response:
        """Say whether the work gets done: a daemon can be alive and do nothing."""
        found = trouble()
        text = "".join(f"{line}\n" for line in found) or "ready\n"
        return PlainTextResponse(text, status_code=503 if found else 200)

    async def missing(_: Request, __: Exception) -> Response:
        return _missing()

    return Starlette(
        routes=[Route("/livez", livez), Route("/readyz", readyz)],
        exception_handlers={404: missing},
    )
