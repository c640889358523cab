"""Those that are told of an address, by servers that take nothing but what their protocol says."""

from __future__ import annotations

from contextlib import contextmanager
from urllib.parse import parse_qsl

import pytest
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from fakes.posts import KEY, POST
from syndicate import networks
from syndicate.errors import Rejected, Throttled, Unauthorized
from syndicate.model import Hub, Limits, Replay, Site
from syndicate.networks.base import FeedNetwork
from syndicate.testing.bench import Bench
from syndicate.testing.server import serve

SITE = Site("Ada's notes", "https://example.org/blog", "en")
FEED = "https://example.org/tags/%E6%97%A5/feed.xml?a=1&b=2"


class Hubs:
    """A WebSub hub, an rssCloud server and an IndexNow engine at one address."""

    def __init__(self):
        self.told = []
        self.answer = None
        self.keys = {"/0123456789.txt": "0123456789\n"}
        self.app = Starlette(
            routes=[
                Route("/hub", self._hub, methods=["POST"]),
                Route("/ping", self._ping, methods=["POST"]),
                Route("/indexnow", self._indexnow, methods=["POST"]),
                Route("/{key}", self._key),
            ]
        )

    async def _hub(self, request):
        form = dict(await self._form(request))
        if form.pop("hub.mode", None) != "publish" or form["hub.url"] != form["hub.topic"]:
            return PlainTextResponse("hub.mode or hub.url", 400)
        self.told.append(form["hub.url"])
        return self.answer or Response(status_code=204)

    async def _ping(self, request):
        [(name, feed)] = await self._form(request)
        assert name == "url"
        self.told.append(feed)
        return self.answer or JSONResponse({"success": True, "msg": "Thanks for the update!"})

    async def _indexnow(self, request):
        said = await request.json()
        assert request.headers["content-type"].startswith("application/json")
        assert said.keys() == {"host", "key", "keyLocation", "urlList"}
        assert all(f"//{said['host']}/" in url for url in said["urlList"])
        self.told.append(said)
        return self.answer or Response(status_code=202)

    async def _key(self, request):
        text = self.keys.get(request.url.path)
        return PlainTextResponse(text) if text else Response(status_code=404)

    @staticmethod
    async def _form(request):
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        return parse_qsl((await request.body()).decode("ascii"), strict_parsing=True)


class Line(Bench):
    def __init__(self, hubs, name, **options):
        super().__init__()
        self.hubs = hubs
        kind = networks.get(name)
        shared = {"name": "main", "network": name, "allow_networks": ["127.0.0.0/8"]}
        self.network = kind(kind.Options.model_validate(shared | options), SITE)

    def tell(self, feed=FEED):
        message = self.network.notice(feed)
        return self.work(lambda wire: self.network.deliver(message, KEY, wire))

    def check(self):
        return self.work(self.network.check)


@contextmanager
def line(name, **options):
    hubs = Hubs()
    with serve(hubs.app) as url:
        filled = {key: value.replace("URL", url) for key, value in options.items()}
        yield Line(hubs, name, **filled)


def test_a_hub_is_told_which_feed_has_changed():
    with line("websub", url="URL/hub") as websub:
        receipt = websub.tell()
        assert websub.hubs.told == [FEED]
        assert receipt.id == KEY.value
        assert websub.network.hub.type == "WebSub"
        assert websub.network.hub.url.endswith("/hub")


def test_a_hub_is_named_as_it_is_written():
    network = networks.get("websub")
    options = network.Options(name="hub", network="websub", url="https://hub.example/")
    assert network(options, SITE).hub == Hub("WebSub", "https://hub.example/")


def test_a_cloud_is_told_which_feed_has_changed():
    with line("rsscloud", server="URL/") as cloud:
        cloud.tell()
        assert cloud.hubs.told == [FEED]
        assert cloud.network.hub.type == "rssCloud"
        assert cloud.network.hub.url.endswith("/pleaseNotify")


def test_a_cloud_that_cannot_read_the_feed_says_why():
    with line("rsscloud", server="URL") as cloud:
        cloud.hubs.answer = JSONResponse({"success": False, "msg": "Cannot read the feed"})
        with pytest.raises(Rejected, match="Cannot read the feed"):
            cloud.tell()


@pytest.mark.parametrize(
    ("name", "key", "path"), [("websub", "url", "/hub"), ("rsscloud", "server", "")]
)
def test_a_hub_that_is_busy_is_left_alone(name, key, path):
    with line(name, **{key: f"URL{path}"}) as hub:
        hub.hubs.answer = Response(status_code=429, headers={"retry-after": "60"})
        with pytest.raises(Throttled):
            hub.tell()


@pytest.mark.parametrize(("name", "key"), [("websub", "url"), ("rsscloud", "server")])
def test_a_check_asks_whether_somebody_is_there(name, key):
    with line(name, **{key: "URL/hub"}) as hub:
        health = hub.check()
    assert health.ok
    assert "answers" in health.detail


def test_they_are_told_of_feeds_and_may_be_told_twice():
    with line("websub", url="URL/hub") as websub, line("rsscloud", server="URL") as cloud:
        for each in (websub.network, cloud.network):
            assert isinstance(each, FeedNetwork)
            assert not hasattr(each, "compose")
            assert each.guarantee.replay is Replay.IDEMPOTENT


# IndexNow, which is told of pages


def indexnow(**options):
    return line("indexnow", **{"url": "URL/indexnow", "key": "0123456789"} | options)


def announce(engine):
    message = engine.network.compose(POST, "", None, Limits(text=None))
    return engine.work(lambda wire: engine.network.deliver(message, KEY, wire))


def test_an_engine_is_told_of_the_page_and_where_the_key_is():
    with indexnow() as engine:
        announce(engine)
    assert engine.hubs.told == [
        {
            "host": "example.org",
            "key": "0123456789",
            "keyLocation": "https://example.org/0123456789.txt",
            "urlList": [POST.url],
        }
    ]


def test_a_wrong_key_is_a_matter_for_a_person():
    with indexnow() as engine:
        engine.hubs.answer = JSONResponse({"code": "InvalidKey"}, 403)
        with pytest.raises(Unauthorized):
            announce(engine)


def test_a_check_looks_for_the_key():
    with indexnow(key_location="URL/0123456789.txt") as engine:
        assert engine.check().ok
        engine.hubs.keys["/0123456789.txt"] = "another"
        assert not engine.check().ok
        engine.hubs.keys.clear()
        health = engine.check()
    assert not health.ok
    assert "has to have the key, and nothing else (HTTP 404)" in health.detail


@pytest.mark.parametrize("key", ["short", "with space 12345", "x" * 129])
def test_a_key_that_no_engine_takes_is_refused(key):
    kind = networks.get("indexnow")
    with pytest.raises(ValidationError):
        kind.Options(name="main", network="indexnow", key=key)
