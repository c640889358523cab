from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.posts import KEY, delivery
from syndicate.delivery import Policy, settle
from syndicate.delivery.policy import PATIENCE, SILENCE
from syndicate.errors import (
    DeliveryError,
    Gone,
    InDoubt,
    Rejected,
    Throttled,
    Unauthorized,
    Unreachable,
)
from syndicate.model import Gate, Guarantee, Receipt, Replay, State
from syndicate.testing.clock import NOON

HOUR = timedelta(hours=1)
POLICY = Policy((timedelta(seconds=5), timedelta(minutes=5), HOUR), timedelta(seconds=30))
IDEMPOTENT = Guarantee(Replay.IDEMPOTENT)
WINDOW = Guarantee(Replay.IDEMPOTENT_FOR, HOUR)
WINDOW_AND_LOOK = Guarantee(Replay.IDEMPOTENT_FOR, HOUR, looks_up=True)
LOOK_UP = Guarantee(Replay.NONE, looks_up=True)
NONE = Guarantee(Replay.NONE)
ALL = [IDEMPOTENT, WINDOW, WINDOW_AND_LOOK, LOOK_UP, NONE]


def after(outcome, guarantee=IDEMPOTENT, now=NOON, roll=0.0, **changes):
    return settle(delivery(**changes), outcome, guarantee, POLICY, now, roll=roll)


def test_a_receipt_ends_the_delivery():
    resting = after(Receipt("7", "https://x.example/7"))
    assert (resting.state, resting.receipt) == (
        State.DELIVERED,
        Receipt("7", "https://x.example/7"),
    )


@pytest.mark.parametrize(
    ("attempts", "wait"), [(0, timedelta(seconds=5)), (1, timedelta(minutes=5)), (2, HOUR)]
)
def test_an_unreachable_remote_is_tried_again_by_the_schedule(attempts, wait):
    resting = after(Unreachable("no connection"), attempts=attempts)
    assert (resting.state, resting.due, resting.attempts) == (
        State.PENDING,
        NOON + wait,
        attempts + 1,
    )


def test_jitter_stretches_or_cuts_a_wait_by_a_fifth():
    assert after(Unreachable("x"), roll=1, attempts=2).due == NOON + 1.2 * HOUR
    assert after(Unreachable("x"), roll=-1, attempts=2).due == NOON + 0.8 * HOUR


def test_a_schedule_that_is_used_up_leaves_a_dead_letter():
    assert after(Unreachable("x"), attempts=3).state is State.DEAD


def test_retry_after_is_never_undercut_and_silences_the_endpoint():
    until = NOON + 3 * HOUR
    resting = after(Throttled("slow down", until=until))
    assert resting.due == until
    assert resting.throttled_until == until


def test_an_endpoint_is_silent_for_as_long_as_it_asks_and_not_for_a_deliverys_sake():
    until = NOON + timedelta(seconds=2)
    resting = after(Throttled("x", until=until), attempts=2)
    assert (resting.due, resting.throttled_until) == (NOON + HOUR, until)
    assert after(Throttled("x"), attempts=2).throttled_until == NOON + SILENCE


@pytest.mark.parametrize("guarantee", ALL)
@pytest.mark.parametrize("kind", [InDoubt, Unreachable])
def test_a_wait_that_is_asked_for_by_any_failure_is_the_whole_endpoints(kind, guarantee):
    until = NOON + 3 * HOUR
    assert after(kind("HTTP 500", status=500, until=until), guarantee).throttled_until == until


@pytest.mark.parametrize("status", [502, 504])
def test_a_gateway_that_does_not_get_through_silences_the_endpoint(status):
    outcome = InDoubt(f"HTTP {status}", status=status)
    asked = after(outcome, NONE)
    assert (asked.state, asked.throttled_until) == (State.IN_DOUBT, NOON + SILENCE)
    again = after(outcome, IDEMPOTENT)
    assert again.throttled_until == again.due == NOON + timedelta(seconds=5)
    assert after(InDoubt("HTTP 500", status=500), NONE).throttled_until is None


@pytest.mark.parametrize("attempts", [0, 2, 3])
def test_who_is_asked_to_wait_loses_no_try(attempts):
    resting = after(Throttled("slow down"), attempts=attempts)
    assert (resting.state, resting.attempts) == (State.PENDING, attempts)


def test_nobody_waits_for_ever():
    late = NOON + PATIENCE
    assert after(Throttled("slow down"), now=late, attempts=2).attempts == 3
    assert after(Throttled("slow down"), now=late, attempts=3).state is State.DEAD


def test_a_silence_without_a_time_grows_to_an_hour():
    for minutes, silence in ((0, 1), (10, 10), (90, 60)):
        now = NOON + timedelta(minutes=minutes)
        assert after(Throttled("x"), now=now).throttled_until == now + timedelta(minutes=silence)


def test_a_retry_after_shorter_than_the_schedule_does_not_hurry_it():
    assert after(Throttled("x", until=NOON + timedelta(seconds=1))).due == NOON + timedelta(
        seconds=5
    )


def test_a_retry_after_on_any_failure_is_obeyed():
    assert after(Unreachable("x", until=NOON + HOUR)).due == NOON + HOUR


def test_a_rejected_message_is_dead_and_the_endpoint_stays_open():
    resting = after(Rejected("too long"))
    assert (resting.state, resting.gate) == (State.DEAD, None)


