from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import httpx
import pytest
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from starlette.responses import Response

from fakes import process
from fakes.site import Blog
from fakes.webhook import SECRET, Receiver
from syndicate import rhythm
from syndicate.app import open_app
from syndicate.daemon import Daemon
from syndicate.delivery import needs_somebody
from syndicate.errors import LedgerError
from syndicate.ledger import Resting
from syndicate.model import State
from syndicate.testing.clock import NOON
from syndicate.testing.server import serve as serve_app


@pytest.fixture
def blog(tmp_path):
    return Blog(tmp_path)


def test_the_pages_of_the_archive_are_served_from_the_start(blog):
    feeds = "[feeds]\nlimit = 1\narchive = true"
    blog.config.write_text(blog.config.read_text().replace("[feeds]", feeds))
    blog.post("one", date="2026-01-01")
    blog.post("two", date="2026-01-02")
    blog.run()
    with open_app(blog.config, clock=blog.clock) as app:
        daemon = Daemon(app)
        page = asyncio.run(daemon.shelf.find("archive/1-1/feed.json"))
        assert page.address.type == "application/feed+json; charset=utf-8"
        body = page.kept.variants["identity"].body
        assert body == (blog.folder / "public" / "archive" / "1-1" / "feed.json").read_bytes()
        assert asyncio.run(daemon.shelf.find("archive/2-2/feed.json")) is None


@pytest.fixture
def receiver():
    receiver = Receiver()
    with serve_app(receiver.app) as receiver.url:
        yield receiver


@pytest.fixture
def start(blog):
    started = []

    def run(*arguments, **environment):
        started.append(process.Daemon(blog, *arguments, **environment))
        return started[-1]

    yield run
    for each in started:
        each.clear()


def hook(blog, receiver, **options):
    blog.hook(
        f"{receiver.url}/hook",
        max_age="9999d",
        **options,
    )


