"""`resolve`: what may have arrived is shown with where to look, and settled one by one or all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from syndicate.ledger import Resting, open_ledger
from syndicate.model import State


@pytest.fixture
def doubtful(blog, say):
    """Three posts, of which the first two are in doubt since the 1st and the 2nd of March."""
    for hour, name in enumerate(("hello", "second", "third")):
        blog.post(name, date=f"2026-03-01 0{hour}:00")
    say("run")
    ledger = open_ledger("sqlite:///state/ledger.db", blog.folder)
    for each in ledger.deliveries()[:2]:
        since = datetime(2026, 3, each.id, 23, 30, tzinfo=UTC)
        doubt = Resting(State.IN_DOUBT, since, 1, doubt=True, reason="HTTP 502: bad gateway")
        assert ledger.settle(each, doubt, None)
    ledger.close()
    return blog


def states(blog):
    ledger = open_ledger("sqlite:///state/ledger.db", blog.folder)
    try:
        return [each.state for each in ledger.deliveries()]
    finally:
        ledger.close()


def test_a_doubt_is_shown_with_all_that_helps_to_find_out(doubtful, say):
    told = say("resolve", "1")
    assert told.code == 0
    for fact in (
        "Delivery 1 may have arrived",
        "out (folder)",
        "hello.md",
        "HTTP 502: bad gateway",
        "https://ada.example/blog/hello/",
        str(doubtful.folder / "out"),
        "A first post.",
        "syndicate resolve 1 --there URL",
        "syndicate resolve 1 --again",
        "syndicate resolve 1 --drop",
    ):
        assert fact in told.out
    assert states(doubtful) == [State.IN_DOUBT, State.IN_DOUBT, State.DELIVERED]


def test_a_doubt_is_shown_to_machines(doubtful, say):
    told = say("resolve", "1", "--json").json
    assert (told["id"], told["network"], told["about"]) == (1, "folder", "hello.md")
    assert told["link"] == "https://ada.example/blog/hello/"
    assert "A first post." in told["text"]
    assert told["sent"] == told["history"][0]["started"]
    assert told["look_at"][0] == str(doubtful.folder / "out")
    assert told["commands"]["it is there"] == "syndicate resolve 1 --there URL"


def test_all_doubts_are_listed(doubtful, say):
    told = say("resolve").out
    assert "hello.md" in told
    assert "second.md" in told
    assert "third.md" not in told
    assert [each["id"] for each in say("resolve", "--json").json["in_doubt"]] == [1, 2]
    later = say("resolve", "--since", "2026-03-02", "--json").json["in_doubt"]
    assert [each["id"] for each in later] == [2]
    for each in ("1", "2"):
        say("resolve", each, "--drop")
    assert say("resolve").out == "Nothing is in doubt.\n"


def test_an_endpoint_that_is_gone_leaves_its_doubts_to_be_seen(doubtful, say):
    text = doubtful.config.read_text()
    doubtful.config.write_text(text.replace('name = "out"', 'name = "other"'))
    assert "out, which is not configured any more" in say("resolve", "1").out


@pytest.mark.parametrize(
    ("choice", "state"), [("--again", State.PENDING), ("--drop", State.SKIPPED)]
)
def test_all_doubts_of_an_endpoint_are_settled_at_once(doubtful, say, choice, state):
    would = say("resolve", choice, "--endpoint", "out", "--dry-run").out
    assert would == f"Delivery 1 (out) would be {state}.\nDelivery 2 (out) would be {state}.\n"
    assert State.IN_DOUBT in states(doubtful)
    told = say("resolve", choice, "--endpoint", "out", "--since", "2026-03-02").out
    assert told == f"Delivery 2 (out) is {state} now.\n"
    assert states(doubtful) == [State.IN_DOUBT, state, State.DELIVERED]
    say("resolve", choice, "--endpoint", "out")
    assert states(doubtful) == [state, state, State.DELIVERED]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--again"], "name a delivery, or with --endpoint all"),
        (["--endpoint", "out", "--there", "https://x.example/1"], "--there is said of one"),
        (["1", "--endpoint", "out"], "not both"),
        (["1", "--drop", "--json"], "--json is for looking"),
        (["3"], "delivery 3 is delivered: it has arrived"),
        (["9"], "there is no delivery 9"),
        (["--endpoint", "x"], "no endpoint 'x' has taken part"),
        (["--since", "yesterday"], "--since: "),
    ],
)
def test_what_does_not_go_together_is_refused(doubtful, say, arguments, complaint):
    said = say("resolve", *arguments)
    assert said.code == 2
    assert complaint in " ".join(said.err.replace("│", "").split())
    assert states(doubtful) == [State.IN_DOUBT, State.IN_DOUBT, State.DELIVERED]


def test_where_nothing_is_in_doubt_settling_says_so(blog, say):
    blog.post()
    say("run")
    said = say("resolve", "--again", "--endpoint", "out")
    assert (said.code, said.out) == (0, "Nothing is in doubt.\n")
