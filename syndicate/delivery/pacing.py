"""When an endpoint's deliveries may go out: spacing, a daily cap, quiet hours. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from syndicate.config import Endpoint

_TICK = timedelta(seconds=1)
"""Where the clocks are put back within quiet hours, their end is past once and comes again."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing goes out to an endpoint before a time, and why."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Pace:
    """How an endpoint's deliveries follow each other.

    Args:
        spacing: the least time from one to the next.
        daily_cap: the most on one day; None for any number.
        quiet_hours: when none goes out, from one time of day to another; it may be past midnight.
        zone: whose days and hours these are.
    """

    spacing: timedelta = timedelta()
    daily_cap: int | None = None
    quiet_hours: tuple[time, time] | None = None
    zone: str = "UTC"

    @classmethod
    def of(cls, options: Endpoint, zone: str) -> Pace:
        """Give an endpoint's, in a time zone."""
        return cls(options.spacing, options.daily_cap, options.quiet_hours, zone)

    @property
    def is_free(self) -> bool:
        """Whether nothing ever has to wait."""
        return not self.spacing and self.daily_cap is None and self.quiet_hours is None

    def midnight(self, now: datetime) -> datetime:
        """Give the beginning of the day, in UTC."""
        return self._at(now.astimezone(ZoneInfo(self.zone)).date(), time())

    def hold(self, now: datetime, last: datetime | None, today: int) -> Hold | None:
        """Tell how long the next delivery has to wait; None where it need not.

        Args:
            now: the time.
            last: when the last one went out; None where that was longer ago than the spacing.
            today: how many have been begun since midnight.
        """
        if self.is_free:
            return None
        rules: tuple[Callable[[datetime], Hold | None], ...] = (
            lambda when: self._spaced(when, last),
            lambda when: self._capped(when, now, today),
            self._quiet,
        )
        found: Hold | None = None
        # One rule's end may lie within another's time: quiet hours after a wait for the next day.
        while holds := [hold for rule in rules if (hold := rule(found.until if found else now))]:
            found = max(holds, key=lambda hold: hold.until)
        return found

    def _spaced(self, when: datetime, last: datetime | None) -> Hold | None:
        until = last + self.spacing if last else None
        return Hold(until, f"{self.spacing} after the last one") if until and until > when else None

    def _capped(self, when: datetime, now: datetime, today: int) -> Hold | None:
        if self.daily_cap is None or today < self.daily_cap:
            return None
        tomorrow = now.astimezone(ZoneInfo(self.zone)).date() + timedelta(days=1)
        until = self._at(tomorrow, time())
        return Hold(until, f"the day's {self.daily_cap} have gone out") if until > when else None

    def _quiet(self, when: datetime) -> Hold | None:
        if self.quiet_hours is None:
            return None
        begin, end = self.quiet_hours
        local = when.astimezone(ZoneInfo(self.zone))
        clock, day = local.time().replace(tzinfo=None), local.date()
        if begin < end:
            if not begin <= clock < end:
                return None
        elif end <= clock < begin:
            return None
        elif clock >= begin:
            day += timedelta(days=1)
        return Hold(max(self._at(day, end), when + _TICK), f"quiet hours until {end:%H:%M}")

    def _at(self, day: date, clock: time) -> datetime:
        """Give a day's time in UTC; one that the clocks skip is an hour later."""
        return datetime.combine(day, clock, ZoneInfo(self.zone)).astimezone(UTC)
