from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from contextlib import ExitStack
from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from fakes.webhook import SECRET
from syndicate import pipeline
from syndicate.app import open_app
from syndicate.errors import ConfigError, ContentError, FeedError, LedgerBusy
from syndicate.exits import Exit, of_report
from syndicate.model import Gate
from syndicate.testing.samples import picture
from syndicate.testing.server import serve


def files(folder):
    return {
        path: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_post_becomes_three_feeds_and_a_page(blog):
    blog.post()
    report = blog.run()
    public = blog.folder / "public"
    assert sorted(path.name for path in public.iterdir()) == [
        "atom.xml",
        "feed.html",
        "feed.json",
        "feed.xml",
    ]
    [item] = json.loads((public / "feed.json").read_text())["items"]
    assert item["url"] == "https://ada.example/blog/hello/"
    assert 'href="https://ada.example/blog/other/"' in item["content_html"]
    assert [each.written for each in report.feeds] == [True, True, True, True]
    assert of_report(report) is Exit.OK


def test_a_page_of_the_sites_own_stays_and_is_told_of(blog):
    blog.post()
    theirs = blog.folder / "public" / "feed.html"
    theirs.parent.mkdir()
    theirs.write_text("<title>Ours</title>")
    assert [each.path for each in blog.plan().feeds] == ["feed.xml", "atom.xml", "feed.json"]
    report = blog.run()
    assert theirs.read_text() == "<title>Ours</title>"
    [warning] = report.warnings
    assert str(theirs) in warning
    assert of_report(report) is Exit.OK


def test_the_page_tells_the_day_where_the_site_is(blog):
    zone = '[site]\ntimezone = "Pacific/Auckland"'
    blog.config.write_text(blog.config.read_text().replace("[site]", zone))
    blog.post(date="2026-02-05 08:00")
    blog.run()
    page = (blog.folder / "public" / "feed.html").read_text()
    assert '<time datetime="2026-02-04T19:00:00+00:00">5 February 2026</time>' in page


def test_the_first_run_announces_nothing_and_the_next_post_goes_out(hooked, receiver):
    hooked.post("new")
    report = hooked.run()
    assert [each.resting.state for each in report.outcomes] == ["delivered"]
    [event] = receiver.events.values()
    assert event["data"]["url"] == "https://ada.example/blog/new/"


def test_what_is_out_before_the_first_run_is_skipped_but_for_the_backfill(blog):
    for day in (1, 2, 3):
        blog.post(f"p{day}", date=f"2026-02-0{day}")
    blog.endpoint("out", "folder", dir="out", backfill=1)
    report = blog.run()
    assert report.skipped == {"out": 2}
    [sent] = (blog.folder / "out").iterdir()
    assert sent.name.startswith("2026-02-03")


def test_backfill_can_be_asked_for(blog):
    blog.post("p1")
    blog.post("p2")
    blog.endpoint("out", "folder", dir="out")
    blog.run(backfill=2)
    assert len(list((blog.folder / "out").iterdir())) == 2


def test_a_backfill_that_comes_too_late_is_told(blog):
    blog.post()
    blog.endpoint("out", "folder", dir="out")
    blog.run()
    assert "`syndicate retry` sends it" in blog.plan(backfill=1).warnings[0]
    report = blog.run(backfill=1)
    assert report.warnings[0].startswith("--backfill is for an endpoint's first run; out had it")
    assert report.outcomes == ()
    assert blog.run(backfill=1, feeds_only=True).warnings == ()
    assert blog.plan(backfill=1, feeds_only=True).warnings == ()


def test_nothing_changed_nothing_written_nothing_sent(blog, receiver, monkeypatch):
    blog.post()
    blog.endpoint("out", "folder", dir="out", backfill=5)
    blog.run()
    before = files(blog.folder / "public") | files(blog.folder / "out")
    report = blog.run()
    assert files(blog.folder / "public") | files(blog.folder / "out") == before
    assert not any(each.written for each in report.feeds)
    assert report.outcomes == ()


def test_future_posts_and_drafts_stay_back_until_their_time(hooked, receiver):
    hooked.post("later", date="2026-03-01 13:00")
    hooked.post("draft", draft="true")
    report = hooked.run()
    assert (report.posts, report.held) == (0, 2)
    assert receiver.events == {}
    hooked.clock.tick(hours=2)
    report = hooked.run()
    assert [each.post.source for each in report.outcomes] == ["later.md"]


def test_an_edit_is_no_second_announcement(hooked, receiver):
    hooked.post("new")
    hooked.run()
    hooked.post("new", title="A better title", excerpt="And more.")
    report = hooked.run()
    assert any(each.written for each in report.feeds)
    assert len(receiver.ids) == 1


def test_a_bad_post_costs_that_post(hooked, receiver):
    (hooked.folder / "content" / "bad.md").write_text("---\ntitle: [oops\n---\n")
    hooked.post("good")
    report = hooked.run()
    assert len(receiver.events) == 1
    [finding] = report.findings
    assert finding.source == "bad.md"
    assert finding.line
    assert of_report(report) is Exit.CONTENT


def test_a_bad_endpoint_costs_that_endpoint(hooked, receiver):
    hooked.endpoint("out", "folder", dir="out")
    hooked.run()
    receiver.answer = lambda: Response("who are you?", status_code=401)
    hooked.post("new")
    report = hooked.run()
    assert hooked.states() == {"hook": "pending", "out": "delivered"}
    assert {each.name: each.gate for each in report.endpoints} == {
        "hook": Gate.PAUSED,
        "out": Gate.OPEN,
    }
    assert of_report(report) is Exit.ATTENTION


@pytest.mark.parametrize(
    ("pace", "asked"),
    [
        ({"delay": "10m"}, ""),
        ({"spacing": "1h"}, ""),
        ({"quiet_hours": "11:00-13:00"}, ""),
        ({"daily_cap": 1}, ""),
        ({}, '{hook: {at: "2026-03-01 14:00"}}'),
    ],
)
def test_what_waits_for_its_time_alone_has_not_failed(blog, receiver, monkeypatch, pace, asked):
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    blog.hook(f"{receiver.url}/hook", **pace)
    blog.run()
    for name in ("one", "two"):
        blog.post(name, **{"syndicate": asked} if asked else {})
    for feeds_only in (False, True):
        report = blog.run(feeds_only=feeds_only)
        assert report.waiting
        assert of_report(report) is Exit.OK


def test_what_was_never_tried_is_left_to_the_next_run_behind_one_that_fails(hooked, receiver):
    hooked.post("one")
    hooked.post("two")
    receiver.answer = lambda: Response("later", status_code=429, headers={"Retry-After": "3600"})
    report = hooked.run()
    assert [each.attempts for each in report.waiting] == [0, 0]
    assert len(report.stuck) == 2
    assert of_report(report) is Exit.LATER


def test_a_receiver_that_is_down_gets_it_in_a_later_run_under_the_same_id(hooked, receiver):
    receiver.answer = lambda: Response("maintenance", status_code=500)
    hooked.post("new")
    report = hooked.run()
    assert of_report(report) is Exit.LATER
    assert of_report(hooked.run(feeds_only=True)) is Exit.LATER
    receiver.answer = lambda: None
    hooked.clock.tick(hours=1)
    hooked.run()
    assert hooked.states() == {"hook": "delivered"}
    assert len(receiver.ids) > 1
    assert len(set(receiver.ids)) == 1


def test_retry_after_is_obeyed_within_the_run(hooked, receiver):
    answers = [Response("slow", status_code=429, headers={"retry-after": "20"})]
    receiver.answer = lambda: answers.pop() if answers else None
    hooked.post("new")
    began = hooked.clock.now()
    hooked.run()
    assert hooked.states() == {"hook": "delivered"}
    assert hooked.clock.now() - began >= timedelta(seconds=20)


def test_plan_shows_the_bytes_that_run_sends(hooked, receiver, gallery):
    hooked.endpoint("out", "folder", dir="out")
    hooked.run()
    hooked.post("new", image=f"{gallery.url}/hero.png", image_alt="A hero")
    planned = {each.line.options.name: each.message for each in hooked.plan().deliveries}
    assert receiver.bodies == []
    assert not (hooked.folder / "out").exists()
    hooked.run()
    assert receiver.bodies == [planned["hook"].payload["body"].encode()]
    [sent] = (hooked.folder / "out").iterdir()
    assert (sent / "message.txt").read_text() == planned["out"].text + "\n"
    assert (sent / "image.png").read_bytes() == planned["out"].image.data == picture()
    assert json.loads((sent / "message.json").read_text()) == planned["out"].to_json()


def test_plan_changes_nothing(blog):
    blog.post()
    blog.endpoint("out", "folder", dir="out", backfill=1)
    plan = blog.plan()
    assert [each.path for each in plan.feeds] == ["feed.xml", "atom.xml", "feed.json", "feed.html"]
    assert len(plan.deliveries) == 1
    assert not (blog.folder / "public").exists()
    assert blog.deliveries() == []
    assert [each.message for each in blog.plan().deliveries] == [plan.deliveries[0].message]


def test_plan_tells_what_would_be_sent_now_and_what_waits(hooked, receiver):
    receiver.answer = lambda: Response("busy", status_code=503, headers={"retry-after": "600"})
    path = hooked.post("new")
    hooked.run()
    planned = hooked.plan()
    assert (planned.deliveries, len(planned.waiting)) == ((), 1)
    assert planned.endpoints[0].throttled_until > hooked.clock.now()
    [later] = planned.later
    assert (later.about, later.until) == ("new.md", planned.endpoints[0].throttled_until)
    assert later.reason.startswith("its last answer: ")
    hooked.clock.tick(minutes=11)
    [frozen] = hooked.plan().deliveries
    assert frozen.message.title == "Hello"
    path.unlink()
    [gone] = hooked.plan().deliveries
    assert (gone.message, gone.error) == (None, "the post is not published any more")


def test_plan_sends_nothing_to_an_endpoint_that_is_shut(hooked, receiver):
    receiver.answer = lambda: Response(status_code=401)
    hooked.post("new")
    hooked.run()
    planned = hooked.plan()
    assert (planned.deliveries, len(planned.waiting)) == ((), 1)
    assert planned.endpoints[0].gate is Gate.PAUSED
    [later] = planned.later
    assert later.until is None
    assert later.reason.startswith("paused: ")


def test_the_hero_image_is_described_and_enclosed_with_its_real_size(hooked, receiver, gallery):
    hooked.post("new", image=f"{gallery.url}/hero.png", image_alt="A hero")
    hooked.run()
    hooked.run()
    assert gallery.asked == ["hero.png"], "once for the feeds, the message and the next run"
    [event] = receiver.events.values()
    assert event["data"]["image"] == {
        "url": f"{gallery.url}/hero.png",
        "alt": "A hero",
        "type": "image/png",
        "length": len(picture()),
        "width": 64,
        "height": 32,
    }
    feed = (hooked.folder / "public" / "feed.xml").read_text()
    assert f'length="{len(picture())}" type="image/png"' in feed


def test_a_picture_that_cannot_be_had_costs_a_warning_and_no_post(hooked, receiver, gallery):
    hooked.post("new", image=f"{gallery.url}/missing.jpg")
    report = hooked.run()
    assert hooked.states() == {"hook": "delivered"}
    assert report.warnings == ("the picture 127.0.0.1/missing.jpg cannot be had: HTTP 404",)
    assert 'length="0" type="image/jpeg"' in (hooked.folder / "public/feed.xml").read_text()
    report = hooked.run()
    assert len(gallery.asked) == 1, "it is left alone for an hour"


def test_feeds_only_leaves_the_outbox_alone_and_needs_no_secret(hooked, receiver, monkeypatch):
    monkeypatch.delenv("HOOK_SECRET")
    hooked.post("new")
    with pytest.raises(ConfigError, match="HOOK_SECRET is not set"):
        hooked.run()
    with open_app(hooked.config, clock=hooked.clock, secrets=False) as app:
        report = asyncio.run(pipeline.run(app, feeds_only=True))
    assert any(each.written for each in report.feeds)
    assert receiver.events == {}


def test_two_posts_with_one_id_stop_the_build_and_name_both(blog):
    blog.post("one", id="same")
    blog.post("two", id="same")
    with pytest.raises(ContentError) as caught:
        blog.run()
    assert "one.md" in str(caught.value)
    assert "two.md" in str(caught.value)


def test_a_feed_that_cannot_be_written_sends_nothing(hooked, receiver):
    output = hooked.folder / "public" / "feed.xml"
    output.unlink()
    output.mkdir()
    hooked.post("new")
    with pytest.raises(FeedError, match=r"feed\.xml"):
        hooked.run()
    assert receiver.events == {}


def test_a_second_run_at_the_same_time_is_told(blog):
    with (
        open_app(blog.config) as app,
        app.ledger.lock(timedelta()),
        pytest.raises(LedgerBusy),
    ):
        blog.run()


def test_who_waits_for_another_run_can_be_asked_to_end(blog):
    async def main(app):
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.1, stop.set)
        await pipeline.run(app, lock_wait=timedelta(minutes=5), stop=stop)

    with (
        open_app(blog.config) as app,
        app.ledger.lock(timedelta()),
        pytest.raises(LedgerBusy),
        open_app(blog.config) as other,
    ):
        asyncio.run(asyncio.wait_for(main(other), 30))


