"""From an old feed to ours: the ids stay, and nobody is told of anything twice."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import timedelta

import pytest
from lxml import etree

from fakes.site import Blog
from syndicate import adoption
from syndicate.app import open_app
from syndicate.errors import LedgerBusy, LedgerError
from syndicate.ledger import open_ledger
from syndicate.ledger.glance import glance
from syndicate.ledger.sql import SqlLedger

ATOM = "{http://www.w3.org/2005/Atom}"
IDS = {
    "hello": "https://ada.example/?p=1&x=<2>",
    "bye": "https://ada.example/blog/bye/",
    "both": "urn:uuid:0b1c",
}
"""What the old feed calls three posts; ours are at /blog/NAME/."""


@pytest.fixture
def blog(tmp_path):
    blog = Blog(tmp_path)
    blog.endpoint("out", "folder", dir="out", backfill=9, max_age="9999d")
    blog.post("hello")
    blog.post("bye", date="2026-02-01")
    blog.post("both", date="2026-01-01")
    blog.post("ours", date="2025-12-01")
    return blog


def old_feed(ids):
    """An old feed whose addresses are spelled otherwise than ours."""
    items = [
        {"id": identity, "url": f"http://ADA.example/blog/{name}/index.html?utm_source=feed"}
        for name, identity in ids.items()
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Old", "items": items}
    return adoption.read(json.dumps(feed).encode(), "old", "https://ada.example/")


def adopt(blog, ids=IDS, **options):
    blog.clock.tick(seconds=1)
    with open_app(blog.config, clock=blog.clock) as app:
        return asyncio.run(adoption.adopt(app, old_feed(ids), timedelta(), **options))


def published(blog):
    """The ids in our feeds, by the posts' addresses."""
    rss = etree.parse(blog.folder / "public" / "feed.xml")
    atom = etree.parse(blog.folder / "public" / "atom.xml")
    items = json.loads((blog.folder / "public" / "feed.json").read_text())["items"]
    return (
        {
            item.findtext("link"): (item.findtext("guid"), item.find("guid").get("isPermaLink"))
            for item in rss.iter("item")
        },
        {
            entry.find(f"{ATOM}link").get("href"): entry.findtext(f"{ATOM}id")
            for entry in atom.iter(f"{ATOM}entry")
        },
        {item["url"]: item["id"] for item in items},
    )


def sources(deliveries, blog):
    with open_app(blog.config, clock=blog.clock) as app:
        known = {each.id: each.source for each in app.ledger.posts()}
    return {known[each.subject]: str(each.state) for each in deliveries}


def test_our_feeds_have_the_old_ids_byte_for_byte(blog):
    adopt(blog)
    blog.run()
    rss, atom, items = published(blog)
    home = "https://ada.example/blog"
    ours = "tag:ada.example,2025-12-01:ours.md"
    assert rss == {
        f"{home}/hello/": (IDS["hello"], "false"),
        f"{home}/bye/": (IDS["bye"], "true"),
        f"{home}/both/": (IDS["both"], "false"),
        f"{home}/ours/": (ours, "false"),
    }
    assert atom == items == {page: guid for page, (guid, _) in rss.items()}


def test_the_ids_stay_when_files_and_addresses_change(blog):
    adopt(blog)
    blog.run()
    path = blog.post("hello", title="Hello again", permalink="/elsewhere/")
    blog.run()
    path.rename(path.with_name("moved.md"))
    assert blog.run().outcomes == ()
    assert published(blog)[2]["https://ada.example/elsewhere/"] == IDS["hello"]


def test_what_the_old_feed_has_is_no_news_and_the_rest_is_as_ever(blog):
    adopt(blog)
    report = blog.run()
    assert [each.delivery.subject for each in report.outcomes] == [
        "tag:ada.example,2025-12-01:ours.md"
    ]
    assert sources(blog.deliveries(), blog) == {
        "hello.md": "skipped",
        "bye.md": "skipped",
        "both.md": "skipped",
        "ours.md": "delivered",
    }
    blog.clock.tick(days=1)
    blog.post("new", date="2026-03-02")
    assert len(blog.run().outcomes) == 1
    assert blog.run().outcomes == ()


def test_a_filter_that_is_widened_later_floods_nobody(blog):
    text = blog.config.read_text()
    blog.config.write_text(text + 'tags = ["none"]\n')
    adopt(blog)
    blog.run()
    blog.config.write_text(text)
    assert blog.run().outcomes == ()


def test_deliveries_and_their_history_go_along(blog):
    blog.run()
    before = {each.id: each for each in blog.deliveries()}
    adoption = adopt(blog)
    assert adoption.republished == 3
    after = blog.deliveries()
    changed = adoption.ids
    assert [each.subject for each in after] == [
        changed.get(before[each.id].subject, before[each.id].subject) for each in after
    ]
    assert {each.state for each in after} == {"delivered"}
    assert [each.receipt for each in after] == [before[each.id].receipt for each in after]
    assert blog.run().outcomes == ()
    assert len(list((blog.folder / "out").iterdir())) == 4


def test_the_pages_of_an_archive_keep_their_posts_and_get_the_ids(blog):
    text = blog.config.read_text()
    blog.config.write_text(text.replace("[feeds]", "[feeds]\nlimit = 1\narchive = true"))

    def pages():
        found = sorted((blog.folder / "public").rglob("feed.json"))
        feeds = {str(path): json.loads(path.read_text())["items"] for path in found}
        return {path: {item["url"]: item["id"] for item in items} for path, items in feeds.items()}

    blog.run()
    before = pages()
    assert len(before) > 1
    changed = adopt(blog).ids
    blog.run()
    assert pages() == {
        path: {url: changed.get(identity, identity) for url, identity in items.items()}
        for path, items in before.items()
    }


