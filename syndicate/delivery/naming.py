"""What people call a delivery whose post is not out any more."""

from __future__ import annotations

from collections.abc import Iterable

from syndicate.ledger.port import Ledger, NewDelivery
from syndicate.model import Delivery


def sources(ledger: Ledger, subjects: Iterable[str]) -> dict[str, str]:
    """Give the files that posts have or had, by subject; what is no post has none."""
    return {record.id: record.source for record in ledger.find_posts(ids=list(subjects))}


def about(ledger: Ledger, each: Delivery | NewDelivery) -> str:
    """Name it by what it says, or else by its post's file; by its subject where it is of none."""
    if each.message and each.message.title:
        return each.message.title
    return sources(ledger, [each.subject]).get(each.subject, each.subject)
