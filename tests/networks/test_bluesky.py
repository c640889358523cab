"""Records on a PDS that holds to the lexicons."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr, ValidationError

from fakes.bluesky import DID, HANDLE, PASSWORD, Pds
from fakes.posts import KEY, POST
from syndicate import networks
from syndicate.errors import InDoubt, Rejected, Throttled, Unauthorized, Unreachable
from syndicate.model import Image, Key, Picture, Site
from syndicate.networks.atproto import home, tid
from syndicate.testing.bench import Bench
from syndicate.testing.samples import picture
from syndicate.testing.server import serve

SITE = Site("Ada's notes", "https://example.org", "en")
HERO = Picture("https://example.org/hero.png", "image/png", 64, 32, picture())
ILLUSTRATED = replace(POST, image=Image(HERO.url, alt="A teal field"))
PUT = "/xrpc/com.atproto.repo.putRecord"
UPLOAD = "/xrpc/com.atproto.repo.uploadBlob"
LOG_IN = "/xrpc/com.atproto.server.createSession"
REFRESH = "/xrpc/com.atproto.server.refreshSession"


class Account(Bench):
    """An account on a fake PDS."""

    def __init__(self, url, pds, **options):
        super().__init__()
        kind = networks.get("bluesky")
        self.pds = pds
        shared = {"name": "main", "network": "bluesky", "allow_networks": ["127.0.0.0/8"]}
        own = {"service": url, "handle": HANDLE, "password": SecretStr(PASSWORD)} | options
        self.network = kind(kind.Options.model_validate(shared | own), SITE)

    def compose(self, post=POST, hero=None):
        return self.network.compose(post, "<p>Hi</p>", hero, self.work(self.network.limits))

    def deliver(self, message, key=KEY):
        return self.work(lambda wire: self.network.deliver(message, key, wire))

    def announce(self, post=POST, hero=None):
        return self.deliver(self.compose(post, hero))

    @property
    def record(self):
        [record] = self.pds.records.values()
        return record


@contextmanager
def account(**options):
    pds = Pds()
    with serve(pds.app) as url:
        yield Account(url, pds, **options)


def test_a_post_is_text_hashtags_and_a_card():
    with account() as ada:
        receipt = ada.announce()
    record = ada.record
    assert record["text"] == "Hello\n\nA first post.\n\n#greeting"
    assert record["langs"] == ["en"]
    assert record["createdAt"] == "2026-03-01T12:00:00.000Z"
    assert record["embed"]["external"] == {
        "uri": POST.url,
        "title": "Hello",
        "description": "A first post.",
    }
    assert receipt.id == f"at://{DID}/app.bsky.feed.post/{tid(KEY)}"
    assert receipt.url == f"https://bsky.app/profile/{HANDLE}/post/{tid(KEY)}"


def test_the_hero_image_is_the_cards_thumbnail():
    with account() as ada:
        ada.announce(ILLUSTRATED, HERO)
    [blob] = ada.pds.blobs.values()
    assert (blob["type"], blob["size"]) == ("image/png", (64, 32))
    assert ada.record["embed"]["external"]["thumb"]["size"] == len(blob["data"])


def test_the_hero_image_can_be_the_post_itself_with_its_description():
    with account(embed="image") as ada:
        ada.announce(ILLUSTRATED, HERO)
    [image] = ada.record["embed"]["images"]
    assert image["alt"] == "A teal field"
    assert image["aspectRatio"] == {"width": 64, "height": 32}
    assert POST.url in ada.record["text"]
    assert {facet["features"][0].get("uri") for facet in ada.record["facets"]} >= {POST.url}


@pytest.mark.parametrize(
    ("options", "url", "most"),
    [
        ({"embed": "image"}, POST.url, 2_000_000),
        ({"embed": "card"}, POST.url, 1_000_000),
        ({"embed": "image"}, POST.url + "x" * 300, 1_000_000),
        ({"embed": "image", "document": True}, POST.url, 1_000_000),
    ],
    ids=["image", "card", "a card since the address is too long", "a document's cover, too"],
)
def test_a_picture_may_be_as_large_as_where_it_stands(options, url, most):
    with account(**options) as ada:
        for length in (most, most + 1):
            hero = replace(HERO, data=_padded(HERO.data, length))
            image = ada.compose(replace(ILLUSTRATED, url=url), hero).image
            assert (image.length == length) == (length == most)


def _padded(png, length):
    """Give a PNG of this length, by a chunk that is kept."""
    size = length - len(png) - 12
    return png[:-12] + size.to_bytes(4) + b"sPLT" + bytes(size + 4) + png[-12:]


@pytest.mark.parametrize("embed", ["card", "image"])
def test_a_refused_picture_does_not_cost_the_post(embed, caplog):
    with account(embed=embed) as ada:
        message = ada.compose(ILLUSTRATED, HERO)
        ada.pds.app.fail(UPLOAD, 400, {"error": "InvalidMimeType", "message": "Not wanted"})
        ada.deliver(message)
    assert "Not wanted" in caplog.text
    if embed == "card":
        assert "thumb" not in ada.record["embed"]["external"]
    else:
        assert "embed" not in ada.record


def test_an_upload_that_names_no_blob_is_tried_again_later():
    with account() as ada:
        message = ada.compose(ILLUSTRATED, HERO)
        ada.pds.app.garble(UPLOAD, b"{}")
        with pytest.raises(Unreachable, match="names no blob"):
            ada.deliver(message)
    assert ada.pds.puts == []


@pytest.mark.parametrize(
    "language", ["en", "pt-BR", "zh-Hant-TW", "x", "de_DE", "english language", ""]
)
def test_a_language_that_a_server_would_refuse_is_left_out(language):
    with account() as ada:
        ada.announce(replace(POST, language=language))
    expected = [language] if language in {"en", "pt-BR", "zh-Hant-TW"} else None
    assert ada.record.get("langs") == expected


def test_a_note_without_a_title_has_the_sites_on_its_card():
    with account() as ada:
        ada.announce(replace(POST, title=None))
    assert ada.record["embed"]["external"]["title"] == SITE.title


# Once, and once only


def test_a_lost_answer_is_settled_by_writing_the_same_again():
    with account() as ada:
        message = ada.compose()
        ada.pds.app.lose(PUT)
        with pytest.raises(InDoubt):
            ada.deliver(message)
        receipt = ada.deliver(message)
    assert list(ada.pds.records) == [receipt.id.rpartition("/")[2]]
    assert len(ada.pds.puts) == 2
    assert ada.pds.puts[0] == ada.pds.puts[1]


def test_what_was_written_first_stays_when_the_words_have_changed():
    with account() as ada:
        first = ada.announce()
        second = ada.announce(replace(POST, title="Hello again"))
    assert first == second
    assert ada.record["text"].startswith("Hello\n")
    assert ada.pds.asked[-1] == "getRecord"


def test_a_swap_that_failed_for_another_writers_sake_is_tried_again():
    with account() as ada:
        message = ada.compose()
        ada.pds.app.fail(PUT, 400, {"error": "InvalidSwap", "message": "Commit was at bafy"})
        with pytest.raises(Unreachable, match="busy"):
            ada.deliver(message)
        ada.deliver(message)
    assert ada.record


def test_other_deliveries_have_other_keys_in_the_order_of_time():
    later = Key("msg_2", KEY.minted + timedelta(seconds=1))
    twin = Key("msg_2", KEY.minted)
    assert tid(KEY) < tid(later)
    assert tid(KEY) != tid(twin)
    assert len({len(tid(key)) for key in (KEY, later, twin)} - {13}) == 0


# Sessions


def test_a_log_in_lasts_from_run_to_run():
    with account() as ada:
        ada.announce()
        ada.deliver(ada.compose(), Key("msg_2", KEY.minted))
    assert ada.pds.asked.count("createSession") == 1


def test_stale_tokens_are_renewed():
    with account() as ada:
        ada.announce()
        ada.pds.access.clear()
        ada.deliver(ada.compose(), Key("msg_2", KEY.minted))
        ada.deliver(ada.compose(), Key("msg_3", KEY.minted))
    assert ada.pds.asked.count("createSession") == 1
    assert ada.pds.asked.count("refreshSession") == 1
    assert len(ada.pds.records) == 3


def test_only_where_that_fails_the_password_is_used_again():
    with account() as ada:
        ada.announce()
        ada.pds.access.clear()
        ada.pds.refresh.clear()
        ada.deliver(ada.compose(), Key("msg_2", KEY.minted))
    assert ada.pds.asked.count("createSession") == 2


def test_the_session_of_another_account_is_not_used():
    with account() as ada:
        ada.announce()
        ada.session.data["account"] = "eve.example.org https://elsewhere.example"
        ada.deliver(ada.compose(), Key("msg_2", KEY.minted))
    assert ada.pds.asked.count("createSession") == 2


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refused_log_in_is_a_matter_for_a_person(status):
    with account() as ada:
        ada.pds.app.fail(LOG_IN, status, {"error": "AccountTakedown", "message": "Suspended"})
        with pytest.raises(Unauthorized) as caught:
            ada.announce()
    assert "Suspended" in caught.value.detail


def test_a_wrong_password_is_a_matter_for_a_person_and_is_not_quoted():
    with account(password=SecretStr("wrong-pass")) as ada, pytest.raises(Unauthorized) as caught:
        ada.announce()
    assert "wrong-pass" not in caught.value.detail


def test_rationed_log_ins_are_waited_for():
    with account() as ada:
        ada.pds.app.fail(LOG_IN, 429, {"error": "RateLimitExceeded"}, retry_after="300")
        with pytest.raises(Throttled) as caught:
            ada.announce()
    assert caught.value.until == ada.clock.now() + timedelta(minutes=5)


@pytest.mark.parametrize("path", [LOG_IN, REFRESH])
def test_a_log_in_without_tokens_is_tried_again_and_not_quoted(path):
    with account() as ada:
        ada.announce()
        ada.pds.access.clear()
        if path == LOG_IN:
            ada.pds.refresh.clear()
        ada.pds.app.garble(path, b'{"did": "did:plc:ada", "accessJwt": "secret-token"}')
        with pytest.raises(Unreachable, match="no session") as caught:
            ada.deliver(ada.compose(), Key("msg_2", KEY.minted))
    assert "secret-token" not in caught.value.detail


def test_a_check_tells_who_we_are():
    with account() as ada:
        health = ada.work(ada.network.check)
    assert (health.ok, health.detail) == (True, f"@{HANDLE} ({DID}), 300 characters")


def test_a_check_that_is_answered_with_something_else_says_so():
    with account() as ada:
        ada.pds.app.garble("/xrpc/com.atproto.server.getSession", b"{}")
        with pytest.raises(Unreachable, match="is no session"):
            ada.work(ada.network.check)


def test_the_reason_of_a_refusal_is_the_servers_own():
    with account() as ada:
        message = ada.compose()
        record = {**message.payload["record"], "text": "x" * 301}
        with pytest.raises(Rejected, match="more than 300 graphemes"):
            ada.deliver(replace(message, payload={"record": record}))


def test_a_success_that_names_no_record_is_a_doubt():
    with account() as ada:
        message = ada.compose()
        ada.pds.app.garble(PUT, b'{"cid": "bafy"}')
        with pytest.raises(InDoubt, match="names no record"):
            ada.deliver(message)


@pytest.mark.parametrize("handle", ["ada", "@ada.example.org", "ada.example.org/", "", "a b.c"])
def test_a_handle_that_is_none_is_refused(handle):
    kind = networks.get("bluesky")
    with pytest.raises(ValidationError):
        kind.Options.model_validate(
            {"name": "main", "network": "bluesky", "handle": handle, "password": SecretStr("x")}
        )


# Where the account lives


def document(endpoint, kind="#atproto_pds"):
    return {"service": [{"id": f"did:plc:ada{kind}", "serviceEndpoint": endpoint}]}


@pytest.mark.parametrize(
    ("service", "found", "expected"),
    [
        ("https://bsky.social", document("https://a.host.bsky.network/"), "https://a.host.bsky.network"),
        ("https://bsky.social", document("http://127.0.0.1:2583"), "https://bsky.social"),
        ("https://bsky.social", document("https://feed.example", "#bsky_fg"), "https://bsky.social"),
        ("https://bsky.social", None, "https://bsky.social"),
        ("https://bsky.social", {"service": ["?"]}, "https://bsky.social"),
        ("https://pds.example", document("https://elsewhere.example"), "https://pds.example"),
    ],
)  # fmt: skip
def test_only_the_entryway_may_send_us_elsewhere_and_only_safely(service, found, expected):
    assert home(service, found) == expected
