"""What a person may do to a delivery. Pure: each gives where the delivery rests then."""

from __future__ import annotations

from datetime import datetime

from syndicate.delivery.layers import WAITS
from syndicate.errors import SyndicateError
from syndicate.ledger.port import Resting
from syndicate.model import Delivery, Event, Message, Receipt, State

BY_HAND = "asked for by hand"


class NotPossible(SyndicateError):
    """The delivery is in a state in which this would double or lose something."""


def retry(delivery: Delivery, now: datetime) -> Resting:
    """Send a delivery after all, composed anew: a dead letter, a skipped one, one that waits.

    Raises:
        NotPossible: it was delivered, is being sent, or nobody knows whether it was.
    """
    if delivery.state is State.PENDING:
        reason = BY_HAND if delivery.reason.startswith(WAITS) else delivery.reason
        return Resting(State.PENDING, now, delivery.attempts, delivery.doubt, reason=reason)
    _require(delivery, State.DEAD, State.SKIPPED, State.CANCELLED)
    return _sent_after_all(delivery, now)


def require_sendable(delivery: Delivery | None) -> None:
    """Raise :class:`NotPossible` where sending a post now could double what is there."""
    if delivery is None:
        return
    _require(delivery, State.PENDING, State.DEAD, State.SKIPPED, State.CANCELLED)
    if delivery.doubt:
        raise NotPossible(_refusal(delivery, "an earlier try may have arrived; let it settle"))


def send(delivery: Delivery, now: datetime, message: Message) -> Resting:
    """Send a message now, in place of what the delivery would have sent, or had not to send.

    Raises:
        NotPossible: it was delivered, is being sent, or nobody knows whether it was.
    """
    require_sendable(delivery)
    return Resting(State.PENDING, now, 0, reason=BY_HAND, message=message)


def skip(delivery: Delivery, now: datetime) -> Resting:
    """Never send a delivery.

    Raises:
        NotPossible: it was delivered, is being sent, or nobody knows whether it was.
    """
    _require(delivery, State.PENDING, State.DEAD, State.SKIPPED)
    require_sendable(delivery)
    return Resting(State.SKIPPED, now, delivery.attempts, reason="skipped by hand")


def require_doubt(delivery: Delivery) -> None:
    """Raise :class:`NotPossible` where there is no doubt to settle."""
    _require(delivery, State.IN_DOUBT)


def there(delivery: Delivery, now: datetime, url: str) -> Resting:
    """Settle a doubt: it had arrived, and is at ``url``."""
    _require(delivery, State.IN_DOUBT)
    return Resting(
        State.DELIVERED,
        now,
        delivery.attempts,
        receipt=Receipt(url, url),
        reason="found by hand",
    )


def again(delivery: Delivery, now: datetime) -> Resting:
    """Settle a doubt: it had not arrived, so send it."""
    _require(delivery, State.IN_DOUBT)
    return _sent_after_all(delivery, now)


def drop(delivery: Delivery, now: datetime) -> Resting:
    """Settle a doubt: let it be, whatever became of it."""
    _require(delivery, State.IN_DOUBT)
    return Resting(State.SKIPPED, now, delivery.attempts, reason="dropped by hand")


def _sent_after_all(delivery: Delivery, now: datetime) -> Resting:
    """Begin anew; only an announcement is composed again, the others tell of one state."""
    anew = delivery.event is Event.PUBLISHED
    return Resting(State.PENDING, now, 0, reason=BY_HAND, anew=anew)


def _require(delivery: Delivery, *states: State) -> None:
    if delivery.state in states:
        return
    advice = {
        State.IN_DOUBT: "see whether it is there, then `syndicate resolve` it",
        State.DELIVERED: "it has arrived",
        State.SENDING: "it is being sent, or the next run settles it",
    }.get(delivery.state, f"expected {', '.join(states)}")
    raise NotPossible(_refusal(delivery, advice))


def _refusal(delivery: Delivery, advice: str) -> str:
    return f"delivery {delivery.id} is {delivery.state}: {advice}"
