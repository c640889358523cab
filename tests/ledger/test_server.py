"""A ledger on a server: what is asked of the server, and what is said where it will not do."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from itertools import chain

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.exc import DatabaseError

from fakes.old_ledger import make_old, open_together
from fakes.posts import MESSAGE, POST, record
from syndicate.errors import LedgerBusy, LedgerError
from syndicate.exits import Exit, of_error
from syndicate.ledger import NewDelivery, Resting, open_ledger, server, server_trouble
from syndicate.ledger.schema import HEAD, migrate, version
from syndicate.ledger.tables import metadata
from syndicate.model import Attempt, Key, State
from syndicate.testing.clock import NOON

LEASE = timedelta(minutes=1)
POSTGRESQL = pytest.mark.only("postgresql")


@pytest.fixture
def ledger(database, tmp_path):
    with closing(open_ledger(database, tmp_path)) as ledger:
        yield ledger


def refused(url, folder, **options):
    with pytest.raises(LedgerError) as caught:
        open_ledger(url, folder, **options)
    assert of_error(caught.value) is Exit.LEDGER
    said = str(caught.value)
    assert "\n" not in said
    return said


# Without any server


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_server_that_cannot_be_reached(tmp_path, scheme):
    said = refused(f"{scheme}://ada:hidden-word@127.0.0.1:1/blog", tmp_path)
    assert said.startswith("the ledger postgresql://ada@127.0.0.1:1/blog cannot be used: ")
    assert said.endswith("does the server run, and listen there?")
    assert "hidden-word" not in said


def test_a_socket_that_is_not_there(tmp_path):
    said = refused(f"postgresql:///blog?host={tmp_path}&password=hidden-word", tmp_path)
    assert said.startswith(f"the ledger postgresql://{tmp_path}/blog cannot be used: ")
    assert said.endswith("is its socket's folder right?")
    assert "hidden-word" not in said


def test_a_driver_that_is_not_installed(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    said = refused("postgresql://127.0.0.1:1/blog", tmp_path)
    assert said.endswith("pip install 'syndicate-feeds[postgresql]'")


def test_an_address_that_is_none(tmp_path):
    assert "expected an address" in refused("postgresql://ada@host:port/blog", tmp_path)


def test_what_holds_a_server_shows_no_password():
    place = server.Place(server.parse("postgresql://ada:hidden-word@db/blog"), "public")
    assert "hidden-word" not in repr(place) + place.name + repr(place.engine())


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("42501", "let its user own the database"),
        ("53100", "make room on the server's disk"),
        ("XX001", "put a backup in their place"),
        ("22000", ""),
    ],
)
def test_what_the_server_refuses_is_told_with_what_to_do(code, advice):
    class Refusal(Exception):
        sqlstate = code

    error = DatabaseError("SELECT 1", {"token": "hidden-word"}, Refusal("it\nwill not"))
    said = str(server_trouble.unusable("postgresql://db/blog", error))
    assert said.startswith("the ledger postgresql://db/blog cannot be used: it will not")
    assert advice in said
    assert "hidden-word" not in said


# Servers that will not do


@POSTGRESQL
def test_a_wrong_password(postgres, tmp_path):
    said = refused(postgres.url("postgres", password="hidden-word"), tmp_path)
    assert "password authentication failed" in said
    assert said.endswith("is the user's name and password right?")
    assert "hidden-word" not in said


@POSTGRESQL
def test_a_database_that_is_not_there(postgres, tmp_path):
    said = refused(postgres.url("nowhere"), tmp_path)
    assert 'database "nowhere" does not exist; create it' in said


@POSTGRESQL
def test_a_user_without_the_right_to_create(postgres, tmp_path):
    postgres.ask("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    said = refused(postgres.url(postgres.database(), "guest", "guest"), tmp_path)
    assert "permission denied for schema public; let its user own the database" in said


@POSTGRESQL
@pytest.mark.parametrize("creates", [True, False])
def test_a_server_that_is_too_old(database, tmp_path, monkeypatch, creates):
    monkeypatch.setattr(server, "OLDEST", 99)
    assert "; expected 99 or newer" in refused(database, tmp_path, creates=creates)


@POSTGRESQL
def test_a_database_that_cannot_keep_every_text(postgres, tmp_path):
    name = postgres.database(
        "TEMPLATE template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'"
    )
    assert "its encoding is LATIN1" in refused(postgres.url(name), tmp_path)


@POSTGRESQL
def test_a_schema_that_is_not_there(database, tmp_path):
    said = refused(f"{database}?options=-csearch_path%3Dnone", tmp_path)
    assert "none of the schemas of its search_path exists" in said


@POSTGRESQL
def test_a_standby_that_is_only_read(postgres, database, tmp_path):
    name = database.rpartition("/")[2]
    postgres.ask(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert "read-only transaction; it is a standby" in refused(database, tmp_path)


@POSTGRESQL
def test_a_ledger_of_a_newer_version(ledger, postgres, database, tmp_path):
    name = database.rpartition("/")[2]
    postgres.ask("UPDATE alembic_version SET version_num = '9999'", name)
    assert "use the newer syndicate" in refused(database, tmp_path)


# Its schema


@POSTGRESQL
def test_the_migrations_lead_to_the_schema_on_a_server_as_well(database):
    engine = create_engine(server.parse(database))
    migrate(engine, None)
    assert version(engine) == HEAD
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


@POSTGRESQL
@pytest.mark.parametrize("old", [False, True], ids=["none yet", "an old one"])
def test_several_that_begin_at_one_moment_make_one_ledger(database, tmp_path, monkeypatch, old):
    if old:
        make_old(server.parse(database), "0001")
    assert open_together(database, tmp_path, monkeypatch) == [HEAD] * 4


@POSTGRESQL
def test_two_schemas_of_one_database_are_two_ledgers(postgres, database, tmp_path):
    name = database.rpartition("/")[2]
    ledgers = []
    for each in ("ada", "bob"):
        postgres.ask(f"CREATE SCHEMA {each}", name)
        ledgers.append(open_ledger(f"{database}?options=-csearch_path%3D{each}", tmp_path))
    ledgers[0].keep_posts([record()])
    assert [len(each.posts()) for each in ledgers] == [1, 0]
    with ledgers[0].lock(timedelta()), ledgers[1].lock(timedelta()):
        pass
    for each in ledgers:
        each.close()


@POSTGRESQL
def test_who_only_looks_makes_nothing(postgres, database, tmp_path):
    with closing(open_ledger(database, tmp_path, creates=False)) as looking:
        assert (looking.is_kept, looking.posts()) == (False, [])
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    assert postgres.ask(tables, database.rpartition("/")[2]) == [(0,)]
    open_ledger(database, tmp_path).close()
    with closing(open_ledger(database, tmp_path, creates=False)) as there:
        assert there.is_kept


# What is asked of it


@POSTGRESQL
def test_what_is_committed_is_durable_and_nobody_waits_for_ever(ledger, postgres):
    """The server of the tests has it otherwise by itself."""
    assert postgres.ask("SHOW synchronous_commit") == [("off",)]
    names = ("synchronous_commit", "lock_timeout", "TimeZone", "transaction_isolation")
    with ledger._engine.begin() as connection:
        found = [connection.exec_driver_sql(f"SHOW {name}").scalar() for name in names]
    assert found == ["on", "15s", "UTC", "read committed"]


@POSTGRESQL
def test_a_ledger_that_is_held_for_long_is_one_clear_error(ledger, database, tmp_path, monkeypatch):
    monkeypatch.setattr(server, "_SETTINGS", ("SET lock_timeout = '50ms'",))
    with ledger._engine.begin():
        said = refused(database, tmp_path)
    assert "lock timeout; another program holds it for long" in said


@POSTGRESQL
def test_transactions_come_one_after_the_other(ledger, database, tmp_path):
    """Two that claim at one moment never have the same delivery; in order, each has one."""
    posts = [f"p{number:02}" for number in range(20)]
    ledger.add("main", [NewDelivery(each, "main", State.PENDING, NOON) for each in posts], NOON)

    def take(_):
        with closing(open_ledger(database, tmp_path)) as one:
            taken = []
            while delivery := one.claim("main", NOON, LEASE):
                taken.append(delivery.id)
            return taken

    with ThreadPoolExecutor(3) as many:
        taken = list(many.map(take, range(3)))
    assert sorted(chain(*taken)) == [each.id for each in ledger.deliveries()]
    assert all(each == sorted(each) for each in taken)


@POSTGRESQL
def test_endpoints_are_in_the_same_order_as_with_sqlite(ledger, postgres, database):
    """The server's own order is that of English: a, B, c."""
    for name in ("c", "a", "B"):
        ledger.add(name, [], NOON)
    own = postgres.ask("SELECT name FROM endpoints ORDER BY name", database.rpartition("/")[2])
    assert own == [("a",), ("B",), ("c",)]
    assert [each.name for each in ledger.endpoints()] == ["B", "a", "c"]


