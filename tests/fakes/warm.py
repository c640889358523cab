"""Processes that begin at once: each is forked from one that has loaded what the commands need.

To load it takes a second of a processor, which the tests would wait for some hundred times. In all
else they are as others: environment, folder, signals and exit code are their own. Whoever wants to
know what a command loads starts it the long way.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from unittest import mock

import coverage

from syndicate.__main__ import main
from syndicate.http import client

_TESTS = Path(__file__).parents[1]
_LOADED = [
    "alembic.command",
    "anyio._backends._asyncio",
    "feedgen.feed",
    "sqlalchemy.dialects.sqlite",
    "syndicate.app",
    "syndicate.as_json",
    "syndicate.cli",
    "syndicate.commands.work",
    "syndicate.content.extensions",
    "syndicate.daemon",
    "syndicate.feeds.jsonfeed",
    "syndicate.http.guard",
    "syndicate.networks.bluesky",
    "syndicate.networks.discord",
    "syndicate.networks.mastodon",
    "syndicate.networks.matrix",
    "syndicate.networks.slack",
    "syndicate.networks.slackbot",
    "syndicate.networks.webhook",
    "syndicate.quiet",
    "syndicate.show",
    "tenacity",
    "uvicorn.protocols.http.httptools_impl",
]


def warm_up() -> None:
    """Load what the commands load as they need it."""
    for each in _LOADED:
        importlib.import_module(each)
    client._usual_trust()  # it is read once and kept


def launch(target: Callable[..., None], *arguments: Any) -> BaseProcess:
    """Start a process that calls a function of a module of the tests."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["fakes.warmed"])
    with mock.patch.dict(os.environ, {"PYTHONPATH": str(_TESTS)}):
        for name in [each for each in os.environ if each.startswith("COVERAGE_")]:
            del os.environ[name]  # each process is measured by itself, from its beginning on
        forkserver.ensure_running()
    process = context.Process(target=target, args=arguments)
    process.start()
    return process


def command(
    arguments: Sequence[str],
    outputs: Sequence[Connection],
    *,
    before: str = "",
    environment: Mapping[str, str],
) -> BaseProcess:
    """Start ``syndicate`` with some arguments.

    Args:
        arguments: the command's.
        outputs: the pipes that it prints and complains to; they are closed here.
        before: Python that is run in the process before the command.
        environment: variables beside ours.
    """
    own = {**os.environ, **environment}
    process = launch(_run, list(arguments), list(outputs), before, own, Path.cwd())
    for each in set(outputs):
        each.close()
    return process


def _run(
    arguments: list[str],
    outputs: list[Connection],
    before: str,
    environment: dict[str, str],
    folder: Path,
) -> None:
    for number, each in enumerate(outputs, 1):
        os.dup2(each.fileno(), number)
    for each in outputs:
        each.close()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path[:0] = filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))
    sys.argv = ["syndicate", *arguments]
    measured = coverage.process_startup()
    try:
        exec(before, {})
        main()
    finally:
        if measured:  # nothing is left to do for who leaves by the forkserver's way
            measured.stop()
            measured.save()
