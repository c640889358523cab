"""Messages to a Bot API that holds to Telegram's own rules."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from fakes import account as fake
from fakes.posts import POST
from fakes.telegram import CHAT, TOKEN, Telegram, path, units
from networks.golden import compare, posts
from syndicate.errors import DeliveryError, InDoubt, Rejected, Throttled, Unauthorized, Unreachable
from syndicate.model import Image, Limits, Picture, Unit
from syndicate.networks.telegram import TelegramOptions
from syndicate.testing.samples import picture

HERO = Picture("https://example.org/hero.png", "image/png", 64, 32, picture())
ILLUSTRATED = replace(POST, image=Image(HERO.url, alt="A teal field"))
PHOTO, TEXT_ONLY = path("sendPhoto"), path("sendMessage")


def telegram(server=None, **options):
    def own(url):
        return {"token": SecretStr(TOKEN), "chat": CHAT, "api": url, **options}

    return fake.account("telegram", server or Telegram(), own)


def test_golden_requests(request):
    with telegram() as ada:
        for post, hero in posts().values():
            ada.post(post, hero)
    sent = dict(zip(posts(), ada.requests, strict=True))
    compare("telegram", sent, request.config.getoption("--update-golden"))


def test_a_photo_has_the_words_below_it():
    with telegram() as ada:
        receipt = ada.post(ILLUSTRATED, HERO)
    [message] = ada.server.messages
    words = "Hello\n\nA first post.\n\nhttps://example.org/blog/hello/\n\n#greeting"
    assert message["caption"] == f"<b>Hello</b>{words.removeprefix('Hello')}"
    assert message["read"] == ada.compose(ILLUSTRATED, HERO).text == words
    assert message["photo"] == HERO.data
    assert (receipt.id, receipt.url) == ("-1001234567890/1", "https://t.me/adas_notes/1")


def test_a_text_has_the_links_preview_above():
    with telegram(topic=7, silent=True) as ada:
        ada.post()
    [message] = ada.server.messages
    assert message["link_preview_options"] == {
        "url": POST.url,
        "prefer_large_media": True,
        "show_above_text": True,
    }
    assert (message["message_thread_id"], message["disable_notification"]) == (7, True)


def test_a_photo_goes_to_a_topic_and_silently_as_well():
    with telegram(topic=7, silent=True) as ada:
        ada.post(ILLUSTRATED, HERO)
    [message] = ada.server.messages
    assert (message["message_thread_id"], message["disable_notification"]) == ("7", "true")


@pytest.mark.parametrize(
    ("chat", "url"),
    [
        ({"id": -1009876, "title": "Private"}, "https://t.me/c/9876/1"),
        ({"id": -4321, "title": "A few"}, None),
    ],
)
def test_where_a_message_can_be_seen_depends_on_the_chat(chat, url):
    with telegram(Telegram(chat)) as ada:
        assert ada.post().url == url


def test_nothing_is_marked_up_and_nobody_is_mentioned():
    title = "<b>x</b> @alice_b & <a href='https://evil.example'>co</a> &lt;"
    with telegram() as ada:
        ada.post(replace(POST, title=title))
    [message] = ada.server.messages
    assert message["read"].replace("\u200b", "").startswith(title)
    assert message["text"].count("<") == 2
    assert ada.server.mentioned == []


def test_a_caption_is_shorter_than_a_text():
    long = replace(ILLUSTRATED, summary="\N{ROCKET} words and words " * 400)
    with telegram() as ada:
        ada.post(long, HERO)
        ada.post(long)
    caption, text = ada.server.messages
    assert 950 < units(caption["read"]) <= 1_024
    assert 4_000 < units(text["read"]) <= 4_096


@pytest.mark.parametrize("size", [(300, 8), (8, 300)])
def test_a_picture_like_a_ribbon_stays_away(size):
    ribbon = Picture(HERO.url, "image/png", *size, picture("PNG", size))
    with telegram() as ada:
        ada.post(ILLUSTRATED, ribbon)
    assert "photo" not in ada.server.messages[0]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, "Bad Request: IMAGE_PROCESS_FAILED"),
        (400, "Bad Request: PHOTO_INVALID_DIMENSIONS"),
        (400, "Bad Request: not enough rights to send photos to the chat"),
        (413, "Request Entity Too Large"),
    ],
)
def test_a_photo_that_telegram_cannot_use_does_not_cost_the_post(status, said, caplog):
    with telegram() as ada:
        ada.server.app.fail(PHOTO, status, {"ok": False, "description": said})
        ada.post(ILLUSTRATED, HERO)
    assert "photo" not in ada.server.messages[0]
    assert f"without its image: HTTP {status}: {said}" in caplog.text


@pytest.mark.parametrize(
    ("status", "said", "expected", "told"),
    [
        (400, "Bad Request: chat not found", Unauthorized, f"administrator of {CHAT}"),
        (
            400,
            "Bad Request: need administrator rights in the channel chat",
            Unauthorized,
            "may post",
        ),
        (400, "Bad Request: message thread not found", Unauthorized, "another chat"),
        (400, "Bad Request: message is too long", Rejected, "too long"),
        (401, "Unauthorized", Unauthorized, "HTTP 401"),
        (403, "Forbidden: bot was kicked from the channel chat", Unauthorized, "was kicked"),
        (404, "Not Found", Unauthorized, "@BotFather"),
        (500, "Internal Server Error", InDoubt, "HTTP 500"),
    ],
)
def test_what_telegram_says_is_understood(status, said, expected, told):
    with telegram() as ada:
        ada.server.app.fail(TEXT_ONLY, status, {"ok": False, "description": said})
        with pytest.raises(expected, match=told) as caught:
            ada.post()
    assert type(caught.value) is expected
    assert said in caught.value.detail


def test_a_group_that_has_grown_tells_its_new_number():
    said = {
        "ok": False,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": -100777},
    }
    with telegram() as ada:
        ada.server.app.fail(TEXT_ONLY, 400, said)
        with pytest.raises(Unauthorized, match='chat = "-100777"'):
            ada.post()


def test_the_wait_in_the_body_is_obeyed():
    with telegram() as ada:
        body = {"ok": False, "error_code": 429, "parameters": {"retry_after": 17}}
        ada.server.app.fail(TEXT_ONLY, 429, body)
        with pytest.raises(Throttled) as caught:
            ada.post()
    assert caught.value.until == ada.clock.now() + timedelta(seconds=17)


def test_a_lost_answer_is_a_doubt():
    with telegram() as ada:
        ada.server.app.lose(PHOTO)
        with pytest.raises(InDoubt):
            ada.post(ILLUSTRATED, HERO)
    assert len(ada.server.messages) == 1


@pytest.mark.parametrize(
    "body", [b'{"ok": true}', b'{"ok": false, "result": {}}', b'{"ok": true, "result": {}}']
)
def test_a_success_that_names_no_message_is_a_doubt(body):
    with telegram() as ada:
        ada.server.app.garble(TEXT_ONLY, body)
        with pytest.raises(InDoubt):
            ada.post()


def test_a_check_tells_who_we_are_and_where_and_sends_nothing():
    with telegram() as ada:
        assert ada.check().detail == '''@ada_herald_bot for "Ada's notes"'''
        ada.server.app.garble(path("getMe"), b"[]")
        with pytest.raises(Unreachable, match="is not Telegram's"):
            ada.check()
    assert ada.server.messages == []


def test_a_wrong_chat_is_told_by_the_check():
    with telegram(chat="@elsewhere") as ada, pytest.raises(Unauthorized, match="@elsewhere"):
        ada.check()


@pytest.mark.parametrize("status", [302, 400, 401, 404, 413, 500])
def test_the_token_is_nowhere_to_be_seen(status, caplog):
    with telegram() as ada, caplog.at_level(logging.DEBUG):
        said = {"ok": False, "description": f"no {PHOTO} {TOKEN}"}
        for _ in range(2):
            ada.server.app.fail(PHOTO, status, said, location=f"https://x.example{PHOTO}")
            ada.server.app.fail(TEXT_ONLY, status, said, location=f"https://x.example{PHOTO}")
        with pytest.raises(DeliveryError) as caught:
            ada.post(ILLUSTRATED, HERO)
    with telegram() as ada, caplog.at_level(logging.DEBUG):
        receipt = ada.post()
    seen = f"{caught.value.detail} {caught.value!r} {receipt} {ada.options!r} {ada.compose()}"
    assert TOKEN not in seen + caplog.text


def test_what_is_no_token_is_refused_and_not_repeated():
    with pytest.raises(ValidationError, match="BotFather") as caught:
        TelegramOptions(name="x", network="telegram", chat=CHAT, token=SecretStr("hunter2/x?"))
    assert "hunter2" not in str(caught.value)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=1_500)


@given(title=TEXT, summary=TEXT, length=st.integers(1, 8), hero=st.sampled_from([None, HERO]))
@settings(max_examples=60, deadline=None)
def test_nothing_is_longer_than_telegram_counts(title, summary, length, hero):
    options = TelegramOptions(name="x", network="telegram", chat=CHAT, token=SecretStr("1:a"))
    network = fake.networks.get("telegram")(options, fake.SITE)
    post = replace(ILLUSTRATED, title=title * length, summary=summary * length, tags=("a b", "c"))
    message = network.compose(post, "", hero, Limits(text=4_096, unit=Unit.UTF_16))
    read = Telegram().parse({"parse_mode": "HTML", "text": message.payload["html"]})
    assert read == message.text
    assert units(read) == message.length <= (1_024 if hero else 4_096)
