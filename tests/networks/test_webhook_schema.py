"""The schema in the docs: all that we send is of it, and nothing else is."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from fakes.webhook import SCHEMA, documented, endpoint, requests
from networks.golden import GOLDEN, posts
from syndicate.model import Alert, Author, Image, Picture, Site, Trouble, TroubleKind
from syndicate.testing.clock import NOON
from syndicate.testing.samples import HERO, POST, POSTS


def events(post, **rest):
    """Everything that is ever told of a post."""
    told = [json.loads(body) for _, body in requests(post, NOON, **rest)]
    assert [each["type"] for each in told] == ["post.published", "post.updated", "post.deleted"]
    return told


def alarm(alert):
    """What is told of troubles."""
    return json.loads(endpoint().alert(alert).payload["body"])


def assert_valid(event):
    assert [error.message for error in SCHEMA.iter_errors(event)] == []


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA.schema)


def test_every_object_of_ours_is_closed_and_has_all_its_keys():
    """A key that is added to an event and not to the schema fails a test, and so the reverse."""

    def objects(value):
        if isinstance(value, dict):
            if value.get("type") == "object":
                yield value
            for each in value.values():
                yield from objects(each)

    found = list(objects(SCHEMA.schema))
    assert len(found) == 11
    for each in found:
        assert each["additionalProperties"] is False
        assert each["required"] == list(each["properties"])


@pytest.mark.parametrize("post", POSTS.values(), ids=POSTS)
@pytest.mark.parametrize("hero", [None, HERO], ids=["no picture", "picture"])
def test_events_of_the_sample_posts_are_of_the_schema(post, hero):
    for event in events(post, hero=hero):
        assert_valid(event)


@pytest.mark.parametrize("name", ["real", "long", "bare", "rtl"])
def test_events_of_the_golden_posts_are_of_the_schema(name):
    post, hero = posts()[name]
    for event in events(post, hero=hero):
        assert_valid(event)


def test_what_is_written_down_is_of_the_schema():
    sent = json.loads((GOLDEN / "webhook.follow.json").read_text())
    bodies = [request["body"] for each in sent.values() for request in each]
    assert {body["type"] for body in bodies} == {"post.updated", "post.deleted"}
    for body in bodies:
        assert_valid(body)


def test_the_examples_in_the_docs_are_of_the_schema():
    blocks = [*documented("json"), *documented("json", "alerts.md")]
    told = [each for each in map(json.loads, blocks) if "timestamp" in each]
    assert {each["type"] for each in told} == {"post.published", "post.deleted", "alert.raised"}
    for each in told:
        assert_valid(each)


TEXT = st.text(max_size=50)
ADDRESS = st.text(max_size=50).map("https://example.org/{}".format)
TIME = st.datetimes(
    min_value=datetime(1, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.just(UTC) | st.timezones(),
).map(lambda time: time.astimezone(UTC))
AUTHOR = st.builds(Author, TEXT, st.none() | TEXT, st.none() | ADDRESS)
POSTS_OF_ALL_KINDS = st.builds(
    replace,
    st.just(POST),
    id=st.text(min_size=1, max_size=50),
    url=ADDRESS,
    published=TIME,
    updated=TIME,
    title=st.none() | TEXT,
    summary=TEXT,
    authors=st.lists(AUTHOR, max_size=3).map(tuple),
    categories=st.lists(TEXT, max_size=3).map(tuple),
    tags=st.lists(TEXT, max_size=3).map(tuple),
    language=st.sampled_from(["en", "pt-BR", "zh-Hant-TW"]),
    image=st.none() | st.builds(Image, ADDRESS, st.none() | TEXT),
    external_url=st.none() | ADDRESS,
)
HEROES = st.none() | st.builds(
    Picture,
    st.just(HERO.url),
    st.sampled_from(["image/png", "image/svg+xml"]),
    st.integers(1, 10_000),
    st.integers(1, 10_000),
    st.binary(min_size=1, max_size=9),
)


@given(POSTS_OF_ALL_KINDS, st.text(max_size=200), HEROES, TEXT)
@settings(max_examples=150, deadline=None)
def test_events_of_any_post_are_of_the_schema(post, html, hero, title):
    site = Site(title, "https://example.org", "en")
    for event in events(post, html=html, hero=hero, site=site):
        assert_valid(event)


TROUBLES = st.builds(
    Trouble,
    st.sampled_from(TroubleKind),
    st.text(min_size=1, max_size=20),
    TEXT,
    st.none() | st.integers(min_value=1),
    TEXT,
    st.none() | ADDRESS,
)


@given(st.builds(Alert, st.just("alert-1"), TIME, st.lists(TROUBLES, min_size=1).map(tuple)))
@settings(max_examples=150, deadline=None)
def test_alerts_of_any_trouble_are_of_the_schema(alert):
    event = alarm(alert)
    assert event["type"] == "alert.raised"
    assert_valid(event)


FULL = replace(
    POST,
    authors=(Author("Ada", "ada@example.org", "https://ada.example"),),
    image=Image(HERO.url, alt="A teal field"),
    external_url="https://elsewhere.example/",
)


def paths(value, path=()):
    """Every place in an event, with what stands there."""
    yield path, value
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths(each, (*path, key))


TROUBLE = Trouble(TroubleKind.DEAD, "elsewhere", "HTTP 422", 12, "Hello", POST.url)
EVENTS = [*events(FULL, hero=HERO), alarm(Alert("alert-1", NOON, (TROUBLE,)))]
PLACES = [(kind, path) for kind, event in enumerate(EVENTS) for path, _ in paths(event) if path]


def broken(kind, path):
    """An event, what holds one place of it, and the place's name there."""
    event = copy.deepcopy(EVENTS[kind])
    holder = event
    for key in path[:-1]:
        holder = holder[key]
    return event, holder, path[-1]


@pytest.mark.parametrize(("kind", "path"), PLACES, ids=str)
def test_an_event_with_something_of_the_wrong_kind_is_refused(kind, path):
    event, holder, name = broken(kind, path)
    holder[name] = [{"another": "kind"}]
    assert not SCHEMA.is_valid(event)


@pytest.mark.parametrize(
    ("kind", "path"), [each for each in PLACES if isinstance(each[1][-1], str)], ids=str
)
def test_an_event_that_lacks_a_key_or_has_one_too_many_is_refused(kind, path):
    event, holder, name = broken(kind, path)
    value = holder.pop(name)
    assert not SCHEMA.is_valid(event)
    holder[name] = value
    assert SCHEMA.is_valid(event)
    holder["surplus"] = value
    assert not SCHEMA.is_valid(event)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("type",), "post.unheard"),
        (("type",), "post.deleted"),
        (("timestamp",), "2026-03-01 11:00:00"),
        (("timestamp",), "2026-03-01T11:00:00+01:00"),
        (("data", "id"), ""),
        (("data", "url"), "/blog/hello/"),
        (("data", "summary"), None),
        (("data", "language"), "en english"),
        (("data", "image", "type"), "text/html"),
        (("data", "image", "width"), 0),
    ],
    ids=str,
)
def test_an_event_that_says_what_cannot_be_is_refused(path, value):
    event, holder, name = broken(0, path)
    holder[name] = value
    assert not SCHEMA.is_valid(event)
