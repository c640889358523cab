"""What the ledger says at a time: what waits and for what, what rests, what is shut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from syndicate import delivery, networks
from syndicate.config import Config
from syndicate.delivery import Hold
from syndicate.delivery.acts import REPEATABLE
from syndicate.ledger import Ledger, NewDelivery
from syndicate.model import Delivery, EndpointState, Event, Guarantee, State
from syndicate.report import Report

_DONE = frozenset({State.DELIVERED, State.CANCELLED, State.SKIPPED})
"""What nobody has to do anything about any more: of these there can be very many."""

_NEVER = datetime.min.replace(tzinfo=UTC)
_DOUBTFUL = {
    "ask": "asks you whether it arrived: syndicate resolve",
    "resend": "sends it again, and it may be there twice",
    "drop": "lets it be, and it may be missing",
}
"""What becomes of a lost answer where nothing can be found out."""


@dataclass(frozen=True, slots=True)
class Account:
    """An endpoint of the configuration, and what it promises after a lost answer."""

    name: str
    network: str
    guarantee: Guarantee
    in_doubt: str = "ask"

    @property
    def terms(self) -> str:
        """What becomes of a lost answer, in words."""
        return self.guarantee.terms(self.in_doubt)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where deliveries and endpoints stand."""

    deliveries: tuple[Delivery, ...]
    """All that are not done with, and the newest of those that are; the oldest first."""
    older: int
    """How many more there are that are done with."""
    sources: Mapping[str, str]
    """The files of their posts, by subject."""
    endpoints: tuple[EndpointState, ...]
    holds: Mapping[str, Hold]
    accounts: tuple[Account, ...] = ()
    now: datetime = _NEVER
    """When that was."""

    def about(self, delivery: Delivery) -> str:
        """Name what a delivery is about: a post's file, a feed's address, an alert's words."""
        is_alert = delivery.event is Event.ALERT and delivery.message
        own = delivery.message.title if is_alert and delivery.message else delivery.subject
        return self.sources.get(delivery.subject, own)

    def follows(self, delivery: Delivery) -> str:
        """Say what the next run does with what is being sent, if that was cut short; else nothing.

        It may be under way this moment; who looks cannot tell that from what a crash has left.
        """
        account = self._by_name.get(delivery.endpoint)
        if delivery.state is not State.SENDING or account is None:
            return ""
        followed = delivery.event in {Event.UPDATED, Event.DELETED}
        guarantee = REPEATABLE if followed else account.guarantee
        if guarantee.looks_up:
            does = "looks for it there, and sends it where it is not found"
        elif guarantee.may_replay(delivery.key, self.now):
            does = "sends it again under the same id, which doubles nothing"
        else:
            does = _DOUBTFUL[account.in_doubt]
        return f"under way; if it was cut short, the next run {does}"

    @property
    def _by_name(self) -> Mapping[str, Account]:
        return {each.name: each for each in self.accounts}


def look(
    config: Config,
    ledger: Ledger,
    now: datetime,
    newest: int,
    endpoint: str | None = None,
    *,
    skipped: bool = False,
) -> Standing:
    """Look where deliveries stand.

    Args:
        config: has the endpoints.
        ledger: knows.
        now: the time.
        newest: how many of those that are done with are wanted.
        endpoint: only this one's.
        skipped: whether skipped ones count.
    """
    done = _DONE if skipped else _DONE - {State.SKIPPED}
    recent = ledger.deliveries(endpoint=endpoint, states=done, newest=newest)
    others = ledger.deliveries(endpoint=endpoint, states=set(State) - _DONE)
    deliveries = tuple(sorted([*recent, *others], key=lambda each: each.id))
    subjects = {each.subject for each in deliveries}
    pending = [each for each in deliveries if each.state is State.PENDING]
    return Standing(
        deliveries,
        ledger.count(endpoint=endpoint, states=done) - len(recent),
        {record.id: record.source for record in ledger.find_posts(ids=subjects)},
        tuple(ledger.endpoints()),
        endpoints(config, ledger, now, pending)["holds"],
        tuple(
            Account(each.name, each.network, networks.get(each.network).guarantee, each.in_doubt)
            for each in config.endpoints
            if endpoint in {None, each.name}
        ),
        now,
    )


def complete(config: Config, ledger: Ledger, now: datetime, report: Report) -> Report:
    """Add to a report what stands in the ledger of the endpoints that are configured."""
    names = {endpoint.name for endpoint in config.endpoints}
    waiting = _of(names, ledger.deliveries(states=[State.PENDING, State.SENDING]))
    resting = _of(names, ledger.deliveries(states=[State.DEAD, State.IN_DOUBT]))
    stuck = tuple(_stuck(ledger, waiting, now))
    shut = endpoints(config, ledger, now, waiting)
    return replace(report, waiting=waiting, stuck=stuck, resting=resting, **shut)


def _stuck(ledger: Ledger, waiting: Iterable[Delivery], now: datetime) -> Iterator[Delivery]:
    """Give what waits because it failed, or its endpoint did: a delay and a pace fail nothing."""
    failing = {each.name for each in ledger.endpoints() if not each.is_open(now)}
    for each in waiting:
        begun = each.state is State.SENDING or each.attempts or each.doubt or each.key
        behind = each.endpoint in failing and each.due <= now
        if begun or behind or each.waiting_since:
            yield each


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
