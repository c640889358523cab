"""The ledger's server restarts, goes away for a while, or cuts connections, wherever we are."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager

import httpx
import psycopg
import pytest
from sqlalchemy import Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from fakes.scene import QUICK
from syndicate.app import open_app
from syndicate.delivery import runner, together
from syndicate.errors import LedgerAway, LedgerError
from syndicate.exits import Exit, of_error

pytestmark = pytest.mark.only("postgresql")

FAST, AT_ONCE = signal.SIGINT, signal.SIGQUIT
LOST = "the connection that held the ledger .* was lost"


@pytest.fixture
def hooked(blog, receiver):
    """A blog with one post that is out, and two that wait for their first announcement."""
    blog.hook(receiver.url)
    blog.run()
    for name in ("one", "two"):
        blog.post(name, title=name)
    return blog


@pytest.fixture
def ledger_name(database):
    return database.rpartition("/")[2]


def heals(blog, receiver, count=2, repeated=0):
    """The next run does what was left, and the receiver has each event by one id."""
    blog.clock.tick(minutes=1)
    assert blog.go().code == 0
    assert {each.state for each in blog.deliveries()} == {"delivered"}
    assert len(receiver.events) == count
    assert len(receiver.ids) == count + repeated
    assert len(set(receiver.bodies)) == count


# Restarts


@pytest.mark.parametrize("how", [FAST, AT_ONCE])
def test_the_server_restarts_between_two_runs(hooked, receiver, postgres, how):
    hooked.go()
    postgres.restart(how)
    hooked.post("three", title="three")
    heals(hooked, receiver, 3)


@pytest.mark.parametrize("how", [FAST, AT_ONCE])
def test_the_server_restarts_while_a_request_is_in_flight(hooked, receiver, postgres, how):
    """Its answer is written down; with the connection the lock is gone, so no other follows."""

    def restart():
        receiver.answer = lambda: None
        postgres.restart(how)

    receiver.answer = restart
    with pytest.raises(LedgerError, match=LOST) as caught:
        hooked.go()
    assert of_error(caught.value) is Exit.LEDGER
    assert sorted(each.state for each in hooked.deliveries()) == ["delivered", "pending"]
    heals(hooked, receiver)


def test_the_server_is_away_when_the_answer_comes(hooked, receiver, postgres):
    """It is waited for: shorter here, and that it is as long as with SQLite is asserted."""
    assert together.PATIENCE >= 15
    back = threading.Timer(1, postgres.start)

    def stop():
        receiver.answer = lambda: None
        postgres.stop()
        back.start()

    receiver.answer = stop
    with pytest.raises(LedgerError, match=LOST):
        hooked.go()
    assert len(receiver.ids) == 1
    heals(hooked, receiver)


def test_the_server_is_away_for_longer_than_anybody_waits(hooked, receiver, postgres, monkeypatch):
    """The answer is lost, as if we had been killed: the same words go out by the same id."""
    monkeypatch.setattr(together, "PATIENCE", 0.5)

    def stop():
        receiver.answer = lambda: None
        postgres.stop()

    receiver.answer = stop
    with pytest.raises(LedgerAway, match="does the server run, and listen there") as caught:
        hooked.go()
    assert of_error(caught.value) is Exit.LEDGER
    assert len(receiver.ids) == 1, "what cannot be written down does not leave"
    postgres.start()
    heals(hooked, receiver, repeated=1)


@pytest.mark.usefixtures("real_time")
def test_the_server_restarts_while_the_daemon_runs(blog, receiver, postgres, daemon):
    """It says so, is not ready, and goes on when the server is back."""
    blog.hook(receiver.url, **QUICK)
    blog.run()
    soon = "from datetime import timedelta\nfrom syndicate import rhythm\n"
    running = daemon(before=f"{soon}rhythm.LATER = timedelta(seconds=1)")
    blog.post("one", title="One")
    running.until(lambda: len(receiver.events) == 1)
    running.until(lambda: {each.state for each in blog.deliveries()} == {"delivered"})
    postgres.restart(AT_ONCE)
    blog.post("two", title="Two")
    running.until(lambda: len(receiver.events) == 2)
    running.until(lambda: {each.state for each in blog.deliveries()} == {"delivered"})
    postgres.stop()
    try:
        blog.post("three", title="Three")
        running.until(lambda: "the run failed: the ledger postgresql://" in running.said)
        assert httpx.get(f"{running.url}/readyz").status_code == 503
        assert httpx.get(f"{running.url}/feed.xml").status_code == 200
    finally:
        postgres.start()
    running.until(lambda: len(receiver.events) == 3)
    running.ready()
    assert running.end() == 0
    assert "Traceback" not in running.said
    assert len(receiver.ids) == 3


# Connections that break


@contextmanager
def at_boundary(number, cut):
    """Cut before the ``number``-th statement or commit of the runner's; tell whether there is one.

    Args:
        number: counted from 1.
        cut: what does it.
    """
    seen: list[str] = []
    work = runner.Runner.run

    def reach(what):
        seen.append(what)
        if len(seen) == number:
            cut()

    async def watched(self, *arguments):
        event.listen(Engine, "before_cursor_execute", statement)
        event.listen(Engine, "commit", commit)
        try:
            await work(self, *arguments)
        finally:
            event.remove(Engine, "before_cursor_execute", statement)
            event.remove(Engine, "commit", commit)

    def statement(_connection, _cursor, words, *_):
        reach(words)

    def commit(_connection):
        reach("COMMIT")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner.Runner, "run", watched)
        yield lambda: len(seen) >= number


@contextmanager
def lost_commit(number, cut):
    """Let the ``number``-th commit of the runner's be done, and cut before it is known."""
    done = PGDialect_psycopg.do_commit
    seen: list[str] = []
    work = runner.Runner.run

    def commit(self, connection):
        done(self, connection)
        seen.append("COMMIT")
        if len(seen) == number:
            cut()
            connection.dbapi_connection.close()
            raise psycopg.OperationalError("the connection is lost")

    async def watched(self, *arguments):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(PGDialect_psycopg, "do_commit", commit)
            await work(self, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner.Runner, "run", watched)
        yield lambda: len(seen) >= number


