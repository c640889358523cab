"""Documents and publications beside announcements: what is written, when, and once only."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr, ValidationError
from starlette.responses import Response

from fakes import account as fake
from fakes.account import EDIT
from fakes.bluesky import DID, DOCUMENT, HANDLE, PASSWORD, PUBLICATION, Pds, cid
from fakes.counting import graphemes
from fakes.posts import KEY, POST
from networks.golden import compare, posts
from syndicate import networks
from syndicate.errors import InDoubt, Rejected, Unauthorized
from syndicate.model import Image, Key, Level, Message, Picture, Receipt, Site
from syndicate.networks.atproto import steady_tid, tid
from syndicate.networks.base import Proves
from syndicate.networks.bluesky import LIMITS
from syndicate.networks.standard_site import TEXT, Edition, told
from syndicate.networks.standard_site_library import cid_of
from syndicate.testing import Case, Composing, case_fixture
from syndicate.testing.samples import picture

SITE = Site("Ada's notes", "https://example.org", "en", "Engines, and what they weave.")
EDITION = Edition(SITE, "", discover=True)
HERO = Picture("https://example.org/hero.png", "image/png", 64, 32, picture())
ILLUSTRATED = replace(POST, image=Image(HERO.url, alt="A teal field"))
AGAIN = Key("msg_again", KEY.minted + timedelta(days=1))
PUT = "/xrpc/com.atproto.repo.putRecord"
GET = "/xrpc/com.atproto.repo.getRecord"


@contextmanager
def account(server=None, site=SITE, **options):
    """Give an account that writes documents of a site."""
    own = {"handle": HANDLE, "password": SecretStr(PASSWORD), "document": True, **options}
    server = server or Pds()
    with fake.account("bluesky", server, lambda url: {"service": url, **own}) as ada:
        ada.network = type(ada.network)(ada.options, site)
        yield ada


def only(records):
    [record] = records.values()
    return record


def test_golden_requests(request):
    sent = {}
    with account() as ada:
        for name, (post, hero) in posts().items():
            began = len(ada.requests)
            # Some of them are one post by their id, which would have one document.
            ada.deliver(
                ada.compose(replace(post, id=f"{post.id} {name}"), hero), Key(name, KEY.minted)
            )
            sent[name] = ada.requests[began:]
    assert len(ada.server.documents) == 3, "what has no title is no document"
    compare("bluesky.document", sent, request.config.getoption("--update-golden"))


BESIDE = Case(
    networks.get("bluesky"),
    lambda url: {
        "service": url,
        "handle": HANDLE,
        "password": SecretStr(PASSWORD),
        "document": True,
    },
    limits=LIMITS,
)
case = case_fixture(BESIDE)


class TestComposing(Composing):
    """With documents, too, any post becomes a message, the same each time."""


# What is written


def test_a_document_has_what_the_post_has():
    post = replace(POST, updated=POST.published + timedelta(hours=2), tags=("#brass", "loom"))
    with account() as ada:
        receipt = ada.post(replace(post, image=ILLUSTRATED.image), HERO)
    document, key = only(ada.server.documents), steady_tid(f"{PUBLICATION} {SITE.url}")
    record = only(ada.server.records)
    assert document == {
        "$type": DOCUMENT,
        "site": f"at://{DID}/{PUBLICATION}/{key}",
        "path": POST.url.removeprefix(SITE.url),
        "title": "Hello",
        "description": "A first post.",
        "textContent": "Hi",
        "tags": ["brass", "loom"],
        "publishedAt": "2026-03-01T11:00:00.000Z",
        "updatedAt": "2026-03-01T13:00:00.000Z",
        "coverImage": record["embed"]["external"]["thumb"],
        "bskyPostRef": {"uri": receipt.id, "cid": cid(record)},
    }
    assert ada.server.publications == {
        key: {
            "$type": PUBLICATION,
            "url": SITE.url,
            "name": SITE.title,
            "description": SITE.description,
            "preferences": {"showInDiscover": True},
        }
    }


def test_without_the_option_nothing_stands_beside():
    with account(document=False) as ada:
        message = ada.compose()
        ada.deliver(message)
    assert "beside" not in message.to_json()
    assert (ada.server.documents, ada.server.publications) == ({}, {})


def test_the_plan_has_the_records_and_they_survive_the_ledger():
    with account() as ada:
        message = ada.compose()
    kept = json.loads(json.dumps(message.to_json()))
    assert set(kept["beside"]) == {"document", "publication"}
    assert Message.from_json(kept) == message


@pytest.mark.parametrize(
    ("url", "place", "path"),
    [
        ("https://example.org/blog/hello/", None, "/blog/hello/"),
        ("https://example.org/?p=7&utm_source=bluesky", None, "/?p=7"),
        ("https://example.org/hello/?utm_source=bluesky&utm_medium=social", None, "/hello/"),
        ("https://example.org", None, None),
        ("https://example.org.evil.example/a", "https://example.org.evil.example", "/a"),
    ],
)
def test_a_path_is_below_the_site_and_has_no_words_for_statistics(url, place, path):
    found = EDITION.records(replace(POST, url=url), "")
    record = found["document"]["record"]
    assert (record.get("site"), record.get("path")) == (place, path)
    assert ("publication" in found) == (place is None)


def test_a_post_elsewhere_is_a_document_without_a_publication():
    with account() as ada:
        ada.post(replace(POST, url="https://elsewhere.example/a/"))
    assert only(ada.server.documents)["site"] == "https://elsewhere.example"
    assert ada.server.publications == {}


def test_everything_is_within_the_lexicon_and_the_server():
    family = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
    site = replace(SITE, title=family * 600, description=family * 4_000)
    post = replace(POST, title=family * 600, summary="weaves " * 4_000, tags=("x" * 129, "#", "ok"))
    html = "".join(f"<p>“{number}” \\ {'ש' * 500}</p>" for number in range(200))
    found = Edition(site, "", discover=True).records(post, html)
    document, publication = (found[name]["record"] for name in ("document", "publication"))
    for text, most in (
        (document["title"], 500),
        (document["description"], 3_000),
        (publication["name"], 500),
        (publication["description"], 3_000),
    ):
        assert graphemes(text) <= most
        assert len(text.encode()) <= 10 * most
    assert document["tags"] == ["ok"]
    assert len(json.dumps(document["textContent"], ensure_ascii=False).encode()) <= TEXT + 9
    assert document["textContent"].endswith("\n\n…")
    assert "textContent" not in EDITION.records(POST, "x" * (TEXT + 1))["document"]["record"]


def test_keys_are_tids_that_are_the_same_each_time_and_lie_in_the_past():
    names = [f"post {number}" for number in range(300)]
    keys = [steady_tid(name) for name in names]
    assert keys == [steady_tid(name) for name in names]
    assert len(set(keys)) == 300
    assert all(re.fullmatch("[2-7a-j][2-7a-z]{12}", key) for key in keys)
    assert max(keys) < tid(KEY)


def test_the_key_of_a_publication_that_is_there_can_be_given():
    key = "3mnzi5mam2c2j"
    server = Pds()
    theme = {"$type": "site.standard.theme.basic"}
    server.publications[key] = {
        "$type": PUBLICATION,
        "url": "https://old.example",
        "name": "Old",
        "basicTheme": theme,
        "preferences": {"showInDiscover": False, "other": 1},
    }
    with account(server, publication=key, discover=False) as ada:
        ada.post()
    assert ada.server.publications == {
        key: {
            "$type": PUBLICATION,
            "url": SITE.url,
            "name": SITE.title,
            "description": SITE.description,
            "basicTheme": theme,
            "preferences": {"showInDiscover": False, "other": 1},
        }
    }


@pytest.mark.parametrize(
    "key", ["blog", "at://did:plc:ada/site.standard.publication/3k", "3mnzi5mam2c21"]
)
def test_a_key_that_is_none_is_refused(key):
    own = {"handle": HANDLE, "password": SecretStr("x"), "publication": key}
    with pytest.raises(ValidationError, match="publication"):
        networks.get("bluesky").Options.model_validate({"name": "m", "network": "bluesky", **own})


# Once, and once only


def test_a_second_delivery_of_the_same_writes_nothing():
    with account() as ada:
        ada.post()
        first = len(ada.server.puts)
        ada.post()
        put = [each["collection"] for each in ada.server.puts[first:]]
    assert put == ["app.bsky.feed.post"], "which the server knows for the same"
    assert len(ada.server.documents) == len(ada.server.publications) == 1


def test_what_is_announced_once_more_has_one_document_and_its_first_conversation():
    with account() as ada:
        receipt = ada.post()
        ada.deliver(ada.compose(replace(POST, title="Hello again")), AGAIN)
    document = only(ada.server.documents)
    assert len(ada.server.records) == 2
    assert (document["title"], document["bskyPostRef"]["uri"]) == ("Hello again", receipt.id)
    assert document["updatedAt"] == "2026-03-02T12:00:00.000Z"


def test_the_publication_changes_when_the_site_does():
    server = Pds()
    with account(server) as ada:
        ada.post()
    with account(server, replace(SITE, title="Ada's engines", description="")) as ada:
        ada.deliver(ada.compose(replace(POST, id="another")), AGAIN)
    publication = only(ada.server.publications)
    assert publication["name"] == "Ada's engines"
    assert "description" not in publication


# Trouble between the announcement and its document

STEPS = ["publication", "document"]
"""What is put after the announcement."""


@pytest.mark.parametrize("step", range(1, len(STEPS) + 1), ids=STEPS)
@pytest.mark.parametrize("how", ["lost", "busy", "down", "throttled"])
def test_what_was_interrupted_is_finished_by_the_next_try_and_is_there_once(step, how):
    with account() as ada:
        message = ada.compose()
        ada.server.app.let(PUT, step)
        match how:
            case "lost":
                ada.server.app.lose(PUT)
            case "busy":
                ada.server.app.fail(
                    PUT, 400, {"error": "InvalidSwap", "message": "Record was at x"}
                )
            case "down":
                ada.server.app.fail(PUT, 503)
            case "throttled":
                ada.server.app.fail(PUT, 429, retry_after="60")
        with pytest.raises(
            InDoubt, match="the announcement is out, its document is not yet"
        ) as error:
            ada.deliver(message)
        assert bool(error.value.until) == (how == "throttled")
        receipt = ada.deliver(message)
    assert receipt.id.endswith(tid(KEY))
    assert len(ada.server.records) == len(ada.server.publications) == 1
    assert only(ada.server.documents)["bskyPostRef"]["uri"] == receipt.id


def test_a_document_that_is_refused_costs_neither_the_announcement_nor_a_double(caplog):
    with account() as ada:
        message = ada.compose()
        ada.server.app.let(PUT, 2)
        ada.server.app.fail(PUT, 400, {"error": "InvalidRequest", "message": "Not of this kind"})
        receipt = ada.deliver(message)
    assert [*ada.server.records] == [receipt.id.rpartition("/")[2]]
    assert ada.server.documents == {}
    assert f"{POST.url} is announced without its document" in caplog.text
    assert "Not of this kind" in caplog.text


def test_a_password_that_ends_in_between_is_a_doubt_first_and_then_a_matter_for_a_person():
    with account() as ada:
        message = ada.compose()
        ada.server.app.let(PUT, 1)
        ada.server.app.fail(PUT, 403, {"error": "AccountTakedown"}, times=2)
        with pytest.raises(InDoubt, match="AccountTakedown"):
            ada.deliver(message)
        with pytest.raises(Unauthorized):
            ada.deliver(message)
        ada.deliver(message)
    assert len(ada.server.documents) == len(ada.server.records) == 1


def test_an_answer_that_is_no_record_is_no_reason_to_write_over_it():
    with account() as ada:
        message = ada.compose()
        ada.server.app.garble(GET, b"{}")
        with pytest.raises(InDoubt, match="is no record"):
            ada.deliver(message)
    assert len(ada.server.puts) == 1


# Edits and deletions


def test_an_edit_changes_the_document_and_says_when():
    with account() as ada:
        receipt = ada.post(ILLUSTRATED, HERO)
        better = ada.compose(replace(ILLUSTRATED, title="Better"), HERO)
        ada.update(receipt, better)
        document = dict(only(ada.server.documents))
        ada.update(receipt, better, Key("later", EDIT.minted + timedelta(hours=1)))
    assert (document["title"], document["updatedAt"]) == ("Better", "2026-03-01T13:00:00.000Z")
    assert document["bskyPostRef"] == {"uri": receipt.id, "cid": cid(only(ada.server.records))}
    assert only(ada.server.documents) == document, "what is the same was not edited"


def test_an_edit_of_the_body_alone_leaves_the_announcement():
    with account() as ada:
        message = ada.compose()
        receipt = ada.deliver(message)
        before = dict(only(ada.server.records))
        changed = replace(message, beside=EDITION.records(POST, "<p>Other words</p>"))
        ada.update(receipt, changed)
    assert only(ada.server.records) == before
    assert only(ada.server.documents)["textContent"] == "Other words"
    assert message.imprint() != changed.imprint()
    assert message.imprint().split(".")[0] == changed.imprint().split(".")[0], (
        "no reply tells of it"
    )
    assert len(message.imprint()) <= 80


def test_what_other_apps_have_added_stays():
    with account() as ada:
        receipt = ada.post()
        only(ada.server.documents)["content"] = {"$type": "app.example.blocks"}
        ada.update(receipt, ada.compose(replace(POST, title="Better", summary="")))
    document = only(ada.server.documents)
    assert document["content"] == {"$type": "app.example.blocks"}
    assert "description" not in document


def test_a_document_that_a_person_has_deleted_does_not_come_back():
    with account() as ada:
        receipt = ada.post()
        ada.server.documents.clear()
        ada.update(receipt, ada.compose(replace(POST, title="Better")))
    assert ada.server.documents == {}
    assert "Better" in only(ada.server.records)["text"]


def test_an_edit_that_is_refused_says_so():
    with account() as ada:
        receipt = ada.post()
        better = ada.compose(replace(POST, title="Better"))
        ada.server.app.let(PUT, 1)
        ada.server.app.fail(PUT, 400, {"error": "InvalidRequest", "message": "Not of this kind"})
        with pytest.raises(Rejected, match="Not of this kind"):
            ada.update(receipt, better)


def test_a_deletion_takes_the_document_and_leaves_the_publication():
    with account() as ada:
        message = ada.compose()
        receipt = ada.deliver(message)
        for _ in range(2):
            ada.delete(receipt, message)
    assert (ada.server.records, ada.server.documents) == ({}, {})
    assert len(ada.server.publications) == 1


# The icon


class WithIcon(Pds):
    """A server that has the site's icon as well."""

    icon = picture(size=(256, 256))
    kind = "image/png"
    fetched = 0

    def __init__(self):
        super().__init__()
        pds = self.app

        async def app(scope, receive, send):
            if scope["path"] == "/icon.png":
                self.fetched += 1
                await Response(self.icon, media_type=self.kind)(scope, receive, send)
            else:
                await pds(scope, receive, send)

        self.app = app


