"""The process is killed (``kill -9``) at each point of a delivery; the next run settles it."""

from __future__ import annotations

import signal
import threading
from datetime import timedelta

import pytest

from fakes.scene import QUICK

pytestmark = pytest.mark.usefixtures("real_time", "broken_networks")

SETTLING = timedelta(seconds=5)


@pytest.fixture
def site(blog, receiver):
    """A blog with one post that waits for its first announcement."""

    def begin(network):
        blog.hook(receiver.url, network=network, **QUICK)
        blog.run()
        blog.post("new")
        return blog

    return begin


def killed(start, where):
    process = start("run", BRITTLE=f"kill:{where}")
    assert process.wait() == -signal.SIGKILL, process.said


NETWORKS = ["brittle", "forgetful"]


@pytest.mark.parametrize("network", NETWORKS)
def test_kill_before_the_intent(site, receiver, start, network):
    """Nothing was promised: the next run begins from the beginning, and nobody is asked."""
    blog = site(network)
    killed(start, "composing")
    assert blog.states() == {"hook": "pending"}
    assert receiver.ids == []
    assert blog.go(wait=SETTLING).code == 0
    assert len(receiver.ids) == 1
    assert blog.deliveries()[0].attempts == 1, "the kill cost no try"


def test_kill_after_the_intent(site, receiver, start):
    """Nobody can know that nothing has left, so it goes out under the key of the intent."""
    blog = site("brittle")
    killed(start, "intended")
    [left] = blog.deliveries()
    assert (left.state, receiver.ids) == ("sending", [])
    told = blog.go(wait=SETTLING)
    assert told.code == 0, told.text
    assert receiver.ids == [left.key.value]


def test_kill_after_the_intent_where_nobody_knows_repetitions(site, receiver, start):
    blog = site("forgetful")
    killed(start, "intended")
    told = blog.go(wait=SETTLING)
    assert told.code == 4
    assert "in_doubt  the process ended before the answer came" in told.text
    assert "1 needs you: see `syndicate status`" in told.text
    blog.go(wait=SETTLING)
    assert receiver.ids == [], "never sent blindly"


@pytest.mark.parametrize(("network", "times"), [("brittle", 2), ("forgetful", 1)])
def test_kill_after_the_remote_committed_before_its_answer(site, receiver, start, network, times):
    """The receiver has the event, and we have died before it said so."""
    blog = site(network)
    arrived, release = threading.Event(), threading.Event()

    def hold():
        arrived.set()
        release.wait(30)

    receiver.answer = hold
    process = start("run")
    process.until(arrived.is_set)
    process.send(signal.SIGKILL)
    process.wait()
    release.set()
    process.until(lambda: receiver.events)
    receiver.answer = lambda: None
    assert blog.states() == {"hook": "sending"}
    assert blog.go(wait=SETTLING).code == (0 if network == "brittle" else 4)
    assert len(receiver.ids) == times
    assert len(receiver.events) == 1
    assert len(set(receiver.bodies)) == 1


@pytest.mark.parametrize(("network", "times"), [("brittle", 2), ("forgetful", 1)])
def test_kill_after_the_answer_before_our_commit(site, receiver, start, network, times):
    """It was delivered and we knew it, for a moment."""
    blog = site(network)
    killed(start, "answered")
    assert blog.states() == {"hook": "sending"}
    assert len(receiver.events) == 1
    told = blog.go(wait=SETTLING)
    assert told.code == (0 if network == "brittle" else 4)
    assert len(receiver.ids) == times
    assert len(receiver.events) == 1, "the same id: the receiver knows it again"
