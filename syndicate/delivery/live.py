"""Holding an announcement back until the post's page is live: looking at pages, and deciding.

A site is built and deployed after its posts were written; who follows a link before that finds
nothing, and networks that draw a card of the page keep the empty one. What a look found is shared
by all endpoints; how long a delivery has waited is kept in the ledger, so that looking goes on
where a run ended. A look is no attempt: it uses up no retry.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import unquote, urljoin, urlsplit

from syndicate.config import Endpoint
from syndicate.errors import DeliveryError
from syndicate.http import Http, Reply
from syndicate.ledger.port import Resting
from syndicate.model import Delivery, Event, Post, State

FIRST, LONGEST = timedelta(seconds=10), timedelta(minutes=15)
"""The shortest and the longest wait between two looks; between them it is half the time so far."""
TIMEOUT = timedelta(seconds=10)
"""For one page."""
HEAD = 256 * 1024
"""What is read of a page; what we look for stands in its head."""
REDIRECTS = 5
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Page:
    """What a look at a page found."""

    fault: str
    """Why it is not live: the status, or what came in the way; empty where it is."""
    canonical: str | None = None
    image: str | None = None
    """What ``og:image`` names, absolute."""


@dataclass(slots=True)
class Pages:
    """The site's pages, each looked at once for all endpoints.

    Args:
        http: the connection; its guard holds here as well.
        clock: gives the time.
    """

    http: Http
    clock: Callable[[], datetime]
    _found: dict[str, tuple[datetime, asyncio.Task[Any]]] = field(default_factory=dict)

    async def hold(self, options: Endpoint, delivery: Delivery, post: Post) -> Resting | None:
        """Tell where a delivery rests while the post's page is not live; None where it may go.

        What has a frozen message has passed this gate.
        """
        if delivery.event is not Event.PUBLISHED or delivery.message:
            return None
        missing = await self.missing(options, post)
        if not missing:
            return None
        return decide(delivery, missing, options.live_timeout, self.clock())

    async def missing(self, options: Endpoint, post: Post) -> str:
        """Say what an endpoint waits for; nothing where the page is as the endpoint wants it."""
        if not options.require_live:
            return ""
        page = await self._once(post.url, self._look)
        fault = page.fault or await self._lack(options, post, page)
        return fault and f"{post.url} is live ({fault})"

    async def _lack(self, options: Endpoint, post: Post, page: Page) -> str:
        if options.live_canonical and not _is_same(page.canonical, post.url):
            return f"it names {page.canonical or 'no address'} as canonical"
        if options.live_image:
            if page.image is None:
                return "it names no og:image"
            fault = await self._once(page.image, self._look_at_image)
            return fault and f"its og:image {page.image}: {fault}"
        return ""

    async def _once(self, url: str, look: Callable[[str], Awaitable[_T]]) -> _T:
        """Share what was found a moment ago; whoever gives up waiting spoils it for nobody."""
        found = self._found.get(url)
        if found is None or self.clock() - found[0] >= FIRST:
            found = self.clock(), asyncio.ensure_future(look(url))
            self._found[url] = found
        result: _T = await asyncio.shield(found[1])
        return result

    async def _look(self, url: str) -> Page:
        try:
            place, reply = await self._get(url)
        except (DeliveryError, ValueError) as error:
            return Page(str(error))
        if reply.status != HTTPStatus.OK:
            return Page(_status(reply))
        head = Head()
        try:
            head.feed(reply.text)
            return Page("", _absolute(place, head.canonical), _absolute(place, head.image))
        except (AssertionError, ValueError) as error:  # a section of SGML, an address that is none
            return Page(f"its head cannot be read: {error}")

    async def _look_at_image(self, url: str) -> str:
        try:
            _, reply = await self._get(url)
        except (DeliveryError, ValueError) as error:
            return str(error)
        kind = reply.headers.get("content-type", "nothing")
        if reply.status == HTTPStatus.OK and not kind.startswith("image/"):
            return f"it is {kind}"
        return "" if reply.status == HTTPStatus.OK else _status(reply)

    async def _get(self, url: str) -> tuple[str, Reply]:
        """Get a page, wherever on the same host it has gone."""
        for _ in range(REDIRECTS):
            reply = await self.http.request("GET", url, cap=HEAD, whole=False)
            target = urljoin(url, reply.headers.get("location", ""))
            if not reply.has_moved or urlsplit(target).hostname != urlsplit(url).hostname:
                return url, reply
            url = target
        raise ValueError(f"it redirects more than {REDIRECTS} times")


def decide(delivery: Delivery, missing: str, timeout: timedelta, now: datetime) -> Resting:
    """Decide how long a delivery goes on waiting. Pure.

    Args:
        delivery: as it was claimed.
        missing: what it waits for.
        timeout: how long it may wait from the first look on.
        now: the time of this look.
    """
    since = delivery.waiting_since or now
    end = since + timeout
    if now >= end:
        reason = f"gave up after {timeout} of waiting until {missing}"
        return Resting(State.DEAD, now, delivery.attempts, reason=reason)
    due = min(now + min(max((now - since) / 2, FIRST), LONGEST), end)
    reason = f"waits until {missing}"
    return Resting(State.PENDING, due, delivery.attempts, reason=reason, waiting_since=since)


class Head(HTMLParser):
    """Finds what a page says of itself: the first canonical link, and the first ``og:image``."""

    canonical: str | None = None
    image: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        given = {name: value or "" for name, value in reversed(attrs)}  # of two the first counts
        if tag == "link" and "canonical" in given.get("rel", "").lower().split():
            self.canonical = self.canonical or given.get("href")
        elif tag == "meta" and "og:image" in {given.get("property"), given.get("name")}:
            self.image = self.image or given.get("content")


def _status(reply: Reply) -> str:
    if reply.has_moved:
        return f"{reply.status}, to {reply.headers.get('location', 'nowhere')[:200]}"
    return str(reply.status)


def _absolute(place: str, link: str | None) -> str | None:
    return urljoin(place, link.strip()) if link else None


def _is_same(canonical: str | None, url: str) -> bool:
    """Compare addresses, however their letters are spelt."""
    return canonical is not None and unquote(canonical) == unquote(url)