@contextmanager
def iconic(server):
    with account(server) as ada:
        site = replace(SITE, icon=f"{ada.options.service}/icon.png")
        ada.network = type(ada.network)(ada.options, site)
        yield ada


def test_the_icon_is_uploaded_once_and_again_when_it_is_another():
    server = WithIcon()
    with iconic(server) as ada:
        ada.post()
        ada.deliver(ada.compose(replace(POST, id="another")), AGAIN)
        assert server.asked.count("uploadBlob") == 1
        assert only(server.publications)["icon"]["ref"]["$link"] == cid_of(server.icon)
        server.icon = picture(size=(300, 300))
        ada.clock.tick(seconds=3_600)
        ada.deliver(ada.compose(replace(POST, id="third")), Key("third", EDIT.minted))
        assert only(server.publications)["icon"]["ref"]["$link"] == cid_of(server.icon)


def many(ada, *names):
    for name in names:
        ada.deliver(ada.compose(replace(POST, id=name)), Key(name, EDIT.minted))


def put_publications(ada):
    put = [each["body"] for each in ada.requests if each["request"] == f"POST {PUT}"]
    return [body for body in put if body["collection"] == PUBLICATION]


def test_many_documents_fetch_the_icon_once_and_write_the_publication_once():
    server = WithIcon()
    with iconic(server) as ada:
        many(ada, "one", "two", "three")
        assert len(server.documents) == 3
        assert server.fetched == 1
        assert len(put_publications(ada)) == 1
        ada.clock.tick(seconds=3_600)
        many(ada, "four", "five")
        assert server.fetched == 2
        assert len(put_publications(ada)) == 1


