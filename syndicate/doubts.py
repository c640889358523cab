"""What may have arrived and nobody knows: what was sent, when, and where to look for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from syndicate import networks
from syndicate.config import Config, Endpoint
from syndicate.ledger import Ledger
from syndicate.model import Delivery, State
from syndicate.networks.base import HasPlace

_RECENT = 20
"""So many of the last that arrived are searched for an address."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A delivery in doubt, for a person who is to find out about it."""

    delivery: Delivery
    about: str
    """The post's file, or what else it is about."""
    network: str
    """Empty where the endpoint is not configured any more."""
    places: tuple[str, ...]
    """Where it would be seen: the account or channel, and the last that arrived there."""

    @property
    def sent(self) -> datetime | None:
        """When it was sent for the first time."""
        return self.delivery.key.minted if self.delivery.key else None

    @property
    def text(self) -> str:
        """The words that were sent; those of a thread one below the other."""
        message = self.delivery.message
        return "\n\n".join([message.text, *message.more]) if message else ""

    @property
    def link(self) -> str | None:
        """The permalink in it, to search for."""
        return self.delivery.message.link if self.delivery.message else None

    @property
    def commands(self) -> dict[str, str]:
        """What to type, by what was found."""
        command = f"syndicate resolve {self.delivery.id}"
        return {
            "it is there": f"{command} --there URL",
            "it is not there: send it": f"{command} --again",
            "let it be": f"{command} --drop",
        }


def look(config: Config, ledger: Ledger, chosen: Iterable[Delivery]) -> list[Doubt]:
    """Put together what is known of deliveries in doubt.

    Args:
        config: has the endpoints; their secrets are not needed.
        ledger: knows the posts, and what has arrived.
        chosen: the deliveries.
    """
    rows = list(chosen)
    sources = {each.id: each.source for each in ledger.find_posts(ids={r.subject for r in rows})}
    options = {each.name: each for each in config.endpoints}
    places = {name: tuple(_places(ledger, options.get(name), name)) for name in _names(rows)}
    return [
        Doubt(
            each,
            sources.get(each.subject, each.subject),
            options[each.endpoint].network if each.endpoint in options else "",
            places[each.endpoint],
        )
        for each in rows
    ]


def _names(rows: Iterable[Delivery]) -> set[str]:
    return {each.endpoint for each in rows}


def _places(ledger: Ledger, options: Endpoint | None, name: str) -> Iterator[str]:
    network = networks.get(options.network) if options else None
    if options and isinstance(network, HasPlace) and (place := network.place(options)):
        yield place
    recent = ledger.deliveries(endpoint=name, states=[State.DELIVERED], newest=_RECENT)
    for each in reversed(recent):
        if each.receipt and each.receipt.url:
            yield each.receipt.url
            return
