"""The clock is set, summer time begins and ends, the event loop stands still."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from apscheduler.triggers.interval import IntervalTrigger
from starlette.responses import Response

from syndicate import app as root
from syndicate import rhythm
from syndicate.clock import SystemClock
from syndicate.config import Config
from syndicate.errors import FeedError
from syndicate.http import Http


@pytest.fixture
def hooked(blog, receiver):
    blog.hook(receiver.url)
    blog.post("old", title="Old", date="2026-02-27")
    blog.run()
    return blog


# The clock of the machine is set, between runs


def test_the_clock_is_an_hour_slow_for_a_while(hooked, receiver):
    """A post that was announced is of the future again, and then not; it is announced once."""
    hooked.post("new", date="2026-03-01 11:30")
    assert hooked.go().code == 0
    hooked.clock.tick(hours=-1)
    told = hooked.go()
    assert (told.code, told.report.posts, told.report.held) == (0, 1, 1)
    hooked.clock.tick(hours=1)
    told = hooked.go()
    assert (told.code, told.report.posts) == (0, 2)
    assert len(receiver.ids) == 1


def test_the_clock_is_an_hour_slow_while_a_post_waits(hooked, receiver):
    """It was taken back before its first try got through, and comes out again."""
    receiver.answer = lambda: Response("who?", 401)
    hooked.post("new", date="2026-03-01 11:30")
    hooked.go()
    receiver.answer = lambda: None
    hooked.mend("hook")
    hooked.clock.tick(hours=-1)
    hooked.go()
    hooked.clock.tick(hours=2)
    assert hooked.go().code == 0
    assert hooked.states() == {"hook": "delivered"}
    assert len(receiver.events) == 1


def test_the_clock_is_an_hour_fast_for_a_while(hooked, receiver):
    """A post comes out an hour early, which nobody can know; its own time announces it no more."""
    hooked.post("new", date="2026-03-01 12:30")
    assert hooked.go().report.held == 1
    hooked.clock.tick(hours=1)
    assert hooked.go().code == 0
    hooked.clock.tick(hours=-1)
    hooked.go()
    hooked.clock.tick(hours=1)
    assert hooked.go().code == 0
    assert len(receiver.ids) == 1


def test_the_clock_begins_in_1970(hooked, receiver):
    """A small machine without a battery: no post is out yet, and nothing is touched for that."""
    receiver.answer = lambda: Response("who?", 401)
    hooked.post("new")
    hooked.go()
    receiver.answer = lambda: None
    hooked.mend("hook")
    right, before = hooked.clock.time, (hooked.folder / "public" / "feed.xml").read_bytes()
    hooked.clock.time = datetime(1970, 1, 1, 0, 1, tzinfo=UTC)
    with pytest.raises(FeedError, match=r"0 entries instead of 2.*is the content complete"):
        hooked.go()
    assert (hooked.folder / "public" / "feed.xml").read_bytes() == before
    hooked.clock.time = right
    assert hooked.go().code == 0
    assert len(receiver.events) == 1


@pytest.mark.parametrize("hours", [-1, 1])
def test_the_clock_is_set_by_an_hour_while_a_retry_waits(hooked, receiver, hours):
    """The retry comes an hour later, or at once; it is not lost, and nothing goes out twice."""
    receiver.answer = lambda: Response("overloaded", 503)
    hooked.post("new")
    hooked.go(wait=timedelta())
    receiver.answer = lambda: None
    hooked.clock.tick(hours=hours)
    told = hooked.go(wait=timedelta(minutes=1))
    assert told.code == (5 if hours < 0 else 0)
    hooked.clock.tick(hours=1)
    assert hooked.go().code == 0
    assert len(receiver.events) == 1


# … and while the daemon runs


class Wall(datetime):
    """The time of day as the scheduler sees it; ``ahead`` is by how much somebody has set it."""

    ahead = timedelta()

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + cls.ahead


class WallClock(SystemClock):
    def now(self):
        return Wall.now(UTC)


class Ticker:
    """Counts its ticks, and may stand still in one."""

    def __init__(self, folder):
        self.app = SimpleNamespace(
            config=Config.model_validate(
                {
                    "site": {"title": "Ada", "url": "https://ada.example"},
                    "schedule": {"watch": False},
                    "content": {"dir": folder},
                    "feeds": {"output": folder},
                    "media": {"cache": folder},
                }
            ),
            clock=WallClock(),
            next_due=lambda: None,
        )
        self.stop = asyncio.Event()
        self.ticks = 0
        self.blocks = 0.0

    async def tick(self):
        self.ticks += 1
        time.sleep(self.blocks)  # noqa: ASYNC251 - that is the fault
        self.blocks = 0.0
        return True


@pytest.fixture
def ticker(tmp_path, monkeypatch):
    monkeypatch.setattr(Wall, "ahead", timedelta())
    monkeypatch.setattr("apscheduler.schedulers.base.datetime", Wall)
    monkeypatch.setattr("apscheduler.triggers.interval.datetime", Wall)
    monkeypatch.setattr(rhythm, "WATCHDOG", 0.05)
    monkeypatch.setattr(rhythm, "trigger", lambda _: IntervalTrigger(seconds=0.05))
    return Ticker(tmp_path)


async def more(ticker, ticks):
    """Wait for some ticks more; half a minute is plenty."""
    end = ticker.ticks + ticks
    async with asyncio.timeout(30):
        while ticker.ticks < end:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("ahead", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=-365)])
def test_the_clock_is_set_while_the_daemon_runs(ticker, caplog, ahead):
    """The schedule goes on at once; it does not wait for the old clock's time to come."""

    async def main():
        async with rhythm.keep_ticking(ticker, asyncio.Event()):
            await more(ticker, 2)
            Wall.ahead = ahead
            await more(ticker, 4)
        ticker.stop.set()

    asyncio.run(main())
    by = f"{ahead.total_seconds():+.0f}"
    assert f"the clock was set by {by} seconds; the schedule begins anew" in caplog.text