def test_it_serves_the_feeds_says_how_it_is_and_ends_on_sigterm(blog, start):
    blog.post()
    running = start()
    assert httpx.get(f"{running.url}/livez").text == "alive\n"
    running.ready()
    answer = httpx.get(f"{running.url}/feed.xml")
    assert answer.content == (blog.folder / "public" / "feed.xml").read_bytes()
    again = httpx.get(f"{running.url}/feed.xml", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    port = running.url.rpartition(":")[2]
    assert blog.command("health", "--port", port).stdout == "ready\n"
    config = blog.config.read_text()
    blog.config.write_text(config.replace("port = 0", f"port = {port}"))
    assert blog.command("health").stdout == "ready\n"
    assert running.end() == 0
    down = blog.command("health")
    assert (down.returncode, down.stderr[:24]) == (1, "error: no daemon answers")


def test_it_wakes_for_a_retry_between_the_scheduled_looks(blog, receiver, start):
    answers = [Response("down", status_code=500)]
    receiver.answer = lambda: answers.pop() if answers else None
    hook(blog, receiver, retries=["0s", "0s"], backfill=1)
    blog.post("new")
    running = start(HOOK_SECRET=SECRET)
    running.until(lambda: receiver.events)
    assert len(receiver.ids) == 2


def titles(running):
    feed = httpx.get(f"{running.url}/feed.json")
    return [each["title"] for each in feed.json()["items"]] if feed.status_code == 200 else []


def test_an_edit_is_picked_up_beside_the_schedule(blog, start):
    blog.config.write_text(blog.config.read_text() + '\n[schedule]\nevery = "1h"\n')
    blog.post("first", title="First")
    running = start()
    running.ready()
    assert titles(running) == ["First"]
    blog.post("second", title="Second", date="2026-02-28 08:00")
    running.until(lambda: titles(running) == ["First", "Second"])
    blog.post("first", title="First, mended")
    running.until(lambda: titles(running) == ["First, mended", "Second"])
    assert running.end() == 0


def test_a_content_folder_that_was_gone_is_watched_again(blog, start):
    blog.config.write_text(blog.config.read_text() + '\n[schedule]\nevery = "1h"\n')
    blog.post("first", title="First")
    running = start()
    running.ready()
    folder = blog.folder / "content"
    folder.rename(blog.folder / "away")
    running.until(lambda: httpx.get(f"{running.url}/readyz").status_code == 503)
    (blog.folder / "away").rename(folder)
    running.ready()
    blog.post("second", title="Second", date="2026-02-28 08:00")
    running.until(lambda: titles(running) == ["First", "Second"])


def test_a_browser_is_shown_the_page_of_a_feed(blog, start):
    blog.post()
    running = start()
    running.ready()
    page = httpx.get(f"{running.url}/feed.xml", headers={"accept": "text/html,*/*;q=0.8"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.text.startswith("<!DOCTYPE html>")


def test_a_container_has_the_daemon_listen_where_it_can_be_reached(blog, start):
    running = start("--host", "0.0.0.0")
    assert running.url.startswith("http://0.0.0.0:")
    assert httpx.get(running.url.replace("0.0.0.0", "127.0.0.1") + "/livez").text == "alive\n"


def test_an_address_of_another_machine_is_told_as_such(blog):
    daemon = blog.command("serve", "--host", "192.0.2.1")
    assert daemon.returncode == 2
    assert (
        "which server.host and server.port name, or --host and --port: this machine has no such"
        in daemon.stderr
    )


def test_two_daemons_cannot_have_one_port(blog, start):
    running = start()
    config = blog.config.read_text()
    blog.config.write_text(config.replace("port = 0", f"port = {running.url.rpartition(':')[2]}"))
    second = blog.command("serve")
    assert second.returncode == 2
    assert "error: cannot listen on 127.0.0.1:" in second.stderr
    assert "is another daemon running?" in second.stderr
    assert "Traceback" not in second.stderr
    assert "Errno" not in second.stderr


def test_a_port_on_the_command_line_overrules_the_configurations(blog, start):
    taken = start().url.rpartition(":")[2]
    second = blog.command("serve", "--port", taken)
    assert second.returncode == 2
    assert f"error: cannot listen on 127.0.0.1:{taken}" in second.stderr


@pytest.fixture
def made(blog):
    with open_app(blog.config, clock=blog.clock) as app:
        yield Daemon(app)


def test_a_tick_puts_the_feeds_on_the_shelf_and_logs_what_it_did(blog, made, caplog):
    caplog.set_level(logging.INFO, "syndicate")
    blog.post()
    (blog.folder / "content" / "bad.md").write_text("---\ntitle: [oops\n---\n")
    assert made.trouble() == ["starting: the first run has not ended"]
    asyncio.run(made.tick())
    assert asyncio.run(made.shelf.find("feed.xml")).kept is not None
    assert made.trouble() == []
    assert "bad.md" in caplog.text


def test_what_is_only_noted_is_no_warning_in_the_log(blog, made, caplog):
    caplog.set_level(logging.INFO, "syndicate")
    (blog.folder / "hugo.toml").write_text("")
    asyncio.run(made.tick())
    [record] = [each for each in caplog.records if "a site of Hugo" in each.getMessage()]
    assert record.levelno == logging.INFO


def test_what_needs_somebody_is_a_warning_in_the_log(blog, caplog):
    caplog.set_level(logging.INFO, "syndicate")
    (blog.folder / "full").write_text("a file, where a folder is to be")
    blog.endpoint("out", "folder", dir="out", backfill=9, max_age="9999d")
    blog.endpoint("bad", "folder", dir="full/out", backfill=9, max_age="9999d", retries=[])
    blog.post()
    with open_app(blog.config, clock=blog.clock) as app:
        asyncio.run(Daemon(app).tick())
    levels = {
        each.getMessage().partition(" to ")[2].partition(":")[0]: each.levelno
        for each in caplog.records
        if " to " in each.getMessage()
    }
    assert levels["bad"] == logging.WARNING
    assert levels["out"] == logging.INFO


@pytest.mark.parametrize(
    ("state", "attempts", "needs"),
    [
        (State.DEAD, 1, True),
        (State.IN_DOUBT, 1, True),
        (State.PENDING, 3, False),
        (State.PENDING, 4, True),
        (State.PENDING, 5, False),
        (State.DELIVERED, 4, False),
    ],
)
def test_what_needs_somebody(state, attempts, needs):
    assert needs_somebody(Resting(state, NOON, attempts)) is needs


def test_what_was_published_before_is_served_before_the_first_run_and_while_it_stands_by(blog):
    blog.post()
    blog.run()
    with open_app(blog.config, clock=blog.clock) as app:
        made = Daemon(app)
        assert asyncio.run(made.shelf.find("feed.xml")).kept is not None
        with app.ledger.lock(timedelta()):
            asyncio.run(made.tick())
        assert asyncio.run(made.shelf.find("feed.xml")).kept is not None


def test_a_failed_run_is_told_and_the_next_one_heals_it(blog, made, caplog):
    blocked = blog.folder / "public" / "feed.xml"
    blocked.mkdir(parents=True)
    asyncio.run(made.tick())
    assert "feed.xml" in made.trouble()[0]
    blocked.rmdir()
    asyncio.run(made.tick())
    assert made.trouble() == []


def test_a_bug_in_a_run_does_not_end_the_daemon(made, monkeypatch, caplog):
    monkeypatch.setattr("syndicate.pipeline.run", lambda *_, **__: 1 / 0)
    asyncio.run(made.tick())
    assert made.trouble() == ["the last run failed: ZeroDivisionError: division by zero"]


def test_while_another_run_is_at_work_it_stands_by(made, caplog):
    caplog.set_level(logging.INFO, "syndicate")
    with made.app.ledger.lock(timedelta()):
        asyncio.run(made.tick())
    assert "standing by" in caplog.text
    assert made.trouble() == []


def test_overdue_deliveries_are_trouble_unless_their_endpoint_is_shut_or_silenced(blog):
    blog.post()
    blog.endpoint("out", "folder", dir="out")
    with open_app(blog.config, clock=blog.clock) as app:
        made = Daemon(app)
        asyncio.run(made.tick())
        with app.ledger._engine.begin() as connection:
            connection.exec_driver_sql("UPDATE deliveries SET state = 'pending'")
        assert made.trouble() == []
        assert made.app.next_due() == NOON
        blog.clock.tick(hours=1)
        assert made.trouble() == ["1 delivery is overdue"]
        with app.ledger._engine.begin() as connection:
            connection.exec_driver_sql("UPDATE endpoints SET gate = 'paused'")
        assert made.trouble() == []
        assert made.app.next_due() is None


def test_a_ledger_that_cannot_be_used_is_trouble(made, monkeypatch):
    asyncio.run(made.tick())

    def broken():
        raise LedgerError("disk full")

    monkeypatch.setattr(made.app.ledger, "endpoints", broken)
    assert made.trouble() == ["disk full"]


def scheduled(blog, text):
    blog.config.write_text(blog.config.read_text() + f"\n[schedule]\n{text}\n")
    with open_app(blog.config) as app:
        return rhythm.trigger(app.config)


def test_the_schedule_is_an_interval(blog):
    trigger = scheduled(blog, 'every = "90s"')
    assert isinstance(trigger, IntervalTrigger)
    assert trigger.interval == timedelta(seconds=90)


def test_the_schedule_is_a_cron_expression_whose_week_begins_on_sunday(blog):
    trigger = scheduled(blog, 'cron = "30 8 * * 0"')
    assert isinstance(trigger, CronTrigger)
    fires = trigger.get_next_fire_time(None, NOON)
    assert (fires.strftime("%A"), fires.hour, fires.minute) == ("Sunday", 8, 30)