@POSTGRESQL
def test_what_the_world_says_is_kept_whatever_it_is(ledger):
    """PostgreSQL's texts have no NUL, and would have a length."""
    ledger.keep_posts([record()])
    ledger.add("main", [NewDelivery(POST.id, "main", State.PENDING, NOON)], NOON)
    held = ledger.intend(ledger.claim("main", NOON, LEASE), MESSAGE, Key("k", NOON))
    attempt = Attempt(held.id, NOON, NOON, "An" + "Outcome" * 20, 200, "a\0b 🦊")
    assert ledger.settle(held, Resting(State.DEAD, NOON, 1, reason="a\0b"), attempt)
    assert ledger.delivery(held.id).reason == "a\N{REPLACEMENT CHARACTER}b"
    assert ledger.attempts(held.id)[0].detail == "a\N{REPLACEMENT CHARACTER}b 🦊"
    assert ledger.attempts(held.id)[0].outcome == attempt.outcome
    ledger.save_session("alerts:" + "a" * 64, {"told": {}})


# Its lock


@POSTGRESQL
def test_who_asks_again_for_what_he_holds_loses_nothing(ledger, postgres, database):
    with ledger.lock(timedelta()):
        with pytest.raises(LedgerBusy), ledger.lock(timedelta()):
            pass
        with ledger.together("first"):
            ledger.save_session("main", {"a": 1})
        assert ledger.was_written("first")


