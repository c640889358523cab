"""An endpoint whose secret is another by now; and one that is dead among many."""

from __future__ import annotations

import asyncio
import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from fakes.faulty import answering, in_turn, misbehaving, response
from fakes.webhook import SECRET

OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


def is_signed(request, secret):
    """Tell whether a request bears a secret's signature, by the receiver's own library."""
    head, _, body = request.decode().partition("\r\n\r\n")
    fields = dict(re.findall(r"(webhook-\w+): (\S+)", head))
    moment = datetime.fromtimestamp(int(fields["webhook-timestamp"]), UTC)
    right = Webhook(secret).sign(fields["webhook-id"], moment, body)
    return right in fields["webhook-signature"].split()


@pytest.mark.parametrize("status", [503, 401])
def test_a_secret_that_is_rotated_between_retries(blog, monkeypatch, status):
    """A secret is never frozen: the same words go out, signed with what holds by then."""
    with misbehaving(in_turn(answering(response(status)), answering(response(200)))) as server:
        blog.hook(server.url, retries=["1m"])
        blog.run()
        blog.post("new")
        told = blog.go(wait=timedelta())
        assert told.code == (4 if status == 401 else 5)
        monkeypatch.setenv("HOOK_SECRET", OTHER)
        blog.mend("hook")
        blog.clock.tick(minutes=5)
        assert blog.go().code == 0
    first, second = server.requests
    assert [is_signed(first, each) for each in (SECRET, OTHER)] == [True, False]
    assert [is_signed(second, each) for each in (SECRET, OTHER)] == [False, True]
    assert first.partition(b"\r\n\r\n")[2] == second.partition(b"\r\n\r\n")[2]


def test_one_dead_endpoint_among_twenty(blog, receiver):
    """It answers nothing until all the others have theirs, which therefore do not wait for it."""
    others = threading.Event()

    def count():
        if len(receiver.ids) == 19:
            others.set()

    async def dead(visit):
        await visit.request()
        in_time.append(await asyncio.to_thread(others.wait, 10))

    in_time = []
    receiver.answer = count
    with misbehaving(dead) as server:
        for number in range(20):
            blog.hook(server.url if number == 7 else receiver.url, name=f"hook-{number:02}")
        blog.run()
        blog.post("new")
        told = blog.go(wait=timedelta())
    assert in_time == [True]
    assert told.code == 5
    states = blog.states()
    assert states.pop("hook-07") == "pending"
    assert set(states.values()) == {"delivered"}
    assert "hook-07   Hello  pending    the answer of 127.0.0.1 was lost" in told.text
