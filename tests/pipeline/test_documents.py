"""Documents in a run: what is planned, what the site is given to prove them, what a machine reads."""

import asyncio
import json
import re

import pytest

from fakes.bluesky import DID, DOCUMENT, HANDLE, PASSWORD, PUBLICATION, Pds
from syndicate.app import open_app
from syndicate.daemon import Daemon
from syndicate.errors import FeedError
from syndicate.model import State
from syndicate.testing.server import serve

PUT = "/xrpc/com.atproto.repo.putRecord"
GET = "/xrpc/com.atproto.repo.getRecord"


def endpoint(blog, url, monkeypatch, name="sky", **options):
    monkeypatch.setenv("BLUESKY", PASSWORD)
    own = {"service": url, "handle": HANDLE, "password": "env:BLUESKY", "document": True}
    blog.endpoint(name, "bluesky", **(own | {"allow_networks": ["127.0.0.0/8"]} | options))


@pytest.fixture
def pds():
    return Pds()


@pytest.fixture
def sky(blog, pds, monkeypatch):
    """A blog whose posts are written as documents; its first run is over."""
    with serve(pds.app) as url:
        endpoint(blog, url, monkeypatch, on_edit="update", on_delete="delete")
        blog.run()
        yield blog


@pytest.fixture
def proof(sky):
    return sky.folder / "public" / ".well-known" / PUBLICATION


def only(records):
    [record] = records.values()
    return record


def address(pds):
    [key] = pds.publications
    return f"at://{DID}/{PUBLICATION}/{key}"


def test_what_the_plan_shows_is_what_the_run_writes(sky, pds):
    sky.post()
    [planned] = sky.plan().deliveries
    sky.run()
    beside = json.loads(json.dumps(planned.message.to_json()))["beside"]
    assert pds.publications == {beside["publication"]["rkey"]: beside["publication"]["record"]}
    [(key, document)] = pds.documents.items()
    assert key == beside["document"]["rkey"]
    written = {**document}
    assert written.pop("site") == address(pds)
    assert written.pop("bskyPostRef")["uri"].startswith(f"at://{DID}/app.bsky.feed.post/")
    assert written == beside["document"]["record"]
    assert written["textContent"] == "It weaves patterns. See the other one."


def test_a_person_is_told_of_the_document_before_and_a_machine_after(sky, pds):
    sky.post()
    told = sky.command("plan", BLUESKY=PASSWORD)
    assert "with its document and its publication" in told.stdout
    sky.run()
    [delivery] = json.loads(sky.command("status", "--json").stdout)["deliveries"]
    [key] = pds.documents
    uri = f"at://{DID}/{DOCUMENT}/{key}"
    assert delivery["document"] == {"uri": uri, "url": "https://ada.example/blog/hello/"}


def test_the_file_that_names_the_publication_is_written_once_the_account_is_known(sky, proof, pds):
    assert not proof.exists(), "the first run had nothing to log in for"
    assert proof.name not in str(sky.plan().feeds)
    sky.post()
    report = sky.run()
    assert proof.read_text() == address(pds)
    assert [each.written for each in report.feeds if each.path == proof] == [True]
    before = proof.stat().st_mtime_ns
    report = sky.run()
    assert [each.written for each in report.feeds if each.path == proof] == [False]
    assert proof.stat().st_mtime_ns == before


def test_a_file_that_was_deleted_is_planned_and_written_again(sky, proof):
    sky.post()
    sky.run()
    proof.unlink()
    assert [each.path for each in sky.plan().feeds] == [f".well-known/{PUBLICATION}"]
    sky.run()
    assert proof.exists()


def test_a_file_that_names_another_publication_stays_and_is_told_of(sky, proof, pds):
    proof.parent.mkdir(parents=True)
    proof.write_text("at://did:plc:eve/site.standard.publication/3k\n")
    sky.post()
    report = sky.run()
    assert proof.read_text() == "at://did:plc:eve/site.standard.publication/3k\n"
    [warning] = [each for each in report.warnings if str(proof) in each]
    assert (
        f"names at://did:plc:eve/site.standard.publication/3k, but sky is at {address(pds)}"
        in warning
    )


def test_a_file_of_somebody_elses_that_says_the_same_is_not_touched(sky, proof, pds):
    sky.post()
    sky.run()
    proof.write_text(f"{address(pds)}\n")
    report = sky.run()
    assert proof.read_text() == f"{address(pds)}\n"
    assert report.warnings == ()


def test_two_accounts_cannot_both_be_the_sites(sky, proof, pds, monkeypatch):
    with serve(pds.app) as url:
        endpoint(sky, url, monkeypatch, "second", publication="3mnzi5mam2c2j", backfill=1)
        sky.post()
        report = sky.run()
    named = proof.read_text()
    [warning] = [each for each in report.warnings if str(proof) in each]
    assert f"names {named}, but second is at at://{DID}/{PUBLICATION}/3mnzi5mam2c2j" in warning


