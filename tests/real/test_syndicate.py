"""The real post, announced on real servers by real runs."""

from __future__ import annotations

import io
import json
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path

import httpx
import pytest
from PIL import Image
from starlette.responses import Response

from fakes.site import Blog
from fakes.webhook import SECRET, Receiver
from real import servers
from real.announcing import LOCAL, REAL, TITLE, URL, forget
from syndicate.testing.samples import picture
from syndicate.testing.server import serve


@pytest.fixture
def bluesky(blog, pds, monkeypatch):
    account = pds.create_account()
    monkeypatch.setenv("BLUESKY", account.password)
    handle = httpx.get(
        f"{pds.url}/xrpc/com.atproto.repo.describeRepo", params={"repo": account.did}
    ).json()["handle"]
    blog.endpoint("sky", "bluesky", service=pds.url, handle=handle, password="env:BLUESKY", **LOCAL)
    return account


def test_a_pds_has_the_post_with_card_thumb_and_facets(blog, pds, bluesky):
    report = blog.run()
    assert [each.resting.state for each in report.outcomes] == ["delivered"], report.outcomes
    [record] = pds.records(bluesky.did)
    post = record["value"]
    card = post["embed"]["external"]
    assert (card["uri"], card["title"]) == (URL, TITLE)
    blob = httpx.get(
        f"{pds.url}/xrpc/com.atproto.sync.getBlob",
        params={"did": bluesky.did, "cid": card["thumb"]["ref"]["$link"]},
    )
    with Image.open(io.BytesIO(blob.content)) as thumb:
        assert max(thumb.size) == 2000
        assert len(blob.content) <= 1_000_000
    text = post["text"].encode()
    tags = [
        (
            text[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(),
            facet["features"][0]["tag"],
        )
        for facet in post["facets"]
    ]
    assert tags == [
        ("#AI", "AI"),
        ("#ImageGeneration", "ImageGeneration"),
        ("#ArtificialIntelligence", "ArtificialIntelligence"),
    ]
    assert post["text"].startswith(TITLE)
    assert post["langs"] == ["en"]


def test_after_a_crash_a_pds_has_one_record(blog, pds, bluesky):
    blog.run()
    forget(blog)
    report = blog.run()
    assert [each.resting.state for each in report.outcomes] == ["pending", "delivered"]
    assert len(pds.records(bluesky.did)) == 1
    assert report.outcomes[-1].resting.receipt.id == pds.records(bluesky.did)[0]["uri"]


def test_a_lost_ledger_and_an_edited_post_are_still_one_record_of_that_moment(blog, pds, bluesky):
    blog.run()
    forget(blog)
    path = blog.folder / "content" / REAL.name
    path.write_text(path.read_text().replace(TITLE, "Another title"))
    blog.run()
    [record] = pds.records(bluesky.did)
    assert record["value"]["text"].startswith(TITLE), "what was frozen is what is there"


def test_a_session_is_kept_and_refreshed(blog, pds, bluesky):
    blog.run()
    with sqlite3.connect(blog.folder / "state" / "ledger.db") as ledger:
        [(session,)] = ledger.execute(
            "SELECT json_extract(data, '$.access') FROM sessions WHERE endpoint = 'sky'"
        )
        ledger.execute(
            "UPDATE sessions SET data = json_set(data, '$.access', ?) WHERE endpoint = 'sky'",
            (pds.expired(session),),
        )
    ledger.close()
    (blog.folder / "content" / "more.md").write_text(
        f"---\ntitle: More\ndate: {blog.clock.now():%Y-%m-%d %H:%M}\n---\n\nMore of it.\n"
    )
    blog.clock.tick(minutes=2)
    report = blog.run()
    assert [each.resting.state for each in report.outcomes] == ["delivered"], report.outcomes
    assert len(pds.records(bluesky.did)) == 2


def test_endpoints_are_checked_without_posting(blog, pds, bluesky, mastodon, monkeypatch):
    monkeypatch.setenv("MASTODON", mastodon.token)
    blog.endpoint("mast", "mastodon", server=mastodon.url, token="env:MASTODON", **LOCAL)
    tokens = {"BLUESKY": bluesky.password, "MASTODON": mastodon.token}
    done = blog.command("check", "endpoints", "--strict", "--json", **tokens)
    assert done.returncode == 0, done.stdout + done.stderr
    sky, mast = json.loads(done.stdout)["endpoints"]
    assert sky["ok"]
    assert mast["ok"]
    told = {each["fact"]: each["value"] for each in sky["facts"]}
    assert told["password"] == "an app password"
    assert re.fullmatch(r"until [\d: -]+Z, and renewed .* until [\d-]+", told["session"])
    assert re.fullmatch(r"did:web:localhost, version [\d.]+", told["server"])
    told = {each["fact"]: each["value"] for each in mast["facts"]}
    assert re.fullmatch(r"[\d.]+, API \d+", told["version"])
    assert pds.records(bluesky.did) == []
    assert mastodon.statuses() == []


def test_the_own_password_of_an_account_is_told_from_an_app_password(blog, pds, bluesky):
    text = blog.config.read_text()
    handle = re.search(r'handle = "([^"]+)"', text)[1]
    own = f"main password of {handle}"
    done = blog.command("check", "endpoints", "--json", BLUESKY=own)
    [sky] = json.loads(done.stdout)["endpoints"]
    [fact] = [each for each in sky["facts"] if each["fact"] == "password"]
    assert (done.returncode, fact["level"]) == (0, "warning")
    assert fact["value"].startswith("the account's own password")


DOCUMENT, PUBLICATION = "site.standard.document", "site.standard.publication"


@pytest.fixture
def library(blog, pds, monkeypatch):
    """An account that writes documents; the site has an icon, and follows edits and deletions."""
    account = pds.create_account()
    monkeypatch.setenv("BLUESKY", account.password)
    handle = httpx.get(
        f"{pds.url}/xrpc/com.atproto.repo.describeRepo", params={"repo": account.did}
    ).json()["handle"]
    more = {"document": True, "on_edit": "update", "on_delete": "delete"}
    own = {"service": pds.url, "handle": handle, "password": "env:BLUESKY"}
    blog.endpoint("sky", "bluesky", **own, **more, **LOCAL)
    icon = Response(picture(size=(256, 256), colour="navy"), media_type="image/png")
    with serve(icon) as url:
        text = blog.config.read_text()
        blog.config.write_text(text.replace("[site]\n", f'[site]\nicon = "{url}/icon.png"\n', 1))
        yield account


def judged(*records):
    """What the protocol's own validator says of records."""
    servers.require_setup()
    here = Path(__file__).parent
    done = subprocess.run(
        [servers.NODE, here / "judge_documents.mjs", servers.REAL],
        input=json.dumps(records),
        capture_output=True,
        text=True,
        check=True,
        timeout=servers.REQUEST_LIMIT,
    )
    return json.loads(done.stdout)


def test_a_pds_has_the_document_and_the_publication_as_their_lexicons_ask(blog, pds, library):
    report = blog.run()
    assert [each.resting.state for each in report.outcomes] == ["delivered"], report.outcomes
    [post] = pds.records(library.did)
    [document], [publication] = (pds.records(library.did, kind) for kind in (DOCUMENT, PUBLICATION))
    assert judged(document["value"], publication["value"]) == ["ok", "ok"]
    value = document["value"]
    assert (value["site"] + value["path"]).startswith(f"{publication['uri']}/blog/")
    assert publication["value"]["url"] + value["path"] == URL
    assert value["bskyPostRef"] == {"uri": post["uri"], "cid": post["cid"]}
    assert value["coverImage"] == post["value"]["embed"]["external"]["thumb"]
    assert "Artificial Intelligence" in value["textContent"]
    assert not re.search(r"^#|\*\*|</", value["textContent"], re.MULTILINE)
    assert publication["value"]["icon"]["mimeType"] == "image/png"
    proof = blog.folder / "public" / ".well-known" / PUBLICATION
    assert proof.read_text() == publication["uri"]
    told = json.loads(blog.command("status", "--json").stdout)
    named = {"uri": document["uri"], "url": URL}
    assert [each["document"] for each in told["deliveries"]] == [named]


def test_the_judge_knows_a_bad_document():
    good = {
        "$type": DOCUMENT,
        "site": "https://a.example",
        "title": "A",
        "publishedAt": "2026-03-01T12:00:00.000Z",
    }
    bad = [good | {"title": "x" * 501}, good | {"tags": "a"}, {**good, "publishedAt": "today"}]
    assert [each == "ok" for each in judged(good, *bad)] == [True, False, False, False]


def test_after_a_crash_a_pds_has_one_of_each_and_they_are_the_same(blog, pds, library):
    blog.run()
    before = [pds.records(library.did, kind) for kind in (DOCUMENT, PUBLICATION)]
    forget(blog)
    report = blog.run()
    assert [each.resting.state for each in report.outcomes] == ["pending", "delivered"]
    assert [pds.records(library.did, kind) for kind in (DOCUMENT, PUBLICATION)] == before
    assert len(pds.records(library.did)) == 1


def test_a_document_that_a_kill_has_cost_is_written_by_the_next_run(blog, pds, library):
    blog.run()
    [document] = pds.records(library.did, DOCUMENT)
    pds.delete_record(library.did, document["uri"].rpartition("/")[2], DOCUMENT)
    forget(blog)
    blog.run()
    [again] = pds.records(library.did, DOCUMENT)
    assert (again["uri"], again["value"]) == (document["uri"], document["value"])


def test_an_edit_and_a_deletion_reach_the_document(blog, pds, library):
    blog.run()
    path = blog.folder / "content" / REAL.name
    path.write_text(path.read_text().replace(TITLE, "Another title"))
    blog.clock.tick(minutes=5)
    report = blog.run()
    assert [each.resting.state for each in report.outcomes] == ["delivered"], report.outcomes
    [post], [document] = (pds.records(library.did, *kind) for kind in ((), (DOCUMENT,)))
    assert judged(document["value"]) == ["ok"]
    assert document["value"]["title"] == "Another title"
    assert document["value"]["updatedAt"] > document["value"]["publishedAt"]
    assert document["value"]["bskyPostRef"] == {"uri": post["uri"], "cid": post["cid"]}
    path.unlink()
    for _ in range(2):  # it has to be gone in two runs that are some time apart
        blog.clock.tick(minutes=5)
        blog.run(force=True)
    assert pds.records(library.did) == pds.records(library.did, DOCUMENT) == []
    assert len(pds.records(library.did, PUBLICATION)) == 1


def test_a_long_text_is_cut_to_what_a_pds_takes(blog, pds, library):
    path = blog.folder / "content" / REAL.name
    path.write_text(path.read_text() + '\n\nA "loom" that weaves שלום \\ and more of it.' * 9_000)
    report = blog.run()
    assert [each.resting.state for each in report.outcomes] == ["delivered"], report.outcomes
    [document] = pds.records(library.did, DOCUMENT)
    assert document["value"]["textContent"].endswith("…")


@pytest.fixture
def toots(blog, mastodon, monkeypatch):
    monkeypatch.setenv("MASTODON", mastodon.token)
    blog.endpoint("mast", "mastodon", server=mastodon.url, token="env:MASTODON", **LOCAL)
    return mastodon


def test_mastodon_has_status_and_media_once(blog, toots):
    blog.run()
    blog.run()
    [status] = toots.statuses()
    text = toots.source(status["id"])
    assert text.startswith(TITLE)
    assert URL in text
    assert "#ImageGeneration" in text
    [media] = toots.media()
    assert media["status_id"] == status["id"]
    [attached] = status["media_attachments"]
    assert attached["description"] == "A dark blue field"
    with Image.open(io.BytesIO(toots.media_bytes(media))) as image:
        assert image.width / image.height == pytest.approx(2400 / 1260, rel=0.01)


def test_after_a_crash_mastodon_has_one_status(blog, toots):
    blog.run()
    forget(blog)
    report = blog.run()
    assert [each.resting.state for each in report.outcomes] == ["pending", "delivered"]
    assert len(toots.statuses()) == 1


@pytest.mark.parametrize("cut", [True, False])
def test_an_answer_that_is_lost_leaves_one_status(blog, toots, cut):
    with blog.config.open("a") as file:
        file.write('timeout = "2s"\n')
    toots.lose_answers("/api/v1/statuses", cut=cut)
    report = blog.run()
    assert [each.resting.state for each in report.outcomes] == ["pending", "delivered"]
    assert len(toots.statuses()) == 1


def test_a_receiver_that_verifies_by_its_own_package_accepts_the_event(blog, monkeypatch):
    receiver = Receiver()
    monkeypatch.setenv("HOOK", SECRET)
    with serve(receiver.app) as url:
        blog.endpoint("hook", "webhook", url=f"{url}/hook", secret="env:HOOK", **LOCAL)
        blog.run()
        forget(blog)
        blog.run()
    assert len(receiver.ids) == 2
    [event] = receiver.events.values()
    assert event["data"]["title"] == TITLE
    assert event["data"]["image"]["alt"] == "A dark blue field"
    assert event["data"]["image"]["width"] == 2400


def test_the_example_configuration_works_on_an_empty_machine(tmp_path):
    root = REAL.parents[1]
    for name in ("config", "content"):
        shutil.copytree(root / name, tmp_path / name)
    blog = Blog.__new__(Blog)
    blog.config = tmp_path / "config" / "syndicate.toml"
    first = blog.command("run")
    assert first.returncode == 0, first.stderr
    assert "Nothing changed" in blog.command("run").stdout