@POSTGRESQL
def test_nobody_is_cut_off_for_being_idle(ledger, postgres, database):
    name = database.rpartition("/")[2]
    postgres.ask(f"ALTER DATABASE {name} SET idle_session_timeout = '60s'")
    with ledger.lock(timedelta()), ledger._alone.connect() as connection:
        assert connection.exec_driver_sql("SHOW idle_session_timeout").scalar() == "0"


@POSTGRESQL
def test_who_waits_is_told_who_holds_it(ledger, database, tmp_path):
    with closing(open_ledger(database, tmp_path)) as other, ledger.lock(timedelta()):
        with pytest.raises(LedgerBusy) as caught, other.lock(timedelta(seconds=0.3)):
            pass
        assert f"(process {os.getpid()} on {os.uname().nodename}" in str(caught.value)


@POSTGRESQL
def test_whoever_has_lost_the_lock_begins_nothing_and_ends_what_was_begun(
    ledger, postgres, database
):
    for name in ("a", "b"):
        ledger.add(name, [NewDelivery(POST.id, name, State.PENDING, NOON)], NOON)
    with ledger.lock(timedelta()):
        begun = ledger.intend(ledger.claim("a", NOON, LEASE), MESSAGE, Key("k", NOON))
        claimed = ledger.claim("b", NOON, LEASE)
        postgres.cut(database.rpartition("/")[2])
        assert ledger.intend(claimed, MESSAGE, Key("k", NOON)) is None
        assert ledger.claim("b", NOON + 2 * LEASE, LEASE) is None
        with pytest.raises(LedgerError, match="was lost"):
            ledger.next_due("b", NOON)
        assert ledger.settle(begun, Resting(State.DELIVERED, NOON, 1), None)
    assert ledger.next_due("b", NOON) == NOON, "who holds nothing has lost nothing"


@POSTGRESQL
def test_what_was_written_is_known_by_its_name_until_another_takes_over(
    ledger, postgres, database, tmp_path
):
    with ledger.lock(timedelta()):
        with ledger.together("first"):
            ledger.save_session("main", {"a": 1})
        assert ledger.was_written("first")
        assert not ledger.was_written("second")
        postgres.cut(database.rpartition("/")[2])
        assert ledger.was_written("first"), "the lock is gone, and nobody else was here"
        with closing(open_ledger(database, tmp_path)) as other, other.lock(timedelta()):
            with ledger.together("second"):
                ledger.save_session("main", {"a": 2})
            with pytest.raises(LedgerError, match="was lost"):
                ledger.was_written("second")
            assert other.was_written("")
    assert ledger.load_session("main") == {"a": 2}


@POSTGRESQL
def test_no_password_is_seen(blog_on_a_server):
    blog = blog_on_a_server
    address = blog.database.replace(blog.database.split(":")[2].split("@")[0], "hidden-word")
    for command in (["run", "-v"], ["status"], ["check"], ["plan"]):
        done = blog.command(*command, LEDGER_URL=address)
        assert done.returncode == 6, done.stderr
        assert "password authentication failed" in done.stderr
        assert "hidden-word" not in done.stderr + done.stdout


@POSTGRESQL
def test_the_commands_work_on_a_server_from_before_the_first_run(blog_on_a_server):
    for command in ("plan", "check", "run", "run", "status"):
        done = blog_on_a_server.command(command)
        assert done.returncode == 0, (command, done.stderr, done.stdout)
    assert list(blog_on_a_server.folder.glob("state/*.quiet.json")) == []


@pytest.fixture
def blog_on_a_server(tmp_path, database):
    from fakes.site import Blog  # noqa: PLC0415

    blog = Blog(tmp_path, database)
    blog.post()
    return blog
