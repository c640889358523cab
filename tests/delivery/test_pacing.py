from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.network import Scripted
from fakes.posts import POST, post
from syndicate.config import Endpoint
from syndicate.delivery import next_due, outlook, overdue, plan, waits
from syndicate.delivery.pacing import Hold, Pace
from syndicate.errors import InDoubt, Unreachable
from syndicate.ledger import Resting
from syndicate.model import Circuit, EndpointState, Replay, State
from syndicate.testing.clock import NOON

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Pace(quiet_hours=(time(22), time(7)), zone="Europe/Berlin")
SIESTA = Pace(quiet_hours=(time(13), time(15, 30)), zone="Europe/Berlin")


def berlin(text):
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def quiet_until(pace, text):
    hold = pace.hold(berlin(text), None, 0)
    return hold and hold.until


def test_an_endpoint_without_a_pace_never_waits():
    assert Pace().hold(NOON, NOON, 999) is None


@pytest.mark.parametrize(
    ("pace", "now", "until"),
    [
        (SIESTA, "2026-03-01 12:59:59", None),
        (SIESTA, "2026-03-01 13:00", "2026-03-01 15:30"),
        (SIESTA, "2026-03-01 15:30", None),
        (NIGHT, "2026-03-01 21:59", None),
        (NIGHT, "2026-03-01 22:00", "2026-03-02 07:00"),
        (NIGHT, "2026-03-02 00:00", "2026-03-02 07:00"),
        (NIGHT, "2026-03-02 06:59", "2026-03-02 07:00"),
        (NIGHT, "2026-03-02 07:00", None),
        # The clocks go from 02:00 to 03:00, and back again in October.
        (NIGHT, "2026-03-28 23:00", "2026-03-29 07:00"),
        (NIGHT, "2026-10-24 23:00", "2026-10-25 07:00"),
    ],
)
def test_quiet_hours_are_those_of_the_sites_clocks(pace, now, until):
    assert quiet_until(pace, now) == (until and berlin(until))


@pytest.mark.parametrize("hours", [(time(1), time(2, 30)), (time(2, 30), time(4))])
@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_quiet_hours_end_where_the_clocks_are_put_on_or_back(hours, day):
    pace = Pace(quiet_hours=hours, zone="Europe/Berlin")
    now = berlin(f"{day} 00:00")
    for _ in range(12 * 60):
        now += MINUTE
        hold = pace.hold(now, None, 0)
        local = now.astimezone(BERLIN).time()
        assert (hold is not None) == (hours[0] <= local < hours[1])
        assert hold is None or now < hold.until <= now + 3 * HOUR


def test_a_cap_waits_for_the_next_day_of_the_site():
    pace = Pace(daily_cap=3, zone="Europe/Berlin")
    now = berlin("2026-03-01 18:00")
    assert pace.hold(now, None, 2) is None
    assert pace.hold(now, None, 3) == Hold(berlin("2026-03-02 00:00"), "the day's 3 have gone out")
    assert pace.midnight(now) == berlin("2026-03-01 00:00")


def test_where_one_wait_ends_in_another_both_are_kept():
    pace = Pace(daily_cap=1, quiet_hours=(time(22), time(7)), zone="Europe/Berlin")
    assert pace.hold(berlin("2026-03-01 18:00"), None, 1) == Hold(
        berlin("2026-03-02 07:00"), "quiet hours until 07:00"
    )


@given(
    minutes=st.integers(0, 60 * 24 * 400),
    spacing=st.integers(0, 600),
    since=st.none() | st.integers(0, 600),
    cap=st.none() | st.integers(1, 3),
    today=st.integers(0, 4),
    hours=st.none() | st.tuples(st.times(), st.times()).filter(lambda pair: pair[0] != pair[1]),
)
def test_a_wait_ends_when_nothing_more_has_to_be_waited_for(
    minutes, spacing, since, cap, today, hours
):
    pace = Pace(spacing * MINUTE, cap, hours, "Europe/Berlin")
    now = NOON + minutes * MINUTE
    last = None if since is None else now - since * MINUTE
    hold = pace.hold(now, last, today)
    if hold is not None:
        assert now < hold.until < now + timedelta(days=3)
        spent = today if pace.midnight(hold.until) == pace.midnight(now) else 0
        again = pace.hold(hold.until, last, spent)
        assert again is None


# In the runner


def deliver(home, count):
    home.enter(*(post(number) for number in range(count)))
    home.run()
    return len(home.ledger.deliveries(states=[State.DELIVERED]))


def test_spacing_holds_over_several_runs(house):
    home = house({"spacing": "1h"}, main=Scripted())
    assert deliver(home, 2) == 1
    home.clock.tick(minutes=59)
    assert deliver(home, 2) == 1
    home.clock.tick(minutes=1)
    assert deliver(home, 2) == 2


def test_a_run_keeps_the_spacing_while_it_waits(house):
    home = house({"spacing": "20s"}, main=Scripted())
    home.enter(*(post(number) for number in range(9)))
    home.run(wait=MINUTE)
    finished = [
        attempt.finished
        for each in home.ledger.deliveries()
        for attempt in home.ledger.attempts(each.id)
    ]
    apart = [after - before for before, after in pairwise(sorted(finished))]
    assert apart == [timedelta(seconds=20)] * 3


def test_what_was_not_sent_takes_no_place(house):
    home = house({"spacing": "1h"}, main=Scripted(*[Unreachable("x")] * 3))
    home.enter(post(0), post(1))
    home.run(wait=timedelta(seconds=30))
    assert len(home.ledger.deliveries(states=[State.DELIVERED])) == 1


