from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from fakes.posts import record
from syndicate.errors import LedgerError
from syndicate.ledger import open_ledger, schema
from syndicate.ledger.schema import HEAD, bring_up_to_date, migrate, version
from syndicate.ledger.tables import metadata


def test_the_migrations_lead_to_the_schema(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path}/migrated.db")
    migrate(engine, None)
    assert version(engine) == HEAD
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_a_new_ledger_is_what_the_migrations_would_have_made(tmp_path):
    open_ledger("sqlite:///new.db", tmp_path).close()
    engine = create_engine(f"sqlite:///{tmp_path}/migrated.db")
    migrate(engine, None)
    engine.dispose()

    def shape(name):
        kinds = "SELECT type, name, tbl_name FROM sqlite_master WHERE sql IS NOT NULL"
        columns = 'SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?)'
        with sqlite3.connect(tmp_path / name) as database:
            found = sorted(database.execute(kinds).fetchall())
            tables = [each for kind, each, _ in found if kind == "table"]
            return found, [(each, database.execute(columns, (each,)).fetchall()) for each in tables]

    new, migrated = shape("new.db"), shape("migrated.db")
    assert [each for each in new[0] if each[1] != "alembic_version"]
    assert new[0] == migrated[0]
    assert [each for each in new[1] if each[0] != "alembic_version"] == [
        each for each in migrated[1] if each[0] != "alembic_version"
    ]


def test_a_stand_in_is_a_whole_ledger_that_leaves_no_file(tmp_path):
    ledger = open_ledger("sqlite:///state/ledger.db", tmp_path, creates=False)
    assert not ledger.is_kept
    ledger.keep_posts([record()])
    assert ledger.posts() == [record()]
    ledger.close()
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_that_is_there_needs_no_stand_in(tmp_path):
    open_ledger("sqlite:///ledger.db", tmp_path).close()
    ledger = open_ledger("sqlite:///ledger.db", tmp_path, creates=False)
    assert ledger.is_kept
    ledger.close()


def test_a_current_ledger_is_left_alone(tmp_path):
    ledger = open_ledger("sqlite:///ledger.db", tmp_path)
    bring_up_to_date(ledger._engine)
    assert version(ledger._engine) == HEAD
    ledger.close()


def test_a_ledger_of_a_newer_version_is_refused(tmp_path):
    open_ledger("sqlite:///ledger.db", tmp_path).close()
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(LedgerError, match="schema 9999"):
        open_ledger("sqlite:///ledger.db", tmp_path)


def test_a_schema_that_no_version_has_written_is_refused(tmp_path):
    open_ledger("sqlite:///ledger.db", tmp_path).close()
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.close()
    with pytest.raises(LedgerError, match="schema 0000 is none that any version has had"):
        open_ledger("sqlite:///ledger.db", tmp_path)


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "ledger.db").write_text("these are not the rows you are looking for " * 50)
    with pytest.raises(LedgerError, match="file is not a database"):
        open_ledger("sqlite:///ledger.db", tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "state").write_text("a file")
    with pytest.raises(LedgerError, match=r"state/ledger\.db cannot be opened"):
        open_ledger("sqlite:///state/ledger.db", tmp_path)


@pytest.mark.parametrize("url", ["nonsense", "", "mysql://x/y", "sqlite://", "sqlite:///"])
def test_an_address_that_is_no_ledger_says_what_was_expected(url, tmp_path):
    with pytest.raises(LedgerError, match="expected a"):
        open_ledger(url, tmp_path)


def test_the_first_schema_is_brought_up_to_date_and_keeps_its_posts(tmp_path):
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from sqlalchemy import create_engine  # noqa: PLC0415

    engine = create_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    settings = Config()
    folder = Path(schema.__file__).parent / "migrations"
    settings.set_main_option("script_location", str(folder))
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0001")
        connection.exec_driver_sql(
            "INSERT INTO posts VALUES ('a', 'a.md', 'd', 'https://a.example/', '2026-03-01', NULL)"
        )
    engine.dispose()
    ledger = open_ledger("sqlite:///ledger.db", tmp_path)
    assert version(ledger._engine) == HEAD
    assert [post.id for post in ledger.posts()] == ["a"]
    assert ledger.ordinals() == {}
    ledger.close()
