"""Events in a room whose server holds to the client-server API."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from fakes import account as fake
from fakes.matrix import ALIAS, ROOM, SEND, TOKEN, UPLOAD, USER, Matrix
from fakes.posts import KEY, POST
from networks.golden import compare, posts
from syndicate.errors import DeliveryError, InDoubt, Rejected, Throttled, Unauthorized, Unreachable
from syndicate.model import Image, Limits, Picture
from syndicate.networks.matrix import TEXT_BYTES, MatrixOptions
from syndicate.testing.samples import picture

HERO = Picture("https://example.org/hero.png", "image/png", 64, 32, picture())
ILLUSTRATED = replace(POST, image=Image(HERO.url, alt="A teal field"))
CLIENT = "/_matrix/client/v3"
MESSAGES = f"{CLIENT}/rooms/{ROOM}/messages"


def matrix(server=None, **options):
    def own(url):
        return {"server": url, "token": SecretStr(TOKEN), "room": ROOM, **options}

    return fake.account("matrix", server or Matrix(), own)


def test_golden_requests(request):
    with matrix() as ada:
        sent = {}
        for name, (post, hero) in posts().items():
            before = len(ada.requests)
            ada.deliver(ada.compose(post, hero), replace(KEY, value=f"msg_{name}"))
            sent[name] = ada.requests[before:]
    compare("matrix", sent, request.config.getoption("--update-golden"))


def test_an_image_has_its_caption():
    with matrix() as ada:
        receipt = ada.post(ILLUSTRATED, HERO)
    [event] = ada.server.events
    assert event["content"] == {
        "msgtype": "m.image",
        "body": "Hello\n\nA first post.\n\nhttps://example.org/blog/hello/\n\n#greeting",
        "format": "org.matrix.custom.html",
        "formatted_body": '<p><a href="https://example.org/blog/hello/"><strong>Hello</strong></a></p>'
        "<p>A first post.</p><p>#greeting</p>",
        "m.mentions": {},
        "filename": "hero.png",
        "url": "mxc://example.org/0",
        "info": {"w": 64, "h": 32, "size": HERO.length, "mimetype": "image/png"},
    }
    assert ada.server.media == {"mxc://example.org/0": HERO.data}
    assert receipt.id == "$event0"
    assert receipt.url == "https://matrix.to/#/%21aBc%3Aexample.org/%24event0"


@pytest.mark.parametrize(("notice", "kind"), [(False, "m.text"), (True, "m.notice")])
def test_without_a_picture_it_is_a_text_or_a_notice(notice, kind):
    with matrix(notice=notice) as ada:
        ada.post(replace(POST, title=None))
    [event] = ada.server.events
    assert event["content"]["msgtype"] == kind
    assert event["content"]["formatted_body"] == (
        "<p>A first post.</p>"
        '<p><a href="https://example.org/blog/hello/">https://example.org/blog/hello/</a></p>'
        "<p>#greeting</p>"
    )


def test_nothing_is_marked_up_and_nobody_is_mentioned():
    with matrix() as ada:
        ada.post(replace(POST, title='<script>"x"</script> @room & @ada:example.org'))
    [event] = ada.server.events
    assert event["content"]["m.mentions"] == {}
    assert "&lt;script&gt;&quot;x&quot;" in event["content"]["formatted_body"]


def test_an_alias_leads_to_its_room():
    with matrix(room=ALIAS) as ada:
        ada.post()
    assert len(ada.server.events) == 1


def test_an_alias_that_leads_nowhere_is_a_matter_for_a_person():
    with matrix(room="#other:example.org") as ada:
        with pytest.raises(Unauthorized, match="alias not found; is the account in #other"):
            ada.post()
        ada.server.app.fail(f"{CLIENT}/directory/room/#other:example.org", 200, {})
        with pytest.raises(Unreachable, match="names no room"):
            ada.post()


@pytest.mark.parametrize("modern", [True, False])
def test_the_limit_for_uploads_is_the_servers_own_and_asked_once_a_day(modern):
    with matrix(Matrix(modern=modern)) as ada:
        limits = [ada.work(ada.network.limits) for _ in range(2)]
        ada.clock.tick(days=1, seconds=1)
        limits.append(ada.work(ada.network.limits))
    assert {each.image_bytes for each in limits} == {100_000}
    asked = [each for each in ada.requests if each["request"].endswith("config")]
    assert len(asked) == (2 if modern else 4)


@pytest.mark.parametrize("size", [None, 0, "many"])
def test_a_server_need_not_say_how_much_it_takes(size):
    with matrix() as ada:
        ada.server.app.fail("/_matrix/client/v1/media/config", 200, {"m.upload.size": size})
        assert ada.work(ada.network.limits).image_bytes is None
    with matrix() as ada:
        ada.server.app.fail("/_matrix/client/v1/media/config", 404, {"errcode": "M_UNRECOGNIZED"})
        assert ada.work(ada.network.limits).image_bytes is None


def test_a_refused_image_does_not_cost_the_post(caplog):
    with matrix() as ada:
        ada.server.app.fail(UPLOAD, 413, {"errcode": "M_TOO_LARGE", "error": "too large"})
        ada.post(ILLUSTRATED, HERO)
    assert ada.server.events[0]["content"]["msgtype"] == "m.text"
    assert "without its image: HTTP 413: too large" in caplog.text


def test_an_upload_that_is_answered_with_something_else_is_tried_again_later():
    with matrix() as ada:
        message = ada.compose(ILLUSTRATED, HERO)
        ada.server.app.garble(UPLOAD, b"{}")
        with pytest.raises(Unreachable, match="names no upload"):
            ada.deliver(message)
    assert ada.server.events == []


def test_a_repeated_event_is_the_same_event():
    with matrix() as ada:
        message = ada.compose(ILLUSTRATED, HERO)
        ada.server.app.lose(SEND)
        with pytest.raises(InDoubt):
            ada.deliver(message)
        receipt = ada.deliver(message)
    assert [event["event_id"] for event in ada.server.events] == [receipt.id]


@pytest.mark.parametrize("by", ["number", "link"])
def test_a_lost_event_is_found_again(by):
    with matrix() as ada:
        message = ada.compose()
        ada.server.app.lose(SEND)
        with pytest.raises(InDoubt):
            ada.deliver(message)
        [event] = ada.server.events
        event["unsigned" if by == "link" else "content"] = {} if by == "link" else None
        if by == "number":
            event["unsigned"] = {"transaction_id": KEY.value}
        ada.server.page = 2
        for number in range(5):
            ada.server.add(body=f"Note {number}")
        assert ada.look_up(message).id == "$event0"


def test_the_message_of_others_or_of_earlier_is_not_ours():
    with matrix() as ada:
        ada.server.now -= timedelta(hours=1)
        ada.server.add(body=POST.url)
        ada.server.now += timedelta(hours=1)
        ada.server.add(sender="@bob:example.org", body=POST.url)
        ada.server.add(body=f"{POST.url}more/")
        assert ada.look_up(ada.compose()) is None


def test_odd_events_are_passed_over():
    odd = {
        "chunk": [
            7,
            {},
            {"sender": USER, "content": {"body": None}},
            {"sender": "@b:x", "content": {}},
        ]
    }
    with matrix() as ada:
        ada.server.app.fail(MESSAGES, 200, odd)
        assert ada.look_up(ada.compose()) is None


def test_a_search_without_end_leaves_the_doubt(monkeypatch):
    monkeypatch.setattr("syndicate.networks.matrix_api.PAGES", 2)
    with matrix() as ada:
        ada.server.page = 1
        for number in range(5):
            ada.server.add(body=f"Note {number}")
        with pytest.raises(InDoubt, match="is not to be found"):
            ada.look_up(ada.compose())


@pytest.mark.parametrize("body", [b"{}", b"<html>"])
def test_a_search_that_is_answered_with_something_else_is_tried_again_later(body):
    with matrix() as ada:
        ada.server.app.garble(MESSAGES, body)
        with pytest.raises(Unreachable):
            ada.look_up(ada.compose())


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (401, "M_UNKNOWN_TOKEN", Unauthorized),
        (403, "M_FORBIDDEN", Unauthorized),
        (404, "M_NOT_FOUND", Unauthorized),
        (413, "M_TOO_LARGE", Rejected),
    ],
)
def test_what_the_server_says_is_understood(status, code, expected):
    with matrix() as ada:
        ada.server.app.fail(SEND, status, {"errcode": code, "error": "as told"})
        with pytest.raises(expected, match="as told"):
            ada.post()


def test_the_wait_in_the_body_is_obeyed():
    with matrix() as ada:
        body = {
            "errcode": "M_LIMIT_EXCEEDED",
            "error": "Too Many Requests",
            "retry_after_ms": 2_500,
        }
        ada.server.app.fail(SEND, 429, body)
        with pytest.raises(Throttled) as caught:
            ada.post()
    assert caught.value.until == ada.clock.now() + timedelta(seconds=2.5)


def test_a_check_tells_who_we_are_and_where():
    with matrix() as ada:
        health = ada.check()
    assert (health.ok, health.detail) == (True, f"{USER} in {ROOM}")


def test_a_check_tells_that_we_are_not_in_the_room_or_that_it_is_encrypted():
    with matrix(room="!other:example.org") as ada:
        health = ada.check()
    assert not health.ok
    assert f"invite {USER}" in health.detail
    with matrix(Matrix(encrypted=True)) as ada:
        health = ada.check()
    assert (health.ok, health.detail) == (False, f"{ROOM} is encrypted: choose another room")


def test_an_account_that_is_none_is_tried_again_later():
    with matrix() as ada:
        ada.server.app.fail(f"{CLIENT}/account/whoami", 200, {})
        with pytest.raises(Unreachable, match="names nobody"):
            ada.check()


@pytest.mark.parametrize("status", [302, 400, 403, 500])
def test_the_token_is_nowhere_to_be_seen(status, caplog):
    with matrix() as ada, caplog.at_level(logging.DEBUG):
        ada.server.app.fail(SEND, status, {"errcode": "M_UNKNOWN", "error": f"no {TOKEN}"})
        with pytest.raises(DeliveryError) as caught:
            ada.post(ILLUSTRATED, HERO)
        receipt = ada.post()
    seen = f"{caught.value.detail} {caught.value!r} {receipt} {ada.options!r} {ada.compose()}"
    assert TOKEN not in seen + caplog.text


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=2_000)


@given(title=TEXT, summary=TEXT, length=st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_no_event_is_larger_than_a_server_takes(title, summary, length):
    options = MatrixOptions(
        name="x", network="matrix", server="https://x.example", token=SecretStr("x"), room=ROOM
    )
    network = fake.networks.get("matrix")(options, fake.SITE)
    post = replace(POST, title=title * length, summary=summary * length, tags=("a b", "c"))
    message = network.compose(post, "", None, Limits(text=None, text_bytes=TEXT_BYTES))
    content = message.payload["content"]
    assert Matrix().problem(content, json.dumps(content).encode()) == ""
    assert len(message.text.encode()) <= TEXT_BYTES
