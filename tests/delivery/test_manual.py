from __future__ import annotations

import pytest

from fakes.posts import delivery
from syndicate.delivery import manual
from syndicate.model import Receipt, State
from syndicate.testing.clock import NOON


@pytest.mark.parametrize("state", [State.DEAD, State.SKIPPED, State.CANCELLED])
def test_retry_sends_what_rests_composed_anew_with_all_tries(state):
    resting = manual.retry(delivery(state=state, attempts=9), NOON)
    assert (resting.state, resting.due, resting.attempts) == (State.PENDING, NOON, 0)
    assert resting.anew


def test_retry_hurries_what_waits_and_keeps_its_doubt():
    resting = manual.retry(delivery(attempts=3, doubt=True), NOON)
    assert (resting.state, resting.attempts, resting.doubt) == (State.PENDING, 3, True)
    assert not resting.anew


@pytest.mark.parametrize("state", [State.DELIVERED, State.SENDING, State.IN_DOUBT])
def test_retry_never_doubles(state):
    with pytest.raises(manual.NotPossible, match=f"delivery 1 is {state}: "):
        manual.retry(delivery(state=state), NOON)


@pytest.mark.parametrize("state", [State.PENDING, State.DEAD])
def test_skip_lets_a_delivery_rest(state):
    assert manual.skip(delivery(state=state), NOON).state is State.SKIPPED


def test_skip_refuses_what_may_have_arrived():
    with pytest.raises(manual.NotPossible, match="may have arrived"):
        manual.skip(delivery(doubt=True), NOON)


def test_a_doubt_is_settled_in_one_of_three_ways():
    doubtful = delivery(state=State.IN_DOUBT, doubt=True, attempts=2)
    found = manual.there(doubtful, NOON, "https://x.example/1")
    assert (found.state, found.receipt) == (
        State.DELIVERED,
        Receipt("https://x.example/1", "https://x.example/1"),
    )
    sent = manual.again(doubtful, NOON)
    assert (sent.state, sent.doubt, sent.attempts) == (State.PENDING, False, 0)
    assert manual.drop(doubtful, NOON).state is State.SKIPPED


@pytest.mark.parametrize("move", [manual.again, manual.drop])
def test_only_a_doubt_can_be_settled(move):
    with pytest.raises(manual.NotPossible, match="expected in_doubt"):
        move(delivery(state=State.DEAD), NOON)