def test_who_waits_for_another_run_goes_on_when_that_has_ended(blog):
    blog.post()
    with ExitStack() as held, open_app(blog.config) as first, open_app(blog.config) as second:
        held.enter_context(first.ledger.lock(timedelta()))

        async def main():
            asyncio.get_running_loop().call_later(0.1, held.close)
            return await pipeline.run(second, lock_wait=timedelta(minutes=5))

        assert asyncio.run(main()).posts == 1


def test_a_post_keeps_its_id_when_its_file_moves(hooked, receiver):
    path = hooked.post("new")
    hooked.run()
    path.rename(path.with_name("renamed.md"))
    report = hooked.run()
    assert report.outcomes == ()
    [item] = json.loads((hooked.folder / "public/feed.json").read_text())["items"]
    assert item["id"] == next(iter(receiver.events.values()))["data"]["id"]


def test_secrets_are_nowhere_in_what_is_written(hooked, receiver):
    secret = os.environ["HOOK_SECRET"]
    receiver.answer = lambda: Response(f"no: {secret}", status_code=422)
    hooked.post("new")
    report = hooked.run()
    assert hooked.states() == {"hook": "dead"}
    assert secret not in repr(report)
    with sqlite3.connect(hooked.folder / "state" / "ledger.db") as ledger:
        dump = "\n".join(ledger.iterdump())
    ledger.close()
    assert "no: [secret]" in dump
    assert secret not in dump


