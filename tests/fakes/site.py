"""A small blog in a folder: a configuration, some posts, and commands run over it."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import signal
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from fakes import warm
from syndicate import pipeline
from syndicate.app import open_app
from syndicate.ledger import open_ledger, server
from syndicate.testing.clock import FakeClock

NEXT_DOOR = {"allow_networks": ["127.0.0.0/8"]}
"""Of an endpoint on this machine."""

CONFIG = """
[site]
title = "Ada's notes"
url = "https://ada.example"

[content]
dir = "content"

[feeds]
output = "public"

[ledger]
url = "{ledger}"

[media]
cache = "state/media"
allow_networks = ["127.0.0.0/8"]
"""

POST = """---
title: {title}
date: {date}
author: Ada
category: news
excerpt: {excerpt}
keywords: [engines, brass]
{more}---

It weaves *patterns*. See [the other one](../other/).
"""


class Blog:
    """A blog in ``folder``. Times are those of a clock that stands still.

    Args:
        folder: an empty one.
        database: the ledger's; of a server's the environment has to tell, as ``LEDGER_URL``.
    """

    def __init__(self, folder: Path, database: str = "sqlite:///state/ledger.db") -> None:
        self.folder = folder
        self.database = database
        self.clock = FakeClock()
        self.config = folder / "syndicate.toml"
        named = database if database.startswith("sqlite:") else "env:LEDGER_URL"
        self.config.write_text(CONFIG.format(ledger=named))
        (folder / "content").mkdir()

    @property
    def place(self) -> Path | URL:
        """Where the ledger is, for who makes it in another way."""
        file = self.folder / self.database.removeprefix("sqlite:///")
        return file if self.database.startswith("sqlite:") else server.parse(self.database)

    def endpoint(self, name: str, network: str, **options: Any) -> None:
        lines = [
            f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in options.items()
        ]
        table = [f'name = "{name}"', f'network = "{network}"', *lines]
        with self.config.open("a") as file:
            file.write("\n".join(["", "[[endpoints]]", *table, ""]))

    def hook(self, url: str, name: str = "hook", network: str = "webhook", **options: Any) -> None:
        """Add a receiver next door, whose secret is in ``HOOK_SECRET``."""
        self.endpoint(name, network, url=url, secret="env:HOOK_SECRET", **NEXT_DOOR | options)

    def post(
        self,
        name: str = "hello",
        title: str = "Hello",
        date: str = "2026-03-01 08:00",
        excerpt: str = "A first post.",
        **more: str,
    ) -> Path:
        extra = "".join(f"{key}: {value}\n" for key, value in more.items())
        path = self.folder / "content" / f"{name}.md"
        path.write_text(POST.format(title=title, date=date, excerpt=excerpt, more=extra))
        return path

    def run(self, **options: Any) -> pipeline.Report:
        self.clock.tick(seconds=1)
        with open_app(self.config, clock=self.clock) as app:
            return asyncio.run(pipeline.run(app, **{"wait": timedelta(seconds=60)} | options))

    def plan(self, **options: Any) -> pipeline.Plan:
        self.clock.tick(seconds=1)
        with open_app(self.config, clock=self.clock) as app:
            return asyncio.run(pipeline.plan(app, **options))

    def deliveries(self) -> list[Any]:
        ledger = open_ledger(self.database, self.folder)
        try:
            return ledger.deliveries()
        finally:
            ledger.close()

    def states(self) -> dict[str, str]:
        return {each.endpoint: str(each.state) for each in self.deliveries()}

    def command(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the command line as a process of its own, on the machine's clock."""
        pipes = [multiprocessing.Pipe(duplex=False) for _ in range(2)]
        asked = [*arguments, "--config", str(self.config)]
        process = warm.command(asked, [said for _, said in pipes], environment=environment)
        # Nobody's patience is endless: what hangs is ended, and its pipes with it.
        impatient = threading.Timer(60, process.kill)
        impatient.start()
        with ThreadPoolExecutor() as readers:
            out, err = readers.map(_everything, [read for read, _ in pipes])
        process.join()
        impatient.cancel()
        assert process.exitcode != -signal.SIGKILL, f"{asked} did not end: {out}{err}"
        return subprocess.CompletedProcess(asked, process.exitcode, out, err)


def _everything(output: Connection) -> str:
    with output, open(output.fileno(), encoding="utf-8", closefd=False) as file:
        return file.read()
