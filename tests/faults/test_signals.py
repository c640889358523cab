"""SIGTERM, once and twice, while requests are in flight; and a process that is stopped for long."""

from __future__ import annotations

import signal
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta

import httpx
import pytest

from fakes.faulty import misbehaving, reset_at_once
from fakes.old_ledger import make_old, open_together
from fakes.scene import QUICK
from syndicate.ledger import open_ledger, schema

pytestmark = pytest.mark.usefixtures("real_time")


class Held:
    """Keeps whoever asks waiting for the answer."""

    def __init__(self, receiver):
        self.arrived, self.release = threading.Event(), threading.Event()
        self.receiver = receiver
        receiver.answer = self._hold

    def _hold(self):
        self.arrived.set()
        self.release.wait(20)

    def let_go(self):
        self.receiver.answer = lambda: None
        self.release.set()


@pytest.fixture
def held(blog, receiver):
    """A post that waits for its announcement, to a receiver that does not answer."""
    blog.hook(receiver.url, **QUICK)
    blog.run()
    blog.post("new")
    held = Held(receiver)
    yield held
    held.let_go()


def settled(blog, receiver):
    """Let the next run settle what was left; tell how often the one event was posted."""
    assert blog.states() == {"hook": "sending"}
    assert blog.go(wait=timedelta(seconds=5)).code == 0
    assert blog.states() == {"hook": "delivered"}
    assert len(receiver.events) == 1
    return len(receiver.ids)


def test_sigterm_brings_the_request_in_flight_to_its_end(blog, held, daemon):
    running = daemon()
    running.until(held.arrived.is_set)
    running.send(signal.SIGTERM)
    running.until(lambda: "ending" in running.said)
    held.let_go()
    assert running.wait() == 0
    assert blog.states() == {"hook": "delivered"}


def test_sigterm_with_a_request_in_flight_for_longer_than_there_is_time(
    blog, receiver, held, daemon
):
    """The deadline is shortened here; that it is below 25 seconds is the assertion's."""
    running = daemon(
        before="from syndicate import rhythm; assert rhythm.DRAIN < 25\nrhythm.DRAIN = 0.3"
    )
    running.until(held.arrived.is_set)
    assert running.end() == 0
    assert "a run was cut short; the next start settles what was in flight" in running.said
    held.let_go()
    assert settled(blog, receiver) == 2


def test_sigterm_twice_ends_the_daemon_at_once(blog, receiver, held, daemon):
    running = daemon()
    running.until(held.arrived.is_set)
    running.send(signal.SIGTERM)
    running.until(lambda: "ending" in running.said)
    assert running.end() == 0
    held.let_go()
    assert settled(blog, receiver) == 2


def test_sigterm_lets_a_run_finish_what_it_has_begun_and_no_more(blog, receiver, held, start):
    blog.post("newer", title="Newer")
    running = start("run")
    running.until(held.arrived.is_set)
    running.send(signal.SIGTERM)
    running.until(lambda: "ending" in running.said)
    held.let_go()
    assert running.wait() == 5, running.said
    assert "Waiting  1" in running.said
    assert sorted(each.state for each in blog.deliveries()) == ["delivered", "pending"]


def test_sigterm_twice_ends_a_run_at_once(blog, receiver, held, start):
    running = start("run")
    running.until(held.arrived.is_set)
    running.send(signal.SIGTERM)
    running.until(lambda: "ending" in running.said)
    assert running.end() == 130
    assert "Traceback" not in running.said
    assert "error: ended at once; the next run settles what was in flight" in running.said
    held.let_go()
    assert settled(blog, receiver) == 2


