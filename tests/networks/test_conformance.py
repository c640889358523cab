"""What holds for every network. A new one joins by one line in ``CASES``."""

from __future__ import annotations

import json
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from fakes.bench import Bench
from fakes.clock import NOON
from fakes.images import picture
from fakes.posts import POST
from fakes.server import serve
from syndicate import networks
from syndicate.compose import measure
from syndicate.config import Endpoint
from syndicate.errors import (
    DeliveryError,
    Gone,
    InDoubt,
    Rejected,
    Throttled,
    Unauthorized,
    Unreachable,
)
from syndicate.model import (
    Guarantee,
    Image,
    Key,
    Limits,
    Message,
    Picture,
    Receipt,
    Replay,
    Site,
    Unit,
)
from syndicate.networks.base import LooksUp, Wire

SITE = Site("Ada's notes", "https://example.org", "en")
KEY = Key("msg_0123456789abcdef", NOON)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
"""A secret that every network takes, so that one search finds it anywhere."""


BOUNDLESS = Limits(text=None)


@dataclass(frozen=True)
class Case:
    """One network, and the little that the suite has to know about it.

    Args:
        network: its name.
        options: its own options for a server at an address; secrets are ``SECRET``.
        answers: what its server says before the request that creates, by path.
        created: what its server says to that request, in JSON or as a text.
        limits: the limits to compose within.
        remote: whether it talks to a server at all.
        pictures: whether its messages have any.
        refusals: which statuses say something else than usual.
        caption: the limit of a text below a picture, where it is another.
        shows: the kinds of picture that it fetches itself, so that it has to take them as they are.
    """

    network: str
    options: Callable[[str], Mapping[str, Any]]
    answers: Mapping[str, Any] = field(default_factory=dict)
    created: Any = field(default_factory=dict)
    limits: Limits = BOUNDLESS
    remote: bool = True
    pictures: bool = True
    refusals: Mapping[int, type[DeliveryError]] = field(default_factory=dict)
    caption: int | None = None
    shows: frozenset[str] | None = None

    def success(self) -> Response:
        if isinstance(self.created, str):
            return PlainTextResponse(self.created)
        return JSONResponse(self.created)

    def bind(self, url: str = "https://server.example") -> Any:
        kind = networks.get(self.network)
        shared = {"name": "main", "network": self.network, "allow_networks": ["127.0.0.0/8"]}
        return kind(kind.Options.model_validate({**shared, **self.options(url)}), SITE)


SECRETLY = SecretStr(SECRET)
TOOT = Limits(text=500, url_cost=23, image_bytes=16_000_000, image_pixels=33_000_000, alt=1500)
SKEET = Limits(text=300, text_bytes=3000, image_bytes=1_000_000, alt=2000)
SESSION = {"did": "did:plc:ada", "accessJwt": "access", "refreshJwt": "refresh"}
LOG_IN = {"/xrpc/com.atproto.server.createSession": SESSION}
RECORD = {"uri": "at://did:plc:ada/app.bsky.feed.post/3k", "cid": "bafy"}

NOBODY_THERE = {404: Unauthorized}
"""Where the address is all that there is, 404 speaks of the endpoint."""

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif"})
BLOCKS = Limits(text=3000, unit=Unit.CODE_POINTS, alt=2000, image_types=PICTURES)

