"""What was delivered long ago costs nothing: no query reads all deliveries, or all attempts."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import event

from syndicate import pipeline, standing
from syndicate.app import open_app
from syndicate.ledger import glance
from syndicate.report import Report


def plans(blog, queries):
    """Give how SQLite goes about some queries."""
    with closing(sqlite3.connect(blog.folder / "state" / "ledger.db")) as db:
        for query, values in queries:
            steps = db.execute(f"EXPLAIN QUERY PLAN {query}", values).fetchall()
            yield query, [step[3] for step in steps]


def scans(blog, queries):
    """Give the queries that read a whole table which grows with every delivery."""
    whole = ("SCAN deliveries", "SCAN attempts")
    return [
        query for query, steps in plans(blog, queries) if any(s.startswith(whole) for s in steps)
    ]


async def _run(app):
    await pipeline.run(app)


async def _plan(app):
    await pipeline.plan(app)


async def _stand(app):
    standing.complete(app.config, app.ledger, app.clock.now(), Report(0, 0, (), ()))


@pytest.mark.parametrize("work", [_run, _plan, _stand])
def test_nothing_reads_all_deliveries(hooked, work):
    asked = []
    with open_app(hooked.config, clock=hooked.clock) as app:
        engine = app.ledger._engine

        @event.listens_for(engine, "before_cursor_execute")
        def note(connection, cursor, statement, values, context, many):
            if not many and statement.startswith(("SELECT", "UPDATE")):
                asked.append((statement, values))

        asyncio.run(work(app))
    assert any("deliveries" in statement for statement, _ in asked)
    assert scans(hooked, asked) == []


def test_the_glance_reads_no_table_whole(blog, hooked):
    queries = [*glance._STATE, glance._DUE]
    assert scans(blog, [(query, ()) for query in queries]) == []
    old = "SELECT count(*) FROM attempts"
    assert scans(blog, [(old, ())]) == [old], "it would be found"
