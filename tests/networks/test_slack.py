"""Messages to a workspace that holds to Slack's own rules, by webhook and by bot."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from starlette.responses import PlainTextResponse

from fakes import account as fake
from fakes.posts import KEY, POST
from fakes.slack import CHANNEL, HOOK, PATH, TOKEN, Slack, words
from networks.golden import compare, posts
from syndicate.config import Worded
from syndicate.errors import (
    DeliveryError,
    Gone,
    InDoubt,
    Rejected,
    Throttled,
    Unauthorized,
    Unreachable,
)
from syndicate.model import Image, Picture
from syndicate.networks import slack_blocks
from syndicate.testing.samples import picture

HERO = Picture("https://example.org/hero.png", "image/png", 64, 32, picture())
OPTIONS = Worded(name="main", network="slack", hashtags=5)
ILLUSTRATED = replace(POST, image=Image(HERO.url, alt="A teal field"))
CREATE, HISTORY, WHO = "/api/chat.postMessage", "/api/conversations.history", "/api/auth.test"
BOTH = pytest.mark.parametrize("network", ["slack", "slackbot"])


def slack(network="slack", server=None, **options):
    def own(url):
        if network == "slack":
            return {"url": SecretStr(f"{url}{PATH}"), **options}
        shared = {"token": SecretStr(TOKEN), "channel": CHANNEL, "api": f"{url}/api"}
        return {**shared, **options}

    return fake.account(network, server or Slack(), own)


def path(network):
    return PATH if network == "slack" else CREATE


@BOTH
def test_golden_requests(network, request):
    with slack(network, hashtags=3) as ada:
        for post, hero in posts().values():
            ada.post(post, hero)
    sent = dict(zip(posts(), ada.requests, strict=True))
    compare(network, sent, request.config.getoption("--update-golden"))


@BOTH
def test_a_message_has_title_with_link_summary_and_picture(network):
    with slack(network, hashtags=2) as ada:
        ada.post(ILLUSTRATED, HERO)
    [message] = ada.server.messages
    assert words(message) == "Hello\nA first post.\n#greeting"
    [section] = message["blocks"][0]["elements"]
    assert section["elements"][0] == {
        "type": "link",
        "url": POST.url,
        "text": "Hello",
        "style": {"bold": True},
    }
    assert message["blocks"][1] == {
        "type": "image",
        "image_url": HERO.url,
        "alt_text": "A teal field",
    }
    assert (
        message["text"] == "Hello\n\nA first post.\n\nhttps://example.org/blog/hello/\n\n#greeting"
    )


def test_a_post_without_a_title_has_its_link_below():
    with slack() as ada:
        ada.post(replace(POST, title=None))
    assert words(ada.server.messages[0]) == f"A first post.\n{POST.url}"


def test_an_address_that_slack_would_not_take_is_left_out():
    with slack() as ada:
        ada.post(replace(POST, url="https://example.org/" + "x" * 3_000))
    [section] = ada.server.messages[0]["blocks"][0]["elements"]
    assert section["elements"][0] == {"type": "text", "text": "Hello", "style": {"bold": True}}


@BOTH
def test_nothing_is_markup_and_nobody_is_called(network):
    title = "<!channel> *x* <https://evil.example|here> & co"
    with slack(network) as ada:
        ada.post(replace(POST, title=title))
    [message] = ada.server.messages
    assert words(message).startswith(title)
    assert message["text"].startswith(
        "&lt;!channel&gt; *x* &lt;https://evil.example|here&gt; &amp;"
    )


@pytest.mark.parametrize(
    ("image", "alt"),
    [(Image(HERO.url), "Hello"), (Image(HERO.url, alt="long " * 900), "long ")],
)
def test_a_picture_always_has_some_alternative_text(image, alt):
    with slack() as ada:
        ada.post(replace(POST, image=image), HERO)
    assert ada.server.messages[0]["blocks"][1]["alt_text"].startswith(alt)


@pytest.mark.parametrize("kind", ["image/avif", "image/webp"])
def test_a_picture_that_slack_does_not_show_stays_away(kind):
    with slack() as ada:
        ada.post(ILLUSTRATED, replace(HERO, type=kind))
    assert len(ada.server.messages[0]["blocks"]) == 1


def test_a_picture_with_an_endless_address_stays_away():
    far = replace(HERO, url="https://example.org/" + "x" * 3_000)
    with slack() as ada:
        ada.post(replace(POST, image=Image(far.url)), far)
    assert len(ada.server.messages[0]["blocks"]) == 1


@BOTH
def test_a_picture_that_slack_cannot_fetch_does_not_cost_the_post(network, caplog):
    with slack(network, Slack(fetches=False)) as ada:
        ada.post(ILLUSTRATED, HERO)
    assert len(ada.server.messages[0]["blocks"]) == 1
    assert "without its image" in caplog.text


@BOTH
def test_a_lost_answer_is_a_doubt(network):
    with slack(network) as ada:
        ada.server.app.lose(path(network))
        with pytest.raises(InDoubt):
            ada.post()
    assert len(ada.server.messages) == 1


@BOTH
def test_the_wait_is_obeyed(network):
    with slack(network) as ada:
        ada.server.app.fail(
            path(network), 429, {"ok": False, "error": "ratelimited"}, retry_after="30"
        )
        with pytest.raises(Throttled) as caught:
            ada.post()
    assert caught.value.until == ada.clock.now() + timedelta(seconds=30)


@BOTH
@pytest.mark.parametrize("status", [302, 400, 404, 500])
def test_secrets_are_nowhere_to_be_seen(network, status, caplog):
    with slack(network) as ada, caplog.at_level(logging.DEBUG):
        said = f"{PATH} {TOKEN}"
        ada.server.app.fail(
            path(network), status, {"error": said}, location=f"https://x.example{PATH}"
        )
        with pytest.raises(DeliveryError) as caught:
            ada.post(ILLUSTRATED, HERO)
        receipt = ada.post()
    seen = f"{caught.value.detail} {caught.value!r} {receipt} {ada.options!r} {ada.compose()}"
    secret = HOOK if network == "slack" else TOKEN
    assert secret not in seen + caplog.text


# By webhook


@pytest.mark.parametrize(
    ("status", "said", "expected", "told"),
    [
        (404, "no_service", Unauthorized, "make a new webhook"),
        (403, "invalid_token", Unauthorized, "make a new webhook"),
        (410, "channel_is_archived", Unauthorized, "unarchive the channel"),
        (403, "action_prohibited", Unauthorized, "an administrator"),
        (404, "", Unauthorized, "make a new webhook"),
        (410, "", Gone, "410"),
        (400, "invalid_payload", Rejected, "invalid_payload"),
        (200, "nope", InDoubt, "is not ok: nope"),
        (200, "", InDoubt, "is not ok"),
        (500, "rollup_error", InDoubt, "rollup_error"),
    ],
)
def test_what_the_webhook_says_is_understood(status, said, expected, told):
    with slack() as ada:
        ada.server.app.answer(PATH, PlainTextResponse(said, status))
        with pytest.raises(expected, match=told) as caught:
            ada.post()
    assert type(caught.value) is expected


def test_a_check_tells_whether_the_webhook_is_right_and_posts_nothing():
    with slack() as ada:
        assert ada.check().detail == "the webhook answers"
        ada.server.app.answer(PATH, PlainTextResponse("no_service", 404))
        with pytest.raises(Unauthorized, match="make a new webhook"):
            ada.check()
        ada.server.app.answer(PATH, PlainTextResponse("ok"))
        with pytest.raises(InDoubt, match="not what Slack says to nothing"):
            ada.check()
    assert ada.server.messages == []


# By bot


@pytest.mark.parametrize(
    ("answer", "expected", "told"),
    [
        ({"ok": False, "error": "not_in_channel"}, Unauthorized, "/invite"),
        ({"ok": False, "error": "missing_scope"}, Unauthorized, "chat:write"),
        ({"ok": False, "error": "token_revoked"}, Unauthorized, "install the app anew"),
        ({"ok": False, "error": "msg_too_long"}, Rejected, "msg_too_long"),
        ({"ok": False, "error": "internal_error"}, InDoubt, "internal_error"),
        ({"ok": False}, InDoubt, "is not Slack's"),
        ({"ok": True}, InDoubt, "names no message"),
        ([], InDoubt, "is not Slack's"),
    ],
)
def test_what_slack_says_in_a_200_is_understood(answer, expected, told):
    with slack("slackbot") as ada:
        ada.server.app.fail(CREATE, 200, answer)
        with pytest.raises(expected, match=told) as caught:
            ada.post()
    assert type(caught.value) is expected


def test_too_much_without_a_time_waits_a_minute():
    with slack("slackbot") as ada:
        ada.server.app.fail(CREATE, 200, {"ok": False, "error": "ratelimited"})
        with pytest.raises(Throttled) as caught:
            ada.post()
    assert caught.value.until == ada.clock.now() + timedelta(minutes=1)


def test_a_receipt_names_channel_and_message():
    with slack("slackbot") as ada:
        receipt = ada.post()
    assert receipt.id == f"{CHANNEL}/{ada.server.messages[0]['ts']}"


@pytest.mark.parametrize("shows_metadata", [True, False])
@pytest.mark.parametrize("url", [POST.url, "https://example.org/?a=1&b=2"])
def test_a_lost_message_is_found_again(shows_metadata, url):
    with slack("slackbot", Slack(shows_metadata=shows_metadata)) as ada:
        ada.server.page = 2
        message = ada.compose(replace(POST, url=url))
        ada.server.app.lose(CREATE)
        with pytest.raises(InDoubt):
            ada.deliver(message)
        for number in range(5):
            ada.server.add(text=f"Chat {number}", bot_id="B2")
        found = ada.look_up(message)
    assert found.id == f"{CHANNEL}/{ada.server.messages[0]['ts']}"


def test_the_message_of_another_delivery_or_person_is_not_ours():
    with slack("slackbot") as ada:
        message = ada.compose()
        ada.deliver(message, replace(KEY, value="msg_other"))
        ada.server.add(text=POST.url)
        ada.server.add(text=POST.url, bot_id="B2")
        ada.server.messages.append({"ts": "9", "text": None})
        assert ada.look_up(message) is None


def test_what_was_posted_before_the_first_attempt_is_not_ours():
    with slack("slackbot") as ada:
        ada.server.now -= timedelta(hours=1)
        ada.server.add(text=POST.url, bot_id="B1")
        assert ada.look_up(ada.compose()) is None


def test_a_channel_that_may_not_be_read_leaves_the_doubt():
    with slack("slackbot") as ada:
        ada.server.app.fail(HISTORY, 200, {"ok": False, "error": "missing_scope"})
        with pytest.raises(InDoubt, match="channels:history"):
            ada.look_up(ada.compose())


def test_a_search_without_end_leaves_the_doubt(monkeypatch):
    monkeypatch.setattr("syndicate.networks.slackbot.PAGES", 2)
    with slack("slackbot") as ada:
        ada.server.page = 1
        for number in range(5):
            ada.server.add(text=f"Chat {number}")
        with pytest.raises(InDoubt, match="is not to be found"):
            ada.look_up(ada.compose())


@pytest.mark.parametrize(
    "body", [b'{"ok": true}', b"<html>", b'{"ok": false, "error": "fatal_error"}']
)
def test_a_search_that_is_answered_with_something_else_is_tried_again_later(body):
    with slack("slackbot") as ada:
        ada.server.app.garble(HISTORY, body)
        with pytest.raises(Unreachable):
            ada.look_up(ada.compose())


def test_odd_messages_are_passed_over():
    with slack("slackbot") as ada:
        ada.server.app.fail(HISTORY, 200, {"ok": True, "messages": [7, {}, {"metadata": 1}]})
        assert ada.look_up(ada.compose()) is None


def test_a_check_tells_who_we_are():
    with slack("slackbot") as ada:
        assert ada.check().detail == f"@herald in Ada's lab, for the channel {CHANNEL}"
        ada.server.app.fail(WHO, 200, {"ok": True})
        with pytest.raises(Unreachable, match="names nobody"):
            ada.check()


def test_a_wrong_token_is_a_matter_for_a_person():
    advice = pytest.raises(Unauthorized, match="current token")
    with slack("slackbot", token=SecretStr("xoxb-other")) as ada, advice:
        ada.check()


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=2_000)


@given(title=TEXT, summary=TEXT, length=st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_nothing_is_longer_than_slack_counts(title, summary, length):
    post = replace(ILLUSTRATED, title=title * length, summary=summary * length, tags=("a b", "c"))
    message = slack_blocks.compose(post, HERO, slack_blocks.LIMITS, fake.SITE, OPTIONS)
    assert Slack()._problem(message.payload["body"], set()) == ""
    assert len(message.text) <= 3_000
