from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from fakes.cases import CASES
from fakes.network import Scripted
from fakes.posts import MESSAGE, POST
from syndicate.config import Worded
from syndicate.delivery import Line, Watch
from syndicate.delivery.alerts import compose, troubles
from syndicate.errors import Rejected, Unreachable
from syndicate.ledger import Resting
from syndicate.model import (
    Alert,
    Circuit,
    Delivery,
    EndpointState,
    Event,
    Gate,
    Limits,
    State,
    Trouble,
    TroubleKind,
)
from syndicate.networks.base import FeedNetwork, RaisesAlerts
from syndicate.testing.case import SITE
from syndicate.testing.clock import NOON
from syndicate.testing.composing import assert_within

DEAD = Trouble(TroubleKind.DEAD, "main", "HTTP 422: too long", 7, "Hello", POST.url, "dead 1")
PAUSED = Trouble(TroubleKind.PAUSED, "side", "HTTP 401: token revoked", mark="paused")


def delivery(state, **changes):
    base = Delivery(7, POST.id, "main", state, NOON, 1, 3, message=MESSAGE, reason="HTTP 422")
    return replace(base, **changes)


def found(*deliveries, endpoints=()):
    return [
        (each.kind, each.endpoint, each.delivery)
        for each in troubles(deliveries, endpoints, {POST.id: POST}.get)
    ]


def test_what_is_in_trouble():
    assert found(delivery(State.DEAD)) == [(TroubleKind.DEAD, "main", 7)]
    assert found(delivery(State.IN_DOUBT)) == [(TroubleKind.IN_DOUBT, "main", 7)]
    assert found(delivery(State.PENDING, attempts=4)) == [(TroubleKind.FAILING, "main", 7)]
    assert found(delivery(State.PENDING, attempts=3)) == []
    assert found(delivery(State.DEAD, event=Event.ALERT)) == []


def test_what_endpoints_are_in_trouble():
    since = NOON - timedelta(hours=1)
    states = [
        EndpointState("a", since),
        EndpointState("b", since, Gate.PAUSED),
        EndpointState("c", since, Gate.DISABLED, circuit=Circuit(NOON, 3, since, NOON)),
        EndpointState("d", since, circuit=Circuit(NOON, 1, since, NOON)),
        EndpointState("e", since, circuit=Circuit(None, 0, since, NOON)),
        EndpointState("f", since, throttled_until=NOON),
    ]
    assert found(endpoints=states) == [
        (TroubleKind.PAUSED, "b", None),
        (TroubleKind.DISABLED, "c", None),
        (TroubleKind.CIRCUIT, "d", None),
    ]


@pytest.mark.parametrize(
    ("changes", "about", "url"),
    [
        ({}, MESSAGE.title, MESSAGE.link),
        ({"message": None}, POST.title, POST.url),
        ({"message": replace(MESSAGE, title="")}, POST.title, POST.url),
        ({"message": replace(MESSAGE, title=""), "subject": "gone"}, MESSAGE.link, MESSAGE.link),
        ({"message": None, "subject": "gone"}, "gone", None),
    ],
)
def test_what_it_is_about(changes, about, url):
    [each] = troubles([delivery(State.DEAD, **changes)], [], {POST.id: POST}.get)
    assert (each.about, each.url) == (about, url)


def test_one_trouble_is_told_in_its_own_words():
    alert = Alert("alert-1", NOON, (DEAD,))
    assert alert.title == "Hello is a dead letter"
    assert alert.lines == [
        "“Hello” to main is a dead letter: HTTP 422: too long → syndicate retry 7"
    ]


def test_many_troubles_are_counted():
    alert = Alert("alert-1", NOON, (DEAD, PAUSED, *[replace(DEAD, delivery=n) for n in range(20)]))
    assert alert.title == "22 troubles with 2 endpoints"
    assert alert.lines[1] == (
        "side is paused: HTTP 401: token revoked → syndicate retry --endpoint side"
    )
    assert len(alert.lines) == 11
    assert alert.lines[-1] == "… and 12 more → syndicate status"
    assert Alert("x", NOON, (PAUSED, PAUSED)).title == "2 troubles with side"


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_network_can_tell_of_an_alert(name):
    case = CASES[name]
    network = case.bind()
    if not network.Options.has_readers:
        return  # the configuration refuses it
    assert not isinstance(network, FeedNetwork)
    options = network.Options.model_validate(
        {
            "name": "main", "network": name, "allow_networks": ["127.0.0.0/8"],
            **case.options("https://server.example"),
            **({"text": "New: {{ title }}", "utm": {"source": "x"}, "required_hashtags": ["blog"]}
               if issubclass(network.Options, Worded) else {}),
        }
    )  # fmt: skip
    bound = []

    def bind(options):
        network = case.network(options, SITE)

        async def limits(_wire):
            return case.limits

        network.limits = limits
        bound.append(network)
        return network

    line = Line(options, network, None, bind=bind)
    alert = Alert("alert-1", NOON, tuple(replace(DEAD, delivery=n) for n in range(30)))
    message = asyncio.run(compose(line, alert, SITE))
    assert_within(message, case.limits)
    assert message.title == alert.title
    assert message.text.startswith((alert.title, f"<b>{alert.title}"))
    assert "HTTP 422: too long" in message.text
    assert message.link == SITE.url
    assert "utm_source" not in str(message.to_json())
    assert "#blog" not in message.text
    assert bool(bound) != isinstance(network, RaisesAlerts)


