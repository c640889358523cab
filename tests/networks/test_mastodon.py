"""Statuses on a server that holds to Mastodon's own rules."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from fakes.mastodon import INSTANCE, TOKEN, Mastodon, length
from fakes.posts import KEY, MESSAGE, POST
from syndicate import networks
from syndicate.errors import InDoubt, Rejected, Throttled, Unauthorized, Unreachable
from syndicate.model import Image, Key, Limits, Picture, Site, Unit
from syndicate.testing.bench import Bench
from syndicate.testing.samples import picture
from syndicate.testing.server import serve

SITE = Site("Ada's notes", "https://example.org", "en")
HERO = Picture("https://example.org/hero.png", "image/png", 64, 32, picture())
LARGE = Picture(
    "https://example.org/big.jpg", "image/jpeg", 800, 600, picture("JPEG", (800, 600), "navy")
)
ILLUSTRATED = replace(POST, image=Image(HERO.url, alt="A teal field"))
STATUS = "/api/v1/statuses"
EDIT = Key("msg_2", KEY.minted)
MEDIA = "/api/v2/media"


class Account(Bench):
    """An account on a fake server."""

    def __init__(self, url, server, **options):
        super().__init__()
        kind = networks.get("mastodon")
        self.server = server
        shared = {"name": "main", "network": "mastodon", "allow_networks": ["127.0.0.0/8"]}
        own = {"server": url, "token": SecretStr(TOKEN)} | options
        self.network = kind(kind.Options.model_validate(shared | own), SITE)
        self.network.poll = 0

    def limits(self):
        return self.work(self.network.limits)

    def compose(self, post=POST, hero=None):
        return self.network.compose(post, "<p>Hi</p>", hero, self.limits())

    def deliver(self, message, key=KEY):
        return self.work(lambda wire: self.network.deliver(message, key, wire))

    def look_up(self, message):
        return self.work(lambda wire: self.network.look_up(message, KEY, wire))

    def check(self):
        return self.work(self.network.check)

    def update(self, receipt, message):
        return self.work(lambda wire: self.network.update(receipt, message, EDIT, wire))

    def delete(self, receipt):
        return self.work(lambda wire: self.network.delete(receipt, MESSAGE, EDIT, wire))

    def reply(self, receipt, message):
        return self.work(lambda wire: self.network.reply(receipt, message, EDIT, wire))

    def look_up_reply(self, receipt, message):
        return self.work(lambda wire: self.network.look_up_reply(receipt, message, EDIT, wire))


@contextmanager
def account(server=None, **options):
    server = server or Mastodon()
    with serve(server.app) as url:
        yield Account(url, server, **options)


def form(server):
    [form] = server.forms
    return form


def test_a_status_has_title_summary_link_and_hashtags():
    with account(visibility="unlisted") as ada:
        receipt = ada.deliver(ada.compose())
    assert form(ada.server) == {
        "status": "Hello\n\nA first post.\n\nhttps://example.org/blog/hello/\n\n#greeting",
        "visibility": "unlisted",
        "language": "en",
    }
    assert receipt.id == ada.server.statuses[0]["id"]
    assert receipt.url == ada.server.statuses[0]["url"]


def test_the_image_arrives_with_its_description_and_is_attached():
    with account() as ada:
        ada.deliver(ada.compose(ILLUSTRATED, HERO))
    [(number, medium)] = ada.server.media.items()
    assert form(ada.server)["media_ids"] == [number]
    assert (medium["type"], medium["size"]) == ("image/png", (64, 32))
    assert medium["description"] == "A teal field"
    assert medium["status"] == ada.server.statuses[0]["id"]


def test_an_image_is_fitted_to_what_this_server_takes():
    with account() as ada:
        ada.deliver(ada.compose(ILLUSTRATED, LARGE))
    [medium] = ada.server.media.values()
    width, height = medium["size"]
    assert width * height <= INSTANCE["configuration"]["media_attachments"]["image_matrix_limit"]
    assert width / height == pytest.approx(4 / 3, abs=0.01)


def test_a_description_is_cut_to_what_this_server_takes():
    with account() as ada:
        ada.deliver(ada.compose(replace(POST, image=Image(HERO.url, alt="long " * 99)), HERO))
    [medium] = ada.server.media.values()
    assert len(medium["description"]) <= 100
    assert medium["description"].endswith("…")


def test_the_status_waits_for_an_image_that_is_being_worked_on():
    with account(Mastodon(busy=3)) as ada:
        ada.deliver(ada.compose(ILLUSTRATED, HERO))
    assert ada.server.statuses
    assert sum(asked.startswith("GET /api/v1/media/") for asked in ada.server.asked) == 3


def test_an_image_that_is_never_ready_fails_without_a_doubt():
    with account(Mastodon(busy=1_000)) as ada, pytest.raises(Unreachable, match="in time"):
        ada.deliver(ada.compose(ILLUSTRATED, HERO))
    assert ada.server.forms == []


def test_a_refused_image_does_not_cost_the_post(caplog):
    with account() as ada:
        ada.server.app.fail(MEDIA, 422, {"error": "File content type is invalid"})
        ada.deliver(ada.compose(ILLUSTRATED, HERO))
    assert "media_ids" not in form(ada.server)
    assert "File content type is invalid" in caplog.text


def test_an_older_server_takes_the_image_at_the_first_version_of_the_api():
    with account() as ada:
        ada.server.app.fail(MEDIA, 404)
        ada.server.app.fail("/api/v1/media", 200, {"id": "9", "url": "https://files.example/9"})
        message = ada.compose(ILLUSTRATED, HERO)
        with pytest.raises(Rejected, match="Record not found"):  # as no such medium was made
            ada.deliver(message)


@pytest.mark.parametrize("body", [b"[]", b"<html>", b'{"type": "image"}'])
def test_an_upload_that_is_answered_with_something_else_is_tried_again_later(body):
    with account() as ada:
        message = ada.compose(ILLUSTRATED, HERO)
        ada.server.app.garble(MEDIA, body)
        with pytest.raises(Unreachable):
            ada.deliver(message)
    assert ada.server.forms == []


def test_a_content_warning_counts_as_text():
    warning = "Spoilers for the weaving machine"
    with account(spoiler_text=warning, sensitive=True) as ada:
        message = ada.compose(replace(POST, summary="words and words " * 80))
        ada.deliver(message)
    sent = form(ada.server)
    assert (sent["spoiler_text"], sent["sensitive"]) == (warning, True)
    assert message.length == length(sent["status"], warning)
    assert 450 < message.length <= 500


def test_nobody_is_mentioned_by_accident():
    with account() as ada:
        ada.deliver(ada.compose(replace(POST, title="@alice and @bob@example.social, hi")))
    assert ada.server.mentioned == []


# Limits


def test_the_limits_are_the_servers_own_and_asked_once_a_day():
    with account() as ada:
        limits = [ada.limits(), ada.limits()]
        ada.clock.tick(days=1, seconds=1)
        limits.append(ada.limits())
    assert {each.alt for each in limits} == {100}
    assert ada.server.asked.count("GET /api/v2/instance") == 2


def test_limits_of_another_server_are_not_believed():
    with account() as ada:
        ada.limits()
        ada.session.data["server"] = "https://elsewhere.example"
        ada.limits()
    assert ada.server.asked.count("GET /api/v2/instance") == 2


def test_an_older_server_tells_its_limits_in_the_first_version():
    with account() as ada:
        ada.server.app.fail("/api/v2/instance", 404)
        ada.server.app.fail("/api/v1/instance", 200, {"max_toot_chars": 5_000})
        limits = ada.limits()
    assert (limits.text, limits.url_cost) == (5_000, None)


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_server_that_knows_neither_version_speaks_something_else(status):
    with account() as ada:
        ada.server.app.fail("/api/v2/instance", status)
        ada.server.app.fail("/api/v1/instance", 404)
        with pytest.raises(Unauthorized, match="does not speak Mastodon's API"):
            ada.limits()


@pytest.mark.parametrize("body", [b"[]", b"<html>It is being repaired"])
def test_a_description_of_nothing_is_tried_again_later(body):
    with account() as ada:
        ada.server.app.garble("/api/v2/instance", body)
        ada.server.app.garble("/api/v1/instance", body)
        with pytest.raises(Unreachable, match="describes no instance"):
            ada.limits()


def test_a_page_in_place_of_the_newer_version_leaves_the_older_one():
    with account() as ada:
        ada.server.app.garble("/api/v2/instance", b"<html>An app for browsers")
        assert ada.limits().alt == 100


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 422, 501])
def test_whatever_a_server_answers_to_a_path_that_it_does_not_know_the_older_one_is_asked(status):
    with account() as ada:
        ada.server.app.fail("/api/v2/instance", status)
        assert ada.limits().alt == 100


def test_a_page_in_place_of_an_application_tells_no_scopes():
    with account() as ada:
        ada.server.app.garble("/api/v1/apps/verify_credentials", b"<html>An app for browsers")
        assert "scopes" not in {fact.name for fact in ada.check().facts}


@pytest.mark.parametrize(("status", "kind"), [(401, Unauthorized), (503, Unreachable)])
def test_a_refused_token_or_a_server_that_is_down_is_told_as_that(status, kind):
    with account() as ada:
        ada.server.app.fail("/api/v2/instance", status)
        ada.server.app.fail("/api/v1/instance", status)
        with pytest.raises(kind, match=str(status)):
            ada.limits()


@pytest.mark.parametrize(
    ("version", "counted"),
    [
        ("4.4.1", 23),
        ("4.3.0-rc.1+glitch", 23),
        ("v2.9.3", 23),
        ("4.2.10+hometown-1.1.1", 23),
        ("2.7.2 (compatible; Pleroma 2.9.1)", None),
        ("4.0.0 (not true; really snac/2.52)", None),
        ("takahe/0.11.0", None),
        ("0.17.3 git-1a2b3c4", None),
        ("3.5.3+0.14.2-git-1a2b3c4", None),
    ],
)
def test_only_mastodon_itself_counts_a_url_shorter_than_it_is(version, counted):
    with account(Mastodon({**INSTANCE, "version": version})) as ada:
        limits = ada.limits()
    assert limits.url_cost == counted
    assert (limits.unit is Unit.GRAPHEMES) == (counted is not None)


@pytest.mark.parametrize(
    "configuration",
    [
        {},
        None,
        {"statuses": None},
        {"statuses": {"max_characters": "500"}},
        {"statuses": {"max_characters": 0}},
        {"media_attachments": []},
        {"media_attachments": {"supported_mime_types": ["jpg", None]}},
    ],
)
def test_what_a_server_leaves_out_is_as_in_mastodon_itself(configuration):
    with account(Mastodon({"configuration": configuration})) as ada:
        limits = ada.limits()
    assert (limits.text, limits.url_cost, limits.alt) == (500, 23, 1_500)
    assert limits.image_types == {"image/jpeg", "image/png", "image/gif"}


# Doubts


def test_a_repeated_request_is_the_same_status():
    with account() as ada:
        message = ada.compose()
        ada.server.app.lose(STATUS)
        with pytest.raises(InDoubt):
            ada.deliver(message)
        receipt = ada.deliver(message)
    assert [status["id"] for status in ada.server.statuses] == [receipt.id]


def test_a_lost_status_is_found_by_its_link():
    with account() as ada:
        message = ada.compose()
        ada.server.app.lose(STATUS)
        with pytest.raises(InDoubt):
            ada.deliver(message)
        found = ada.look_up(message)
    assert found.id == ada.server.statuses[0]["id"]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/blog/a-very-long-address-that-no-server-would-ever-show-in-full/",
        "https://example.org/blog/caf%C3%A9/?a=1&b=2",
        "https://example.org/блог/",
    ],
)
def test_a_lost_status_is_found_however_the_server_writes_the_link(url):
    with account() as ada:
        message = ada.compose(replace(POST, url=url))
        ada.deliver(message)
        assert ada.look_up(message)


def test_a_card_names_the_link_where_the_text_does_not():
    with account() as ada:
        status = ada.server.add("See below")
        status["card"] = {"url": POST.url}
        assert ada.look_up(ada.compose()).id == status["id"]


def test_what_was_never_posted_is_not_found():
    with account() as ada:
        for number in range(5):
            ada.server.add(f"Other {number}: https://example.org/blog/hello-{number}/")
        assert ada.look_up(ada.compose()) is None


def test_the_search_goes_back_to_the_first_attempt_however_short_the_pages_are():
    with account() as ada:
        message = ada.compose()
        ada.server.add(f"Ours: {POST.url}")
        for number in range(125):
            ada.server.now += timedelta(minutes=1)
            ada.server.add(f"Note {number}")
        ada.server.page = 25
        assert ada.look_up(message)


def test_the_search_ends_at_the_first_attempt():
    with account() as ada:
        for number in range(160):
            ada.server.add(f"Note {number}")
        before = KEY.minted - timedelta(minutes=11)
        for status in ada.server.statuses[30:]:
            status["created_at"] = before.isoformat()
        assert ada.look_up(ada.compose()) is None
        assert sum(asked.endswith("/statuses") for asked in ada.server.asked) == 2


def test_what_was_posted_earlier_by_hand_is_another_status():
    with account() as ada:
        ada.server.now -= timedelta(hours=1)
        ada.server.add(f"Soon on my blog: {POST.url}")
        assert ada.look_up(ada.compose()) is None


def test_a_search_that_does_not_reach_the_first_attempt_leaves_the_doubt(monkeypatch):
    monkeypatch.setattr("syndicate.networks.mastodon_api.PAGES", 2)
    with account() as ada:
        for number in range(90):
            ada.server.add(f"Note {number}")
        with pytest.raises(InDoubt, match="newest 80 statuses"):
            ada.look_up(ada.compose())


@pytest.mark.parametrize("body", [b"{}", b"<html>"])
def test_a_search_that_is_answered_with_something_else_is_tried_again_later(body):
    with account() as ada:
        ada.server.app.garble("/api/v1/accounts/7/statuses", body)
        with pytest.raises(Unreachable):
            ada.look_up(ada.compose())


def test_odd_statuses_are_passed_over():
    with account() as ada:
        ada.server.statuses.append({"id": "1", "content": None, "card": None})
        assert ada.look_up(ada.compose()) is None


# Edits and deletions


def test_an_edit_changes_words_and_picture_where_they_stand():
    with account(spoiler_text="Wheels") as ada:
        receipt = ada.deliver(ada.compose(ILLUSTRATED, HERO))
        edited = replace(ILLUSTRATED, title="Hello @all", image=Image(HERO.url, alt="Brass"))
        ada.update(receipt, ada.compose(edited, HERO))
    [status] = ada.server.statuses
    assert (status["id"], status["url"]) == (receipt.id, receipt.url)
    assert "Hello" in status["content"]
    old, new = ada.server.media.values()
    assert (old["status"], new["status"]) == ("taken off", receipt.id)
    assert new["description"] == "Brass"
    assert set(ada.server.forms[1]) == {
        "status",
        "language",
        "sensitive",
        "spoiler_text",
        "media_ids",
    }
    assert ada.server.mentioned == []


def test_a_repeated_edit_changes_nothing_more():
    with account() as ada:
        receipt = ada.deliver(ada.compose())
        message = ada.compose(replace(POST, title="Hello again"))
        ada.server.app.lose(f"{STATUS}/{receipt.id}")
        with pytest.raises(Unreachable):
            ada.update(receipt, message)
        ada.update(receipt, message)
    [status] = ada.server.statuses
    assert "Hello again" in status["content"]


def test_what_is_not_there_any_more_cannot_be_edited_and_need_not_be_deleted():
    with account() as ada:
        receipt = ada.deliver(ada.compose())
        ada.delete(receipt)
        assert ada.server.statuses == []
        ada.delete(receipt)
        with pytest.raises(Rejected, match="Record not found"):
            ada.update(receipt, ada.compose())


def test_a_deletion_that_is_refused_is_told():
    with account() as ada:
        receipt = ada.deliver(ada.compose())
        ada.server.app.fail(f"{STATUS}/{receipt.id}", 403, {"error": "This action is not allowed"})
        with pytest.raises(Unauthorized, match="not allowed"):
            ada.delete(receipt)


def test_an_edit_that_is_answered_with_something_else_is_tried_again_later():
    with account() as ada:
        receipt = ada.deliver(ada.compose())
        ada.server.app.garble(f"{STATUS}/{receipt.id}", b"{}")
        with pytest.raises(Unreachable, match="is no status"):
            ada.update(receipt, ada.compose())


def test_a_reply_stands_below_and_is_found_again_apart_from_what_it_replies_to():
    with account() as ada:
        message = ada.compose()
        receipt = ada.deliver(message)
        assert ada.look_up_reply(receipt, message) is None
        ada.server.app.lose(STATUS)
        with pytest.raises(InDoubt):
            ada.reply(receipt, message)
        found = ada.look_up_reply(receipt, message)
        assert ada.reply(receipt, message) == found
    reply, status = ada.server.statuses
    assert (reply["id"], reply["in_reply_to_id"]) == (found.id, status["id"])


def test_a_reply_to_what_is_not_there_any_more_is_refused():
    with account() as ada:
        receipt = ada.deliver(ada.compose())
        ada.server.statuses.clear()
        with pytest.raises(Rejected, match="does not appear to exist"):
            ada.reply(receipt, ada.compose())


# Accounts


def test_a_check_tells_who_we_are_and_what_the_server_takes():
    with account() as ada:
        health = ada.check()
    assert (health.ok, health.detail) == (True, "@ada, 500 characters, images to 100,000 bytes")


def test_a_wrong_token_is_a_matter_for_a_person():
    with account(token=SecretStr("wrong")) as ada, pytest.raises(Unauthorized) as caught:
        ada.check()
    assert "access token is invalid" in caught.value.detail


def test_an_account_that_is_none_is_tried_again_later():
    with account() as ada:
        ada.server.app.garble("/api/v1/accounts/verify_credentials", b'{"error": "?"}')
        with pytest.raises(Unreachable, match="is no account"):
            ada.check()


def test_the_servers_rate_limit_is_obeyed():
    with account() as ada:
        message = ada.compose()
        ada.server.app.fail(STATUS, 429, retry_after="120")
        with pytest.raises(Throttled) as caught:
            ada.deliver(message)
    assert caught.value.until == ada.clock.now() + timedelta(minutes=2)


def test_the_reason_of_a_refusal_is_the_servers_own():
    with account() as ada:
        message = replace(ada.compose(), text="x" * 501)
        with pytest.raises(Rejected, match="character limit of 500 exceeded"):
            ada.deliver(message)


def test_limits_without_end_leave_the_text_whole():
    with account() as ada:
        message = ada.network.compose(
            replace(POST, summary="word " * 900), "", None, Limits(text=None)
        )
    assert message.text.count("word") == 900