def test_an_icon_that_another_app_has_changed_is_put_right_at_once():
    server = WithIcon()
    with iconic(server) as ada:
        many(ada, "one")
        only(server.publications)["icon"] = {"$type": "blob", "ref": {"$link": "another"}}
        many(ada, "two")
        assert server.fetched == 2
        assert only(server.publications)["icon"]["ref"]["$link"] == cid_of(server.icon)


def test_an_icon_that_is_gone_is_asked_for_once_an_hour(caplog):
    server = WithIcon()
    server.kind = "text/html"
    with iconic(server) as ada:
        many(ada, "one", "two")
    assert server.fetched == 1
    assert caplog.text.count("the publication has not the icon") == 1


@pytest.mark.parametrize("damage", [7, {}, {"at": "yesterday"}, {"at": "2026-03-01T12:00:00"}])
def test_what_is_noted_of_an_icon_may_be_anything(damage):
    server = WithIcon()
    with iconic(server) as ada:
        many(ada, "one")
        ada.session.data["icon"] = damage
        many(ada, "two")
    assert server.fetched == 2
    assert len(server.documents) == 2


@pytest.mark.parametrize(
    ("icon", "kind"), [(b"<html>", "text/html"), (b"x" * 1_000_001, "image/png")]
)
def test_an_icon_that_cannot_be_had_costs_nothing_and_is_told_of(icon, kind, caplog):
    server = WithIcon()
    server.icon, server.kind = icon, kind
    with iconic(server) as ada:
        ada.post()
    assert "icon" not in only(server.publications)
    assert len(server.documents) == 1
    assert "the publication has not the icon" in caplog.text


