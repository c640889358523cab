"""The real post, announced on real servers by real runs."""

from __future__ import annotations

import io
import json
import re
import shutil
import sqlite3

import httpx
import pytest
from PIL import Image

from fakes.site import Blog
from fakes.webhook import SECRET, Receiver
from real.announcing import LOCAL, REAL, TITLE, URL, forget
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
