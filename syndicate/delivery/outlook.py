"""What a run would attempt now."""

from __future__ import annotations

from datetime import datetime

from syndicate.ledger import Ledger
from syndicate.model import Delivery, State


def due(ledger: Ledger, endpoint: str, now: datetime) -> tuple[list[Delivery], list[Delivery]]:
    """Give an endpoint's deliveries that a run would attempt now, and those that wait."""
    state = ledger.endpoint(endpoint)
    rows = ledger.deliveries(endpoint=endpoint, states=[State.PENDING, State.SENDING])
    is_open = state is not None and state.is_open(now)
    found = [each for each in rows if is_open and each.state is State.PENDING and each.due <= now]
    return found, [each for each in rows if each not in found]
