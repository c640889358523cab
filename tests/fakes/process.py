"""The commands as processes of their own, which get real signals."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import httpx

from fakes import warm
from fakes.site import Blog


class Process:
    """``syndicate`` with some arguments; what it says is read as it comes.

    Args:
        blog: whose configuration it takes.
        arguments: the command's.
        before: Python that is run in the process before the command, to shorten what is long.
        environment: variables beside ours.
    """

    def __init__(self, blog: Blog, *arguments: str, before: str = "", **environment: str) -> None:
        output, said = multiprocessing.Pipe(duplex=False)
        self.process = warm.command(
            [*arguments, "--config", str(blog.config)],
            [said, said],
            before=before,
            environment=environment,
        )
        self.log: list[str] = []
        self._reader = threading.Thread(target=self._read, args=(output,))
        self._reader.start()

    def _read(self, output: Connection) -> None:
        with output, open(output.fileno(), encoding="utf-8", closefd=False) as lines:
            self.log.extend(lines)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def said(self) -> str:
        return "".join(self.log)

    def until(self, ask: Callable[[], Any], limit: float = 30) -> Any:
        """Give what ``ask`` gives as soon as it is something."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            if found := ask():
                return found
            time.sleep(0.05)
        raise AssertionError(self.said)

    def send(self, number: int) -> None:
        if self.process.exitcode is None:
            os.kill(self.pid, number)

    def end(self, number: int = signal.SIGTERM) -> int:
        self.send(number)
        return self.wait()

    def wait(self) -> int:
        self.process.join(30)
        code = self.process.exitcode
        assert code is not None, f"it has not ended: {self.said}"
        self._reader.join(30)
        return code

    def clear(self) -> None:
        """Leave nothing behind."""
        if self.process.exitcode is None:
            self.process.kill()
            self.wait()


class Daemon(Process):
    """``syndicate serve``, on a free port."""

    def __init__(self, blog: Blog, *arguments: str, before: str = "", **environment: str) -> None:
        if "[server]" not in blog.config.read_text():
            with blog.config.open("a") as file:
                file.write("\n[server]\nport = 0\n")
        super().__init__(blog, "serve", *arguments, before=before, **environment)
        found = self.until(lambda: re.search(r"serving the feeds on (\S+)\n", self.said))
        self.url = f"http://{found[1]}"

    def ready(self) -> None:
        self.until(lambda: httpx.get(f"{self.url}/readyz").status_code == 200)
