"""What became of all deliveries: by the ledger, and by what the public sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from campaign.remotes import NONE, Remote
from syndicate.ledger import Ledger
from syndicate.model import State


@dataclass
class Tally:
    """The deliveries of one endpoint.

    Args:
        endpoint: its name.
        kind: what its network can do after a lost answer.
    """

    endpoint: str
    kind: str
    deliveries: int = 0
    hit: int = 0
    """How often a kill hit one of them between its intent and its result."""
    delivered: int = 0
    lost: int = 0
    """Delivered by the ledger, and not there."""
    doubled: int = 0
    """There more than once."""
    in_doubt: int = 0
    """A person is asked about them."""
    arrived: int = 0
    """How many of those in doubt are there."""
    other: int = 0
    """Neither delivered nor in doubt, or in doubt where the network can tell."""

    @property
    def holds(self) -> bool:
        """Whether nothing is lost or doubled, and every unknown is accounted for."""
        return (self.lost, self.doubled, self.other) == (0, 0, 0)

    def add(self, state: State, seen: int) -> None:
        """Count a delivery."""
        self.deliveries += 1
        self.doubled += seen > 1
        if state is State.DELIVERED:
            self.delivered += 1
            self.lost += seen == 0
        elif state is State.IN_DOUBT and self.kind == NONE:
            self.in_doubt += 1
            self.arrived += seen > 0
        else:
            self.other += 1


def tally(
    ledger: Ledger,
    remotes: Iterable[Remote],
    owed: Iterable[tuple[str, str]],
    by: Mapping[str, str],
) -> list[Tally]:
    """Count what became of every delivery.

    Args:
        ledger: what we know of it.
        remotes: what they have.
        owed: the posts' slugs and the endpoints that are to be told of them.
        by: the remotes' names by the endpoints'.
    """
    known = {each.name: each for each in remotes}
    found = {name: Tally(name, each.kind) for name, each in known.items()}
    slugs = {each.id: Path(each.source).stem for each in ledger.posts()}
    rows = {(slugs[each.subject], each.endpoint): each for each in ledger.deliveries()}
    for slug, endpoint in owed:
        row, remote = rows.get((slug, endpoint)), known[by[endpoint]]
        count = found[remote.name]
        count.add(row.state if row else State.CANCELLED, remote.seen(slug))
        tries = ledger.attempts(row.id) if row else []
        count.hit += sum(each.outcome == "Interrupted" for each in tries)
    return list(found.values())
