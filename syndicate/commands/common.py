"""What the commands share: their options, the opened app, and how they print."""

from __future__ import annotations

import json
import logging
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from syndicate import defaults
from syndicate.errors import Stopped
from syndicate.redaction import RedactingFormatter, Redactor

if TYPE_CHECKING:
    import asyncio

    from syndicate.app import App
    from syndicate.config import Config

log = logging.getLogger("syndicate")
LOG_FORMAT = "%(levelname)s %(name)s: %(message)s"


_redact = Redactor()
"""Knows the secrets of the opened configuration, even when its app has ended in an error."""


def _verbose(value: bool) -> None:
    if value:
        log.setLevel(logging.DEBUG)


class _Speech:
    """How the command that runs speaks: errors go to whom its answer goes to."""

    as_json = False


def _machine(value: bool) -> bool:
    _Speech.as_json = value
    return value


def length(text: str) -> timedelta:
    """Read a length of time from the command line."""
    from syndicate.config.values import parse_duration  # noqa: PLC0415

    try:
        return parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


ConfigPath = Annotated[
    Path, typer.Option("--config", "-c", help="The configuration file.", envvar="SYNDICATE_CONFIG")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a machine.", callback=_machine)]
Verbose = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="Say more; show tracebacks.", callback=_verbose),
]
"""Every command has it, and none asks for it: its callback acts."""
Wait = Annotated[
    timedelta,
    typer.Option(parser=length, metavar="DURATION", help="Go on retrying for so long."),
]
Backfill = Annotated[
    int | None,
    typer.Option(min=0, help="On an endpoint's first run, announce so many of the newest posts."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Do nothing; print what would be done.")]
FeedsOnly = Annotated[bool, typer.Option("--feeds-only", help="Write the feeds, announce nothing.")]
Ids = Annotated[list[int], typer.Argument(help="Deliveries, as `syndicate status` numbers them.")]

DEFAULT = Path(defaults.CONFIG)


def load_config(path: Path) -> Config:
    """Load the configuration alone, for what needs neither ledger nor secrets."""
    from syndicate import config, content, networks  # noqa: PLC0415

    return config.load(path, networks.options(), secrets=False, told=content.told)


@contextmanager
def open_app(path: Path, *, secrets: bool = True, creates: bool = False) -> Iterator[App]:
    """Open the app, and let no secret of its configuration out by the log.

    Args:
        path: the configuration file.
        secrets: whether secrets are resolved.
        creates: whether a ledger is made where there is none: for what begins something. The
            others find an empty one, and leave none behind.
    """
    from syndicate import app  # noqa: PLC0415

    for handler in logging.getLogger().handlers:
        handler.setFormatter(RedactingFormatter(LOG_FORMAT, _redact))
    with app.open_app(path, secrets=secrets, redact=_redact, creates=creates) as opened:
        yield opened


@contextmanager
def ended_by_signals() -> Iterator[asyncio.Event]:
    """Give an event that SIGTERM and Ctrl-C set, for what is under way to be finished.

    Raises:
        Stopped: the second signal came; the block was cancelled.
    """
    import asyncio  # noqa: PLC0415

    stop, now = asyncio.Event(), asyncio.Event()
    task = asyncio.current_task()

    def end() -> None:
        if not stop.is_set():
            log.warning("ending: what is under way is finished; the same again ends it at once")
            stop.set()
        elif task:
            now.set()
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end)
    try:
        yield stop
    except asyncio.CancelledError:
        if not now.is_set():
            raise
        raise Stopped("ended at once; the next run settles what was in flight") from None


def explain(error: Exception, text: str | None = None, code: int = 1) -> None:
    """Say what went wrong, in words; with its traceback when asked for.

    Args:
        error: what was raised.
        text: the words; the error's own where they are left out.
        code: the exit code that follows, for machines.
    """
    said = _redact(text or str(error)).splitlines()
    for line in said:
        print(f"error: {line}", file=sys.stderr)  # noqa: T201
    if _Speech.as_json:
        print_json({"error": {"code": code, "messages": said}})
    if log.isEnabledFor(logging.DEBUG):
        log.debug("traceback", exc_info=error)
    elif text:
        print("error: -v shows the traceback", file=sys.stderr)  # noqa: T201


def to_json(data: Any) -> str:
    """Give JSON that people can read as well."""
    return json.dumps(data, ensure_ascii=False, indent=2)


def print_json(data: Any) -> None:
    """Print for a machine."""
    typer.echo(to_json(data))


def print_with(show: Callable[..., None], *values: Any) -> None:
    """Print for a person, by one of the functions of :mod:`syndicate.show`."""
    from rich.console import Console  # noqa: PLC0415

    from syndicate.show import UNCUT  # noqa: PLC0415

    # In a pipe nothing is cut: its reader has no width.
    is_terminal = sys.stdout.isatty()
    width = None if is_terminal else UNCUT
    show(Console(soft_wrap=not is_terminal, width=width), *values)
