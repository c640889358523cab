"""The process that is killed: the command, and in it a crash or a mistake that was asked for."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from fakes import warm
from syndicate import cli
from syndicate.delivery import attempt, runner
from syndicate.http import client
from syndicate.ledger import postgres, sql
from syndicate.ledger.port import Resting
from syndicate.ledger.sql import SqlLedger
from syndicate.model import Delivery, Guarantee, Key, Message, State

TRACED = {each.__file__ for each in (runner, attempt, sql, postgres, client)}
"""The delivery's path, from the runner's first line on: before each line a run can be killed."""
LOG = "run.log"
"""What the last run has said, beside its configuration."""


def start(
    config: Path, environment: Mapping[str, str], mutant: str = "", at: int = 0
) -> BaseProcess:
    """Start `syndicate run` in a process of its own.

    Args:
        config: the configuration file.
        environment: what is added to this process's; paths of ``PYTHONPATH`` are taken up as well.
        mutant: a mistake of :data:`MUTANTS`; empty for none.
        at: the line of the delivery's path before which the process is killed, counted as they are
            reached for the first time; 0 for none.
    """
    return warm.launch(_run, config, dict(environment), mutant, at)


def _run(config: Path, environment: dict[str, str], mutant: str, at: int) -> None:
    os.environ.update(environment)
    sys.path[:0] = environment["PYTHONPATH"].split(os.pathsep)
    said = os.open(config.with_name(LOG), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(said, stream)
    if mutant:
        MUTANTS[mutant]()
    if at:
        _crash(at)
    sys.argv = ["syndicate", "run", "--config", str(config)]
    cli.main()


def _crash(at: int) -> None:
    """Kill this process before it runs the ``at``-th line of the delivery's path."""
    seen: set[tuple[str, int]] = set()

    def enter(frame: Any, event: str, argument: Any) -> Any:
        return line if frame.f_code.co_filename in TRACED else None

    def line(frame: Any, event: str, argument: Any) -> Any:
        if event == "line":
            seen.add((frame.f_code.co_filename, frame.f_lineno))
            if len(seen) == at:
                os.kill(os.getpid(), signal.SIGKILL)
        return line

    work = runner.Runner.run

    async def traced(self: runner.Runner, *arguments: Any) -> None:
        sys.settrace(enter)
        try:
            await work(self, *arguments)
        finally:
            sys.settrace(None)

    runner.Runner.run = traced  # type: ignore[method-assign]


def _no_intent() -> None:
    """Send, then record: nothing is written down before."""

    def intend(_: SqlLedger, delivery: Delivery, message: Message, key: Key) -> Delivery:
        return replace(delivery, message=message, key=key)

    SqlLedger.intend = intend  # type: ignore[method-assign]


def _record_first() -> None:
    """Record, then send: what is about to leave is called delivered."""
    work = SqlLedger.intend

    def intend(self: SqlLedger, delivery: Delivery, message: Message, key: Key) -> Delivery | None:
        intended = work(self, delivery, message, key)
        if intended:
            self.settle(intended, Resting(State.DELIVERED, delivery.due, 1), None)
        return intended

    SqlLedger.intend = intend  # type: ignore[method-assign]


def _blind() -> None:
    """Write the intent, and send again whatever became of it."""

    async def blindly(*arguments: Any, doubt: bool, stop: asyncio.Event) -> Any:
        return await attempt.attempt(*arguments, doubt=False, stop=stop)

    runner.attempt = blindly
    Guarantee.may_replay = lambda *_: True  # type: ignore[method-assign]


MUTANTS = {"no-intent": _no_intent, "record-first": _record_first, "blind": _blind}
"""Ways to deliver that cannot be right; they are there to see the campaign find it."""
