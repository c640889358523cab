"""A thread is there once, whole and in order, whatever happens on the way."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from fakes import account as fake
from fakes.bluesky import HANDLE, PASSWORD, Pds
from fakes.mastodon import TOKEN, Mastodon
from fakes.posts import KEY, POST
from syndicate.delivery import attempt
from syndicate.errors import InDoubt, Rejected
from syndicate.model import Receipt
from syndicate.networks.atproto import tid

LONG = replace(POST, summary="The loom wove on. " * 60, tags=())
PUT = "/xrpc/com.atproto.repo.putRecord"
POSTS = "/api/v1/statuses"


class OnMastodon:
    path = POSTS

    def __init__(self):
        self.server = Mastodon()
        self.server.forgets_keys = True  # so that nothing but our own care helps

    def account(self, **own):
        shared = {"token": SecretStr(TOKEN), "thread": "true", **own}
        return fake.account("mastodon", self.server, lambda url: {"server": url, **shared})

    def chain(self):
        """Give the texts as they were sent, the first one first; each answers the one before."""
        statuses = self.server.statuses[::-1]
        answered = [None, *(each["id"] for each in statuses)]
        assert [each["in_reply_to_id"] for each in statuses] == answered[:-1]
        return [form["status"] for form in self.server.forms]


class OnBluesky:
    path = PUT

    def __init__(self):
        self.server = Pds()

    def account(self, **own):
        shared = {"handle": HANDLE, "password": SecretStr(PASSWORD), "thread": "10", **own}
        return fake.account("bluesky", self.server, lambda url: {"service": url, **shared})

    def chain(self):
        records = [self.server.records[rkey] for rkey in sorted(self.server.records)]
        named = [self.server._named(rkey) for rkey in sorted(self.server.records)]
        assert all("reply" not in each for each in records[:1])
        for number, record in enumerate(records[1:]):
            assert record["reply"] == {"root": named[0], "parent": named[number]}
        return [each["text"] for each in records]


both = pytest.mark.parametrize("kind", [OnMastodon, OnBluesky])


def once(ada, message, doubt=False):
    """Try once, as the runner does, without the short retries' waits."""

    class Clock:
        now = staticmethod(ada.clock.now)

        @staticmethod
        async def sleep_until(when):
            await asyncio.sleep(0)

    return ada.work(
        lambda wire: attempt.attempt(
            ada.network, message, KEY, wire, Clock(), doubt=doubt, stop=asyncio.Event()
        )
    )


@both
def test_a_long_summary_is_a_thread_where_that_is_asked_for(kind):
    home = kind()
    with home.account() as ada:
        message = ada.compose(LONG)
        receipt = ada.deliver(message)
    texts = home.chain()
    assert texts == [message.text, *message.more]
    assert len(texts) > 2
    assert " ".join(texts).count("The loom wove on.") == 60
    first = home.server.statuses[-1]["id"] if kind is OnMastodon else tid(KEY)
    assert receipt.id.endswith(first)


@both
def test_no_thread_is_made_unasked(kind):
    home = kind()
    with home.account(thread="1") as ada:
        ada.deliver(ada.compose(LONG))
    assert len(home.chain()) == 1


@both
@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("trouble", ["lost", "throttled", "refused", "broken", "killed"])
def test_a_thread_goes_on_where_it_was_left(kind, at, trouble):
    home = kind()
    with home.account() as ada:
        message = ada.compose(LONG)
        home.server.app.let(home.path, at)
        if trouble == "lost":
            home.server.app.lose(home.path)
        else:
            status = {"throttled": 429, "refused": 422, "broken": 502, "killed": 422}[trouble]
            home.server.app.fail(home.path, status)
        outcome = once(ada, message)
        assert not isinstance(outcome, Receipt)
        assert len(home.chain()) == at + (trouble == "lost")
        again = once(ada, message, doubt=trouble == "killed" or isinstance(outcome, InDoubt))
        assert isinstance(again, Receipt)
        assert isinstance(once(ada, message, doubt=True), Receipt)
    assert home.chain() == [message.text, *message.more]


@both
def test_a_thread_that_is_there_is_not_posted_again(kind):
    home = kind()
    with home.account(numbered=True) as ada:
        message = ada.compose(LONG)
        ada.deliver(message)
        for _ in range(2):
            assert isinstance(once(ada, message, doubt=True), Receipt)
            assert isinstance(once(ada, message), Receipt)
    assert home.chain() == [message.text, *message.more]
    assert message.more[-1].endswith(f"{len(message.more) + 1}/{len(message.more) + 1}")


def test_a_half_thread_is_not_taken_for_a_whole_one():
    home = OnMastodon()
    with home.account() as ada:
        message = ada.compose(LONG)
        home.server.app.let(POSTS, 1)
        home.server.app.lose(POSTS)
        with pytest.raises(InDoubt):
            ada.deliver(message)
        assert len(home.server.statuses) == 2
        assert ada.look_up(message) is None


def test_what_somebody_else_wrote_below_it_is_no_part_of_it():
    home = OnMastodon()
    with home.account() as ada:
        message = ada.compose(LONG)
        home.server.app.let(POSTS, 1)
        home.server.app.fail(POSTS, 422)
        with pytest.raises(Rejected):
            ada.deliver(message)
        [first] = home.server.statuses
        home.server.add("By the way: a note by hand", None, first["id"])
        ada.deliver(message)
    sent = [form["status"] for form in home.server.forms]
    assert sent == [message.text, *message.more]


def test_the_keys_of_parts_are_their_own_and_do_not_change():
    keys = [KEY.of_part(number) for number in (2, 3)]
    assert [each.value for each in keys] == ["msg_1-2", "msg_1-3"]
    assert tid(KEY) < tid(keys[0]) < tid(keys[1])
    assert keys[0].minted - KEY.minted == timedelta(microseconds=1)
