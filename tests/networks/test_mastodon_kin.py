"""The same announcements on servers that speak Mastodon's API each in its own way."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from fakes import account as fake
from fakes.kin import KIN, Akkoma, Friendica, Hollo, Mitra, Pixelfed, Snac, Takahe
from fakes.mastodon import TOKEN, Mastodon
from fakes.posts import KEY, POST
from syndicate.errors import InDoubt, Rejected, Throttled, Unauthorized, Unreachable
from syndicate.model import Image, Key, Picture
from syndicate.testing.samples import picture

HERO = Picture("https://example.org/hero.png", "image/png", 64, 32, picture())
OTHER = Picture(
    "https://example.org/other.png", "image/png", 64, 32, picture("PNG", (64, 32), "red")
)
SHOWN = replace(POST, image=Image(HERO.url, alt="A teal field"))
LONG = "https://example.org/blog/" + "a-very-long-address-" * 6 + "/?a=1&b=2"
LATER = Key("msg_3", KEY.minted + timedelta(hours=1))
STATUS = "/api/v1/statuses"
each = pytest.mark.parametrize("kind", [Mastodon, *KIN], ids=lambda kind: kind.__name__)


@contextmanager
def account(kind, **options):
    server = kind() if isinstance(kind, type) else kind
    own = {"token": SecretStr(TOKEN), **options}
    with fake.account("mastodon", server, lambda url: {"server": url, **own}) as ada:
        ada.network.poll = 0
        yield ada


@each
def test_a_post_arrives_whole(kind):
    with account(kind, spoiler_text="Wheels & all = 100%") as ada:
        receipt = ada.post(replace(SHOWN, title="Q&A: a=b, 100%+ <i>", url=LONG), HERO)
    [sent], [status] = ada.server.forms, ada.server.statuses
    [medium] = ada.server.media.values()
    assert sent["status"].startswith("Q&A: a=b, 100%+ <i>")
    assert LONG in sent["status"]
    assert (sent["spoiler_text"], sent["sensitive"]) == ("Wheels & all = 100%", True)
    assert (medium["description"], medium["status"]) == ("A teal field", status["id"])
    assert (receipt.id, receipt.url) == (status["id"], status["url"])


@each
def test_no_text_is_longer_than_the_server_counts(kind):
    with account(kind, spoiler_text="👩‍🚀 x") as ada:
        for number, words in enumerate(["weaving and steel ", "👩‍🚀 ", "שלום "]):
            post = replace(SHOWN, title="Long", summary=words * 2_500, url=LONG)
            ada.deliver(ada.compose(post, HERO), replace(KEY, value=f"msg_{number}"))
    assert [LONG in sent["status"] for sent in ada.server.forms] == [True] * 3


def test_a_long_status_comes_back_whole():
    with account(Snac) as ada:
        assert ada.post(replace(POST, summary="weaving and steel " * 5_000))


@each
def test_an_image_is_made_to_fit_and_its_description_too(kind):
    large = picture("JPEG", (2_400, 1_800), "navy")
    hero = Picture("https://example.org/big.jpg", "image/jpeg", 2_400, 1_800, large)
    with account(kind) as ada:
        ada.post(replace(SHOWN, image=Image(hero.url, alt="Brass " * 400)), hero)
    [medium] = ada.server.media.values()
    assert medium["description"].startswith("Brass")


@each
def test_two_images_of_two_posts_stay_two(kind):
    with account(kind) as ada:
        ada.post(SHOWN, HERO)
        other = replace(SHOWN, url=f"{POST.url}2/", image=Image(OTHER.url, alt="Red"))
        ada.deliver(ada.compose(other, OTHER), LATER)
    assert sorted(medium["description"] for medium in ada.server.media.values()) == [
        "A teal field",
        "Red",
    ]


@each
@pytest.mark.parametrize("url", [LONG, "https://example.org/café/?utm_source=toot&a=1"])
def test_a_lost_post_is_found_and_no_other_is_taken_for_it(kind, url):
    post = replace(SHOWN, url=url)
    with account(kind) as ada:
        message = ada.compose(post, HERO)
        ada.server.add(f"Ours of last week: {url}")["created_at"] = "2026-02-01T00:00:00.000Z"
        ada.server.boost(f"Look at this: {url}")
        ada.server.add(f"Another one: {url}x")
        assert ada.look_up(message) is None
        ada.server.app.lose(STATUS)
        with pytest.raises(InDoubt):
            ada.deliver(message)
        assert ada.look_up(message).id == ada.server.statuses[0]["id"]


@each
def test_a_lost_reply_is_found(kind):
    with account(kind) as ada:
        message = ada.compose(SHOWN, HERO)
        receipt = ada.deliver(message)
        assert ada.look_up_reply(receipt, message) is None
        ada.server.app.lose(STATUS)
        with pytest.raises(InDoubt):
            ada.reply(receipt, message)
        assert ada.look_up_reply(receipt, message).id == ada.server.statuses[0]["id"]


@each
def test_a_thread_goes_on_where_it_was_lost(kind):
    summary = "The loom wove on and on, and did so by itself. " * 60
    with account(kind, thread=4) as ada:
        ada.server.limit = 500
        limits = replace(ada.work(ada.network.limits), text=500)
        message = ada.network.compose(replace(SHOWN, summary=summary), "", HERO, limits)
        ada.server.app.let(STATUS, 2)
        ada.server.app.lose(STATUS)
        with pytest.raises(InDoubt):
            ada.deliver(message)
        assert ada.look_up(message) is None
        first = ada.deliver(message)
        assert ada.look_up(message) == first
    sent = [form["status"] for form in ada.server.forms]
    assert len(sent) == 4
    assert sent == [message.text, *message.more]


@each
def test_an_edit_is_made_or_its_lack_is_told(kind):
    with account(kind) as ada:
        receipt = ada.post(SHOWN, HERO)
        better = ada.compose(replace(SHOWN, title="Better"), HERO)
        if kind is Mitra:
            with pytest.raises(Rejected, match=r"does not edit .* through its API"):
                ada.update(receipt, better)
            return
        ada.update(receipt, better)
    assert "Better" in ada.server.statuses[0]["content"]


@each
def test_a_deletion_is_made_or_its_lack_is_told(kind):
    with account(kind) as ada:
        receipt = ada.post(SHOWN, HERO)
        if kind is Snac:
            with pytest.raises(Rejected, match=r"does not delete .* through its API"):
                ada.delete(receipt)
            return
        ada.delete(receipt)
        assert ada.server.statuses == []
        ada.delete(receipt)  # it is not there: that is what was wanted


@each
def test_a_check_tells_what_the_server_is(kind):
    with account(kind) as ada:
        health = ada.check()
    told = {fact.name: fact.value for fact in health.facts}
    assert told["version"].startswith(ada.server.instance["version"])


def test_a_server_that_wants_an_image_says_so():
    with account(Pixelfed) as ada:
        with pytest.raises(Rejected, match=r"no post without an image: .*`\[cards\]`"):
            ada.post()
        ada.server.app.fail("/api/v2/media", 422, {"message": "The file must be a file of type"})
        with pytest.raises(Rejected, match="refused this one: HTTP 422: The file must be a file"):
            ada.deliver(ada.compose(SHOWN, HERO), LATER)
    assert ada.server.statuses == []


def test_what_else_a_server_forbids_speaks_of_the_account():
    with account(Pixelfed) as ada:
        ada.server.app.fail(STATUS, 403, {"message": "Invalid permissions for this action"})
        with pytest.raises(Unauthorized, match="Invalid permissions"):
            ada.post()


def test_a_key_that_was_used_up_leaves_a_doubt_that_the_search_settles():
    with account(Pixelfed) as ada:
        message = ada.compose(SHOWN, HERO)
        ada.deliver(message)
        with pytest.raises(InDoubt, match="Duplicate idempotency key"):
            ada.deliver(message)
        assert ada.look_up(message)
    assert len(ada.server.statuses) == 1


@pytest.mark.parametrize("visibility", ["private", "direct"])
def test_what_a_server_does_not_list_is_not_taken_for_lost(visibility):
    with account(Takahe, visibility=visibility) as ada:
        message = ada.compose()
        ada.server.app.lose(STATUS)
        with pytest.raises(InDoubt):
            ada.deliver(message)
        with pytest.raises(InDoubt, match=f"lists statuses that are {visibility}: look there"):
            ada.look_up(message)
    with account(Mastodon, visibility=visibility) as ada:
        assert ada.look_up(ada.compose()) is None


def test_a_list_that_is_the_same_whatever_is_asked_comes_to_an_end():
    with account(Snac) as ada:
        message = ada.compose()
        for number in range(19):
            ada.server.add(f"Note {number}")
        assert ada.look_up(message) is None
        for number in range(9):
            ada.server.add(f"Another note {number}")
        with pytest.raises(InDoubt, match="newest 28 statuses"):
            ada.look_up(message)
        ada.server.statuses[-1]["created_at"] = "2026-02-01T00:00:00.000Z"
        assert ada.look_up(message) is None


def test_one_older_status_among_newer_ones_does_not_end_the_search():
    with account(Hollo) as ada:
        message = ada.compose()
        ada.server.add(f"Ours: {POST.url}")
        ada.server.boost("By somebody else, long ago")
        ada.server.statuses[0]["created_at"] = "2020-01-01T00:00:00.000Z"
        ada.server.add("Taken over from elsewhere")["created_at"] = "2020-01-01T00:00:00.000Z"
        ada.server.add("A note")
        ada.server.page = 3
        assert ada.look_up(message)


def test_a_description_that_cannot_be_said_is_told(caplog):
    with account(Friendica) as ada:
        message = ada.compose(SHOWN, HERO)
        ada.server.app.fail("/api/v1/media/100", 404)
        ada.deliver(message)
    assert "the image has no alternative text: HTTP 404" in caplog.text
    assert len(ada.server.statuses) == 1


def test_limits_that_stand_beside_the_configuration_are_read():
    with account(Akkoma) as ada:
        limits = ada.work(ada.network.limits)
    assert (limits.text, limits.image_bytes, limits.alt) == (600, 50_000, 120)


def test_a_server_that_is_asked_too_often_says_until_when():
    with account(Hollo) as ada:
        message = ada.compose()
        ada.server.app.fail(STATUS, 429, {"error": "Slow down"}, retry_after="60")
        with pytest.raises(Throttled) as caught:
            ada.deliver(message)
    assert caught.value.until == ada.clock.now() + timedelta(seconds=60)


def test_a_context_that_is_none_is_asked_for_again_later():
    with account(Pixelfed) as ada:
        message = ada.compose(SHOWN, HERO)
        receipt = ada.deliver(message)
        ada.server.app.garble(f"{STATUS}/{receipt.id}/context", b'{"descendants": 1}')
        with pytest.raises(Unreachable, match="no list of statuses"):
            ada.look_up_reply(receipt, message)
    assert re.fullmatch(r"\d+", receipt.id)
