"""What becomes of a delivery after a try. Pure: no clock, no chance, no I/O of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
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

SILENCE, LONGEST = timedelta(minutes=1), timedelta(hours=1)
"""How long an endpoint is left alone that is not there, or asks for it without a time. Who goes on
asking is left alone for as long again as the delivery has been tried, up to the longest."""

PATIENCE = timedelta(hours=120)
"""For so long after its first try a delivery loses none by being asked to wait; then it does, so
that nothing waits for ever. It is as long as an endpoint may fail."""

_OVERLOADED = {HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT}
"""A gateway's answers: what is behind it does not keep up, so the next message would fare alike."""


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
    silent = _silent_until(delivery, outcome, now)
    resting = _later(delivery, outcome, guarantee, policy, now, roll)
    if silent is None or isinstance(outcome, Rejected):
        return resting
    if resting.state is State.PENDING and not isinstance(outcome, Throttled):
        silent = outcome.until or min(silent, resting.due)  # its next try asks for the others, too
    return replace(resting, throttled_until=silent)


def _later(  # noqa: PLR0917 - what settle takes
    delivery: Delivery,
    outcome: DeliveryError,
    guarantee: Guarantee,
    policy: Policy,
    now: datetime,
    roll: float,
) -> Resting:
    """Decide when a failed delivery is tried again, or that it is not."""
    doubt = delivery.doubt or isinstance(outcome, InDoubt)
    attempts = delivery.attempts + 1
    due = policy.next_try(attempts, now, roll)
    if isinstance(outcome, Throttled) and _since_first_try(delivery, now) < PATIENCE:
        due, attempts = due or now + LONGEST, delivery.attempts
    if isinstance(outcome, Rejected) or due is None:
        if doubt:
            return policy.in_the_end(now, attempts, outcome.detail)
        return Resting(State.DEAD, now, attempts, reason=outcome.detail)
    if isinstance(outcome, InDoubt) and guarantee.looks_up:
        due = max(due, now + policy.quiet)
    due = max(due, outcome.until or due)
    if doubt and not policy.may_repeat(guarantee, delivery.key, due):
        return policy.in_the_end(now, attempts, outcome.detail)
    return Resting(State.PENDING, due, attempts, doubt, reason=outcome.detail)


def _silent_until(delivery: Delivery, outcome: DeliveryError, now: datetime) -> datetime | None:
    """Tell until when a failure holds an endpoint's other deliveries; None where it does not."""
    if outcome.until is not None:
        return outcome.until
    if isinstance(outcome, Throttled):
        return now + min(max(SILENCE, _since_first_try(delivery, now)), LONGEST)
    if isinstance(outcome, Unreachable) or outcome.status in _OVERLOADED:
        return now + SILENCE
    return None


def _since_first_try(delivery: Delivery, now: datetime) -> timedelta:
    return now - delivery.key.minted if delivery.key else timedelta()
