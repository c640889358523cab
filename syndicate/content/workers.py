"""Reading many files on several processes: a process of Python uses one processor.

The helpers are processes of their own that load no more than reading takes; lists of files go to
them, and rows come back, as pickles over pipes. This process reads as well while it waits.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from syndicate.content.reading import Reader, Row, Settings

log = logging.getLogger(__name__)

Ask = tuple[str, str | None]
"""A source, and the digest that its file had before."""
Step = Callable[[int, int], None]
"""Is told how many files of how many are done; it may raise to end the work."""

MANY = 500
"""Fewer files than these are read sooner than a helper has started."""
HELPERS = 3
_SHARE = 150
"""Files that a helper is given at a time."""
_OWN = 25
"""Files that this process reads between two looks at its helpers."""


def read_all(settings: Settings, asked: Iterable[Ask], count: int, step: Step) -> Iterator[Row]:
    """Read files, and give a row for each that has changed; in no order.

    Args:
        settings: how they are read.
        asked: which; taken as the work goes on, so that they need not all be held.
        count: how many these are.
        step: is told of the progress.
    """
    left, done = iter(asked), 0
    reader = Reader(settings)
    with _helpers(settings, count) as helpers:
        while done < count:
            for helper in helpers:
                if helper.is_free and (share := list(islice(left, _SHARE))):
                    helper.give(share)
            own = list(islice(left, _OWN))
            yield from _rows(reader, own)
            done += len(own)
            for helper in _ready(helpers, wait=not own):
                number, rows = helper.take(reader)
                yield from rows
                done += number
            step(done, count)


def _rows(reader: Reader, asked: Sequence[Ask]) -> list[Row]:
    return [row for source, known in asked if (row := reader.row(source, known))]


class _Helper:
    """A process that reads files for us. What it fails at is read here after all."""

    def __init__(self, settings: Settings) -> None:
        self._given: list[Ask] = []
        self._ended = False
        # -P: what lies in the folder that we were started in is no code of ours.
        command = [sys.executable, "-P", "-c", f"from {__name__} import serve; serve()"]
        self._process = subprocess.Popen(  # noqa: S603 - this very program
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._send(settings)

    @property
    def is_busy(self) -> bool:
        """Whether it has yet to answer."""
        return bool(self._given)

    @property
    def is_free(self) -> bool:
        """Whether it can be given something."""
        return not self._given and not self._ended

    def fileno(self) -> int:
        """Give what becomes readable when it has answered, or has ended."""
        assert self._process.stdout
        return self._process.stdout.fileno()

    def give(self, asked: list[Ask]) -> None:
        """Hand files over to it."""
        self._given = asked
        self._send(asked)

    def take(self, reader: Reader) -> tuple[int, list[Row]]:
        """Take its answer: how many files it was about, and the rows of what has changed."""
        asked, self._given = self._given, []
        assert self._process.stdout
        try:
            return len(asked), pickle.load(self._process.stdout)  # noqa: S301 - our own process
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            log.warning("a helper process ended early: %r", error)
            self._ended = True
            return len(asked), _rows(reader, asked)

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()

    def _send(self, what: Any) -> None:
        assert self._process.stdin
        with contextlib.suppress(OSError):  # where it has ended, taking its answer tells
            pickle.dump(what, self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()


@contextlib.contextmanager
def _helpers(settings: Settings, files: int) -> Iterator[list[_Helper]]:
    """Start as many helpers as there are processors left; none where it does not pay."""
    helpers: list[_Helper] = []
    try:
        try:
            for _ in range(min(HELPERS, _processors() - 1) if files > MANY else 0):
                helpers.append(_Helper(settings))  # noqa: PERF401 - those begun are to be ended
        except OSError as error:
            log.info("reading on one process: %s", error)
        yield helpers
    finally:
        for helper in helpers:
            helper.close()


def _processors() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _ready(helpers: Sequence[_Helper], *, wait: bool) -> list[_Helper]:
    """Give the helpers that have answered."""
    busy = [helper for helper in helpers if helper.is_busy]
    return select.select(busy, [], [], None if wait else 0)[0] if busy else []


def serve() -> None:
    """Be a helper: read what standard input asks for, until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal tells all of us; one answers
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    with contextlib.suppress(EOFError, BrokenPipeError):
        reader = Reader(pickle.load(source))  # noqa: S301 - from the process that started this one
        while True:
            pickle.dump(_rows(reader, pickle.load(source)), sink, pickle.HIGHEST_PROTOCOL)  # noqa: S301
            sink.flush()
