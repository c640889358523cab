from __future__ import annotations

from datetime import timedelta

import pytest

from fakes.network import Scripted
from fakes.posts import post
from syndicate.delivery import circuit
from syndicate.delivery.circuit import FORGOTTEN, HOPELESS, LEAST, LONGEST, PROBE
from syndicate.errors import InDoubt, Rejected, Throttled, Unauthorized, Unreachable
from syndicate.model import Attempt, Circuit, Gate, Replay, State
from syndicate.testing.clock import NOON

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def tries(*outcomes, end=NOON, apart=SECOND, status=None):
    """Attempts, the last of which ended at a time."""
    times = [end - apart * number for number in range(len(outcomes))][::-1]
    return [
        Attempt(number, when, when, outcome, status)
        for number, (when, outcome) in enumerate(zip(times, outcomes, strict=True))
    ]


def bad(count):
    return ["Unreachable"] * count


def good(count):
    return ["delivered"] * count


def test_few_failures_are_left_to_each_deliverys_own_schedule():
    found = circuit.after(Circuit(), tries(*bad(LEAST - 1)), NOON)
    assert found == Circuit(None, 0, NOON, NOON)


def test_many_failures_open_it_and_the_first_probe_comes_soon():
    found = circuit.after(Circuit(), tries(*bad(LEAST)), NOON)
    assert found == Circuit(NOON + PROBE, 1, NOON, NOON)


@pytest.mark.parametrize(("well", "failed", "opens"), [(3, 7, True), (4, 9, False), (5, 12, True)])
def test_it_opens_where_seven_of_ten_fail(well, failed, opens):
    found = circuit.after(Circuit(), tries(*good(well), *bad(failed)), NOON)
    assert (found.until is not None) is opens


def test_what_was_longer_ago_does_not_count():
    old = tries(*bad(LEAST - 1), end=NOON - 6 * MINUTE)
    assert circuit.after(Circuit(), [*old, *tries(*bad(1))], NOON).until is None


def test_the_wait_doubles_with_each_probe_that_fails_up_to_an_hour():
    now, found, waits = NOON, circuit.after(Circuit(), tries(*bad(LEAST)), NOON), []
    for _ in range(10):
        waits.append((found.until - now) / PROBE)
        now = found.until
        found = circuit.after(found, tries(*bad(1), end=now), now)
    assert waits == [1, 2, 4, 8, 16, 32, 64, *[LONGEST / PROBE] * 3]


@pytest.mark.parametrize("outcome", ["delivered", "Rejected", "Unauthorized"])
def test_whoever_answers_is_well(outcome):
    failing = Circuit(NOON, 3, NOON - MINUTE, NOON)
    assert circuit.after(failing, tries(outcome), NOON) == Circuit()


def test_a_server_that_asks_for_silence_is_well_and_one_that_is_overloaded_is_not():
    [asked], [overloaded] = tries("Throttled", status=429), tries("Throttled", status=503)
    assert not circuit.is_fault(asked)
    assert circuit.is_fault(overloaded)


def test_our_own_end_says_nothing_of_the_endpoint():
    lately = tries(*["Interrupted"] * 20, *bad(1))
    assert [each.outcome for each in circuit.recent(lately, NOON)] == ["Unreachable"]


def test_failing_for_days_is_hopeless_and_a_single_failure_after_weeks_is_not():
    found = Circuit(None, 0, NOON - HOPELESS, NOON - MINUTE)
    assert circuit.is_hopeless(circuit.after(found, tries(*bad(1)), NOON), NOON)
    long_ago = Circuit(None, 0, NOON - HOPELESS, NOON - FORGOTTEN)
    assert circuit.after(long_ago, tries(*bad(1)), NOON).failing_since == NOON


# In the runner


def posts(count):
    return [post(number) for number in range(count)]


@pytest.fixture
def dead(house):
    """Twenty deliveries for an endpoint whose answers are lost, and twenty for one that is well."""
    broken = Scripted(*[InDoubt("timed out")] * 999, guarantee=Replay.IDEMPOTENT)
    home = house(broken=broken, well=Scripted())
    home.broken = broken
    return home.enter(*posts(20))


def of(home, name):
    return home.ledger.endpoint(name)


def test_a_dead_endpoint_costs_a_run_no_more_than_it_takes_to_know(dead):
    dead.run()
    assert len(dead.broken.sent) == LEAST
    assert of(dead, "broken").circuit.until == dead.clock.now() + PROBE
    well = dead.ledger.deliveries(endpoint="well", states=[State.DELIVERED])
    assert len(well) == 20
    dead.run()
    assert len(dead.broken.sent) == LEAST


def test_then_it_is_probed_once_at_a_time_and_opened_by_the_first_that_gets_through(dead):
    dead.run()
    dead.clock.tick(seconds=30)
    dead.run()
    assert len(dead.broken.sent) == LEAST + 1
    assert of(dead, "broken").circuit.until == dead.clock.now() + 2 * PROBE
    dead.broken.script.clear()
    dead.clock.tick(minutes=1)
    dead.run()
    assert of(dead, "broken").circuit == Circuit()
    assert of(dead, "broken").reason == ""
    delivered = dead.ledger.deliveries(endpoint="broken", states=[State.DELIVERED])
    assert len(delivered) == len(dead.broken.sent) - LEAST - 1 > 1


def test_a_run_waits_for_the_probe_where_it_has_the_time(dead):
    dead.run(wait=2 * MINUTE)
    assert len(dead.broken.sent) == LEAST + 2


def test_after_days_without_anything_getting_through_a_person_is_asked(house):
    home = house(main=Scripted(*[Unreachable("no connection")] * 999))
    for _ in range(12):
        home.run()
        home.clock.tick(hours=11)
        home.enter(*posts(2))
    state = of(home, "main")
    assert state.gate is Gate.DISABLED
    assert state.reason.startswith("nothing has got through for 120 hours; the last answer: no")
    home.ledger.open_endpoint("main")
    assert of(home, "main").circuit == Circuit()


def test_bad_messages_do_not_open_it(house):
    home = house(main=Scripted(*[Rejected("too long")] * 30))
    home.enter(*posts(20)).run()
    assert of(home, "main").circuit == Circuit()


@pytest.mark.parametrize("error", [Throttled("429", status=429), Unauthorized("401")])
def test_other_refusals_have_their_own_ways(house, error):
    home = house(main=Scripted(error))
    home.run()
    assert of(home, "main").circuit == Circuit()
