"""A ledger on a branch: machines that come and go, runs that overlap, pushes that are refused."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
from datetime import timedelta

import pytest
from starlette.responses import Response

from fakes.machines import Machine, Origin
from fakes.scene import QUICK, MachineClock
from fakes.webhook import Receiver
from syndicate.delivery import Watch
from syndicate.errors import LedgerBusy, LedgerError
from syndicate.ledger.git import Branch
from syndicate.testing.clock import FakeClock
from syndicate.testing.server import serve

NO_WAIT = timedelta()


@pytest.fixture
def origin(tmp_path):
    return Origin(tmp_path)


@pytest.fixture
def clock(request):
    """Processes live by the machine's."""
    return MachineClock() if "real_time" in request.fixturenames else FakeClock()


@pytest.fixture
def receiver(clock):
    receiver = Receiver(clock if isinstance(clock, FakeClock) else None)
    with serve(receiver.app) as url:
        receiver.url = f"{url}/hook"
        yield receiver


@pytest.fixture
def machine(tmp_path, origin, clock, receiver):
    """Makes machines with the same blog."""
    names = iter("abcdefgh")

    def make(*posts, **options):
        machine = Machine(tmp_path / next(names), origin, clock)
        machine.hook(receiver.url, **options)
        machine.post("old", title="Old", date="2026-01-01 08:00")
        for each in posts:
            machine.post(each, title=each.title())
        return machine

    return make


def test_a_ledger_on_a_branch_outlives_its_machine(machine, origin, receiver):
    machine().run()
    report = machine("new").run()
    assert [str(each.resting.state) for each in report.outcomes] == ["delivered"]
    third = machine("new")
    assert third.run().outcomes == ()
    assert len(receiver.ids) == 1
    third.post("new", title="Edited")
    assert third.plan().deliveries == ()
    tip = origin.tip
    assert machine("new").run().outcomes == ()
    assert origin.tip == tip, "a run with nothing to tell pushes nothing"


def test_a_trouble_that_nobody_was_told_of_is_told_by_the_next_machine(
    machine, receiver, monkeypatch
):
    def watched(*posts):
        made = machine(*posts)
        made.config.write_text('alerts = "ops"\n' + made.config.read_text())
        made.endpoint("ops", "folder", dir=str(made.folder.parent / "told"), posts=False)
        return made

    watched().run()
    receiver.answer = lambda: Response("no such hook", 404)
    with monkeypatch.context() as patch:
        patch.setattr(Watch, "enter", nobody_is_told)
        watched("new").run()
    told = [each.delivery.endpoint for each in watched("new").run().outcomes]
    assert told == ["ops"]


async def nobody_is_told(watch, now):
    """End as a run does that is killed before it could tell."""
    return []


def test_overlapping_runs_on_two_machines_announce_once(machine, receiver, monkeypatch):
    machine().run()
    first, second = machine("new", "other"), machine("new", "other")
    push, inside = Branch.push, []

    def push_after_the_other(branch, commit, parent):
        if not inside:
            inside.append(second)
            inside.append(second.run())
        return push(branch, commit, parent)

    monkeypatch.setattr(Branch, "push", push_after_the_other)
    with pytest.raises(LedgerBusy, match="somebody else has changed the ledger's branch"):
        first.run()
    assert len(inside[1].outcomes) == 2
    assert len(receiver.ids) == 2
    assert first.run().outcomes == ()
    assert len(receiver.ids) == 2


@pytest.mark.usefixtures("real_time")
def test_overlapping_ci_runs_announce_once(machine, receiver, start):
    machine(**QUICK).run()
    posts = ["one", "two", "three"]
    machines = [machine(*posts, **QUICK) for _ in range(3)]
    runs = [start("run", "--wait", "0s", blog=each) for each in machines]
    codes = [each.wait() for each in runs]
    assert 0 in codes, [each.said for each in runs]
    assert set(codes) <= {0, 6}, [each.said for each in runs]
    assert machine(*posts, **QUICK).run().outcomes == ()
    assert len(receiver.ids) == len(set(receiver.ids)) == 3


