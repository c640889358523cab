"""A post reaches who subscribed to a feed at a real hub, from feeds that the daemon serves."""

from __future__ import annotations

import socket

import feedparser
import httpx
import pytest

from fakes.process import Daemon
from fakes.site import Blog
from real.announcing import LOCAL
from real.hub import subscriber

TYPES = {
    "feed.xml": "application/rss+xml; charset=utf-8",
    "atom.xml": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
}
NETWORKS = {"allow_networks": LOCAL["allow_networks"]}


@pytest.fixture
def blog(tmp_path, hub):
    """A blog whose feeds are where its daemon serves them."""
    blog = Blog(tmp_path)
    blog.post("hello")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    text = blog.config.read_text()
    here = f'output = "public"\nurl = "http://127.0.0.1:{port}"'
    blog.config.write_text(text.replace('output = "public"', here) + f"\n[server]\nport = {port}\n")
    blog.endpoint("hub", "websub", url=hub, **NETWORKS)
    return blog


def states(blog):
    return [str(each.state) for each in blog.deliveries()]


@pytest.fixture
def daemon(blog):
    process = Daemon(blog)
    try:
        process.ready()
        process.until(lambda: states(blog) == ["delivered"] * len(TYPES))
        yield process
    finally:
        process.clear()


def test_a_subscriber_gets_the_feed_that_has_changed(blog, daemon, hub):
    for name in TYPES:
        links = httpx.get(f"{daemon.url}/{name}").links
        assert links["hub"]["url"] == hub
        assert links["self"]["url"] == f"{daemon.url}/{name}"
    with subscriber() as reader:
        for name in TYPES:
            reader.subscribe(f"{daemon.url}/{name}")
        blog.post("second", title="שלום \N{ROCKET}", date="2026-03-02 08:00")
        daemon.until(lambda: all(reader.came.values()))
        daemon.until(lambda: daemon.said.count("to hub: delivered") == 2 * len(TYPES))
    for name, [(headers, body)] in reader.came.items():
        assert body == (blog.folder / "public" / name).read_bytes(), "once, and the newest"
        assert headers["content-type"] == TYPES[name]
        assert f'<{daemon.url}/{name}>; rel="self"' in headers["link"]
    [newest, _] = feedparser.parse(reader.came["atom.xml"][0][1]).entries
    assert newest.title == "שלום \N{ROCKET}"


def test_the_hub_is_checked_without_being_told(blog, hub):
    done = blog.command("check", "endpoints", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the hub answers" in done.stdout


def test_a_hub_that_wants_the_topic_takes_ours(hub):
    """What PubSubHubbub alone would have us send is not enough for this one."""
    feed = "http://127.0.0.1:1/feed.xml"
    answer = httpx.post(hub, data={"hub.mode": "publish", "hub.url": feed})
    assert (answer.status_code, answer.text) == (400, "Missing form argument: hub.topic\n")
