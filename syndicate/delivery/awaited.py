"""Posts of a first run's backfill that cannot go out as they are: they wait until they are mended.

They have no row in the outbox, as all that waits to be mended. What is out before an endpoint's
first run would be no news later, so the ledger keeps which of it was meant to go out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from syndicate.config import Endpoint
from syndicate.delivery.plan import withheld
from syndicate.ledger.port import Ledger
from syndicate.model import Outline, Post

AWAITED = ".awaited"
"""Where they are kept, by endpoint; no endpoint can have this name."""


def awaited(
    ledger: Ledger, endpoint: Endpoint, posts: Iterable[Post | Outline], backfill: int | None
) -> Collection[str]:
    """Give their ids: of an endpoint's first run, or if this is it, those that it will leave.

    Args:
        ledger: knows whether it has had its first run.
        endpoint: the endpoint's options.
        posts: the posts that are out, newest first.
        backfill: overrides the endpoint's own.
    """
    if ledger.endpoint(endpoint.name) is None:
        return withheld(posts, endpoint, backfill)
    return frozenset(ledger.load_session(AWAITED).get(endpoint.name, ()))


def note(
    ledger: Ledger, endpoint: Endpoint, posts: Iterable[Post | Outline], backfill: int | None
) -> None:
    """Write down what an endpoint's first run leaves, before that is over; later ones nothing."""
    if ledger.endpoint(endpoint.name) is not None or not endpoint.posts:
        return
    kept = ledger.load_session(AWAITED)
    left = {endpoint.name: found} if (found := withheld(posts, endpoint, backfill)) else {}
    others = {name: ids for name, ids in kept.items() if name != endpoint.name}
    if others | left != kept:
        ledger.save_session(AWAITED, others | left)