CASES = [
    Case("webhook", lambda url: {"url": f"{url}/hook", "secret": SECRETLY}),
    Case(
        "mastodon",
        lambda url: {"server": url, "token": SECRETLY},
        answers={"/api/v2/instance": {}},
        created={"id": "1", "url": "https://server.example/@ada/1"},
        limits=TOOT,
    ),
    Case(
        "bluesky",
        lambda url: {"service": url, "handle": "ada.example.org", "password": SECRETLY},
        answers=LOG_IN,
        created=RECORD,
        limits=SKEET,
    ),
    Case(
        "discord",
        lambda url: {"url": SecretStr(f"{url}/api/webhooks/1/{SECRET}")},
        created={"id": "1"},
        limits=Limits(text=4096, unit=Unit.CODE_POINTS, image_bytes=10_000_000, alt=1024),
        refusals=NOBODY_THERE,
    ),
    Case(
        "slack",
        lambda url: {"url": SecretStr(f"{url}/services/T0/B0/{SECRET}")},
        created="ok",
        limits=BLOCKS,
        refusals=NOBODY_THERE,
        shows=PICTURES,
    ),
    Case(
        "slackbot",
        lambda url: {"token": SECRETLY, "channel": "C0123456789", "api": f"{url}/api"},
        created={"ok": True, "ts": "1.2"},
        limits=BLOCKS,
        shows=PICTURES,
    ),
    Case(
        "telegram",
        lambda url: {"token": SECRETLY, "chat": "@adas_notes", "api": url},
        created={"ok": True, "result": {"message_id": 1, "chat": {"id": 5}}},
        limits=Limits(text=4096, unit=Unit.UTF_16, image_bytes=10_000_000),
        refusals=NOBODY_THERE,
        caption=1024,
    ),
    Case(
        "matrix",
        lambda url: {"server": url, "token": SECRETLY, "room": "!aBc:example.org"},
        answers={"/_matrix/client/v1/media/config": {}},
        created={"event_id": "$1"},
        limits=Limits(text=None, text_bytes=20_000, image_bytes=50_000_000),
        refusals=NOBODY_THERE,
    ),
    Case(
        "teams",
        lambda url: {"url": SecretStr(f"{url}/workflows/1?sig={SECRET}")},
        limits=replace(BLOCKS, text=None, text_bytes=8_000, alt=1_000),
        refusals=NOBODY_THERE,
        shows=PICTURES,
    ),
    Case(
        "mattermost",
        lambda url: {"url": SecretStr(f"{url}/hooks/{SECRET}")},
        created="ok",
        limits=replace(BLOCKS, text=4000, alt=500),
        refusals=NOBODY_THERE,
        shows=PICTURES,
    ),
    Case(
        "indexnow",
        lambda url: {"url": f"{url}/indexnow", "key": "0123456789abcdef"},
        pictures=False,
    ),
    Case(
        "email",
        lambda url: {
            "host": "mail.example.org",
            "user": "ada",
            "password": SECRETLY,
            "sender": "news@example.org",
            "to": ["list@example.org"],
        },
        limits=Limits(text=None, image_bytes=1_000_000, alt=1_000),
        remote=False,
    ),
    Case("folder", lambda url: {"dir": "/nowhere/outbox"}, remote=False),
]

every = pytest.mark.parametrize("case", CASES, ids=lambda case: case.network)
every_with_pictures = pytest.mark.parametrize(
    "case", [case for case in CASES if case.pictures], ids=lambda case: case.network
)
every_remote = pytest.mark.parametrize(
    "case", [case for case in CASES if case.remote], ids=lambda case: case.network
)


@contextmanager
def answering(case: Case, response: Callable[[], Response]):
    """Serve a network's preliminaries as they should be; to all else ``response`` is the answer."""
    posted: list[bytes] = []

    async def answer(request: Request) -> Response:
        body = await request.body()
        if request.url.path in case.answers:
            return JSONResponse(case.answers[request.url.path])
        posted.append(body)
        return response()

    methods = ["GET", "HEAD", "POST", "PUT"]
    with serve(Starlette(routes=[Route("/{path:path}", answer, methods=methods)])) as url:
        yield url, posted


def connected(case: Case, url: str, work: Callable[[Any, Wire], Awaitable[Any]]) -> Any:
    """Let a network do some work against a server."""
    return Bench().work(lambda wire: work(case.bind(url), wire))


def deliver(case: Case, url: str, times: int = 1) -> Receipt:
    """Deliver a message, as often as is wanted; give the last receipt."""

    async def work(network: Any, wire: Wire) -> Receipt:
        message = network.compose(POST, "<p>Hi</p>", None, case.limits)
        for _ in range(times):
            receipt = await network.deliver(message, KEY, wire)
        return receipt

    return connected(case, url, work)


# Composing


