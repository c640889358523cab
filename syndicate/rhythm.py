"""When the daemon ticks: by schedule, when a retry is due, and when the content was edited."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from watchfiles import DefaultFilter, awatch

from syndicate.config import Config, cron
from syndicate.errors import LedgerError
from syndicate.pipeline import App

log = logging.getLogger(__name__)

DRAIN = 22.0
"""Seconds for what is under way after SIGTERM; container runtimes kill after 30, some after 25."""
WATCHDOG = 30.0
"""Seconds between two looks at the wall clock: the scheduler's timers do not see it jump."""
SET = 5.0
"""Seconds by which the wall clock can differ from the timers before it counts as set."""
SOON, LATER = timedelta(seconds=1), timedelta(seconds=30)
"""The least time from a tick to one for a retry; the longer one where the tick came to nothing."""
SETTLED = 200
"""Milliseconds in which a burst of edits comes to its end."""
_ABSENT = 1.0
"""Seconds between two looks for a content folder that is not there."""

_JOB = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
"""A job that was missed, by a suspended machine or a jumping clock, is made up for once."""


class Ticking(Protocol):
    """What is kept going."""

    app: App
    stop: asyncio.Event

    async def tick(self) -> bool:
        """Do what is due; tell whether it could be done."""


def trigger(settings: Config) -> BaseTrigger:
    """Build the schedule's trigger, in the site's time zone."""
    zone = ZoneInfo(settings.site.timezone)
    if settings.schedule.cron:
        return CronTrigger(timezone=zone, **cron.fields(settings.schedule.cron))
    return IntervalTrigger(seconds=settings.schedule.every.total_seconds(), timezone=zone)


@contextlib.asynccontextmanager
async def keep_ticking(daemon: Ticking, now: asyncio.Event) -> AsyncIterator[None]:
    """Tick while the block runs; at its end let the running tick finish, under a deadline.

    Args:
        daemon: what ticks.
        now: ends the running tick at once.
    """
    rhythm = _Rhythm(daemon)
    rhythm.start()
    helpers = [asyncio.create_task(rhythm.watch_the_clock())]
    if daemon.app.config.schedule.watch:
        helpers.append(asyncio.create_task(rhythm.watch_the_content()))
    try:
        yield
    finally:
        for helper in helpers:
            helper.cancel()
        await asyncio.gather(*helpers, return_exceptions=True)
        await rhythm.end(now)


class _Rhythm:
    def __init__(self, daemon: Ticking) -> None:
        self._daemon = daemon
        self._scheduler = AsyncIOScheduler(timezone=ZoneInfo("UTC"))
        self._running: asyncio.Task[bool] | None = None
        self._edited = False

    def start(self) -> None:
        self._scheduler.add_job(self._tick, trigger(self._daemon.app.config), id="tick", **_JOB)
        self._scheduler.add_job(self._tick, id="first", **_JOB)
        self._scheduler.start()

    async def end(self, now: asyncio.Event) -> None:
        """Take nothing new, and bring what is under way to its end."""
        self._scheduler.pause()
        task = self._running
        if task is not None:
            hurry = asyncio.create_task(now.wait())
            await asyncio.wait([task, hurry], timeout=DRAIN, return_when=asyncio.FIRST_COMPLETED)
            hurry.cancel()
            if not task.done():
                task.cancel()
                log.warning("a run was cut short; the next start settles what was in flight")
                await asyncio.wait([task])
        self._scheduler.shutdown(wait=False)

    async def watch_the_clock(self) -> None:
        """Look now and then at the wall clock and the outbox; others may have changed them.

        Where the clock was set, the schedule begins anew.

        What the scheduler waits for is a time of the old clock: set back by a year, it would stand
        still for a year.
        """
        ahead = self._ahead()
        while True:
            await asyncio.sleep(WATCHDOG)
            by, ahead = self._ahead() - ahead, self._ahead()
            if abs(by) > SET:
                log.warning("the clock was set by %+.0f seconds; the schedule begins anew", by)
                self._scheduler.reschedule_job("tick", trigger=trigger(self._daemon.app.config))
                self._wake(timedelta(), "wake")
            self._scheduler.wakeup()
            self._look_what_is_due()

    def _look_what_is_due(self) -> None:
        """Tick for what a person has made due beside us, with ``syndicate retry`` for one."""
        if self._running is not None or self._daemon.stop.is_set():
            return
        with contextlib.suppress(LedgerError):  # the next tick tells of it
            due = self._daemon.app.next_due()
            if due is not None and due <= self._daemon.app.clock.now():
                self._wake(timedelta(), "wake")

    def _ahead(self) -> float:
        """Tell how far the wall clock is ahead of the timers' own."""
        return self._daemon.app.clock.now().timestamp() - asyncio.get_running_loop().time()

    async def watch_the_content(self) -> None:
        """Tick when a file of the content folder was written, or the folder came or went."""
        folder = self._daemon.app.config.content.dir
        while True:
            try:
                async for _ in awatch(folder, watch_filter=_Edits(), debounce=SETTLED, step=50):
                    self._edit()
                    if not folder.is_dir():
                        break
            except OSError as error:
                log.debug("the content folder cannot be watched: %s", error)
            while not folder.is_dir():  # noqa: ASYNC110 - nobody tells when it comes back
                await asyncio.sleep(_ABSENT)
            self._edit()

    def _edit(self) -> None:
        self._edited = True
        if self._running is None:
            self._wake(timedelta(), "edit")

    async def _tick(self) -> None:
        # APScheduler's shutdown cancels what it runs; a task of our own outlives it.
        if self._running is not None or self._daemon.stop.is_set():
            return
        self._edited = False
        self._running = asyncio.create_task(self._daemon.tick())
        self._running.add_done_callback(self._after)
        await asyncio.wait([self._running])

    def _after(self, task: asyncio.Task[bool]) -> None:
        """Look when to tick next, beside the schedule."""
        self._running = None
        if self._daemon.stop.is_set() or task.cancelled():
            return
        if self._edited:  # while we were at it
            self._wake(SOON, "edit")
        try:
            due = self._daemon.app.next_due()
        except LedgerError:  # the tick has told of it; what is due may be due at any time
            due = self._daemon.app.clock.now()
        if due is not None:
            least = SOON if task.result() else LATER
            self._wake(max(due - self._daemon.app.clock.now(), least), "wake")

    def _wake(self, after: timedelta, name: str) -> None:
        when = self._daemon.app.clock.now() + after
        self._scheduler.add_job(
            self._tick, DateTrigger(when), id=name, replace_existing=True, **_JOB
        )


class _Edits(DefaultFilter):
    """Lets pass what may be a post; editors' own files and hidden ones are none."""

    ignore_entity_patterns: Sequence[str] = (
        *DefaultFilter.ignore_entity_patterns,
        r"^\.",
        r"~$",
        r"^#.*#$",
        r"\.(?:tmp|part|crdownload|swx|bak)$",
        r"^4913$",  # vim tries with it whether it may write
    )