# What is news, and what is not


def announced(report):
    return sum(each.resting.state == "delivered" for each in report.outcomes)


def test_a_filter_that_is_widened_floods_nobody(blog):
    for number in range(5):
        blog.post(f"p{number}")
    blog.endpoint("out", "folder", dir="out", tags=["ai"])
    blog.run()
    blog.config.write_text(blog.config.read_text().replace('tags = ["ai"]', ""))
    assert announced(blog.run()) == 0
    blog.post("new")
    assert announced(blog.run()) == 1


def test_a_folder_that_was_empty_on_the_first_run_floods_nobody(blog):
    blog.endpoint("out", "folder", dir="out")
    blog.run()
    for number in range(30):
        blog.post(f"p{number}", date="2019-02-03")
    report = blog.run()
    assert (announced(report), report.skipped) == (0, {"out": 30})
    blog.post("new")
    assert announced(blog.run()) == 1


def test_a_file_that_cannot_be_read_for_a_while_loses_no_announcement(hooked, receiver):
    hooked.post("old", date="2020-01-01")
    hooked.run()
    receiver.answer = lambda: Response(status_code=401)
    path = hooked.post("new")
    hooked.run()
    receiver.events.clear()
    whole = path.read_text()
    path.write_text("---\ntitle: [half a")
    receiver.answer = lambda: None
    with open_app(hooked.config, clock=hooked.clock) as app:
        app.ledger.open_endpoint("hook")
    assert [each.resting.state for each in hooked.run().outcomes] == ["cancelled"]
    path.write_text(whole)
    assert announced(hooked.run()) == 1
    assert len(receiver.events) == 1


