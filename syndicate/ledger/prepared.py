"""The statements that each delivery runs through, put together once: that takes most of their time.

What differs from one run to the next is handed over with the call, under the names used here and,
for what is to be written, under the columns' own.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, select, update

from syndicate.ledger import statements
from syndicate.ledger.tables import attempts, deliveries, endpoints
from syndicate.model import Delivery, Gate, State

ATTEMPT = insert(attempts)
SETTLE = update(deliveries).where(
    deliveries.c.id == bindparam("held"),
    deliveries.c.fence == bindparam("by"),
    deliveries.c.state == bindparam("found"),  # a person may have settled it without a claim
)
INTEND = SETTLE.where(deliveries.c.state == State.PENDING)


def held(delivery: Delivery) -> dict[str, Any]:
    """Name the delivery for ``SETTLE`` and ``INTEND``; no longer ours, it is not found."""
    return {"held": delivery.id, "by": delivery.fence, "found": delivery.state}


@cache
def next_due(*, doubtful: bool, single: bool) -> Any:
    """Select the first time at which something of an endpoint is due, and what holds it till then.

    Args:
        doubtful: only what may have arrived.
        single: only one delivery, ``only``.
    """
    waits = (endpoints.c.throttled_until, endpoints.c.circuit_until)
    return (
        select(func.min(deliveries.c.due), *waits)
        .join(endpoints, endpoints.c.name == deliveries.c.endpoint)
        .where(_waits(doubtful, single), endpoints.c.gate == Gate.OPEN)
        .group_by(*waits)
    )


@cache
def claim(*, doubtful: bool, single: bool) -> Any:
    """Take an endpoint's oldest delivery that is due; the arguments are :func:`next_due`'s."""
    now: Any = bindparam("now")
    oldest = (
        select(deliveries.c.id)
        .join(endpoints, endpoints.c.name == deliveries.c.endpoint)
        .where(
            _waits(doubtful, single),
            deliveries.c.due <= now,
            statements.is_free(now),
            statements.is_open(now),
        )
        .order_by(deliveries.c.due, deliveries.c.id)
        .limit(1)
        .scalar_subquery()
    )
    return (
        update(deliveries)
        .where(deliveries.c.id == oldest)
        .values(fence=deliveries.c.fence + 1)
        .returning(*deliveries.c)
    )


def _waits(doubtful: bool, single: bool) -> Any:
    conditions = [deliveries.c.endpoint == bindparam("of"), deliveries.c.state == State.PENDING]
    if doubtful:
        conditions.append(deliveries.c.doubt)
    if single:
        conditions.append(deliveries.c.id == bindparam("only"))
    return and_(*conditions)