@pytest.mark.parametrize(
    ("error", "gate"), [(Unauthorized("401"), Gate.PAUSED), (Gone("410"), Gate.DISABLED)]
)
def test_a_bad_endpoint_is_shut_and_its_delivery_loses_no_try(error, gate):
    resting = after(error, attempts=2)
    assert (resting.state, resting.gate, resting.attempts) == (State.PENDING, gate, 2)


def test_a_lost_answer_is_replayed_where_that_is_harmless():
    resting = after(InDoubt("reset"))
    assert (resting.state, resting.doubt) == (State.PENDING, True)


def test_a_lost_answer_waits_for_the_remote_to_finish_before_it_is_looked_for():
    resting = after(InDoubt("reset"), LOOK_UP)
    assert (resting.state, resting.doubt) == (State.PENDING, True)
    assert resting.due == NOON + POLICY.quiet


def test_a_lost_answer_without_a_guarantee_waits_for_a_person():
    assert after(InDoubt("reset"), NONE).state is State.IN_DOUBT


def policy(in_doubt):
    return Policy(POLICY.retries, POLICY.quiet, in_doubt)


def test_who_wants_it_so_has_a_doubt_sent_again_by_the_schedule_and_is_asked_at_its_end():
    resend = policy("resend")
    resting = settle(delivery(attempts=1), InDoubt("reset"), NONE, resend, NOON, roll=0)
    assert (resting.state, resting.due) == (State.PENDING, NOON + timedelta(minutes=5))
    assert resting.doubt
    last = settle(delivery(attempts=3, doubt=True), Unreachable("x"), NONE, resend, NOON, roll=0)
    assert last.state is State.IN_DOUBT


@pytest.mark.parametrize("outcome", [InDoubt("reset"), Rejected("no such hook")])
def test_who_wants_it_so_has_a_doubt_dropped_with_its_reason(outcome):
    before = delivery(doubt=True)
    resting = settle(before, outcome, NONE, policy("drop"), NOON, roll=0)
    assert resting.state is State.SKIPPED
    assert resting.reason == (
        f'dropped, as in_doubt = "drop" says, though it may have arrived: {outcome.detail}'
    )


def test_what_can_be_found_out_is_neither_dropped_nor_asked_for():
    resting = settle(delivery(), InDoubt("reset"), LOOK_UP, policy("drop"), NOON, roll=0)
    assert (resting.state, resting.doubt) == (State.PENDING, True)


def test_a_key_is_replayed_within_its_window_only():
    assert after(InDoubt("x"), WINDOW).state is State.PENDING
    late = NOON + HOUR - timedelta(seconds=5)
    assert after(InDoubt("x"), WINDOW, now=late).state is State.IN_DOUBT


def test_a_look_up_makes_the_window_unimportant():
    assert after(InDoubt("x"), WINDOW_AND_LOOK, now=NOON + 5 * HOUR).state is State.PENDING


@pytest.mark.parametrize("outcome", [Unreachable("x"), Throttled("x"), InDoubt("x")])
def test_a_doubt_is_not_carried_past_the_window_by_other_failures(outcome):
    late = NOON + HOUR - timedelta(seconds=5)
    assert after(outcome, WINDOW, now=late, doubt=True).state is State.IN_DOUBT
    assert after(outcome, NONE, doubt=True).state is State.IN_DOUBT
    assert after(outcome, WINDOW_AND_LOOK, now=late, doubt=True).state is State.PENDING


def test_a_wait_that_the_remote_asks_for_may_outlast_the_window():
    outcome = InDoubt("x", until=NOON + 2 * HOUR)
    assert after(outcome, WINDOW).state is State.IN_DOUBT


outcomes = st.one_of(
    st.builds(Receipt, st.text(min_size=1)),
    st.sampled_from([Unreachable, Throttled, Rejected, Unauthorized, Gone, InDoubt]).flatmap(
        lambda kind: st.builds(
            kind,
            st.just("why"),
            until=st.none() | st.integers(-10, 10**6).map(lambda s: NOON + timedelta(seconds=s)),
        )
    ),
)


@given(
    outcomes,
    st.sampled_from(ALL),
    st.integers(0, 5),
    st.booleans(),
    st.floats(-1, 1),
    st.integers(0, 10**6),
)
def test_whatever_happens_nothing_is_lost_and_no_doubt_is_forgotten(
    outcome, guarantee, attempts, doubt, roll, seconds
):
    now = NOON + timedelta(seconds=seconds)
    before = delivery(attempts=attempts, doubt=doubt, key=KEY)
    resting = settle(before, outcome, guarantee, POLICY, now, roll=roll)
    if isinstance(outcome, Receipt):
        assert resting.state is State.DELIVERED
        return
    assert isinstance(outcome, DeliveryError)
    assert resting.state in {State.PENDING, State.DEAD, State.IN_DOUBT}
    assert resting.due >= now
    may_be_there = doubt or isinstance(outcome, InDoubt)
    if may_be_there:
        assert resting.state is not State.DEAD
        assert resting.doubt
    if isinstance(outcome, InDoubt) and guarantee is NONE:
        assert resting.state is State.IN_DOUBT
    if resting.state is State.PENDING and outcome.until and not isinstance(outcome, Unauthorized):
        assert resting.due >= outcome.until
    if resting.state is not State.IN_DOUBT:
        assert resting.reason == "why"