HERO = Picture("https://example.org/hero.png", "image/png", 64, 32, picture())
LARGE = Picture(
    "https://example.org/large.bmp", "image/bmp", 400, 300, picture("BMP", (400, 300), "navy")
)
ALT = "A teal field, \N{WOMAN}\N{ZERO WIDTH JOINER}\N{ROCKET} in it"
POSTS = {
    "plain": POST,
    "no title": replace(POST, title=None),
    "no summary": replace(POST, summary=""),
    "no tags": replace(POST, tags=()),
    "nothing but a link": replace(POST, title=None, summary="", tags=()),
    "much too long": replace(POST, title="A title " * 100, summary="words and words " * 500),
    "one long word": replace(POST, title=None, summary="x" * 5_000),
    "many tags": replace(POST, tags=tuple(f"tag number {number}" for number in range(200))),
    "emoji": replace(
        POST,
        title="\N{WOMAN}\N{ZERO WIDTH JOINER}\N{ROCKET}" * 400,
        summary="\U0001f1e9\U0001f1ea" * 400,
    ),
    "right to left": replace(
        POST, title="שלום עולם", summary="مرحبا بالعالم " * 100, language="he"
    ),
    "long link": replace(POST, url="https://example.org/" + "long-" * 40, summary="w " * 1000),
    "illustrated": replace(POST, image=Image(HERO.url, alt=ALT)),
    "without alt": replace(POST, image=Image(HERO.url)),
    "long alt": replace(POST, image=Image(HERO.url, alt="alt " * 2_000)),
}


def assert_within(message: Message, limits: Limits) -> None:
    if message.limit is not None:
        assert measure(message.text, limits) <= message.limit
        assert message.length <= message.limit
    if limits.text_bytes is not None:
        assert len(message.text.encode()) <= limits.text_bytes
    if message.image and limits.image_bytes is not None:
        assert message.image.length <= limits.image_bytes
    if message.image and limits.alt is not None:
        assert len(message.image.alt) <= limits.alt


@every
@pytest.mark.parametrize("post", POSTS.values(), ids=POSTS)
@pytest.mark.parametrize("hero", [None, HERO, LARGE], ids=["no picture", "small", "large"])
def test_every_post_makes_a_message_within_the_limits(case, post, hero):
    message = case.bind().compose(post, "<p>Hi</p>", hero, case.limits)
    assert_within(message, case.limits)
    assert message.link == post.url
    assert message.language == post.language
    assert message.limit == (case.caption if case.caption and message.image else case.limits.text)
    shown = case.shows is None or (hero and hero.type in case.shows)
    if post.image is None or hero is None or not case.pictures or not shown:
        assert message.image is None
    else:
        alt = post.image.alt or ""
        assert message.image.alt == (
            alt[: case.limits.alt - 1].rstrip() + "…"
            if case.limits.alt and len(alt) > case.limits.alt
            else alt
        )
        assert message.image.data


@every
@given(
    title=st.none() | st.text(max_size=400),
    summary=st.text(max_size=1_000),
    tags=st.lists(st.text(max_size=30), max_size=6),
)
@settings(max_examples=60, deadline=None)
def test_any_text_makes_a_message_within_the_limits(case, title, summary, tags):
    post = replace(POST, title=title, summary=summary, tags=tuple(tags))
    assert_within(case.bind().compose(post, "", None, case.limits), case.limits)


@every
@pytest.mark.parametrize("post", POSTS.values(), ids=POSTS)
def test_composing_is_pure_and_a_frozen_message_survives_the_ledger(case, post):
    first, second = (case.bind().compose(post, "<p>Hi</p>", HERO, case.limits) for _ in range(2))
    assert first == second
    frozen = json.loads(json.dumps(first.to_json()))
    assert Message.from_json(frozen, first.image.data if first.image else b"") == first


@every
def test_composing_touches_nothing_outside(case, monkeypatch):
    def unexpected(*args, **options):
        raise AssertionError("compose reached out")

    network = case.bind()
    case.bind().compose(POSTS["illustrated"], "", HERO, case.limits)  # lazy imports are done now
    monkeypatch.setattr("socket.socket.connect", unexpected)
    monkeypatch.setattr("builtins.open", unexpected)
    network.compose(POSTS["illustrated"], "", HERO, case.limits)


@every
def test_a_picture_that_does_not_fit_is_made_to_or_left_out(case):
    tight = replace(case.limits, image_bytes=5_000, image_types=frozenset({"image/jpeg"}))
    message = case.bind().compose(POSTS["illustrated"], "", LARGE, tight)
    if case.shows:
        assert message.image is None
    elif case.limits.image_bytes is not None:
        assert message.image.length <= 5_000
        assert message.image.type == "image/jpeg"


