"""Pages that have to be live first: what a look finds, and how long a delivery waits."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import Response

from fakes.posts import MESSAGE, delivery, post
from syndicate.config import Endpoint
from syndicate.delivery.live import FIRST, LONGEST, Pages, decide
from syndicate.http import Http
from syndicate.model import Event, State
from syndicate.testing.clock import NOON, FakeClock
from syndicate.testing.server import serve

DAY = timedelta(days=1)
PAGE = """<!doctype html><title>Hello</title>
<meta property="og:image" content="/hero.png"><meta property=og:image content=/second.png>
<link rel="alternate" href="/feed.xml"><link rel="canonical" href=" /hello/ "><p>Hi
"""


class Website:
    """Answers by path, and counts who asks."""

    def __init__(self, **answers):
        self.answers = answers
        self.asked = []

    async def __call__(self, scope, receive, send):
        path = scope["path"]
        self.asked.append(path)
        answer = self.answers.get(path.strip("/") or "home", Response("gone", 404))
        await answer(scope, receive, send)


def page(text=PAGE, **options):
    return Response(text, media_type="text/html", **options)


def moved(to, status=302):
    return Response(status_code=status, headers={"location": to})


def endpoint(**options):
    return Endpoint(name="main", network="x", require_live=True, **options)


def look(website, *endpoints, clock=None, path="/hello/", allowed=("127.0.0.0/8",)):
    """Ask, beside each other, what endpoints wait for; the site's address is left out."""

    async def main(url):
        http = Http(list(allowed), timedelta(seconds=20))
        pages = Pages(http, (clock or FakeClock()).now)
        try:
            asked = (pages.missing(each, post(url=url + path)) for each in endpoints)
            return [each.replace(url, "") for each in await asyncio.gather(*asked)]
        finally:
            await http.aclose()

    with serve(website) as url:
        return asyncio.run(main(url))


def test_a_page_that_answers_is_live_and_any_other_status_is_not():
    assert look(Website(hello=page()), endpoint()) == [""]
    assert look(Website(), endpoint()) == ["/hello/ is live (404)"]
    assert look(Website(hello=page(status_code=503)), endpoint()) == ["/hello/ is live (503)"]
    assert look(Website(hello=page(status_code=202)), endpoint()) == ["/hello/ is live (202)"]


@pytest.mark.parametrize("head", ["<![section[x]]>", '<link rel=canonical href="http://[">'])
def test_a_page_whose_head_cannot_be_read_is_waited_for(head):
    [said] = look(Website(hello=page(head)), endpoint(live_canonical=True))
    assert said.startswith("/hello/ is live (its head cannot be read: ")


def test_who_does_not_ask_waits_for_nothing_and_no_page_is_got():
    website = Website()
    assert look(website, Endpoint(name="main", network="x")) == [""]
    assert website.asked == []


def test_a_page_is_looked_at_once_for_all_endpoints():
    website = Website(hello=page())
    assert look(website, *[endpoint()] * 5) == [""] * 5
    assert website.asked == ["/hello/"]


def test_a_page_is_looked_at_again_after_a_while():
    website, clock = Website(), FakeClock()

    async def main(url):
        http = Http(["127.0.0.0/8"])
        pages = Pages(http, clock.now)
        for wait in (0, 9, 1):
            clock.tick(seconds=wait)
            await pages.missing(endpoint(), post(url=f"{url}/hello/"))
        await http.aclose()

    with serve(website) as url:
        asyncio.run(main(url))
    assert len(website.asked) == 2


def test_redirects_are_followed_on_the_same_host_only():
    there = Website(**{"hello": moved("/hello.html"), "hello.html": page()})
    assert look(there, endpoint()) == [""]
    away = Website(hello=moved("https://parked.example/"))
    assert look(away, endpoint()) == ["/hello/ is live (302, to https://parked.example/)"]
    nowhere = Website(hello=Response(status_code=301))
    assert "redirects more than 5 times" in look(nowhere, endpoint())[0]
    circle = Website(hello=moved("/hello/", 308))
    assert "redirects more than 5 times" in look(circle, endpoint())[0]
    assert len(circle.asked) == 5


def test_the_guard_holds_for_pages_too():
    [missing] = look(Website(hello=page()), endpoint(), allowed=())
    assert "is refused: it is in no network that allow_networks names" in missing


def test_a_redirect_does_not_get_around_the_guard():
    website = Website(hello=moved("http://127.0.0.1:1/hello/"))
    [missing] = look(website, endpoint())
    assert "no connection to 127.0.0.1" in missing, "the same host, and nobody is there"


def test_a_page_that_is_longer_than_we_read_is_live():
    assert look(Website(hello=page(PAGE + "x" * 2_000_000)), endpoint()) == [""]


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (PAGE, ""),
        ("<link rel='shortlink CANONICAL' href='hello/'>", "/hello/hello/"),
        ("<link rel=canonical href=/hello>", "/hello"),
        ("<link rel=canonical href=/h%65llo/>", ""),
        ("<link rel=canonical>", "no address"),
        ("<p>nothing", "no address"),
    ],
)
def test_the_canonical_link_has_to_be_the_permalink(text, missing):
    found = look(Website(hello=page(text)), endpoint(live_canonical=True))
    assert found == [missing and f"/hello/ is live (it names {missing} as canonical)"]


def test_the_image_has_to_be_named_and_there():
    wants = endpoint(live_image=True)
    image = Response(b"png", media_type="image/png")
    assert look(Website(**{"hello": page(), "hero.png": image}), wants) == [""]
    [missing] = look(Website(hello=page()), wants)
    assert missing == "/hello/ is live (its og:image /hero.png: 404)"
    [missing] = look(Website(**{"hello": page(), "hero.png": page("sorry")}), wants)
    assert "its og:image /hero.png: it is text/html" in missing
    assert look(Website(hello=page("<p>Hi")), wants) == ["/hello/ is live (it names no og:image)"]
    [missing] = look(Website(hello=page("<meta name=og:image content=http://h.invalid/a>")), wants)
    assert "no connection to h.invalid" in missing


def wait(seconds, timeout=DAY, first=NOON):
    waiting = delivery(waiting_since=first, attempts=3)
    return decide(waiting, "x is live (404)", timeout, NOON + timedelta(seconds=seconds))


def test_the_first_look_begins_the_wait():
    resting = wait(0, first=None)
    assert (resting.state, resting.due) == (State.PENDING, NOON + FIRST)
    assert resting.waiting_since == NOON
    assert resting.reason == "waits until x is live (404)"


@given(st.integers(0, 200_000))
def test_looks_grow_rarer_use_up_no_try_and_the_last_is_at_the_end(seconds):
    now, end = NOON + timedelta(seconds=seconds), NOON + DAY
    resting = wait(seconds)
    assert resting.attempts == 3
    if now >= end:
        assert resting.state is State.DEAD
        assert resting.reason == "gave up after 1 day, 0:00:00 of waiting until x is live (404)"
        return
    assert (resting.state, resting.waiting_since) == (State.PENDING, NOON)
    assert now < resting.due <= min(now + LONGEST, end)
    assert resting.due == end or resting.due - now >= FIRST


@pytest.mark.parametrize("changes", [{"message": MESSAGE}, {"event": Event.CHANGED}])
def test_what_has_passed_or_is_no_post_is_not_held(changes):
    pages = Pages(None, FakeClock().now)  # it would fail where it looked
    held = pages.hold(endpoint(), delivery(**changes), post())
    assert asyncio.run(held) is None
