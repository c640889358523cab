"""Posts and pictures that are half there, changed, gone or not to be had."""

from __future__ import annotations

import json

import pytest
from starlette.responses import Response

from fakes.faulty import endless, misbehaving
from fakes.images import Gallery
from syndicate.media import store
from syndicate.testing.samples import picture
from syndicate.testing.server import serve


@pytest.fixture
def hooked(blog, receiver):
    blog.hook(receiver.url)
    blog.post("old", title="Old", date="2026-02-27")
    blog.run()
    return blog


@pytest.fixture
def queued(hooked, receiver):
    """A post whose first try is refused, and one whose first try nobody answers."""

    def begin(status):
        receiver.answer = lambda: Response("no", status)
        path = hooked.post("new")
        hooked.go()
        receiver.answer = lambda: None
        hooked.clock.tick(hours=1)
        return path

    return begin


def said(receiver):
    [event] = receiver.events.values()
    return event["data"]


# Half-written


@pytest.mark.parametrize("cut", [0, 3, 15, 60, 110])
def test_a_half_written_post_waits_until_it_is_whole(hooked, receiver, cut):
    """Cut off within its front matter it is told of, and the others go out."""
    path = hooked.post("new")
    whole = path.read_text()
    path.write_text(whole[:cut])
    hooked.post("other", title="Other")
    told = hooked.go()
    assert told.code == 3
    assert "error new.md" in told.text
    assert len(receiver.events) == 1
    path.write_text(whole)
    assert hooked.go().code == 0
    titles = [event["data"]["title"] for event in receiver.events.values()]
    assert titles == ["Other", "Hello"]


def test_a_half_written_edit_takes_nothing_back_for_good(hooked, receiver):
    """While an editor writes, the post may be out of the feed for one run; it is no news after."""
    path = hooked.post("new")
    hooked.go()
    whole = path.read_text()
    path.write_text(whole[:15])
    assert hooked.go().code == 3
    path.write_text(whole)
    assert hooked.go().code == 0
    feed = json.loads((hooked.folder / "public" / "feed.json").read_text())
    assert [each["title"] for each in feed["items"]] == ["Hello", "Old"]
    assert len(receiver.ids) == 1


# Edited or deleted while queued


def test_a_post_that_is_edited_before_its_first_try(hooked, receiver):
    """Nothing was frozen: what goes out is what it says by then."""
    receiver.answer = lambda: Response("who?", 401)
    hooked.post("first", title="First", date="2026-03-01 07:00")
    hooked.post("new")
    hooked.go()
    receiver.answer = lambda: None
    hooked.post("new", title="Hello, mended")
    hooked.mend("hook")
    assert hooked.go().code == 0
    assert {each["data"]["title"] for each in receiver.events.values()} == {
        "First",
        "Hello, mended",
    }


def test_a_post_that_is_edited_after_its_first_try(queued, hooked, receiver):
    """It may be there as it was, so what is repeated is the same to the last byte."""
    queued(500)
    hooked.post("new", title="Hello, mended")
    assert hooked.go().code == 0
    assert said(receiver)["title"] == "Hello"
    assert len(set(receiver.bodies)) == 1


def test_a_post_that_is_deleted_before_it_got_through(queued, hooked, receiver):
    """Certainly not announced, so it is not now."""
    queued(429).unlink()
    told = hooked.go()
    assert told.code == 0
    assert "cancelled" in told.text
    assert receiver.events == {}


def test_a_post_that_is_deleted_when_it_may_be_there(queued, hooked, receiver):
    """What may have been announced is found out about: here by sending the same again."""
    queued(500).unlink()
    assert hooked.go().code == 0
    assert hooked.states() == {"hook": "delivered"}
    assert said(receiver)["title"] == "Hello"


# Pictures


def sent(blog):
    [folder] = (blog.folder / "out").iterdir()
    return {each.name for each in folder.iterdir()}


@pytest.fixture
def out(blog):
    """A blog whose announcements are folders, with the picture in them."""
    blog.endpoint("out", "folder", dir="out")
    blog.run()
    return blog


def test_an_image_that_is_a_404(out):
    """The post goes out without it, and a person is told."""
    with serve(Gallery().app) as url:
        out.post("new", image=f"{url}/hero.png")
        told = out.go()
    assert told.code == 0
    assert "warning the picture 127.0.0.1/hero.png cannot be had: HTTP 404" in told.text
    assert "image.png" not in sent(out)


def test_an_image_that_is_too_big_to_read(out, monkeypatch):
    monkeypatch.setattr(store, "CAP", 100_000)
    with misbehaving(endless) as server:
        out.post("new", image=f"{server.url}/hero.png")
        told = out.go()
    assert told.code == 0
    assert "warning the picture 127.0.0.1/hero.png cannot be had: the answer is longer" in told.text
    assert "image.png" not in sent(out)


def test_an_image_that_is_too_big_for_the_network(blog):
    """It is made to fit: fewer pixels, or stronger compression."""
    gallery = Gallery(hero_bmp=picture("BMP", (1_500, 1_000)))
    with serve(gallery.app) as url:
        blog.endpoint(
            "sky",
            "bluesky",
            handle="ada.example",
            password="env:HOOK_SECRET",
            backfill=1,
        )
        blog.post("new", image=f"{url}/hero.bmp")
        [planned] = blog.plan().deliveries
    assert planned.message.image.type == "image/jpeg"
    assert planned.message.image.length < 1_000_000 < len(gallery.files["hero.bmp"])