def test_sigterm_between_two_tries_leaves_no_doubt(blog, start):
    """Nothing has left, and nothing is tried again: the next run goes on."""
    with misbehaving(reset_at_once) as server:  # over TLS: the handshake fails
        blog.hook(server.url.replace("http:", "https:"), **QUICK)
        blog.run()
        blog.post("new")
        running = start(
            "run",
            "-v",
            before="from syndicate.delivery import attempt\nattempt.TRIES = attempt.SECONDS = 1000",
        )
        running.until(lambda: "try 2 of 1000" in running.said)
        assert running.end() == 5, running.said
    [left] = blog.deliveries()
    assert (left.state, left.doubt, left.attempts) == ("pending", False, 1)
    assert left.reason.startswith("no connection to 127.0.0.1")


def test_stopped_past_the_lease_nobody_takes_over_while_the_lock_is_held(
    blog, receiver, held, start
):
    """A stopped process still holds the lock, so that however long it sleeps it is the only one."""
    running = start("run")
    running.until(held.arrived.is_set)
    running.send(signal.SIGSTOP)
    other = blog.command("run", "--wait", "1s")
    assert other.returncode == 6
    assert f"another syndicate is at work on this ledger (process {running.pid}" in other.stderr
    held.let_go()
    running.send(signal.SIGCONT)
    assert running.wait() == 0
    assert len(receiver.ids) == 1


@pytest.mark.only("sqlite")
def test_stopped_past_the_lease_and_overtaken_it_overrules_nobody(blog, receiver, held, start):
    """Somebody lost patience and removed the lock; the fence is what is left."""
    running = start("run", "-v")
    running.until(held.arrived.is_set)
    running.send(signal.SIGSTOP)
    receiver.answer = lambda: None
    (blog.folder / "state" / "ledger.db.lock").unlink()
    assert settled(blog, receiver) == 2
    before = blog.deliveries()
    held.let_go()
    running.send(signal.SIGCONT)
    running.wait()
    assert "delivery 1 was taken over by another process" in running.said
    assert blog.deliveries() == before


def test_two_daemons_on_one_ledger_announce_once_and_one_takes_over(blog, receiver, daemon):
    blog.config.write_text(blog.config.read_text() + '\n[schedule]\nevery = "1s"\n')
    blog.hook(receiver.url, **QUICK)
    blog.run()
    both = [daemon(), daemon()]
    for each in both:
        each.until(lambda each=each: httpx.get(f"{each.url}/livez").status_code == 200)
    blog.post("one")
    # What is killed between the hit and its note is sent again under its id: that is another test.
    both[0].until(lambda: [each.state for each in blog.deliveries()] == ["delivered"])
    both[0].send(signal.SIGKILL)
    both[0].wait()
    blog.post("two", title="Two")
    both[1].until(lambda: len(receiver.events) == 2)
    assert both[1].end() == 0
    assert len(receiver.ids) == 2
    assert {each.state for each in blog.deliveries()} == {"delivered"}


def test_overlapping_runs_on_one_ledger_announce_once(blog, receiver, start):
    blog.hook(receiver.url, **QUICK)
    blog.run()
    for number in range(3):
        blog.post(f"new-{number}", title=f"New {number}")
    runs = [start("run") for _ in range(2)]
    assert [each.wait() for each in runs] == [0, 0], [each.said for each in runs]
    assert len(receiver.ids) == 3


def test_who_begins_while_another_makes_the_ledger_waits_for_it(tmp_path):
    """SQLite refuses it at once, whatever the busy timeout: both want the file alone."""
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    with (
        closing(sqlite3.connect(tmp_path / "ledger.db", timeout=60)) as patient,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        patient.execute("PRAGMA journal_mode = WAL")
    done = threading.Timer(0.3, other.execute, ["COMMIT"])
    done.start()
    open_ledger("sqlite:///ledger.db", tmp_path).close()
    done.join()
    assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    other.close()


@pytest.mark.parametrize("old", [False, True], ids=["none yet", "an old one"])
def test_overlapping_first_runs_make_one_ledger(tmp_path, monkeypatch, old):
    """Several begin at one moment, on a new machine or with a new version: all see no schema."""
    if old:
        make_old(tmp_path / "ledger.db", "0001")
    assert open_together("sqlite:///ledger.db", tmp_path, monkeypatch) == [schema.HEAD] * 4
