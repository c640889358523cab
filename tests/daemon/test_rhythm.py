"""When the daemon ticks."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from syndicate import rhythm
from syndicate.clock import SystemClock
from syndicate.config import Config
from syndicate.errors import LedgerError

SHORT = timedelta(milliseconds=20)


class App:
    """What the outbox has to do next is in ``due``."""

    def __init__(self, folder):
        site = {"title": "Ada", "url": "https://ada.example"}
        schedule = {"every": "1h", "watch": False}
        folders = {"content": {"dir": folder / "content"}, "feeds": {"output": folder / "public"}}
        media = {"cache": folder / "media"}
        self.config = Config.model_validate(
            {"site": site, "schedule": schedule, "media": media, **folders}
        )
        self.clock = SystemClock()
        self.due = []

    def next_due(self):
        return self.due.pop(0) if self.due else None


class Ticker:
    """Counts its ticks; ``works`` says whether they come to anything, ``hangs`` keeps them going."""

    def __init__(self, folder):
        self.app = App(folder)
        self.stop = asyncio.Event()
        self.works, self.hangs = True, False
        self.ticks = 0
        self.ended = []

    async def tick(self):
        self.ticks += 1
        try:
            await asyncio.sleep(1000 if self.hangs else 0)
        except asyncio.CancelledError:
            self.ended.append("cancelled")
            raise
        return self.works


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(rhythm, "SOON", SHORT)
    monkeypatch.setattr(rhythm, "LATER", timedelta(hours=1))


def keep(ticker, until, now=None):
    """Keep it going until something holds; it has half a minute for that."""

    async def main():
        async with rhythm.keep_ticking(ticker, now or asyncio.Event()), asyncio.timeout(30):
            while not until():
                await asyncio.sleep(0.01)
        ticker.stop.set()

    asyncio.run(main())


@pytest.fixture
def ticker(tmp_path):
    return Ticker(tmp_path)


def test_it_ticks_at_once(ticker):
    keep(ticker, lambda: ticker.ticks == 1)


def test_it_ticks_for_every_retry_that_falls_due_however_long_ago(ticker):
    now = ticker.app.clock.now()
    ticker.app.due = [now - timedelta(days=1), now, now + SHORT, now - timedelta(hours=1)]
    keep(ticker, lambda: ticker.ticks == 5)


def test_a_tick_that_came_to_nothing_is_not_repeated_at_once(ticker, monkeypatch):
    ticker.works = False
    ticker.app.due = [ticker.app.clock.now()] * 3
    woken = []
    wake = rhythm._Rhythm._wake
    monkeypatch.setattr(
        rhythm._Rhythm,
        "_wake",
        lambda self, after, name: woken.append(after) or wake(self, after, name),
    )
    keep(ticker, lambda: woken)
    assert woken == [rhythm.LATER]
    assert ticker.ticks == 1


def test_a_tick_that_hangs_is_cut_short_at_the_deadline(ticker, monkeypatch, caplog):
    monkeypatch.setattr(rhythm, "DRAIN", 0.05)
    ticker.hangs = True
    keep(ticker, lambda: ticker.ticks == 1)
    assert ticker.ended == ["cancelled"]
    assert "cut short" in caplog.text


def test_a_tick_that_hangs_is_cut_short_when_it_is_asked_for(ticker):
    ticker.hangs = True
    now = asyncio.Event()
    now.set()
    keep(ticker, lambda: ticker.ticks == 1, now)
    assert ticker.ended == ["cancelled"]


def test_the_wall_clock_is_looked_at_now_and_then(ticker, monkeypatch):
    monkeypatch.setattr(rhythm, "WATCHDOG", 0.01)
    woken = []
    wakeup = AsyncIOScheduler.wakeup
    monkeypatch.setattr(AsyncIOScheduler, "wakeup", lambda self: woken.append(1) or wakeup(self))
    keep(ticker, lambda: len(woken) > 20)


def test_what_a_person_makes_due_is_found_without_a_tick(ticker, monkeypatch):
    monkeypatch.setattr(rhythm, "WATCHDOG", 0.01)
    now = ticker.app.clock.now()

    def until():
        if ticker.ticks == 1 and not made:
            made.append(1)
            ticker.app.due.append(now)
        return ticker.ticks == 2

    made = []
    keep(ticker, until)


def test_a_ledger_that_cannot_be_asked_does_not_end_the_watch(ticker, monkeypatch):
    monkeypatch.setattr(rhythm, "WATCHDOG", 0.01)
    asked = []

    def broken():
        if asked or ticker.ticks:
            asked.append(1)
        if len(asked) in {0, 1}:
            return
        raise LedgerError("gone")

    ticker.app.next_due = broken
    keep(ticker, lambda: len(asked) > 4)


def test_what_was_missed_long_ago_is_made_up_for(ticker):
    assert rhythm._JOB["misfire_grace_time"] is None

    async def main():
        async with rhythm.keep_ticking(ticker, asyncio.Event()), asyncio.timeout(30):
            while ticker.ticks < 1:
                await asyncio.sleep(0.01)
            other = rhythm._Rhythm(ticker)
            other._scheduler.start(paused=True)
            other._wake(timedelta(hours=-5), "wake")
            other._scheduler.resume()
            while ticker.ticks < 2:
                await asyncio.sleep(0.01)
            other._scheduler.shutdown(wait=False)

    asyncio.run(main())


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("post.md", True),
        ("image.png", True),
        (".post.md.swp", False),
        ("post.md~", False),
        ("4913", False),
        (".git", False),
        ("#post.md#", False),
        ("post.md.tmp", False),
    ],
)
def test_editors_own_files_are_no_edits(name, told):
    assert rhythm._Edits()(1, f"/content/{name}") is told