class Telling(Scripted):
    """One whose limits may not be had."""

    trouble = None

    async def limits(self, wire):
        if self.trouble:
            raise self.trouble
        return Limits(text=None)


@pytest.fixture
def watched(house):
    """A ledger with an endpoint that fails and one that is told; gives it and its watch."""
    home = house(main=Scripted(Rejected("HTTP 422"), Rejected("HTTP 422")), ops=Telling())
    home.ledger.add("ops", [], NOON)
    for each in home.ledger.deliveries(endpoint="ops"):
        home.ledger.settle(each, replace(resting(State.DELIVERED), due=NOON), None)
    return home


def resting(state, **changes):
    return Resting(**{"state": state, "due": NOON, "attempts": 1} | changes)


def watch(home, *names):
    return Watch(home.ledger, home.lines, names or ["ops"], SITE, home.posts)


def alerts(home, name="ops"):
    return [
        each.message.title
        for each in home.ledger.deliveries(endpoint=name)
        if each.event is Event.ALERT
    ]


def enter(home, seen):
    return [each.options.name for each in asyncio.run(seen.enter(home.clock.now()))]


def test_what_is_new_is_told_once(watched):
    seen = watch(watched)
    seen.begin()
    watched.run()
    assert enter(watched, seen) == ["ops"]
    assert alerts(watched) == [f"{POST.title} is a dead letter"]
    assert enter(watched, seen) == []
    assert enter(watched, watch(watched)) == []  # nor by the next run


def test_a_kill_between_the_result_and_the_alert_loses_nothing(watched):
    watch(watched).begin()
    watched.run()
    watched.reopen()
    seen = watch(watched)
    seen.begin()
    assert enter(watched, seen) == ["ops"]


def test_what_was_in_trouble_before_anybody_was_to_be_told_is_no_news(watched):
    watched.run()
    seen = watch(watched)
    seen.begin()
    assert enter(watched, seen) == []


def test_what_fails_once_more_is_told_once_more(watched):
    seen = watch(watched)
    seen.begin()
    watched.run()
    enter(watched, seen)
    [row] = watched.ledger.deliveries(endpoint="main")
    watched.ledger.settle(row, resting(State.PENDING, attempts=0), None)
    watched.run()
    assert enter(watched, seen) == ["ops"]
    assert len(alerts(watched)) == 2


def test_an_endpoint_that_was_mended_and_breaks_again_is_told_again(watched):
    seen = watch(watched)
    seen.begin()
    for _ in range(2):
        [row] = watched.ledger.deliveries(endpoint="main")
        watched.ledger.settle(row, resting(State.CANCELLED, gate=Gate.PAUSED, reason="401"), None)
        assert enter(watched, seen) == ["ops"]
        watched.ledger.open_endpoint("main")
        watched.clock.tick(seconds=1)
        assert enter(watched, seen) == []
    assert alerts(watched) == ["main is paused"] * 2


def test_who_is_in_trouble_is_not_told_of_it_but_others_are(watched):
    [row] = watched.ledger.deliveries(endpoint="ops")
    seen = watch(watched, "ops", "main")
    seen.begin()
    watched.ledger.settle(row, resting(State.CANCELLED, gate=Gate.PAUSED, reason="401"), None)
    assert enter(watched, seen) == ["main"]
    assert alerts(watched, "main") == ["ops is paused"]


def test_an_alert_that_cannot_be_composed_waits_for_the_next_run(watched):
    seen = watch(watched)
    seen.begin()
    watched.run()
    telling = watched.lines[1].network
    telling.trouble = Unreachable("no connection")
    assert enter(watched, seen) == []
    assert seen.warnings == ["an alert for ops waits for the next run: no connection"]
    telling.trouble = None
    assert enter(watched, watch(watched)) == ["ops"]


def test_nobody_is_told_where_nobody_is_named(watched):
    seen = Watch(watched.ledger, watched.lines, [], SITE, watched.posts)
    seen.begin()
    watched.run()
    assert enter(watched, seen) == []
    assert watched.ledger.load_session(".alerts:ops") == {}