# Hubs


class Hub:
    """Notes which feeds it is told of, and what they were at that moment."""

    def __init__(self, folder):
        self.folder = folder
        self.status = 204
        self.told = []
        self.app = Starlette(routes=[Route("/", self._told, methods=["POST"])])

    async def _told(self, request):
        url = dict(parse_qsl((await request.body()).decode()))["hub.url"]
        name = url.rpartition("/")[2]
        self.told.append((name, (self.folder / "public" / name).read_bytes()))
        return Response(status_code=self.status)


@pytest.fixture
def hub(blog):
    hub = Hub(blog.folder)
    with serve(hub.app) as url:
        blog.endpoint("hub", "websub", url=f"{url}/", allow_networks=["127.0.0.0/8"])
        hub.url = f"{url}/"
        yield hub


def test_a_hub_is_told_once_of_each_changed_feed_when_its_bytes_are_in_place(blog, hub):
    blog.post()
    blog.run()
    public = blog.folder / "public"
    assert sorted(hub.told) == sorted(
        (name, (public / name).read_bytes()) for name in ("feed.xml", "atom.xml", "feed.json")
    )
    assert hub.url.encode() in (public / "feed.xml").read_bytes()
    blog.run()
    assert len(hub.told) == 3
    blog.post("new")
    planned = blog.plan()
    assert len(planned.deliveries) == 3
    blog.run()
    assert len(hub.told) == 6
    assert hub.told[-1][1] == (public / hub.told[-1][0]).read_bytes()


def test_a_hub_that_was_down_is_told_of_what_the_feed_is_by_then(blog, hub):
    hub.status = 401
    blog.post()
    blog.run()
    blog.post("new")
    blog.run()
    assert set(blog.states().values()) == {"pending"}
    hub.status = 204
    hub.told.clear()
    with open_app(blog.config, clock=blog.clock) as app:
        app.ledger.open_endpoint("hub")
    blog.run()
    assert len(hub.told) == 3
