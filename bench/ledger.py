"""What a large ledger costs: `status`, `plan` and a run with nothing to do.

    .venv/bin/python bench/ledger.py [--rows 1000 100000] [--rounds 7]

Two sites are alike but for their ledgers: one knows of a thousand deliveries, the other one of a
hundred thousand, all delivered long ago to twenty webhooks; their posts have left the folder since,
which holds the same fifty posts on both. The commands are whole processes, in turns; medians are
printed. A run with nothing to do is measured twice: as it is answered from the note that the run
before has left, and without that note, when all has to be looked at.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import corpus
from sqlalchemy import insert

from syndicate.ledger import NewDelivery, open_ledger
from syndicate.ledger.sql import SqlLedger
from syndicate.ledger.tables import attempts, deliveries, posts
from syndicate.model import Message, State

TARGET = 1.5
POSTS, ENDPOINTS = 50, 20
SETTLED = 2.1
"""Seconds until a file that was written is believed to be as it looks."""
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CONFIG = """
[site]
title = "Bench"
url = "https://bench.example"

[content]
dir = "content"

[feeds]
output = "public"

[ledger]
url = "sqlite:///state/ledger.db"

[media]
cache = "state/media"
"""
ENDPOINT = """
[[endpoints]]
name = "hook-{number}"
network = "webhook"
url = "https://hook-{number}.example/"
secret = "env:HOOK_SECRET"
"""
MESSAGE = Message(
    text="Gone",
    link="https://bench.example/gone/",
    title="Gone",
    summary="It was here.",
    language="en",
    length=4,
    limit=None,
    payload={"body": "x" * 1_000},
)
COMMANDS = ("run", "run, without a note", "status", "plan")


class Site:
    """A site whose ledger has so many rows."""

    def __init__(self, folder: Path, rows: int) -> None:
        self.folder, self.rows = folder, rows
        self.times: dict[str, list[float]] = {command: [] for command in COMMANDS}

    def make(self) -> None:
        """Write posts and configuration, let a run take note of them, and fill the ledger."""
        corpus.write(POSTS, self.folder / "content")
        endpoints = "".join(ENDPOINT.format(number=number) for number in range(ENDPOINTS))
        (self.folder / "syndicate.toml").write_text(CONFIG + endpoints)
        self.command("run")
        ledger = open_ledger("sqlite:///state/ledger.db", self.folder)
        fill(ledger, self.rows)
        ledger.close()

    def command(self, name: str) -> float:
        """Run a command; give its seconds."""
        command = [sys.executable, "-m", "syndicate", name, "--config", "syndicate.toml"]
        environment = {**os.environ, "HOOK_SECRET": SECRET}
        began = time.perf_counter()
        subprocess.run(
            command, cwd=self.folder, env=environment, stdout=subprocess.DEVNULL, check=True
        )
        return time.perf_counter() - began

    def measure(self) -> None:
        """Run each command once, and note its time."""
        note = self.folder / "state" / "ledger.db.quiet.json"
        note.unlink()
        self.times["run, without a note"].append(self.command("run"))
        assert note.exists(), "the run has left no note"
        for name in ("run", "status", "plan"):
            self.times[name].append(self.command(name))


def fill(ledger: SqlLedger, rows: int) -> None:
    """Add deliveries to a ledger as if they had been made one by one."""
    for number in range(ENDPOINTS):
        name = f"hook-{number}"
        count = rows // ENDPOINTS
        ledger.add(name, (new(name, each) for each in range(count)), LONG_AGO)
    with ledger._engine.begin() as connection:  # noqa: SLF001 - no method makes up a past
        connection.execute(insert(posts), [gone(each) for each in range(rows // ENDPOINTS)])
        states = deliveries.update().where(deliveries.c.subject.like("gone-%"))
        connection.execute(
            states.values(
                state=State.DELIVERED,
                attempts=1,
                fence=1,
                message=MESSAGE.to_json(),
                receipt_id=deliveries.c.subject,
                reason="delivered",
            )
        )
        tried = connection.execute(
            deliveries.select()
            .with_only_columns(deliveries.c.id)
            .where(deliveries.c.state == State.DELIVERED)
        ).scalars()
        connection.execute(insert(attempts), list(map(attempt, tried)))


def new(endpoint: str, number: int) -> NewDelivery:
    return NewDelivery(f"gone-{number}", endpoint, State.PENDING, LONG_AGO)


def gone(number: int) -> dict[str, Any]:
    return {
        "id": f"gone-{number}",
        "source": f"gone/{number}.md",
        "digest": f"{number:064}",
        "url": f"https://bench.example/gone/{number}/",
        "first_seen": LONG_AGO,
        "out_since": LONG_AGO,
    }


def attempt(delivery: int) -> dict[str, Any]:
    ended = LONG_AGO + timedelta(seconds=1)
    return {
        "delivery_id": delivery,
        "started": LONG_AGO,
        "finished": ended,
        "outcome": "delivered",
        "detail": "",
    }


def ratios(small: Site, large: Site) -> Iterator[tuple[str, float]]:
    """Print the table; give the ratios."""
    print(f"| | {small.rows:,} rows | {large.rows:,} rows | ratio | target |")
    print("|---|---|---|---|---|")
    for command in COMMANDS:
        one, other = median(small.times[command]), median(large.times[command])
        print(f"| {command} | {one:.2f} s | {other:.2f} s | **{other / one:.2f}** | {TARGET} |")
        yield command, other / one


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, nargs=2, default=[1_000, 100_000])
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="syndicate-ledger-") as name:
        sites = [Site(Path(name) / str(rows), rows) for rows in asked.rows]
        for site in sites:
            site.make()
        time.sleep(SETTLED)
        for site in sites:
            site.command("run")  # it leaves the first note
        for number in range(asked.rounds):
            for site in sites:
                site.measure()
            print(f"round {number + 1} of {asked.rounds}", file=sys.stderr)
        missed = [command for command, ratio in ratios(*sites) if ratio > TARGET]
    sys.exit(f"more than {TARGET} times: {', '.join(missed)}" if missed else 0)


if __name__ == "__main__":
    main()