# Who is believed


def test_the_site_names_its_publication_once_the_account_is_known():
    with account() as ada:
        assert isinstance(ada.network, Proves)
        assert ada.network.proof_path == ".well-known/site.standard.publication"
        assert ada.network.proof(ada.session.load()) is None
        ada.post()
        [key] = ada.server.publications
        assert ada.network.proof(ada.session.load()) == f"at://{DID}/{PUBLICATION}/{key}"
        another = ada.session.load() | {"account": "eve.example https://bsky.social"}
        assert ada.network.proof(another) is None
    with account(document=False) as ada:
        assert ada.network.proof_path is None


def test_a_site_below_a_path_is_named_below_it():
    edition = Edition(replace(SITE, url="https://example.org/my%20blog"), "", discover=True)
    assert edition.well_known == ".well-known/site.standard.publication/my%20blog"
    assert edition.file == ".well-known/site.standard.publication/my blog"


def facts(ada):
    return {each.name: each for each in ada.check().facts}


class Itself(Pds):
    """A server that is the site as well, and says what it is told to."""

    said = None

    def __init__(self):
        super().__init__()
        pds = self.app

        async def app(scope, receive, send):
            if scope["path"].startswith("/.well-known/"):
                status = 404 if self.said is None else 200
                await Response(self.said or "", status)(scope, receive, send)
            else:
                await pds(scope, receive, send)

        self.app = app


