"""Deciding about edits and deletions: what is gone, what is pointless, what an act is."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.network import Looking, Scripted
from fakes.posts import KEY, MESSAGE, POST, delivery
from syndicate.config import Endpoint
from syndicate.delivery import manual
from syndicate.delivery.acts import act, void
from syndicate.delivery.edits import noted
from syndicate.delivery.gone import GRACE, judge
from syndicate.model import Attachment, Event, Receipt, State
from syndicate.testing.clock import NOON

RECEIPT = Receipt("7", "https://x.example/7")
IMAGE = Attachment("https://x.example/a.png", "alt", "image/png", 2, 1, 3, "f" * 64, b"png")


class Following(Endpoint):
    edits = ("update", "reply")
    deletes = True


def options(**given):
    return Following(name="main", network="x", **given)


IGNORES = options()


# Imprints


def test_an_imprint_is_of_what_is_shown_and_nothing_else():
    shown = replace(MESSAGE, image=IMAGE)
    same = (
        {"title": "x", "summary": "x", "language": "de", "length": 1, "limit": 2},
        {"image": replace(IMAGE, digest="0" * 64, width=9, height=9, length=9, type="image/webp")},
    )
    for changes in same:
        assert replace(shown, **changes).imprint() == shown.imprint()
    words = ({"text": "x"}, {"link": "https://x.example"}, {"payload": {"visibility": "private"}})
    image = (
        {"image": None},
        {"image": replace(IMAGE, alt="x")},
        {"image": replace(IMAGE, url="x")},
    )
    parts = [shown.imprint().split(".")]
    parts += [replace(shown, **changes).imprint().split(".") for changes in (*words, *image)]
    assert len({tuple(each) for each in parts}) == len(parts)
    assert len({each[1] for each in parts[:4]}) == 1
    assert len({parts[0][0], *(each[0] for each in parts[4:])}) == 1


def test_an_imprint_outlives_the_ledger_whatever_the_order_of_its_keys():
    message = replace(MESSAGE, image=IMAGE, payload={"a": 1, "b": {"c": [1, "é"], "d": None}})
    turned = replace(message, payload={"b": {"d": None, "c": [1, "é"]}, "a": 1})
    kept = type(message).from_json(message.to_json(), b"")
    assert message.imprint() == turned.imprint() == kept.imprint()


def test_a_note_stands_before_the_first_words():
    says = options(edit_note="Neu")
    assert noted(POST, says).title == "Neu: Hello"
    bare = noted(replace(POST, title=None), says)
    assert (bare.title, bare.summary) == (None, "Neu: A first post.")


# Gone


def known(**since):
    return {name: (f"{name}.md", when) for name, when in since.items()}


def test_one_look_is_not_enough():
    first = judge(known(a=None, b=None, c=None), ["a"], 2, 0.5, NOON)
    assert (first.ids, first.sure, first.next_look) == ({"a"}, frozenset(), NOON + GRACE)
    noted = known(a=NOON, b=None, c=None)
    early = judge(noted, ["a"], 2, 0.5, NOON + GRACE / 2)
    assert (early.sure, early.next_look) == (frozenset(), NOON + GRACE)
    late = judge(noted, ["a"], 2, 0.5, NOON + GRACE)
    assert (late.sure, late.next_look) == ({"a"}, None)


def test_a_look_that_misses_too_much_counts_for_nothing():
    posts = known(a=NOON, b=None, c=None, d=None)
    found = judge(posts, ["a", "b", "c"], 1, 0.5, NOON + timedelta(days=1))
    assert (found.ids, found.sure) == (frozenset(), frozenset())
    assert found.warning.startswith("2 of 3 posts are gone at once")
    assert judge(posts, ["a", "b", "c"], 1, 0.7, NOON).warning == ""
    assert judge(posts, ["a", "b", "c"], 1, None, NOON).warning == "", "it was meant"


def test_an_empty_folder_is_an_accident_whatever_may_be_lost():
    assert judge(known(a=None), ["a"], 0, 1, NOON).warning
    assert not judge(known(a=None), ["a"], 0, None, NOON).warning


@given(
    st.dictionaries(st.text("abc", min_size=1), st.integers(0, 600) | st.none(), max_size=9),
    st.data(),
)
def test_nothing_is_sure_that_was_not_gone_before(seconds, data):
    now = NOON + timedelta(seconds=600)
    since = {
        name: None if age is None else now - timedelta(seconds=age) for name, age in seconds.items()
    }
    absent = data.draw(st.lists(st.sampled_from(sorted(since)), unique=True)) if since else []
    found = judge(known(**since), absent, 5, data.draw(st.sampled_from([0, 0.5, 1, None])), now)
    assert found.sure <= found.ids <= set(absent)
    assert all(since[name] is not None and now - since[name] >= GRACE for name in found.sure)
    assert found.ids == set(absent) or (found.warning and not found.ids)


# Acts


@pytest.mark.parametrize(
    ("event", "post", "given", "reason"),
    [
        (Event.PUBLISHED, POST, {}, ""),
        (Event.PUBLISHED, None, {}, "the post is not published any more"),
        (Event.CHANGED, None, {}, ""),
        (Event.UPDATED, POST, {"on_edit": "update"}, ""),
        (Event.UPDATED, None, {"on_edit": "update"}, "the post is taken back"),
        (Event.UPDATED, POST, {"on_edit": "reply"}, "the endpoint is not told of that any more"),
        (Event.REPLIED, POST, {"on_edit": "reply"}, ""),
        (Event.REPLIED, POST, {}, "the endpoint is not told of that any more"),
        (Event.REPLIED, None, {"on_edit": "reply"}, "the post is taken back"),
        (Event.DELETED, None, {"on_delete": "delete"}, ""),
        (Event.DELETED, POST, {"on_delete": "delete"}, "the post is out again"),
        (Event.DELETED, None, {}, "the endpoint is not told of that any more"),
    ],
)
def test_what_has_become_pointless_is_dropped(event, post, given, reason):
    assert void(delivery(event=event), options(**given), post) == reason
    doubtful = void(delivery(event=event, doubt=True), options(**given), post)
    assert doubtful == (reason if event is Event.UPDATED else ""), "what may be there is found out"


class Editing(Looking):
    """One that also edits, replies and deletes, and remembers it."""

    def __init__(self, *script, found=None):
        super().__init__(*script, found=found)
        self.done = []

    async def update(self, receipt, message, key, wire):
        self.done.append(("update", receipt.id))

    async def delete(self, receipt, message, key, wire):
        self.done.append(("delete", receipt.id))

    async def reply(self, receipt, message, key, wire):
        self.done.append(("reply", receipt.id))
        return Receipt("8")

    async def look_up_reply(self, receipt, message, key, wire):
        return Receipt("9")


@pytest.mark.parametrize(
    ("event", "did", "given"),
    [
        (Event.UPDATED, "update", RECEIPT),
        (Event.DELETED, "delete", RECEIPT),
        (Event.REPLIED, "reply", Receipt("8")),
    ],
)
def test_each_event_has_its_act(event, did, given):
    network = Editing()
    todo = act(network, delivery(event=event, receipt=RECEIPT))
    assert asyncio.run(todo.deliver(MESSAGE, KEY, None)) == given
    assert network.done == [(did, "7")]
    repeatable = event is not Event.REPLIED
    assert todo.guarantee.may_replay(KEY, NOON)
    assert todo.guarantee.looks_up != repeatable
    assert hasattr(todo, "look_up") != repeatable
    if not repeatable:
        assert asyncio.run(todo.look_up(MESSAGE, KEY, None)) == Receipt("9")


def test_an_announcement_is_the_networks_own_and_a_reply_without_look_up_has_none():
    network = Scripted()
    assert act(network, delivery(receipt=RECEIPT)) is network
    todo = act(network, delivery(event=Event.REPLIED, receipt=RECEIPT))
    assert not hasattr(todo, "look_up")
    assert todo.guarantee == network.guarantee


@pytest.mark.parametrize("event", [Event.UPDATED, Event.REPLIED, Event.DELETED, Event.CHANGED])
def test_a_retry_by_hand_keeps_the_message_that_only_a_look_can_make(event):
    dead = delivery(state=State.DEAD, event=event)
    assert not manual.retry(dead, NOON).anew
    assert manual.retry(replace(dead, event=Event.PUBLISHED), NOON).anew
