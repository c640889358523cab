"""What is due to exist in the outbox, of posts and of changed feeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from syndicate import content, delivery, feeds
from syndicate.delivery import Line, awaited
from syndicate.delivery.awaited import note
from syndicate.ledger import Ledger, NewDelivery
from syndicate.model import State
from syndicate.networks.base import FeedNetwork


def new_deliveries(
    ledger: Ledger,
    line: Line,
    scan: content.Scan,
    documents: Iterable[feeds.Document],
    backfill: int | None,
) -> Iterable[NewDelivery]:
    """Give an endpoint's deliveries that are due to exist, and do not yet.

    Args:
        ledger: knows those that do.
        line: the endpoint.
        scan: the posts.
        documents: the feeds as they are now.
        backfill: overrides the endpoint's own on its first run.
    """
    name, network = line.options.name, line.network
    state = ledger.endpoint(name)
    if not line.options.posts:
        return ()
    if isinstance(network, FeedNetwork):
        told = {(each.subject, each.version) for each in ledger.deliveries(endpoint=name)}
        known = ((each.url, each.version) for each in documents if each.is_feed)
        return delivery.notices(
            (each for each in known if each not in told), name, network, scan.now
        )
    if state is None:
        return delivery.plan(scan.outlines(), line.options, None, {}, scan.now, backfill)
    fresh = (record.id for record in scan.records)  # a plan does not make the ledger know them
    posts = list(scan.outlines(among=ledger.unplanned(name, fresh)))
    out_since = ledger.out_since([post.id for post in posts])
    waits = awaited(ledger, line.options, (), None)
    return delivery.plan(posts, line.options, state, out_since, scan.now, awaited=waits)


def enter(
    ledger: Ledger,
    lines: Sequence[Line],
    scan: content.Scan,
    documents: Sequence[feeds.Document],
    backfill: int | None,
) -> dict[str, int]:
    """Enter the deliveries that are due to exist; tell how many of each endpoint's are skipped."""
    skipped: dict[str, int] = {}
    for line in lines:
        skipped[line.options.name] = 0
        note(ledger, line.options, scan.outlines(), backfill)
        new = new_deliveries(ledger, line, scan, documents, backfill)
        ledger.add(line.options.name, _counted(new, skipped), scan.now)
    return skipped


def _counted(new: Iterable[NewDelivery], skipped: dict[str, int]) -> Iterator[NewDelivery]:
    """Pass deliveries on, and count those that are skipped."""
    for each in new:
        skipped[each.endpoint] += each.state is State.SKIPPED
        yield each