def test_a_delivery_that_waits_is_sent_once_under_the_new_id(blog):
    report = blog.run(feeds_only=True)
    assert not report.outcomes
    blog.run(backfill=0)
    ledger = open_ledger("sqlite:///state/ledger.db", blog.folder)
    with ledger._engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE deliveries SET state = 'pending' "
            "WHERE subject = (SELECT id FROM posts WHERE source = 'hello.md')"
        )
    ledger.close()
    adopt(blog)
    assert [each.delivery.subject for each in blog.run().outcomes] == [IDS["hello"]]
    assert blog.run().outcomes == ()


def test_a_second_adoption_changes_nothing(blog):
    adopt(blog)
    blog.run()
    before = published(blog), blog.deliveries()
    again = adopt(blog)
    assert {each.fate for each in again.matches} == {adoption.Fate.SAME}
    report = blog.run()
    assert not any(each.written for each in report.feeds)
    assert (published(blog), blog.deliveries()) == before


def test_of_two_old_feeds_the_last_counts(blog):
    adopt(blog)
    adopt(blog, {"hello": "urn:other", "bye": IDS["bye"]})
    blog.run()
    ids = published(blog)[2]
    assert ids["https://ada.example/blog/hello/"] == "urn:other"
    assert ids["https://ada.example/blog/both/"] == IDS["both"]


def test_our_own_feed_read_back_changes_nothing(blog):
    blog.run()
    data = (blog.folder / "public" / "feed.xml").read_bytes()
    with open_app(blog.config, clock=blog.clock) as app:
        old = adoption.read(data, "feed.xml", "https://ada.example/")
        found = asyncio.run(adoption.adopt(app, old, timedelta()))
    assert {each.fate for each in found.matches} == {adoption.Fate.SAME}
    assert found.absent == ()


def test_an_id_in_front_matter_wins_and_is_known_all_the_same(blog):
    blog.post("hello", id="mine")
    found = adopt(blog)
    [kept] = found.of(adoption.Fate.KEPT)
    assert (kept.entry.id, kept.post.source) == (IDS["hello"], "hello.md")
    assert kept.reason == 'its front matter says "mine"'
    report = blog.run()
    assert published(blog)[2]["https://ada.example/blog/hello/"] == "mine"
    assert len(report.outcomes) == 1


def test_what_matches_nothing_is_listed_on_both_sides(blog):
    blog.post("draft", draft="true")
    found = adopt(blog, {"hello": "a", "gone": "b", "draft": "c"})
    assert [each.entry.id for each in found.of(adoption.Fate.UNKNOWN)] == ["b"]
    assert [each.source for each in found.absent] == ["bye.md", "both.md", "ours.md"]
    assert found.ids == {
        "tag:ada.example,2026-03-01:hello.md": "a",
        "tag:ada.example,2026-03-01:draft.md": "c",
    }
    blog.run()
    blog.post("draft")
    assert blog.run().outcomes == (), "the readers of the old feed have it"


def test_an_id_of_a_post_that_is_gone_is_not_given_away(blog):
    adopt(blog, {"hello": "a"})
    (blog.folder / "content" / "hello.md").unlink()
    found = adopt(blog, {"bye": "a"})
    [conflict] = found.of(adoption.Fate.CONFLICT)
    assert "the ledger knows this id for hello.md" in conflict.reason
    blog.post("bye", id="a", date="2026-02-01")
    blog.run()
    assert published(blog)[2]["https://ada.example/blog/bye/"] == "a"


def test_a_dry_run_tells_the_same_and_leaves_nothing_behind(blog):
    before = set(blog.folder.rglob("*"))
    with open_app(blog.config, clock=blog.clock, creates=False) as app:
        told = asyncio.run(adoption.adopt(app, old_feed(IDS), timedelta(), dry_run=True))
    assert set(blog.folder.rglob("*")) == before
    assert told.ids == adopt(blog).ids


def test_feeds_networks_are_told_of_no_post(blog):
    blog.endpoint("hub", "websub", url="https://hub.example/")
    adopt(blog)
    assert {each.endpoint for each in blog.deliveries()} == {"out"}
    with open_app(blog.config) as app:
        assert app.ledger.endpoint("hub") is None


def test_it_waits_for_no_run_for_ever(blog):
    with open_app(blog.config) as app, app.ledger.lock(timedelta()), pytest.raises(LedgerBusy):
        adopt(blog)


def test_a_kill_in_the_middle_leaves_nothing_that_doubles(blog, monkeypatch):
    def killed(*_):
        raise LedgerError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(SqlLedger, "adopt", killed)
        with suppress(LedgerError):
            adopt(blog)
    assert blog.deliveries() == []
    assert adopt(blog).ids
    assert len(blog.run().outcomes) == 1


def test_a_run_that_would_have_had_nothing_to_do_notices(blog):
    blog.run()
    ledger = blog.folder / "state" / "ledger.db"
    before = glance(ledger)
    assert glance(ledger) == before
    adopt(blog)
    assert glance(ledger).state != before.state
    assert {each.document.path for each in blog.run().feeds if each.written} == {
        "feed.xml",
        "atom.xml",
        "feed.json",
    }


def test_what_cannot_go_out_within_a_backfill_does_when_it_is_mended(blog):
    blog.post("ours", date="2025-12-01", syndicate="{out: {visibility: unlisted}}")
    adopt(blog)
    assert blog.run().outcomes == ()
    blog.post("ours", date="2025-12-01", syndicate="{out: {text: Mended}}")
    [outcome] = blog.run().outcomes
    assert outcome.delivery.subject.endswith("ours.md")
