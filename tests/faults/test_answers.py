"""What the other end says, or fails to say; and what becomes of the delivery and the endpoint."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fakes import faulty as fake
from fakes.faulty import answering, in_turn, misbehaving, response
from syndicate.testing.server import serve

DAY = timedelta(hours=24)


@pytest.fixture
def hooked(blog, receiver):
    """A blog whose first run is over; ``receiver.answer`` says what becomes of the next."""
    blog.hook(receiver.url)
    blog.run()
    return blog


def of(seconds, now):
    return (now + timedelta(seconds=seconds)).strftime("%a, %d %b %Y %H:%M:%S GMT")


# 429: how long they want to be left alone

JUNK = ["soon", "-86400", "", "nan", "inf", "1e999", "0x10", "\N{SUPERSCRIPT TWO}", "12 apples"]
JUNK += ["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 99 Foo 2026 99:99:99 GMT"]


@pytest.mark.parametrize("asked", ["3600", "date"])
def test_429_with_seconds_or_a_date(hooked, receiver, asked):
    """Nothing goes to the endpoint before, and all of it does after; in one run or in the next."""
    until = hooked.clock.now() + timedelta(hours=1)
    said = of(3600, hooked.clock.now()) if asked == "date" else asked
    answers = [Response("slow", 429, {"retry-after": said})]
    receiver.answer = lambda: answers.pop() if answers else None
    hooked.post("one")
    hooked.post("two", title="Two")
    told = hooked.go()
    assert told.code == 5
    waits = re.search(r"waits hook: until (\S+ \S+)Z, its last answer: HTTP 429: slow", told.text)
    assert abs(int(waits[1][-2:]) - until.second) <= 2
    assert len(receiver.ids) == 1, "the second is held as well"
    hooked.clock.tick(minutes=58)
    hooked.go(wait=timedelta())
    assert len(receiver.ids) == 1
    assert hooked.go(wait=timedelta(minutes=10)).code == 0
    assert len(receiver.events) == 2


@pytest.mark.parametrize("asked", JUNK)
def test_429_with_a_negative_or_junk_wait(hooked, receiver, asked):
    """What cannot be meant is left out: our own schedule counts, and the endpoint rests a minute."""
    receiver.answer = lambda: Response("slow", 429, {"retry-after": asked})
    hooked.post("new")
    told = hooked.go(wait=timedelta())
    assert told.code == 5
    [state] = told.report.endpoints
    assert state.throttled_until - hooked.clock.now() == timedelta(minutes=1)
    receiver.answer = lambda: None
    hooked.clock.tick(minutes=2)
    assert hooked.go().code == 0


@pytest.mark.parametrize("asked", ["315360000", "99999999999999999999", "date", "body"])
def test_429_with_ten_years(hooked, receiver, asked):
    """A day is the most; then it is asked again."""
    said = of(10 * 365 * 86400, hooked.clock.now()) if asked == "date" else asked
    body = {"retry_after": 10**9 - 1} if asked == "body" else {}
    headers = {} if asked == "body" else {"retry-after": said}
    receiver.answer = lambda: JSONResponse(body, 429, headers)
    hooked.post("new")
    told = hooked.go()
    [state] = told.report.endpoints
    assert state.throttled_until - hooked.clock.now() == DAY
    receiver.answer = lambda: None
    hooked.clock.tick(hours=24)
    assert hooked.go().code == 0


# Storms, ends and refusals


def test_a_storm_of_503(hooked, receiver):
    """Ten are enough to know; then one at a time probes, and all goes out once when it is over."""
    receiver.answer = lambda: Response("overloaded", 503)
    for number in range(30):
        hooked.post(f"new-{number:02}", title=f"New {number}")
    told = hooked.go(wait=timedelta())
    assert told.code == 5
    assert len(receiver.ids) == 10
    assert "it fails since" in told.text
    assert "HTTP 503: overloaded" in told.text
    receiver.answer = lambda: None
    hooked.clock.tick(minutes=10)
    assert hooked.go().code == 0
    assert len(receiver.events) == 30
    assert len(receiver.ids) == 40, "each went out once more, under its id"


def test_a_storm_of_503_that_asks_for_silence(hooked, receiver):
    receiver.answer = lambda: Response("overloaded", 503, {"retry-after": "600"})
    for number in range(30):
        hooked.post(f"new-{number:02}", title=f"New {number}")
    hooked.go(wait=timedelta())
    assert len(receiver.ids) == 1


def test_410_ends_the_endpoint(hooked, receiver):
    receiver.answer = lambda: Response("moved out", 410)
    hooked.post("new")
    hooked.post("newer", title="Newer")
    told = hooked.go()
    assert told.code == 4
    advice = "when it is mended: syndicate retry --endpoint hook"
    assert f"disabled hook: HTTP 410: moved out; {advice}" in told.text
    assert len(receiver.ids) == 1
    assert [each.state for each in hooked.deliveries()] == ["pending", "pending"]


def test_401_in_mid_batch(hooked, receiver):
    """The token was revoked after two of five: three are kept, and go out when it is mended."""
    answers = [None, None]
    receiver.answer = lambda: answers.pop() if answers else Response("who?", 401)
    for number in range(5):
        hooked.post(f"new-{number}", title=f"New {number}")
    told = hooked.go()
    assert told.code == 4
    assert "paused hook: HTTP 401: who?; when it is mended" in told.text
    assert len(receiver.ids) == 3
    receiver.answer = lambda: None
    assert hooked.go().code == 4
    assert len(receiver.ids) == 3, "nobody is bothered meanwhile"
    hooked.mend("hook")
    assert hooked.go().code == 0
    assert len(receiver.events) == 5
    assert all(each.attempts == 1 for each in hooked.deliveries()), "the refusal cost no try"


def test_a_redirect_to_loopback(blog):
    """As a way past the guard, to what listens on this machine alone."""
    with misbehaving(answering(response(200))) as inside:
        away = response(307, location=f"{inside.url}/latest/meta-data?token=t0ken")
        with misbehaving(answering(away)) as server:
            blog.hook(server.url)
            blog.run()
            blog.post("new")
            told = blog.go()
    assert told.code == 4
    assert inside.visits == 0
    assert f"dead   HTTP 307: redirects to {inside.url}/latest/meta-data" in told.text
    assert "t0ken" not in told.text
    assert server.visits == 1


# Answers that are lost

LOST = {
    "reset before the answer": (
        fake.reset_after_request,
        "was lost: RemoteProtocolError: Server disconnected",
    ),
    "reset in mid-answer": (fake.reset_in_mid_answer, "was lost: ReadError"),
    "truncated": (fake.truncated, "was lost: RemoteProtocolError"),
    "garbage": (fake.garbage, "was lost: RemoteProtocolError"),
    "dripping": (fake.drip, "was lost: TimeoutError"),
    "dripping before it begins": (fake.drip_headers, "was lost: TimeoutError"),
    "a body without an end": (fake.endless, "the answer is longer than 65536 bytes"),
    "headers without an end": (fake.nothing_but_headers, "was lost: RemoteProtocolError"),
}


@pytest.mark.parametrize(("behaviour", "said"), LOST.values(), ids=LOST)
def test_a_lost_answer(blog, behaviour, said):
    """The receiver may have it. It knows repetitions, so it gets the same again, byte for byte."""
    with misbehaving(in_turn(behaviour, answering(response(200)))) as server:
        blog.hook(server.url, timeout="1s")
        blog.run()
        blog.post("new")
        told = blog.go(wait=timedelta())
        assert told.code == 5
        assert said in told.text
        assert (blog.deliveries()[0].state, blog.deliveries()[0].doubt) == ("pending", True)
        blog.clock.tick(minutes=1)
        told = blog.go()
    assert told.code == 0, told.text
    first, second = server.requests
    assert first.partition(b"\r\n\r\n")[2] == second.partition(b"\r\n\r\n")[2]
    assert id_of(first) == id_of(second)


def id_of(request):
    return re.search(rb"webhook-id: (\S+)", request)[1]


@pytest.mark.usefixtures("broken_networks")
def test_a_lost_answer_where_nobody_knows_repetitions(blog):
    """Then a person is asked, and nothing is sent blindly."""
    with misbehaving(fake.reset_in_mid_answer) as server:
        blog.hook(server.url, network="forgetful")
        blog.run()
        blog.post("new")
        told = blog.go()
        assert told.code == 4
        assert "in_doubt  the answer of 127.0.0.1 was lost: ReadError" in told.text
        blog.clock.tick(days=1)
        blog.go()
    assert server.visits == 1
    assert "1 needs you" in told.text


def test_an_answer_that_lies_about_its_length(blog):
    """What is beyond the promised length is not read, nor taken for the next answer."""
    with misbehaving(fake.lying) as server:
        blog.hook(server.url)
        blog.run()
        for number in range(3):
            blog.post(f"new-{number}", title=f"New {number}")
        assert blog.go().code == 0
    assert len({id_of(each) for each in server.requests}) == len(server.requests) == 3


def test_a_gzip_bomb(blog):
    """Nobody asked for a compressed answer, so none is unpacked; the status counts."""
    with misbehaving(fake.gzip_bomb) as server:
        blog.hook(server.url)
        blog.run()
        blog.post("new")
        assert blog.go().code == 0
    assert b"accept-encoding: identity" in server.requests[0].lower()


def test_a_request_that_is_reset_in_mid_body(blog):
    """It may have been read to its end before that: a doubt."""

    async def cut(visit):
        await visit.reader.readuntil(b"\r\n\r\n")
        visit.reset()

    with misbehaving(in_turn(cut, answering(response(200)))) as server:
        blog.hook(server.url)
        blog.run()
        path = blog.post("new")
        path.write_text(path.read_text() + "A long text. " * 200_000)
        assert blog.go(wait=timedelta()).code == 5
        [left] = blog.deliveries()
        assert (left.state, left.doubt) == ("pending", True)
        blog.clock.tick(minutes=1)
        assert blog.go().code == 0
    assert len(server.requests) == 1


# A success that is none

MASTODON = {"server": "{url}", "token": "env:HOOK_SECRET"}
TELEGRAM = {"api": "{url}", "token": "env:TELEGRAM", "chat": "@ada_notes"}
SLACK = {"api": "{url}", "token": "env:SLACK", "channel": "C0123456789"}
ERRORS = [
    ("telegram", TELEGRAM, {"ok": False, "description": "chat is asleep"}, "in_doubt"),
    ("telegram", TELEGRAM, "<html>Please log in</html>", "in_doubt"),
    ("mastodon", MASTODON, {"error": "asleep"}, "pending"),
    ("mastodon", MASTODON, "<html>Please log in</html>", "pending"),
    ("slackbot", SLACK, {"ok": False, "error": "channel_not_found"}, "pending"),
    ("slackbot", SLACK, {"ok": False, "error": "msg_too_long"}, "dead"),
]


@pytest.mark.parametrize(("network", "options", "body", "state"), ERRORS)
def test_a_2xx_with_an_error_body(blog, monkeypatch, network, options, body, state):
    """What may have been made is a doubt, what was plainly refused is a refusal; never a success."""
    monkeypatch.setenv("TELEGRAM", "123456:ABC-def")
    monkeypatch.setenv("SLACK", "xoxb-1-2-3")

    async def answer(request):
        return Response(body) if isinstance(body, str) else JSONResponse(body)

    with serve(Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])) as url:
        own = {name: value.replace("{url}", url) for name, value in options.items()}
        blog.endpoint("main", network, allow_networks=["127.0.0.0/8"], **own)
        blog.run()
        blog.post("new")
        told = blog.go(wait=timedelta())
    assert blog.states() == {"main": state}, told.text
    assert told.code in {4, 5}
