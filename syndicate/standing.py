"""What the ledger says at a time: what waits and for what, what rests, what is shut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from syndicate import delivery
from syndicate.config import Config
from syndicate.ledger import Ledger, NewDelivery
from syndicate.model import Delivery, EndpointState, State
from syndicate.report import Report


def complete(config: Config, ledger: Ledger, now: datetime, report: Report) -> Report:
    """Add to a report what stands in the ledger of the endpoints that are configured."""
    names = {endpoint.name for endpoint in config.endpoints}
    waiting = _of(names, ledger.deliveries(states=[State.PENDING, State.SENDING]))
    resting = _of(names, ledger.deliveries(states=[State.DEAD, State.IN_DOUBT]))
    shut = endpoints(config, ledger, now, waiting)
    return replace(report, waiting=waiting, resting=resting, **shut)


def endpoints(
    config: Config, ledger: Ledger, now: datetime, waiting: Iterable[Delivery | NewDelivery]
) -> dict[str, Any]:
    """Give ``endpoints`` and ``holds``: their states, and until when deliveries of theirs wait."""
    names = {each.endpoint for each in waiting}
    zone = config.site.timezone
    holds = {
        each.name: delivery.waits(ledger, each, zone, now)
        for each in config.endpoints
        if each.name in names
    }
    return {
        "endpoints": known(config, ledger),
        "holds": {name: hold for name, hold in holds.items() if hold},
    }


def known(config: Config, ledger: Ledger) -> tuple[EndpointState, ...]:
    """Give what the ledger knows of the configured endpoints."""
    names = {endpoint.name for endpoint in config.endpoints}
    return tuple(each for each in ledger.endpoints() if each.name in names)


def _of(names: set[str], deliveries: Iterable[Delivery]) -> tuple[Delivery, ...]:
    return tuple(each for each in deliveries if each.endpoint in names)
