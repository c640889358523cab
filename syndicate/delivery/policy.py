"""What becomes of a delivery after a try. Pure: no clock, no chance, no I/O of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from syndicate.errors import (
    DeliveryError,
    Gone,
    InDoubt,
    Rejected,
    Throttled,
    Unauthorized,
    Unreachable,
)
from syndicate.ledger.port import Resting
from syndicate.model import Delivery, Gate, Guarantee, Key, Receipt, State

JITTER = 0.2
"""The share by which a wait is stretched or cut, so that many do not come back at one moment."""

SILENCE = timedelta(minutes=1)
"""How long an endpoint is left alone that is not there, or asks for it without a time."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How an endpoint is retried.

    Args:
        retries: the waits after the first failed attempt, the second …; then the dead letter.
        quiet: how long the remote is left to finish before it is asked what became of a message.
        in_doubt: what becomes of a message that may have arrived, where nothing can be found out.
    """

    retries: Sequence[timedelta]
    quiet: timedelta
    in_doubt: Literal["ask", "resend", "drop"] = "ask"

    def next_try(self, attempts: int, now: datetime, roll: float) -> datetime | None:
        """Give the time of the try after ``attempts`` failed ones; None when they are used up.

        Args:
            attempts: how many have failed, this one included.
            now: the time of the failure.
            roll: chance, between -1 and 1.
        """
        if attempts > len(self.retries):
            return None
        return now + self.retries[attempts - 1] * (1 + JITTER * roll)

    def may_repeat(self, guarantee: Guarantee, key: Key | None, when: datetime) -> bool:
        """Tell whether a message that may have arrived may be sent at ``when``, all the same."""
        return self.in_doubt == "resend" or guarantee.may_replay(key, when)

    def in_the_end(self, now: datetime, attempts: int, reason: str) -> Resting:
        """Give where a message rests that may have arrived, and that is not sent again."""
        if self.in_doubt == "drop":
            said = f'dropped, as in_doubt = "drop" says, though it may have arrived: {reason}'
            return Resting(State.SKIPPED, now, attempts, reason=said)
        return Resting(State.IN_DOUBT, now, attempts, doubt=True, reason=reason)


def settle(
    delivery: Delivery,
    outcome: Receipt | DeliveryError,
    guarantee: Guarantee,
    policy: Policy,
    now: datetime,
    *,
    roll: float,
) -> Resting:
    """Decide where an attempt leaves its delivery.

    Two rules hold throughout: what was delivered is never sent again; and what may have arrived
    never becomes a dead letter, because that says it did not.

    Args:
        delivery: as it was when the attempt began.
        outcome: the receipt, or the error that the attempt ended in.
        guarantee: the network's.
        policy: the endpoint's.
        now: the time of the outcome.
        roll: chance for the jitter, between -1 and 1.
    """
    if isinstance(outcome, Receipt):
        return Resting(
            State.DELIVERED, now, delivery.attempts + 1, receipt=outcome, reason="delivered"
        )
    doubt = delivery.doubt or isinstance(outcome, InDoubt)
    if isinstance(outcome, Unauthorized):
        # It speaks of the endpoint: the delivery loses no try, and waits for the gate to open.
        gate = Gate.DISABLED if isinstance(outcome, Gone) else Gate.PAUSED
        return Resting(
            State.PENDING, now, delivery.attempts, doubt, reason=outcome.detail, gate=gate
        )
    attempts = delivery.attempts + 1
    due = policy.next_try(attempts, now, roll)
    if isinstance(outcome, Rejected) or due is None:
        if doubt:
            return policy.in_the_end(now, attempts, outcome.detail)
        return Resting(State.DEAD, now, attempts, reason=outcome.detail)
    if isinstance(outcome, InDoubt) and guarantee.looks_up:
        due = max(due, now + policy.quiet)
    due = max(due, outcome.until or due)
    if doubt and not policy.may_repeat(guarantee, delivery.key, due):
        return policy.in_the_end(now, attempts, outcome.detail)
    throttled_until = None
    if isinstance(outcome, Throttled):  # it speaks of the endpoint, not of this delivery's tries
        throttled_until = outcome.until or now + SILENCE
    elif isinstance(outcome, Unreachable):  # so will it be for the next delivery
        throttled_until = min(due, now + SILENCE)
    return Resting(
        State.PENDING,
        due,
        attempts,
        doubt,
        reason=outcome.detail,
        throttled_until=throttled_until,
    )
