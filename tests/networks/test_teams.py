"""Cards to a workflow that holds to the schema of Adaptive Cards."""

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
from fakes.cards import SIGNATURE, WORKFLOW, Teams
from fakes.posts import POST
from networks.golden import compare, posts
from syndicate.errors import DeliveryError, Gone, InDoubt, Rejected, Throttled, Unauthorized
from syndicate.model import Image, Picture
from syndicate.networks.teams import LIMITS, TeamsOptions
from syndicate.testing.samples import picture

HERO = Picture("https://example.org/hero.png", "image/png", 64, 32, picture())
ILLUSTRATED = replace(POST, image=Image(HERO.url, alt="A teal field"))


def teams(**options):
    def own(url):
        return {"url": SecretStr(f"{url}{WORKFLOW}?api-version=1&sig={SIGNATURE}"), **options}

    return fake.account("teams", Teams(), own)


def test_golden_requests(request):
    with teams(hashtags=3) as ada:
        for post, hero in posts().values():
            ada.post(post, hero)
    sent = dict(zip(posts(), ada.requests, strict=True))
    compare("teams", sent, request.config.getoption("--update-golden"))


def test_a_card_has_title_summary_picture_and_a_button():
    with teams(button="Weiterlesen", hashtags=1) as ada:
        receipt = ada.post(replace(ILLUSTRATED, language="de-AT"), HERO)
    [card] = ada.server.cards
    runs = [each["inlines"][0] for each in card["body"][:-1]]
    assert [run["text"] for run in runs] == ["Hello", "A first post.", "#greeting"]
    assert card["body"][-1] == {
        "type": "Image",
        "url": HERO.url,
        "altText": "A teal field",
        "size": "Stretch",
    }
    assert card["actions"] == [{"type": "Action.OpenUrl", "title": "Weiterlesen", "url": POST.url}]
    assert (card["lang"], card["rtl"]) == ("de", False)
    assert receipt.id == "msg_1"


def test_hebrew_reads_from_the_right():
    with teams() as ada:
        ada.post(replace(POST, language="he-IL"))
    assert ada.server.cards[0]["rtl"] is True


def test_nothing_is_markup():
    title = "**x** [here](https://evil.example) <at>Ada</at>"
    with teams() as ada:
        ada.post(replace(POST, title=title))
    assert ada.server.cards[0]["body"][0]["inlines"][0]["text"] == title


def test_an_address_that_is_too_long_is_left_out():
    far = "https://example.org/" + "x" * 2_000
    with teams() as ada:
        ada.post(replace(POST, url=far, image=Image(far)), replace(HERO, url=far))
    [card] = ada.server.cards
    assert card["actions"] == []
    assert "Image" not in [each["type"] for each in card["body"]]


@pytest.mark.parametrize(
    ("status", "code", "expected", "told"),
    [
        (400, "WorkflowTriggerIsNotEnabled", Unauthorized, "switch it on"),
        (404, "WorkflowNotFound", Unauthorized, "make a new webhook"),
        (404, "", Unauthorized, "make a new webhook"),
        (401, "AuthorizationFailed", Unauthorized, "make a new webhook"),
        (410, "", Gone, "410"),
        (400, "InvalidRequest", Rejected, "InvalidRequest"),
        (502, "NoResponse", InDoubt, "NoResponse"),
    ],
)
def test_what_the_workflow_says_is_understood(status, code, expected, told):
    with teams() as ada:
        ada.server.app.fail(WORKFLOW, status, {"error": {"code": code, "message": "as told"}})
        with pytest.raises(expected, match=told) as caught:
            ada.post()
    assert type(caught.value) is expected


def test_the_wait_is_obeyed():
    with teams() as ada:
        ada.server.app.fail(WORKFLOW, 429, retry_after="20")
        with pytest.raises(Throttled) as caught:
            ada.post()
    assert caught.value.until == ada.clock.now() + timedelta(seconds=20)


def test_a_lost_answer_is_a_doubt():
    with teams() as ada:
        ada.server.app.lose(WORKFLOW)
        with pytest.raises(InDoubt):
            ada.post()
    assert len(ada.server.cards) == 1


def test_a_check_asks_whether_somebody_is_there_and_starts_nothing():
    with teams() as ada:
        health = ada.check()
        ada.server.app.fail(WORKFLOW, 410)
        with pytest.raises(Gone):
            ada.check()
    assert health.ok
    assert "127.0.0.1 answers (HTTP 405 to HEAD)" in health.detail
    assert ada.server.cards == []


@pytest.mark.parametrize("status", [302, 400, 404, 500])
def test_the_address_is_nowhere_to_be_seen(status, caplog):
    with teams() as ada, caplog.at_level(logging.DEBUG):
        said = {"error": {"code": "X", "message": f"no {WORKFLOW}?sig={SIGNATURE}"}}
        ada.server.app.fail(WORKFLOW, status, said, location=f"https://x.example/{SIGNATURE}")
        with pytest.raises(DeliveryError) as caught:
            ada.post(ILLUSTRATED, HERO)
        receipt = ada.post()
        health = ada.check()
    seen = f"{caught.value!r} {receipt} {ada.options!r} {ada.compose()} {health}"
    assert SIGNATURE not in caught.value.detail + seen + caplog.text


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=2_000)


@given(title=TEXT, summary=TEXT, length=st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_no_card_is_larger_than_teams_takes(title, summary, length):
    url = SecretStr("https://x.example")
    options = TeamsOptions(name="x", network="teams", url=url, hashtags=5)
    network = fake.networks.get("teams")(options, fake.SITE)
    post = replace(ILLUSTRATED, title=title * length, summary=summary * length, tags=("a b", "c"))
    body = network.compose(post, "", HERO, LIMITS).payload["body"]
    assert Teams().problem(body, len(json.dumps(body, ensure_ascii=False).encode())) == ""


def test_what_json_makes_longer_is_counted_as_it_is_sent():
    words = "x" + '"' * 30 + "x "
    with teams() as ada:
        ada.post(replace(POST, summary=words * 300))
    [card] = ada.server.cards
    assert 6_000 < len(card["fallbackText"]) < 8_000
