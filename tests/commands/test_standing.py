"""What becomes of a message that is being sent, if its process has ended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fakes.posts import KEY, delivery
from syndicate.model import Event, Guarantee, Replay, State
from syndicate.standing import Account, Standing
from syndicate.testing.clock import NOON

NONE, SAME = Guarantee(Replay.NONE), Guarantee(Replay.IDEMPOTENT)
HOUR = Guarantee(Replay.IDEMPOTENT_FOR, timedelta(hours=1))


def follows(guarantee, in_doubt="ask", later=timedelta(), **changes):
    row = delivery(state=State.SENDING, key=KEY) if not changes else delivery(key=KEY, **changes)
    account = Account("main", "x", guarantee, in_doubt)
    return Standing((row,), 0, {}, (), {}, (account,), NOON + later).follows(row)


@pytest.mark.parametrize(
    ("guarantee", "in_doubt", "later", "told"),
    [
        (SAME, "ask", 0, "sends it again under the same id"),
        (HOUR, "ask", 0, "sends it again under the same id"),
        (HOUR, "ask", 2, "syndicate resolve"),
        (Guarantee(Replay.NONE, looks_up=True), "ask", 0, "looks for it there"),
        (NONE, "ask", 0, "asks you whether it arrived: syndicate resolve"),
        (NONE, "resend", 0, "it may be there twice"),
        (NONE, "drop", 0, "it may be missing"),
    ],
)
def test_the_guarantee_decides(guarantee, in_doubt, later, told):
    said = follows(guarantee, in_doubt, timedelta(hours=later))
    assert said.startswith("under way; if it was cut short, the next run ")
    assert told in said


@pytest.mark.parametrize("event", [Event.UPDATED, Event.DELETED])
def test_edits_and_deletions_are_repeated_everywhere(event):
    assert "under the same id" in follows(NONE, state=State.SENDING, event=event)


def test_of_what_is_not_being_sent_nothing_is_foretold():
    assert follows(NONE, state=State.PENDING) == ""
