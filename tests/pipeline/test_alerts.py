"""Alerts through a whole run: who is told, of what, and what nobody is told of."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from starlette.responses import Response

from fakes.webhook import SECRET, Receiver
from syndicate.errors import ConfigError
from syndicate.exits import Exit, of_report
from syndicate.model import Event, State
from syndicate.testing.server import serve

NEXT_DOOR = {"secret": "env:HOOK_SECRET", "allow_networks": ["127.0.0.0/8"]}


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("HOOK_SECRET", SECRET)


@pytest.fixture
def ops(blog):
    receiver = Receiver(blog.clock)
    with serve(receiver.app) as receiver.url:
        yield receiver


@pytest.fixture
def watched(blog, receiver, ops):
    """A blog with an endpoint, and another one that is told of the first one's troubles."""
    blog.config.write_text('alerts = "ops"\n' + blog.config.read_text())
    blog.endpoint("hook", "webhook", url=f"{receiver.url}/hook", **NEXT_DOOR)
    blog.endpoint("ops", "webhook", url=f"{ops.url}/hook", posts=False, **NEXT_DOOR)
    blog.run()
    return blog


def told(ops):
    return [json.loads(body) for body in ops.bodies]


def test_a_dead_letter_is_told_of_in_the_same_run(watched, receiver, ops):
    receiver.answer = lambda: Response("no such hook", 404)
    watched.post()
    report = watched.run()
    [event] = told(ops)
    assert event["type"] == "alert.raised"
    assert event["data"]["title"] == "Hello is a dead letter"
    [trouble] = event["data"]["troubles"]
    assert trouble == {
        "kind": "dead",
        "endpoint": "hook",
        "delivery": 1,
        "about": "Hello",
        "url": "https://ada.example/blog/hello/",
        "reason": "HTTP 404: no such hook",
        "advice": "syndicate retry 1",
    }
    assert of_report(report) is Exit.ATTENTION
    watched.run()
    assert len(ops.bodies) == 1


def test_the_fourth_failure_is_told_of_and_then_the_end(watched, receiver, ops):
    receiver.answer = lambda: Response("later", 408)
    watched.post()
    for hours in (0, 1, 1, 3, 6, 12, 16, 22, 26, 30):
        watched.clock.tick(hours=hours)
        watched.run(wait=timedelta())
    kinds = [[each["kind"] for each in event["data"]["troubles"]] for event in told(ops)]
    assert kinds == [["failing"], ["dead"]]


def test_a_run_that_goes_on_tells_of_the_fourth_failure_at_once(watched, receiver, ops):
    """Afterwards it is too late: by then all may be well, and nobody would ever know."""
    answers = [Response("later", 503)] * 4
    receiver.answer = lambda: answers.pop() if answers else None
    watched.post()
    began = watched.clock.now()
    report = watched.run(wait=timedelta(hours=4))
    [event] = told(ops)
    assert [each["kind"] for each in event["data"]["troubles"]] == ["failing"]
    raised = datetime.fromisoformat(event["timestamp"])
    assert timedelta(minutes=25) < raised - began < timedelta(hours=1)
    assert {each.resting.state for each in report.outcomes[-1:]} == {State.DELIVERED}
    assert len(receiver.events) == 1


def test_a_paused_endpoint_is_told_of(watched, receiver, ops):
    receiver.answer = lambda: Response("bad token", 401)
    watched.post()
    watched.run()
    [event] = told(ops)
    [trouble] = event["data"]["troubles"]
    assert (trouble["kind"], trouble["endpoint"], trouble["delivery"]) == ("paused", "hook", None)
    assert trouble["advice"] == "syndicate retry --endpoint hook"


def test_many_are_told_of_at_once(watched, receiver, ops):
    receiver.answer = lambda: Response("gone bad", 422)
    for name in ("one", "two", "three"):
        watched.post(name, title=name)
    watched.run()
    [event] = told(ops)
    assert event["data"]["title"] == "3 troubles with hook"
    assert {each["about"] for each in event["data"]["troubles"]} == {"one", "two", "three"}


def test_an_alert_outlives_the_failure_of_who_is_told(watched, receiver, ops):
    receiver.answer = lambda: Response("no", 422)
    ops.answer = lambda: Response("later", 429)
    watched.post()
    watched.run(wait=timedelta())
    [alert] = [each for each in watched.deliveries() if each.event is Event.ALERT]
    assert alert.state is State.PENDING
    ops.answer = lambda: None
    watched.clock.tick(minutes=2)
    watched.run()
    assert len(set(ops.ids)) == 1
    assert [event["data"]["title"] for event in ops.events.values()] == ["Hello is a dead letter"]


def test_nobody_is_alerted_that_alerts_fail(watched, receiver, ops):
    receiver.answer = lambda: Response("no", 422)
    ops.answer = lambda: Response("no", 422)
    watched.post()
    for _ in range(3):
        watched.run()
    rows = [each for each in watched.deliveries() if each.event is Event.ALERT]
    assert [each.state for each in rows] == [State.DEAD]


def test_where_posts_are_not_wanted_none_goes(watched, ops):
    watched.post()
    watched.run()
    assert ops.bodies == []
    assert {each.endpoint for each in watched.deliveries()} == {"hook"}


def test_what_waits_is_given_up_where_posts_are_not_wanted_any_more(watched, receiver):
    receiver.answer = lambda: Response("later", 429)
    watched.post()
    watched.run(wait=timedelta())
    text = watched.config.read_text()
    watched.config.write_text(text.replace('"hook"\n', '"hook"\nposts = false\n', 1))
    watched.clock.tick(hours=1)
    receiver.answer = lambda: None
    watched.run()
    [row] = watched.deliveries()
    assert (row.state, row.reason) == (State.CANCELLED, "the endpoint is not told of that any more")
    assert receiver.events == {}


def test_the_status_names_an_alert_by_its_words(watched, receiver):
    receiver.answer = lambda: Response("no", 422)
    watched.post()
    watched.run()
    text = watched.command("status").stdout
    assert "Hello is a dead letter (alert)" in text
    assert "hello.md" in text


def test_a_plan_shows_an_alert_that_waits(watched, receiver, ops):
    receiver.answer = lambda: Response("no", 422)
    ops.answer = lambda: Response("later", 429)
    watched.post()
    watched.run(wait=timedelta())
    watched.clock.tick(minutes=2)
    [planned] = watched.plan().deliveries
    assert planned.message.title == "Hello is a dead letter"


def test_who_is_to_be_told_has_to_be_there_and_take_messages(blog):
    blog.config.write_text('alerts = ["hok", "hub"]\n' + blog.config.read_text())
    blog.endpoint("hook", "webhook", url="https://x.example/", secret="env:HOOK_SECRET")
    blog.endpoint("hub", "websub", url="https://hub.example/")
    with pytest.raises(ConfigError) as caught:
        blog.run()
    assert [(each.key, each.line) for each in caught.value.problems] == [("alerts", 1)] * 2
    assert "no endpoint is named 'hok'; did you mean 'hook'?" in str(caught.value)
    assert "nobody reads what 'hub' is sent" in str(caught.value)