def test_the_clock_that_is_not_set_is_not_talked_about(ticker, caplog):
    async def main():
        async with rhythm.keep_ticking(ticker, asyncio.Event()):
            await more(ticker, 5)
        ticker.stop.set()

    asyncio.run(main())
    assert caplog.text == ""


def test_the_event_loop_is_blocked(ticker):
    """Ten ticks fall due meanwhile, and are made up for by one; then all goes on."""

    async def main():
        async with rhythm.keep_ticking(ticker, asyncio.Event()):
            await more(ticker, 1)
            ticker.blocks = 0.5
            await more(ticker, 2)
            assert ticker.blocks == 0.0
            await more(ticker, 3)
        ticker.stop.set()

    began = time.monotonic()
    asyncio.run(main())
    assert ticker.ticks <= (time.monotonic() - began - 0.5) / 0.05 + 4


@pytest.mark.usefixtures("broken_networks")
def test_the_event_loop_is_blocked_past_the_time_of_a_request(blog, receiver, monkeypatch):
    """A network's code does not give way; another endpoint's answer may seem late by that."""
    monkeypatch.setattr(
        root, "Http", lambda nets, _, **more: Http(nets, timedelta(seconds=0.3), **more)
    )
    monkeypatch.setenv("BRITTLE", "block:intended")
    blog.hook(receiver.url, name="patient", retries=["0s", "0s"])
    blog.hook(receiver.url, name="blocking", network="brittle", retries=["0s", "0s"])
    blog.run()
    blog.post("new")
    assert blog.go().code == 0
    assert blog.states() == {"patient": "delivered", "blocking": "delivered"}
    assert len(receiver.events) == 2


# Summer time

BERLIN = {"title": "Ada", "url": "https://ada.example", "timezone": "Europe/Berlin"}
SPRING, AUTUMN = datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)
CHANGES = [
    # At 02:30 of a night without that hour, it is what that would have been: half past three.
    ("30 2 * * *", SPRING, ["29T01:30", "30T00:30"]),
    # The hour that is there twice has two; a look that finds nothing new announces nothing.
    ("30 2 * * *", AUTUMN, ["25T00:30", "25T01:30", "26T01:30"]),
    ("0 9 * * *", SPRING, ["29T07:00", "30T07:00"]),
    ("0 9 * * *", AUTUMN, ["25T08:00", "26T08:00"]),
    ("0 * * * *", SPRING, ["28T22:00", "28T23:00", "29T00:00", "29T01:00", "29T02:00"]),
    ("0 * * * *", AUTUMN, ["24T22:00", "24T23:00", "25T00:00", "25T01:00", "25T02:00"]),
]


@pytest.mark.parametrize(("expression", "since", "expected"), CHANGES)
def test_both_dst_changes(expression, since, expected):
    """No look is left out, and none comes at another hour of the day than is written."""
    config = Config.model_validate({"site": BERLIN, "schedule": {"cron": expression}})
    trigger, found, now = rhythm.trigger(config), [], since
    while len(found) < len(expected):
        fire = trigger.get_next_fire_time(None, now).astimezone(UTC)
        found.append(f"{fire:%dT%H:%M}")
        now = fire + timedelta(seconds=1)
    assert found == expected


@pytest.mark.parametrize("night", [SPRING, AUTUMN])
def test_both_dst_changes_announce_once(blog, receiver, night):
    """Looks of each half an hour of the night, and a post that is out within it, by its own zone."""
    config = blog.config.read_text().replace("[content]", 'timezone = "Europe/Berlin"\n\n[content]')
    blog.config.write_text(config)
    blog.hook(receiver.url)
    blog.clock.time = night
    blog.run()
    blog.post("new", date=f"{night + timedelta(hours=5):%Y-%m-%d} 02:30")
    out = []
    for _ in range(14):
        blog.clock.tick(minutes=30)
        out.append(blog.go().report.posts)
    assert out[0] == 0
    assert out[-1] == 1
    assert sorted(out) == out, "once it is out, it stays"
    assert len(receiver.ids) == 1
