"""The daemon's addresses.

Feeds are what is asked for, thousands of times between two changes; so they are answered by a bare
ASGI handler, from messages that were made when the file was read. Everything else is Starlette's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from syndicate.web.kept import Kept, Message, Variant
from syndicate.web.negotiate import codings, fields, judge, remembered
from syndicate.web.shelf import Place, Shelf
from syndicate.web.status import StatusPage

METHODS = "GET, HEAD, OPTIONS"
CONDITIONS = "If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since"

Ready = tuple[Message, bytes]
"""How an answer starts, and its body."""


class Application:
    """The web application (ASGI), and its short way for what is kept (:meth:`at_once`)."""

    def __init__(
        self,
        shelf: Shelf,
        trouble: Callable[[], list[str]],
        wants_page: Callable[[str], bool] = lambda _: False,
        status: StatusPage | None = None,
    ) -> None:
        """Put it together.

        Args:
            shelf: the feeds.
            trouble: lists what keeps the daemon from its work; empty when it is well.
            wants_page: tells by an ``Accept`` field whether a client is to get a feed's HTML page,
                where the feed has one.
            status: what is at ``/status``, if anything.
        """
        self._shelf = shelf
        self._prefers_page = remembered(wants_page)
        self._others = _others(trouble, status)

    def at_once(self, url: bytes, headers: Iterable[tuple[bytes, bytes]]) -> Ready | None:
        """Give the answer to a GET, where a file that is kept is the answer; the very same one."""
        place = self._shelf.glance(url.partition(b"?")[0][1:].decode("latin-1"))
        asked = fields(headers)
        if place and self._asks_for_page(place, asked):
            place = self._shelf.glance(place.address.page or "")
        if place is None or place.kept is None:
            return None
        decided = _decide(place.kept, asked)
        if isinstance(decided, Response):
            return None
        start, body = decided
        return None if body is None else (start, body)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        path = scope["path"].removeprefix("/") if scope["type"] == "http" else ""
        place = await self._shelf.find(path)
        if place is None or place.kept is None:
            await self._others(scope, receive, send)
        elif scope["method"] in {"GET", "HEAD"}:
            refusal = await self._file(place, scope, send)
            if refusal:
                await refusal(scope, receive, send)
        else:
            await _other_method(scope["method"])(scope, receive, send)

    async def _file(self, place: Place, scope: Scope, send: Send) -> Response | None:
        """Send a file, or 304 without it; give another answer back where neither can be sent."""
        asked = fields(scope["headers"])
        if self._asks_for_page(place, asked):
            page = await self._shelf.find(place.address.page or "")
            place = page if page and page.kept else place
        if place.kept is None:
            return _missing()
        decided = _decide(place.kept, asked)
        if isinstance(decided, Response):
            return decided
        start, body = decided
        if scope["method"] == "HEAD":
            body = b""
        if body is None:
            # Too big to be kept: what is sent is what the disk has now, with its own tag.
            kept = await self._shelf.read(place)
            if kept is None:
                return _missing()
            plain = kept.variants["identity"]
            start, body = plain.head, plain.body
        await send(start)
        await send({"type": "http.response.body", "body": body})
        return None

    def _asks_for_page(self, place: Place, asked: Mapping[bytes, bytes]) -> bool:
        page = place.address.page
        return bool(page) and self._prefers_page(asked.get(b"accept", b"").decode("latin-1"))


def _decide(kept: Kept, asked: Mapping[bytes, bytes]) -> tuple[Message, bytes | None] | Response:
    """Give how an answer starts and its body, None where it is not kept; or a refusal."""
    variant = _choose(kept, asked.get(b"accept-encoding"))
    if variant is None:
        return _not_acceptable()
    status = judge(asked, variant.etag, kept.modified)
    if status == HTTPStatus.NOT_MODIFIED:
        return variant.unchanged, b""
    if status == HTTPStatus.PRECONDITION_FAILED:
        return _text(status, "the feed is not the one that If-Match or If-Unmodified-Since names")
    return variant.head, variant.body


def _choose(kept: Kept, accepted: bytes | None) -> Variant | None:
    for coding in codings(accepted):
        if variant := kept.variants.get(coding):
            return variant
    return None


def _text(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    return PlainTextResponse(f"{text}\n", status, headers)


def _missing() -> Response:
    return _text(HTTPStatus.NOT_FOUND, "there is no such feed")


def _not_acceptable() -> Response:
    return _text(
        HTTPStatus.NOT_ACCEPTABLE,
        "this feed is there as it is (identity) and mostly as br and gzip; Accept-Encoding "
        "refuses what there is",
        {"Vary": "Accept-Encoding"},
    )


def _other_method(method: str) -> Response:
    if method != "OPTIONS":
        told = f"a feed can be read: {METHODS}"
        return _text(HTTPStatus.METHOD_NOT_ALLOWED, told, {"Allow": METHODS})
    # A browser asks so before it lets a reader send a conditional request to another site.
    return Response(
        status_code=HTTPStatus.NO_CONTENT,
        headers={
            "Allow": METHODS,
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Methods": METHODS,
            "Access-Control-Allow-Headers": CONDITIONS,
            "Access-Control-Max-Age": "86400",
        },
    )


def _others(trouble: Callable[[], list[str]], status: StatusPage | None) -> Starlette:
    """Build what answers everything but published files."""

    async def livez(_: Request) -> Response:
        """Answer at all: the event loop turns."""
        return PlainTextResponse("alive\n")

    async def readyz(_: Request) -> Response:
        """Say whether the work gets done: a daemon can be alive and do nothing."""
        found = trouble()
        text = "".join(f"{line}\n" for line in found) or "ready\n"
        return PlainTextResponse(text, HTTPStatus.SERVICE_UNAVAILABLE if found else HTTPStatus.OK)

    async def missing(_: Request, __: Exception) -> Response:
        return _missing()

    routes = [Route("/livez", livez), Route("/readyz", readyz)]
    if status:
        routes.append(Route("/status", status.__call__))
    return Starlette(
        routes=routes,
        exception_handlers={HTTPStatus.NOT_FOUND: missing},
    )
