"""Endpoints' first runs: what a backfill may ask for, and whether the ledger was lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from syndicate import feeds, standing
from syndicate.config import Config
from syndicate.feeds import Document
from syndicate.ledger import Ledger


@dataclass(frozen=True, slots=True)
class FirstRuns:
    """What holds for the endpoints whose first run this is."""

    backfill: int | None
    """How many posts to announce; as each endpoint says where it is None."""
    warnings: tuple[str, ...]


def look(
    config: Config,
    ledger: Ledger,
    documents: Sequence[Document],
    backfill: int | None,
    *,
    is_new: bool,
) -> FirstRuns:
    """Look at the ledger before a run enters anything, and before it publishes.

    Args:
        config: names the endpoints.
        ledger: knows which of them had their first run.
        documents: what will be published.
        backfill: what a person asks for.
        is_new: whether the ledger knew of no post before this run.
    """
    late = [each.name for each in standing.known(config, ledger)]
    if backfill and late:
        return FirstRuns(backfill, (_too_late(late),))
    is_unused = is_new and not ledger.endpoints()
    if is_unused and config.endpoints and feeds.are_ours(documents, config.feeds.output):
        # A person may still say what to send; a default must not send it all once more.
        return FirstRuns(backfill or 0, (_lost(config),))
    return FirstRuns(backfill, ())


def _too_late(names: Sequence[str]) -> str:
    return (
        f"--backfill is for an endpoint's first run; {', '.join(names)} had it: "
        "`syndicate status --all` numbers what was skipped, and `syndicate retry` sends it"
    )


def _lost(config: Config) -> str:
    return (
        f"the ledger is new, and yet feeds of ours are in {config.feeds.output}: if it was lost, "
        "put it back and run again. Without it nobody knows what was announced, so what is out by "
        "now is not; `syndicate status --all` numbers it, and `syndicate retry` sends it"
    )
