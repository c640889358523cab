"""What goes out for the four posts, on the networks whose own tests do not write it down."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace

import pytest

from fakes.posts import KEY
from fakes.record import Recorder
from networks.golden import compare, posts
from networks.test_following import account
from networks.test_pings import FEED, Hubs, Line
from syndicate.model import Limits, Site
from syndicate.networks.folder import Folder, FolderOptions
from syndicate.testing.server import serve

SITE = Site("Ada's notes", "https://example.org", "en")


@pytest.mark.parametrize("network", ["bluesky", "mastodon", "webhook"])
def test_golden_requests(network, request):
    sent = {}
    with account(network) as ada:
        for number, (name, (post, hero)) in enumerate(posts().items(), 1):
            began = len(ada.requests)
            ada.deliver(ada.compose(post, hero), replace(KEY, value=f"msg_{number}"))
            sent[name] = ada.requests[began:]
    compare(network, sent, request.config.getoption("--update-golden"))


def test_golden_folders(request, tmp_path):
    network, sent = Folder(FolderOptions(name="out", network="folder", dir=tmp_path), SITE), {}
    for name, (post, hero) in posts().items():
        message = network.compose(post, "<p>Hi</p>", hero, Limits(text=None))
        receipt = asyncio.run(network.deliver(message, replace(KEY, value=f"msg_{name}"), None))
        files = sorted((tmp_path / receipt.id).iterdir())
        sent[name] = {"folder": receipt.id, "files": {file.name: show(file) for file in files}}
    compare("folder", sent, request.config.getoption("--update-golden"))


def show(file):
    """Give a file's lines; of a picture what it is known by."""
    data = file.read_bytes()
    try:
        return data.decode().splitlines()
    except UnicodeDecodeError:
        return hashlib.sha256(data).hexdigest()[:16]


@pytest.mark.parametrize(
    ("network", "own"),
    [
        ("websub", {"url": "URL/hub"}),
        ("rsscloud", {"server": "URL"}),
    ],
)
def test_golden_notices(network, own, request):
    recorder = Recorder(Hubs().app)
    with serve(recorder) as url:
        line = Line(None, network, **filled(own, url))
        line.tell("https://example.org/feed.xml")
        line.tell(FEED)
    compare(network, recorder.requests, request.config.getoption("--update-golden"))


def test_golden_addresses(request):
    recorder, sent = Recorder(Hubs().app), {}
    with serve(recorder) as url:
        line = Line(None, "indexnow", **filled({"url": "URL/indexnow", "key": "0123456789"}, url))
        for name, (post, _) in posts().items():
            message = line.network.compose(post, "", None, Limits(text=None))
            line.work(lambda wire, message=message: line.network.deliver(message, KEY, wire))
            sent[name] = recorder.requests[-1]
    compare("indexnow", sent, request.config.getoption("--update-golden"))


def filled(own, url):
    return {name: value.replace("URL", url) for name, value in own.items()}
