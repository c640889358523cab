"""Endpoints are examined without posting anything: what they tell, and what their answers show."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from syndicate.delivery import Line
from syndicate.errors import DeliveryError
from syndicate.http import Sight
from syndicate.model import EndpointState, Fact, Gate, Health, Level, Limits, certificate
from syndicate.networks.base import FeedNetwork
from syndicate.pipeline import App

log = logging.getLogger(__name__)

SKEW = timedelta(seconds=60)
"""A clock that is off by more than this is not kept by anybody."""
_BREAKS = (
    "set the machine's clock by NTP: receivers of webhooks refuse signatures that are five "
    "minutes off, and times of posts, quiet hours and look-ups are wrong"
)


async def endpoints(app: App) -> list[tuple[str, Health]]:
    """Examine all endpoints beside each other; nothing is posted."""
    async with app.connect() as connected:
        found = await asyncio.gather(*(_examine(line) for line in connected.lines))
        names = [line.options.name for line in connected.lines]
    states = {each.name: each for each in app.ledger.endpoints()}
    return [
        (name, _redacted(app, _with_gate(each, states.get(name))))
        for name, each in zip(names, found, strict=True)
    ]


async def _examine(line: Line) -> Health:
    """Ask the network, then look at what its server's answers have shown on the way."""
    sights = line.wire.http.watch()
    limits: tuple[Fact, ...] = ()
    try:
        health = await line.network.check(line.wire)
        if not isinstance(line.network, FeedNetwork):
            limits = (Fact("limits", _say(await line.network.limits(line.wire))),)
    except DeliveryError as error:
        health = Health(ok=False, detail=f"{type(error).__name__}: {error.detail}")
    except Exception as error:
        log.exception("the check of %s failed unexpectedly", line.options.name)
        health = Health(ok=False, detail=f"unexpected {type(error).__name__}: {error}")
    seen = _seen(sights, line.wire.clock())
    return replace(health, facts=(*health.facts, *limits, *seen))


def _with_gate(health: Health, state: EndpointState | None) -> Health:
    """Add that the ledger knows the endpoint as shut: however well it is, it is sent nothing."""
    if state is None or state.gate is Gate.OPEN:
        return health
    advice = f"when it is mended: syndicate retry --endpoint {state.name}"
    fact = Fact("gate", f"{state.gate}: {state.reason}; {advice}", Level.ERROR)
    return replace(health, facts=(fact, *health.facts))


def _redacted(app: App, health: Health) -> Health:
    facts = (replace(each, value=app.redact(each.value)) for each in health.facts)
    return replace(health, detail=app.redact(health.detail), facts=tuple(facts))


def _say(limits: Limits) -> str:
    """Put limits into words."""
    said = [f"{limits.text:,} {limits.unit}" if limits.text else "texts of any length"]
    if limits.text_bytes:
        said.append(f"{limits.text_bytes:,} bytes of text")
    if not limits.images:
        return ", ".join([*said, "no image"])
    if limits.image_bytes:
        said.append(f"images to {limits.image_bytes:,} bytes")
    if limits.image_pixels:
        said.append(f"to {limits.image_pixels:,} pixels")
    if limits.alt:
        said.append(f"alternative texts to {limits.alt:,} characters")
    return ", ".join(said)


def _seen(sights: Mapping[str, Sight], now: datetime) -> Iterator[Fact]:
    for host, each in sights.items():
        if each.ends:
            yield certificate(host, each.ends, now)
        if each.ahead is not None:
            yield _clock(host, each.ahead)


def _clock(host: str, ahead: timedelta) -> Fact:
    off = timedelta(seconds=round(abs(ahead.total_seconds())))
    if off <= SKEW:
        return Fact("clock", f"as {host}'s")
    side = "behind" if ahead > timedelta() else "ahead of"
    return Fact("clock", f"ours is {off} {side} {host}'s; {_BREAKS}", Level.WARNING)