def test_a_place_that_cannot_be_written_is_named(sky, proof):
    (sky.folder / "public" / ".well-known").write_text("no folder")
    sky.post()
    with pytest.raises(FeedError, match=r"\.well-known.*: cannot be (read|written)"):
        sky.run()


def test_the_daemon_serves_the_file(sky, proof):
    sky.post()
    shown = []
    sky.run(published=lambda places: shown.extend(each.document.path for each in places))
    assert shown[-1] == f".well-known/{PUBLICATION}", (
        "before it is there, so that it is found at once"
    )
    with open_app(sky.config, clock=sky.clock) as app:
        place = asyncio.run(Daemon(app).shelf.find(f".well-known/{PUBLICATION}"))
    assert place.address.type == "text/plain; charset=utf-8"
    assert place.kept.variants["identity"].body == proof.read_bytes()


def test_nothing_is_written_beside_the_feeds_where_no_endpoint_asks_for_it(blog, pds, monkeypatch):
    with serve(pds.app) as url:
        endpoint(blog, url, monkeypatch, document=False, backfill=1)
        blog.post()
        blog.run()
    assert len(pds.records) == 1
    assert not (blog.folder / "public" / ".well-known").exists()


def test_a_post_can_do_without_a_document(sky, pds):
    sky.post(syndicate="{sky: {document: false}}")
    sky.run()
    assert (len(pds.records), pds.documents) == (1, {})


# What goes wrong, and what follows


def test_a_document_that_was_not_to_be_had_is_finished_by_the_schedule(sky, pds):
    sky.post()
    pds.app.let(PUT, 2)
    pds.app.fail(PUT, 503)
    report = sky.run()
    assert [each.resting.state for each in report.outcomes] == [State.PENDING, State.DELIVERED]
    assert "the announcement is out, its document is not yet" in report.outcomes[0].resting.reason
    assert len(pds.records) == len(pds.documents) == 1


def test_what_is_never_to_be_had_ends_with_a_person_and_not_as_if_nothing_were_out(sky, pds):
    text = sky.config.read_text()
    sky.config.write_text(text + 'retries = ["0s"]\n')
    sky.post()
    pds.app.fail(GET, 503, times=2)
    report = sky.run()
    assert report.outcomes[-1].resting.state is State.IN_DOUBT
    assert len(pds.records) == 1


def test_a_refused_document_leaves_a_delivered_announcement(sky, pds, caplog):
    sky.post()
    pds.app.let(PUT, 2)
    pds.app.fail(PUT, 400, {"error": "InvalidRequest", "message": "Not of this kind"})
    report = sky.run()
    assert [each.resting.state for each in report.outcomes] == [State.DELIVERED]
    assert re.search("is announced without its document: .*Not of this kind", caplog.text)


def test_an_edit_of_the_body_alone_reaches_the_document(sky, pds):
    path = sky.post()
    sky.run()
    said = only(pds.records)
    path.write_text(path.read_text().replace("*patterns*", "cloth"))
    sky.clock.tick(minutes=5)
    [planned] = sky.plan().deliveries
    report = sky.run()
    assert planned.message.beside["document"]["record"]["textContent"].startswith(
        "It weaves cloth."
    )
    assert [each.resting.state for each in report.outcomes] == [State.DELIVERED]
    document = only(pds.documents)
    assert document["textContent"].startswith("It weaves cloth.")
    assert document["updatedAt"] == sky.clock.now().strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert only(pds.records) == said
    sky.clock.tick(minutes=5)
    assert sky.run().outcomes == ()


def test_an_edit_of_the_body_alone_is_no_reply(blog, pds, monkeypatch):
    with serve(pds.app) as url:
        endpoint(blog, url, monkeypatch, on_edit="reply", backfill=1)
        path = blog.post()
        blog.run()
        path.write_text(path.read_text().replace("*patterns*", "cloth"))
        blog.clock.tick(minutes=5)
        assert blog.run().outcomes == ()
    assert len(pds.records) == 1


def test_a_post_that_is_taken_back_takes_its_document_with_it(sky, pds):
    path = sky.post()
    sky.run()
    path.unlink()
    for _ in range(2):
        sky.clock.tick(minutes=5)
        sky.run(force=True)
    assert (pds.records, pds.documents) == ({}, {})
    assert len(pds.publications) == 1
    deliveries = json.loads(sky.command("status", "--json", "--all").stdout)["deliveries"]
    assert [each["document"] for each in deliveries] == [None, None]