def test_a_check_tells_what_is_there_and_what_to_do():
    server = Itself()
    with account(server) as ada:
        site = replace(SITE, url=ada.options.service)
        ada.network = type(ada.network)(ada.options, site)
        before = facts(ada)
        assert (
            "is not there yet: it is written with the first document" in before["publication"].value
        )
        assert "verification" not in before
        ada.post(replace(POST, url=f"{site.url}/hello/"))
        [key] = server.publications
        address = f"at://{DID}/{PUBLICATION}/{key}"
        missing = facts(ada)
        assert missing["publication"].value == address
        assert missing["verification"].level is Level.WARNING
        assert f"has to say {address}" in missing["verification"].value
        assert "HTTP 404" in missing["verification"].value
        server.said = "at://did:plc:eve/site.standard.publication/3k"
        assert "did:plc:eve" in facts(ada)["verification"].value
        server.said = f"{address}\n"
        assert facts(ada)["verification"].level is Level.OK
        ada.network = type(ada.network)(ada.options, replace(site, title="Other"))
        assert "its name will be changed" in facts(ada)["publication"].value


def test_a_check_of_a_site_that_is_not_there_says_so():
    site = replace(SITE, url="http://127.0.0.1:1")
    with account(site=site) as ada:
        ada.post(replace(POST, url=f"{site.url}/hello/"))
        verification = facts(ada)["verification"]
    assert verification.level is Level.WARNING
    assert "no connection" in verification.value


def test_the_documents_address_is_known_from_message_and_receipt():
    elsewhere = replace(POST, id="elsewhere", url="https://elsewhere.example/a/")
    with account() as ada:
        message = ada.compose()
        receipt = ada.deliver(message)
        other = told(ada.compose(elsewhere), receipt)
    [key] = ada.server.documents
    assert told(message, receipt) == {"uri": f"at://{DID}/{DOCUMENT}/{key}", "url": POST.url}
    assert other["url"] == elsewhere.url
    assert told(message, None) is None
    assert told(None, receipt) is None
    assert told(replace(message, beside={}), receipt) is None
    assert told(message, Receipt("msg_1")) is None
