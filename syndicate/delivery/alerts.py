"""Alerts: the endpoints that are named for it are told of what somebody has to know.

Nothing here waits for an event. After each run it is looked what is in trouble, and what of it was
not told yet; so a kill between the two loses nothing, and what was mended and breaks again is told
again. What is told at once is one message, and a delivery of its own in the outbox.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any

from syndicate.config import Endpoint, Worded
from syndicate.delivery.line import Line
from syndicate.errors import DeliveryError
from syndicate.ledger.port import Ledger, NewDelivery, Resting
from syndicate.model import (
    Alert,
    Delivery,
    EndpointState,
    Event,
    Gate,
    Limits,
    Message,
    Post,
    Site,
    State,
    Trouble,
    TroubleKind,
)
from syndicate.networks.base import FeedNetwork, RaisesAlerts

log = logging.getLogger(__name__)

FAILURES = 4
"""With so many failed attempts a delivery is told of while it is still tried."""
_STATES = (State.PENDING, State.SENDING, State.DEAD, State.IN_DOUBT)
_GATES = {Gate.PAUSED: TroubleKind.PAUSED, Gate.DISABLED: TroubleKind.DISABLED}
_RESTING = {State.DEAD: TroubleKind.DEAD, State.IN_DOUBT: TroubleKind.IN_DOUBT}


def needs_somebody(resting: Resting) -> bool:
    """Tell whether somebody has to know where a delivery came to: to its rest, or its failures."""
    fails = resting.state is State.PENDING and resting.attempts == FAILURES
    return resting.state in _RESTING or fails


def troubles(
    deliveries: Iterable[Delivery],
    endpoints: Iterable[EndpointState],
    find: Callable[[str], Post | None],
) -> Iterator[Trouble]:
    """Tell what is in trouble. Alerts themselves never are: who would be told?

    Args:
        deliveries: those that wait, or rest without having been delivered.
        endpoints: the states of those that are configured.
        find: gives a post that is out, by its id.
    """
    for state in endpoints:
        since = state.circuit.failing_since
        if kind := _GATES.get(state.gate):
            yield Trouble(kind, state.name, state.reason, mark=str(kind))
        elif state.circuit.until is not None:
            mark = f"{TroubleKind.CIRCUIT} {since}"
            yield Trouble(TroubleKind.CIRCUIT, state.name, state.reason, mark=mark)
    for each in deliveries:
        kind = _RESTING.get(each.state)
        if kind is None and each.attempts >= FAILURES:
            kind = TroubleKind.FAILING
        if kind is None or each.event is Event.ALERT:
            continue
        # A claim after somebody has sent it again is another fate than the one that was told.
        mark = str(kind) if kind is TroubleKind.FAILING else f"{kind} {each.fence}"
        about, url = _subject(each, find)
        yield Trouble(kind, each.endpoint, each.reason, each.id, about, url, mark)


def _subject(delivery: Delivery, find: Callable[[str], Post | None]) -> tuple[str, str | None]:
    message = delivery.message
    post = None if message and message.title else find(delivery.subject)
    if post:
        return post.title or post.source, post.url
    if message:
        return message.title or message.link, message.link
    return delivery.subject, None


@dataclass(slots=True)
class Watch:
    """Looks for troubles and enters alerts of them.

    Args:
        ledger: knows what is in trouble, and what was told.
        lines: the endpoints.
        names: those that are told.
        site: whose troubles they are.
        posts: those that are out, by id.
    """

    ledger: Ledger
    lines: Sequence[Line]
    names: Sequence[str]
    site: Site
    posts: Mapping[str, Post]
    warnings: list[str] = field(default_factory=list)
    """The alerts that could not be composed; the next run tries again."""

    def begin(self) -> None:
        """Take note, before the first run that could tell somebody, of what is no news by then."""
        if any(self._told(name) is None for name in self.names):
            known = _marks(self._troubles())
            for name in self.names:
                if self._told(name) is None:
                    self._keep(name, known)

    async def enter(self, now: datetime) -> list[Line]:
        """Enter an alert for each endpoint that has something to be told; give those endpoints."""
        if not self.names:
            return []
        self.warnings.clear()  # what could not be composed is tried again here
        found = self._troubles()
        lines = [each for each in self.lines if each.options.name in self.names]
        return [each for each in lines if await self._enter(each, found, now)]

    async def _enter(self, line: Line, found: Sequence[Trouble], now: datetime) -> bool:
        name = line.options.name
        told, marks = self._told(name) or {}, _marks(found)
        # Who is in trouble cannot be told of it.
        news = [each for each in found if told.get(each.key) != each.mark and each.endpoint != name]
        if not news:
            if told != marks:
                self._keep(name, marks)
            return False
        alert = Alert(_identity(news, now), now, tuple(news))
        try:
            message = await compose(line, alert, self.site)
        except DeliveryError as error:
            self.warnings.append(f"an alert for {name} waits for the next run: {error.detail}")
            return False
        new = NewDelivery(
            alert.id, name, State.PENDING, now, event=Event.ALERT, version="1", message=message
        )
        with self.ledger.together():
            self.ledger.add(name, [new], now)
            self._keep(name, marks)
        log.warning("%s is told: %s", name, alert.title)
        return True

    def _troubles(self) -> list[Trouble]:
        names = {each.options.name for each in self.lines}
        rows = self.ledger.deliveries(states=_STATES)
        states = [each for each in self.ledger.endpoints() if each.name in names]
        return list(
            troubles((each for each in rows if each.endpoint in names), states, self.posts.get)
        )

    def _told(self, name: str) -> dict[str, str] | None:
        told: dict[str, str] | None = self.ledger.load_session(_place(name)).get("told")
        return told

    def _keep(self, name: str, marks: Mapping[str, str]) -> None:
        self.ledger.save_session(_place(name), {"told": dict(marks)})


def _place(name: str) -> str:
    """Name what is kept for an endpoint's alerts.

    The dot makes it a note of the house, which no endpoint's name is, and which goes along to other
    machines: there, who was told of what is no less known.
    """
    return f".alerts:{name}"


def _marks(found: Iterable[Trouble]) -> dict[str, str]:
    return {each.key: each.mark for each in found}


def _identity(news: Sequence[Trouble], now: datetime) -> str:
    text = json.dumps([str(now), *sorted(_marks(news).items())])
    return f"alert-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


async def compose(line: Line, alert: Alert, site: Site) -> Message:
    """Compose an alert for an endpoint, in the network's own words rather than the endpoint's.

    What an endpoint says of posts (``text``, hashtags, UTM) is not for alerts; who may see it is.

    Raises:
        DeliveryError: the limits could not be read, or the message not be composed.
    """
    network = line.network
    assert not isinstance(network, FeedNetwork), "the configuration refuses it"
    if isinstance(network, RaisesAlerts):
        return network.alert(alert)
    if line.bind:
        bound = line.bind(_plain(line.options))
        assert not isinstance(bound, FeedNetwork)
        network = bound
    limits: Limits = await network.limits(line.wire)
    items = "".join(f"<li>{escape(each)}</li>" for each in alert.lines)
    return network.compose(_as_post(alert, site), f"<ul>{items}</ul>", None, limits)


def _plain(options: Endpoint) -> Endpoint:
    own: dict[str, Any] = {}
    if isinstance(options, Worded):
        fields = type(options).model_fields
        wording = Worded.model_fields.keys() - Endpoint.model_fields.keys()
        own = {each: fields[each].get_default(call_default_factory=True) for each in wording}
    return options.model_copy(update=own)


def _as_post(alert: Alert, site: Site) -> Post:
    """Networks compose posts: so an alert is told like one, which leads to the site."""
    return Post(
        id=alert.id,
        url=site.url,
        source="",
        digest="",
        published=alert.raised,
        updated=alert.raised,
        first_seen=alert.raised,
        title=alert.title,
        summary="\n".join(alert.lines),
        language="en",
    )
