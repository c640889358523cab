"""Messages to a webhook that holds to Discord's own rules."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from fakes import account as fake
from fakes.discord import PATH, TOKEN, Discord
from fakes.posts import POST
from networks.golden import compare, posts
from syndicate.errors import DeliveryError, Gone, InDoubt, Throttled, Unauthorized
from syndicate.model import Image, Limits, Picture, Unit
from syndicate.networks.discord import DiscordOptions
from syndicate.testing.samples import picture

HERO = Picture("https://example.org/hero.png", "image/png", 64, 32, picture())
ILLUSTRATED = replace(POST, image=Image(HERO.url, alt="A teal field"))


def discord(server=None, **options):
    return fake.account(
        "discord",
        server or Discord(),
        lambda url: {"url": SecretStr(f"{url}{PATH}"), **options},
    )


@pytest.mark.parametrize("style", ["card", "text"])
def test_golden_requests(style, request):
    with discord(style=style, hashtags=3) as ada:
        for post, hero in posts().values():
            ada.post(post, hero)
    sent = dict(zip(posts(), ada.requests, strict=True))
    compare(f"discord.{style}", sent, request.config.getoption("--update-golden"))


def test_a_card_has_title_link_summary_and_picture():
    with discord() as ada:
        receipt = ada.post(ILLUSTRATED, HERO)
    [message], [files] = ada.server.messages, ada.server.files
    assert receipt.id == "101"
    assert message["embeds"] == [
        {
            "title": "Hello",
            "url": POST.url,
            "description": "A first post.",
            "timestamp": "2026-03-01T11:00:00.000+00:00",
            "footer": {"text": "Ada's notes"},
            "image": {"url": "attachment://hero.png"},
        }
    ]
    assert message["attachments"] == [
        {"id": 0, "filename": "hero.png", "description": "A teal field"}
    ]
    assert files == {"files[0]": HERO.data}


def test_nobody_is_mentioned_and_nothing_is_marked_up():
    title = "@everyone **<@1>** [x](https://evil.example)"
    with discord(style="text") as ada:
        ada.post(replace(POST, title=title))
    [message] = ada.server.messages
    assert message["allowed_mentions"] == {"parse": []}
    assert r"**@everyone \*\*\<@1\>\*\* \[x\](https://evil.example)**" in message["content"]


def test_a_thread_is_named_in_the_query_and_a_forum_gets_one_by_title():
    with discord(thread_id="77") as ada:
        ada.post()
    assert ada.server.queries == [{"wait": "true", "thread_id": "77"}]
    with discord(Discord(forum=True), forum=True) as ada:
        ada.post(replace(POST, title="Long title " * 30))
    [message] = ada.server.messages
    assert message["thread_name"].startswith("Long title")
    assert len(message["thread_name"]) <= 100


def test_a_thread_and_a_forum_exclude_each_other():
    with pytest.raises(ValidationError, match="leave out one"):
        DiscordOptions(
            name="x",
            network="discord",
            url=SecretStr("https://discord.example/"),
            thread_id="1",
            forum=True,
        )


@pytest.mark.parametrize(("forum", "option"), [(True, False), (False, True)])
def test_a_forum_that_was_not_said_to_be_one_is_a_matter_for_a_person(forum, option):
    advice = pytest.raises(Unauthorized, match="set forum = true for a forum")
    with discord(Discord(forum=forum), forum=option) as ada, advice:
        ada.post()


@pytest.mark.parametrize("trouble", [(413, {}), (400, {"code": 40005, "message": "too large"})])
def test_a_picture_that_is_too_large_for_this_server_does_not_cost_the_post(trouble, caplog):
    status, body = trouble
    with discord() as ada:
        ada.server.app.fail(PATH, status, body)
        ada.post(ILLUSTRATED, HERO)
    [message] = ada.server.messages
    assert "attachments" not in message
    assert "image" not in message["embeds"][0]
    assert "without its image" in caplog.text


def test_a_deleted_webhook_has_ended_for_good():
    with discord() as ada:
        ada.server.app.fail(PATH, 404, {"message": "Unknown Webhook", "code": 10015})
        with pytest.raises(Gone, match="has been deleted; make a new webhook"):
            ada.post()


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_speaks_of_the_webhook_pauses_the_endpoint(status):
    with discord() as ada:
        ada.server.app.fail(PATH, status, {"message": "no", "code": 0})
        with pytest.raises(Unauthorized):
            ada.post()


def test_the_wait_in_the_body_is_obeyed():
    with discord() as ada:
        ada.server.app.fail(
            PATH, 429, {"message": "slow down", "retry_after": 2.5, "global": False}
        )
        with pytest.raises(Throttled) as caught:
            ada.post()
    assert caught.value.until == ada.clock.now() + timedelta(seconds=2.5)


def test_a_lost_answer_is_a_doubt():
    with discord() as ada:
        ada.server.app.lose(PATH)
        with pytest.raises(InDoubt):
            ada.post()
    assert len(ada.server.messages) == 1


def test_a_check_tells_the_webhooks_name_and_posts_nothing():
    with discord() as ada:
        health = ada.check()
        ada.server.app.garble(PATH, b'{"token": "%s"}' % TOKEN.encode())
        with pytest.raises(DeliveryError, match="is no webhook") as caught:
            ada.check()
    assert health.detail == """the webhook "Ada's notes" of the channel 42"""
    assert TOKEN not in caught.value.detail
    assert ada.server.messages == []


@pytest.mark.parametrize("status", [302, 400, 404, 500])
def test_the_address_is_nowhere_to_be_seen(status, caplog):
    with discord() as ada, caplog.at_level(logging.DEBUG):
        ada.server.app.fail(
            PATH, status, {"message": f"{PATH} no"}, location=f"https://x.example{PATH}"
        )
        with pytest.raises(DeliveryError) as caught:
            ada.post(ILLUSTRATED, HERO)
        receipt = ada.post()
    seen = f"{caught.value.detail} {caught.value!r} {receipt} {ada.options!r} {ada.compose()}"
    assert TOKEN not in seen + caplog.text


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=3_000)


@given(title=TEXT, summary=TEXT, length=st.integers(1, 40), style=st.sampled_from(["card", "text"]))
@settings(max_examples=60, deadline=None)
def test_nothing_is_longer_than_discord_counts(title, summary, length, style):
    server = Discord()
    options = DiscordOptions(
        name="x", network="discord", url=SecretStr("https://x.example"), style=style, hashtags=9
    )
    network = fake.networks.get("discord")(options, fake.SITE)
    limits = Limits(text=4_096 if style == "card" else 2_000, unit=Unit.CODE_POINTS)
    post = replace(POST, title=title * length, summary=summary * length, tags=("a b", "c"))
    message = network.compose(post, "", None, limits)
    server._judge(message.payload["body"], {})
    assert len(message.text) <= limits.text