OWN_LOCK = "pg_try_advisory_lock"


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("broken_networks")
@pytest.mark.parametrize("but", ["", OWN_LOCK], ids=["with the lock's", "but the lock's"])
@pytest.mark.parametrize("way", [at_boundary, lost_commit])
def test_a_connection_is_lost_at_any_point(blog, receiver, postgres, ledger_name, but, way):
    """Nothing is lost, doubled or in doubt: the server is there at once when it is asked again."""
    blog.hook(receiver.url, network="forgetful", retries=["0s"] * 5)
    blog.run()
    number, there = 1, True
    while there:
        blog.post(f"new-{number}", title=f"New {number}")
        with way(number, lambda: postgres.cut(ledger_name, but=but)) as reached:
            failed = None
            try:
                blog.go()
            except LedgerError as error:
                failed = error
            there = reached()
        assert not (failed and but) or "cannot be used" in str(failed), "it has the lock still"
        blog.clock.tick(minutes=1)
        blog.go()
        number += 1
    assert number > 6
    found = blog.deliveries()
    assert [str(each.state) for each in found] == ["delivered"] * (number - 1)
    assert [each.attempts for each in found] == [1] * (number - 1), "nobody was in doubt"
    assert len(receiver.ids) == len(receiver.events) == number - 1
    with open_app(blog.config) as app:
        tries = [app.ledger.attempts(each.id) for each in found]
    assert [len(each) for each in tries] == [1] * (number - 1), "each is written down once"


@pytest.mark.usefixtures("real_time")
def test_the_lock_is_lost_and_another_run_takes_over(blog, receiver, postgres, ledger_name, start):
    """The run whose lock it was overrules nobody, and begins nothing more."""
    blog.hook(receiver.url, **QUICK)
    blog.run()
    for name in ("one", "two"):
        blog.post(name, title=name)
    arrived, release = threading.Event(), threading.Event()

    def hold():
        arrived.set()
        release.wait(20)

    receiver.answer = hold
    running = start("run", "-v")
    running.until(arrived.is_set)
    receiver.answer = lambda: None
    assert postgres.ask(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory'"
    ) == [(True,)]
    assert blog.go().code == 0
    assert {each.state for each in blog.deliveries()} == {"delivered"}
    release.set()
    assert running.wait() == Exit.LEDGER
    assert "was taken over by another process" in running.said
    assert "the connection that held the ledger" in running.said
    assert {each.state for each in blog.deliveries()} == {"delivered"}
    assert len(receiver.events) == 2
    assert len(receiver.ids) == 3, "the one in flight was sent again, by the same id"
