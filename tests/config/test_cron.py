"""Cron as people write it fires on the days that they mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st

from syndicate.config import cron

SUNDAY = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

WEEKDAYS = [
    ("*", "*"),
    ("0", "sun"),
    ("7", "sun"),
    ("1", "mon"),
    ("6", "sat"),
    ("MON", "mon"),
    ("0,7", "sun,sun"),
    ("1-5", "mon,tue,wed,thu,fri"),
    ("mon-fri", "mon,tue,wed,thu,fri"),
    ("Mon,wed,5", "mon,wed,fri"),
    ("0-7", "sun,mon,tue,wed,thu,fri,sat"),
    ("5-7", "fri,sat,sun"),
    ("sat-sun", "sat,sun"),
    ("fri-mon", "fri,sat,sun,mon"),
    ("5-1", "fri,sat,sun,mon"),
    ("*/2", "sun,tue,thu,sat"),
    ("1-5/2", "mon,wed,fri"),
    ("fri-tue/2", "fri,sun,tue"),
    ("1-2,6/1", "mon,tue,sat"),
    ("1/2", "mon,wed,fri"),
    ("sun/3", "sun,wed,sat"),
    ("7/2", "sun,tue,thu,sat"),
]


@pytest.mark.parametrize(("written", "weekdays"), WEEKDAYS)
def test_weekdays_become_names(written, weekdays):
    assert cron.fields(f"0 9 * * {written}")["day_of_week"] == weekdays


def test_the_other_fields_stay_as_they_are():
    assert cron.fields(" */15  8-18 1,15 jan-jun * ") == {
        "minute": "*/15",
        "hour": "8-18",
        "day": "1,15",
        "month": "jan-jun",
        "day_of_week": "*",
    }


@pytest.mark.parametrize("written", ["", "* * * *", "* * * * * *", "@daily", "every day"])
def test_there_are_five_fields(written):
    with pytest.raises(ValueError, match="expected five cron fields"):
        cron.fields(written)


BAD = ["8", "-1", "1-", "-", "1-2-3", "1,,2", "monday", "mo", "x", "1-9", "?", "L", "²", "1#2"]
BAD += ["*/0", "*/", "*/x", "1-5/-1", "*/2/2", "*/²", "mon/x"]


@pytest.mark.parametrize("written", BAD)
def test_what_is_no_weekday_is_refused(written):
    with pytest.raises(ValueError, match=r"is no (weekday|step)"):
        cron.fields(f"0 9 * * {written}")


def fired(expression, days=14):
    """The days on which a real trigger fires, counted from a Sunday."""
    trigger = CronTrigger(timezone=UTC, **cron.fields(expression))
    found, now = set(), SUNDAY
    while (fire := trigger.get_next_fire_time(None, now)) < SUNDAY + timedelta(days=days):
        found.add((fire - SUNDAY).days % 7)
        now = fire + timedelta(seconds=1)
    return found


@pytest.mark.parametrize(("written", "weekdays"), WEEKDAYS)
def test_the_trigger_fires_on_those_days(written, weekdays):
    names = DAYS if weekdays == "*" else weekdays.split(",")
    assert fired(f"0 9 * * {written}") == {DAYS.index(name) for name in names}


@given(st.integers(0, 7), st.integers(0, 7), st.integers(1, 7))
def test_a_range_with_a_step_is_what_counting_gives(first, last, step):
    expected, day, end = [], first, last if last >= first else last + 7
    while day <= end:
        expected.append(day % 7)
        day += step
    assert fired(f"0 0 * * {first}-{last}/{step}", 7) == set(expected)
