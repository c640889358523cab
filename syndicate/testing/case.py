"""One network under test: the little that the rules have to know about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from syndicate.errors import DeliveryError
from syndicate.model import Limits, Message, Picture, Post, Receipt, Site
from syndicate.networks.base import FeedNetwork, Network, Wire
from syndicate.testing.bench import Bench
from syndicate.testing.samples import KEY, POST
from syndicate.testing.server import serve

SITE = Site("Ada's notes", "https://example.org", "en")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - it opens nothing
"""A secret that every network takes, so that one search finds it anywhere."""
FEED = "https://example.org/feed.xml"
BOUNDLESS = Limits(text=None)


@dataclass(frozen=True)
class Case:
    """A network, and what its server says.

    Args:
        network: the class.
        options: its own options for a server at an address; secrets are ``SECRET``.
        answers: what its server says before the request that creates, in JSON, by path.
        created: what its server says to that request, in JSON or as a text.
        limits: the limits to compose within; those that the network gives.
        pictures: whether its messages have any.
        refusals: which statuses say something else than usual.
        caption: the limit of a text below a picture, where it is another.
        shows: the kinds of picture that it fetches itself, so that it has to take them as they are.
    """

    network: type[Network | FeedNetwork]
    options: Callable[[str], Mapping[str, Any]]
    answers: Mapping[str, Any] = field(default_factory=dict)
    created: Any = field(default_factory=dict)
    limits: Limits = BOUNDLESS
    pictures: bool = True
    refusals: Mapping[int, type[DeliveryError]] = field(default_factory=dict)
    caption: int | None = None
    shows: frozenset[str] | None = None

    def success(self) -> Response:
        """Give the answer to a message that was taken."""
        if isinstance(self.created, str):
            return PlainTextResponse(self.created)
        return JSONResponse(self.created)

    def bind(self, url: str = "https://server.example") -> Any:
        """Give the network, bound to an endpoint whose server is at an address."""
        shared = {"name": "main", "network": "tested", "allow_networks": ["127.0.0.0/8"]}
        options = self.network.Options.model_validate({**shared, **self.options(url)})
        return self.network(options, SITE)

    def work(self, url: str, do: Callable[[Any, Wire], Awaitable[Any]]) -> Any:
        """Let the network do some work against a server at an address."""
        return Bench().work(lambda wire: do(self.bind(url), wire))

    def message(self, network: Any, post: Post = POST, hero: Picture | None = None) -> Message:
        """Give what the network says of a post, or of a changed feed where it is told of those."""
        if isinstance(network, FeedNetwork):
            return network.notice(FEED)
        composed: Message = network.compose(post, "<p>Hi</p>", hero, self.limits)
        return composed

    def deliver(self, url: str, times: int = 1) -> Receipt:
        """Deliver a message, as often as is wanted; give the last receipt."""

        async def work(network: Any, wire: Wire) -> Receipt:
            message = self.message(network)
            for _ in range(times):
                receipt: Receipt = await network.deliver(message, KEY, wire)
            return receipt

        found: Receipt = self.work(url, work)
        return found

    @contextmanager
    def answering(self, response: Callable[[], Response]) -> Iterator[tuple[str, list[bytes]]]:
        """Serve the preliminaries as they should be; to all else ``response`` is the answer.

        Gives the server's address, and a list that takes the bodies of all else.
        """
        posted: list[bytes] = []

        async def answer(request: Request) -> Response:
            body = await request.body()
            if request.url.path in self.answers:
                return JSONResponse(self.answers[request.url.path])
            posted.append(body)
            return response()

        methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
        with serve(Starlette(routes=[Route("/{path:path}", answer, methods=methods)])) as url:
            yield url, posted


def case_fixture(case: Case) -> Any:
    """Give the fixture ``case``, which the rules ask for."""

    @pytest.fixture(name="case")
    def given() -> Case:
        return case

    return given