def test_a_days_cap_counts_what_was_begun_on_it(house):
    home = house({"daily_cap": 2}, main=Scripted())
    assert deliver(home, 5) == 2
    home.clock.tick(hours=11, minutes=59)
    assert deliver(home, 5) == 2
    home.clock.tick(minutes=1)
    assert deliver(home, 5) == 4


def test_in_quiet_hours_nothing_goes_out_but_a_doubt_is_settled(house):
    lost = Scripted(InDoubt("timed out"), guarantee=Replay.IDEMPOTENT)
    home = house({"quiet_hours": "12:01-13:00", "retries": ["2m"]}, main=lost)
    home.run()
    home.clock.tick(minutes=3)
    assert deliver(home, 3) == 1
    assert len(lost.sent) == 2
    line = home.lines[0]
    assert waits(home.ledger, line.options, line.zone, home.clock.now()) == Hold(
        NOON + HOUR, "quiet hours until 13:00"
    )
    assert next_due(home.ledger, line.options, line.zone, home.clock.now()) == NOON + HOUR
    home.clock.tick(hours=1)
    assert deliver(home, 3) == 4


def test_what_may_have_arrived_is_due_in_its_own_time(house):
    lost = Scripted(InDoubt("timed out"), guarantee=Replay.IDEMPOTENT)
    home = house({"quiet_hours": "12:01-13:00", "retries": ["2m"]}, main=lost)
    home.run()
    home.clock.tick(minutes=1)
    line = home.lines[0]
    due = next_due(home.ledger, line.options, line.zone, home.clock.now())
    assert NOON + 1.5 * MINUTE < due < NOON + 3 * MINUTE


def test_a_plan_tells_what_goes_out_now_from_what_waits(house):
    home = house({"quiet_hours": "11:00-13:00"}, main=Scripted())
    line = home.lines[0]
    found, later = outlook.due(home.ledger, line.options, line.zone, NOON, [])
    assert (len(found), len(later)) == (0, 1)
    found, later = outlook.due(home.ledger, line.options, line.zone, NOON + HOUR, [])
    assert (len(found), len(later)) == (1, 0)


def late(home):
    line, now = home.lines[0], home.clock.now()
    return len(overdue(home.ledger, line.options, line.zone, now, 15 * MINUTE))


def test_what_nothing_holds_is_overdue_when_it_is_late(house):
    home = house(main=Scripted())
    home.clock.tick(minutes=15)
    assert late(home) == 0
    home.clock.tick(seconds=1)
    assert late(home) == 1


@pytest.mark.parametrize(
    ("pace", "let_go"),
    [
        ({"spacing": "2h"}, 2 * HOUR),
        ({"daily_cap": 1}, 12 * HOUR),
        ({"quiet_hours": "12:01-18:00"}, 6 * HOUR),
    ],
)
def test_what_its_endpoints_pace_holds_is_overdue_only_long_after_it_was_let_go(
    house, pace, let_go
):
    home = house(pace, main=Scripted())
    home.run()
    home.enter(post(1), post(2))
    for wait in (HOUR, let_go - HOUR, 15 * MINUTE - timedelta(seconds=1)):
        home.clock.time += wait
        assert late(home) == 0
    home.clock.tick(seconds=2)
    assert late(home) == 2


def test_where_quiet_hours_begin_what_is_late_waits_for_their_end(house):
    home = house({"quiet_hours": "13:00-14:00"}, main=Scripted())
    home.clock.tick(minutes=59)
    assert late(home) == 1
    home.clock.tick(minutes=2)
    assert late(home) == 0


def test_a_doubt_that_no_pace_holds_is_overdue_within_quiet_hours(house):
    lost = Scripted(InDoubt("timed out"), guarantee=Replay.IDEMPOTENT)
    home = house({"quiet_hours": "12:01-18:00", "retries": ["2m"]}, main=lost)
    home.run()
    home.enter(POST, post(1))
    home.clock.tick(hours=1)
    assert late(home) == 1


def test_behind_an_open_circuit_nothing_is_overdue_until_its_probe_is(house):
    home = house(main=Scripted())
    home.enter(POST, post(1))
    [first, _] = home.ledger.deliveries()
    circuit = Circuit(NOON + HOUR, 1, NOON, NOON)
    home.ledger.settle(first, Resting(State.PENDING, NOON, 1, circuit=circuit), None)
    home.clock.tick(minutes=59)
    assert late(home) == 0
    home.clock.tick(minutes=16)
    assert late(home) == 2, "nobody has probed it"


def test_an_endpoint_that_is_being_worked_off_is_not_late(house):
    home = house(main=Scripted())
    home.clock.tick(hours=1)
    home.run()
    home.enter(post(1))
    assert late(home) == 0
    home.clock.tick(minutes=16)
    assert late(home) == 1


def test_a_delay_counts_from_when_the_post_came_out():
    options = Endpoint.model_validate({"name": "main", "network": "folder", "delay": "30m"})
    known = EndpointState("main", NOON - timedelta(days=9))
    [fresh] = plan([post(published=NOON)], options, known, {}, NOON)
    assert fresh.due == NOON + 30 * MINUTE
    [waiting] = plan([POST], options, known, {POST.id: NOON - 10 * MINUTE}, NOON)
    assert waiting.due == NOON + 20 * MINUTE
    [late] = plan([POST], options, known, {POST.id: NOON - HOUR}, NOON)
    assert late.due == NOON