@every_with_pictures
def test_the_alternative_text_is_the_authors_own(case):
    with_alt = case.bind().compose(POSTS["illustrated"], "", HERO, case.limits)
    without = case.bind().compose(POSTS["without alt"], "", HERO, case.limits)
    assert (with_alt.image.alt, without.image.alt) == (ALT, "")


# Declarations


@every
def test_the_guarantee_is_declared_and_kept_by_what_the_network_can(case):
    network = case.bind()
    assert isinstance(network.guarantee, Guarantee)
    has_window = network.guarantee.window is not None
    assert has_window == (network.guarantee.replay is Replay.IDEMPOTENT_FOR)
    assert network.guarantee.looks_up == isinstance(network, LooksUp)


@every
def test_every_option_is_explained(case):
    options = networks.get(case.network).Options
    own = {
        name: info
        for name, info in options.model_fields.items()
        if name not in Endpoint.model_fields
    }
    assert own
    for name, info in own.items():
        assert info.description, name
    assert (options.__doc__ or "").strip()
    assert options.model_json_schema()["properties"]


@every
def test_secrets_show_nowhere(case):
    network = case.bind()
    message = network.compose(POSTS["illustrated"], "<p>Hi</p>", HERO, case.limits)
    for shown in (
        repr(network._options) if hasattr(network, "_options") else "",
        repr(message),
        json.dumps(message.to_json()),
    ):
        assert SECRET not in shown
        assert SECRET.removeprefix("whsec_") not in shown


# Delivering


@every
def test_the_limits_are_told_and_stay_for_a_while(case):
    async def work(network: Any, wire: Wire) -> list[Limits]:
        return [await network.limits(wire), await network.limits(wire)]

    with answering(case, lambda: JSONResponse({})) as (url, posted):
        first, second = connected(case, url, work)
    assert first == second
    assert first.text == case.limits.text
    assert posted == []


@every_remote
def test_a_message_is_delivered_and_the_receipt_names_it(case):
    with answering(case, case.success) as (url, posted):
        receipt = deliver(case, url)
    assert receipt.id
    assert len(posted) == 1
    assert SECRET.encode() not in b"".join(posted)


@every_remote
def test_two_deliveries_of_one_message_send_the_same(case):
    with answering(case, case.success) as (url, posted):
        deliver(case, url, times=2)
    assert len(posted) == 2
    assert posted[0] == posted[1]


STATUSES = [
    (400, Rejected),
    (401, Unauthorized),
    (403, Unauthorized),
    (404, Rejected),
    (410, Gone),
    (413, Rejected),
    (422, Rejected),
    (429, Throttled),
    (500, InDoubt),
    (502, InDoubt),
    (503, Throttled),
]


@every_remote
@pytest.mark.parametrize(("status", "expected"), STATUSES)
def test_each_refusal_has_its_error(case, status, expected):
    expected = case.refusals.get(status, expected)
    headers = {"retry-after": "60"} if status in {429, 503} else {}
    with (
        answering(case, lambda: JSONResponse({"error": "no"}, status, headers)) as (url, _),
        pytest.raises(expected) as caught,
    ):
        deliver(case, url)
    assert type(caught.value) is expected
    assert caught.value.status == status
    assert caught.value.until == (NOON + timedelta(minutes=1) if headers else None)
    assert SECRET not in caught.value.detail


@every_remote
def test_a_redirect_is_refused(case):
    elsewhere = Response(status_code=302, headers={"location": "/elsewhere"})
    with answering(case, lambda: elsewhere) as (url, posted), pytest.raises(Rejected):
        deliver(case, url)
    assert len(posted) == 1


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.created], ids=lambda case: case.network
)
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b"null"])
def test_a_success_that_promises_nothing_is_a_doubt(case, body):
    with answering(case, lambda: Response(body)) as (url, _), pytest.raises(InDoubt):
        deliver(case, url)


@every_remote
def test_a_server_that_is_not_there_leaves_no_doubt(case):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Unreachable):
        deliver(case, f"http://127.0.0.1:{port}")