@pytest.mark.usefixtures("real_time")
def test_a_machine_that_dies_in_the_middle_leaves_a_hold(machine, receiver, start, origin):
    machine(**QUICK).run()
    arrived, answer = threading.Event(), threading.Event()
    receiver.answer = lambda: arrived.set() or (answer.wait(30) and None)
    dying = start("run", blog=machine("new", **QUICK))
    dying.until(arrived.is_set)
    dying.end(signal.SIGKILL)
    answer.set()
    receiver.answer = lambda: None
    assert '"sending"' in origin.file("deliveries.jsonl"), "the intent was there before it left"
    with pytest.raises(LedgerBusy, match=r"holds the ledger's branch .* until \d\d:\d\d UTC"):
        machine("new", **QUICK).run(wait=NO_WAIT)
    later = machine("new", **QUICK)
    hold = json.loads(origin.file("hold.json"))
    origin.put("hold.json", json.dumps(hold | {"until": "2026-01-01T00:00:00+00:00"}))
    later.run()
    assert later.states() == {"hook": "delivered"}
    assert len(receiver.ids) == 2
    assert len(set(receiver.ids)) == 1, "sent again by the same id"
    assert "hold.json" not in origin.files()


def test_a_ledger_push_that_is_refused_sends_nothing(machine, origin, receiver):
    machine().run()
    origin.refuse()
    refused = machine("new")
    with pytest.raises(LedgerError) as caught:
        refused.run()
    assert "cannot write to the ledger's branch syndicate-state of origin" in str(caught.value)
    assert "pre-receive hook declined" in str(caught.value)
    assert "allowed to push" in str(caught.value)
    assert receiver.ids == []
    assert refused.states() == {"hook": "pending"}
    origin.allow()
    assert len(refused.run().outcomes) == 1
    assert len(receiver.ids) == 1


def test_results_that_cannot_be_pushed_are_not_lost_here(machine, origin, receiver):
    machine().run()
    here = machine("new")
    receiver.answer = origin.refuse
    with pytest.raises(LedgerError, match="cannot write"):
        here.run()
    assert here.states() == {"hook": "delivered"}
    receiver.answer = lambda: None
    with pytest.raises(LedgerBusy):
        machine("new").run(wait=NO_WAIT)
    origin.allow()
    assert here.run().outcomes == ()
    assert machine("new").run().outcomes == ()
    assert len(receiver.ids) == 1


GIT = """#!/bin/sh
# git, but a run is killed at one of its pushes.
real={real}
case " $* " in *" {what} "*)
    echo x >> {count}
    if [ "$(wc -l < {count})" = {number} ]; then
        [ {when} = after ] && $real "$@"
        kill -9 $PPID
        exit 1
    fi
esac
exec $real "$@"
"""


@pytest.mark.usefixtures("real_time")
@pytest.mark.parametrize(
    ("when", "what"), [("before", "push"), ("after", "push"), ("after", "update-ref")]
)
@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_a_kill_at_any_push_loses_and_doubles_nothing(
    machine, receiver, start, origin, tmp_path, where, what, number, when
):
    """The first push has the first intent, the second its result and the next intent."""
    machine(**QUICK).run()
    dying = machine("new", "other", **QUICK)
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    parts = {"real": shutil.which("git"), "count": tmp_path / "count"}
    git.write_text(GIT.format(what=what, number=number, when=when, **parts))
    git.chmod(0o755)
    run = start("run", blog=dying, PATH=f"{git.parent}:{os.environ['PATH']}")
    assert run.wait() == -signal.SIGKILL, run.said
    assert len(receiver.ids) == number - 1
    later = dying if where == "here" else machine("new", "other", **QUICK)
    if "hold.json" in origin.files() and where == "elsewhere":
        with pytest.raises(LedgerBusy):
            later.run(wait=NO_WAIT)
        hold = json.loads(origin.file("hold.json"))
        origin.put("hold.json", json.dumps(hold | {"until": "2026-01-01T00:00:00+00:00"}))
    later.run()
    assert [str(each.state) for each in later.deliveries()] == ["skipped", *["delivered"] * 2]
    assert len(set(receiver.ids)) == 2, "each is announced, and by one id"
