"""Messages to a webhook that holds to Mattermost's own rules."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pydantic import SecretStr

from fakes import account as fake
from fakes.cards import HOOK, MENTION, Mattermost
from fakes.posts import POST
from networks.golden import compare, posts
from syndicate.errors import DeliveryError, Gone, InDoubt, Rejected, Throttled, Unauthorized
from syndicate.model import Image, Limits, Picture
from syndicate.networks.mattermost import LIMITS, MattermostOptions
from syndicate.testing.samples import picture

HERO = Picture("https://example.org/hero.png", "image/png", 64, 32, picture())
ILLUSTRATED = replace(POST, image=Image(HERO.url, alt="A [teal] field"))


def mattermost(**options):
    return fake.account(
        "mattermost", Mattermost(), lambda url: {"url": SecretStr(f"{url}{HOOK}"), **options}
    )


def text(server):
    [message] = server.messages
    [attachment] = message["attachments"]
    return attachment["text"]


def test_golden_requests(request):
    with mattermost() as ada:
        for post, hero in posts().values():
            ada.post(post, hero)
    sent = dict(zip(posts(), ada.requests, strict=True))
    compare("mattermost", sent, request.config.getoption("--update-golden"))


def test_a_message_has_title_with_link_summary_hashtags_and_picture():
    with mattermost() as ada:
        receipt = ada.post(ILLUSTRATED, HERO)
    assert text(ada.server) == (
        "**[Hello](https://example.org/blog/hello/)**\n\nA first post.\n\n#greeting\n\n"
        r"![A \[teal\] field](https://example.org/hero.png)"
    )
    assert ada.server.messages[0]["attachments"][0]["fallback"] == f"Hello {POST.url}"
    assert receipt.id == "msg_1"


def test_a_post_without_a_title_has_its_link_below():
    with mattermost() as ada:
        ada.post(replace(POST, title=None, tags=()))
    assert text(ada.server) == f"A first post.\n\n<{POST.url}>"


def test_a_link_that_does_not_fit_leaves_a_title_without_one():
    with mattermost() as ada:
        ada.post(replace(POST, url="https://example.org/" + "x" * 4_000))
    assert text(ada.server) == "**Hello**\n\nA first post.\n\n#greeting"


def test_an_image_with_an_endless_address_stays_away():
    far = "https://example.org/" + "x" * 3_000
    with mattermost() as ada:
        ada.post(replace(POST, image=Image(far)), replace(HERO, url=far))
    assert "![" not in text(ada.server)


@pytest.mark.parametrize(
    "words", ["@channel", "(@here)", "x/@all", "_@all", "https://example.social/@here", "\\@here"]
)
def test_nobody_is_called(words):
    with mattermost() as ada:
        ada.post(
            replace(
                ILLUSTRATED, title=words, summary=f"To {words}", image=Image(HERO.url, alt=words)
            ),
            HERO,
        )
        ada.post(replace(POST, url="https://example.social/@here/1"))
    assert ada.server.called == []


def test_an_address_cannot_end_the_link_that_it_stands_in():
    url = "https://example.org/a_(b)>?c=<d>"
    with mattermost() as ada:
        ada.post(replace(POST, url=url))
    html = MarkdownIt("commonmark").render(text(ada.server))
    assert 'href="https://example.org/a_%28b%29%3E?c=%3Cd%3E"' in html


def test_another_channel_can_be_named():
    with mattermost(channel="news") as ada:
        ada.post()
    assert ada.server.messages[0]["channel"] == "news"
    with (
        mattermost(channel="elsewhere") as ada,
        pytest.raises(Unauthorized, match="find the channel"),
    ):
        ada.post()


@pytest.mark.parametrize(
    ("status", "number", "expected"),
    [
        (400, "web.incoming_webhook.invalid.app_error", Unauthorized),
        (501, "api.incoming_webhook.disabled.app_error", Unauthorized),
        (403, "web.incoming_webhook.channel_locked.app_error", Unauthorized),
        (404, "", Unauthorized),
        (400, "web.incoming_webhook.parse.app_error", Rejected),
        (410, "", Gone),
        (500, "app.post.save.app_error", InDoubt),
        (200, "", InDoubt),
    ],
)
def test_what_the_server_says_is_understood(status, number, expected):
    with mattermost() as ada:
        ada.server.app.fail(HOOK, status, {"id": number, "message": "as told"})
        with pytest.raises(expected, match="as told") as caught:
            ada.post()
    assert type(caught.value) is expected


def test_the_wait_is_obeyed():
    with mattermost() as ada:
        ada.server.app.fail(HOOK, 429, retry_after="20")
        with pytest.raises(Throttled) as caught:
            ada.post()
    assert caught.value.until == ada.clock.now() + timedelta(seconds=20)


def test_a_lost_answer_is_a_doubt():
    with mattermost() as ada:
        ada.server.app.lose(HOOK)
        with pytest.raises(InDoubt):
            ada.post()
    assert len(ada.server.messages) == 1


def test_a_check_asks_whether_somebody_is_there_and_posts_nothing():
    with mattermost() as ada:
        assert ada.check().ok
    assert ada.server.messages == []


@pytest.mark.parametrize("status", [302, 400, 404, 500])
def test_the_address_is_nowhere_to_be_seen(status, caplog):
    with mattermost() as ada, caplog.at_level(logging.DEBUG):
        said = {"id": "x", "message": f"no {HOOK}"}
        ada.server.app.fail(HOOK, status, said, location=f"https://x.example{HOOK}")
        with pytest.raises(DeliveryError) as caught:
            ada.post(ILLUSTRATED, HERO)
        receipt = ada.post()
    seen = f"{caught.value.detail} {caught.value!r} {receipt} {ada.options!r} {ada.compose()}"
    assert HOOK.removeprefix("/hooks/") not in seen + caplog.text


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=2_000)


@given(title=TEXT, summary=TEXT, length=st.integers(1, 40), tags=st.lists(TEXT, max_size=3))
@settings(max_examples=60, deadline=None)
def test_nothing_is_longer_than_mattermost_takes_and_nobody_is_called(title, summary, length, tags):
    url = SecretStr("https://x.example")
    network = fake.networks.get("mattermost")(
        MattermostOptions(name="x", network="mattermost", url=url), fake.SITE
    )
    post = replace(ILLUSTRATED, title=title * length, summary=summary * length, tags=tuple(tags))
    message = network.compose(post, "", HERO, LIMITS)
    [attachment] = message.payload["body"]["attachments"]
    assert len(attachment["text"]) <= 4_000
    assert MENTION.findall(attachment["text"] + attachment["fallback"]) == []


def test_limits_without_end_leave_the_text_whole():
    network = fake.networks.get("mattermost")(
        MattermostOptions(name="x", network="mattermost", url=SecretStr("https://x.example")),
        fake.SITE,
    )
    message = network.compose(replace(POST, summary="word " * 2_000), "", None, Limits(text=None))
    assert message.text.count("word") == 2_000
