"""The command line: which commands there are, and how a command ends."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from syndicate import __version__
from syndicate.commands import deliveries, doubts, looking, posting, switching, webhook, work
from syndicate.commands.common import LOG_FORMAT, explain, log

INTERRUPTED = 130
"""The exit code of what a person ended, as shells give it."""

cli = typer.Typer(
    name="syndicate",
    help="Feeds and announcements for a folder of Markdown posts.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


for _command in (
    work.run,
    work.plan,
    work.serve,
    posting.post,
    deliveries.status,
    deliveries.retry,
    deliveries.skip,
    doubts.resolve,
    switching.adopt,
    looking.check,
    looking.schema,
    looking.headers,
    looking.links,
    looking.health,
):
    cli.command()(_command)
cli.add_typer(webhook.commands, name="webhook")
cli.command("replay", hidden=True, help="Another name for retry.")(deliveries.retry)


@cli.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    if version:
        typer.echo(f"syndicate {__version__}")
        raise typer.Exit


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line, and end the process with the command's exit code."""
    from syndicate.errors import Stopped, SyndicateError  # noqa: PLC0415
    from syndicate.exits import Exit, of_error  # noqa: PLC0415

    logging.basicConfig(format=LOG_FORMAT, level=logging.WARNING)
    log.setLevel(logging.NOTSET)
    try:
        cli(args=arguments, prog_name="syndicate")
    except Stopped as error:
        explain(error, code=INTERRUPTED)
        sys.exit(INTERRUPTED)
    except SyndicateError as error:
        code = of_error(error)
        explain(error, code=code)
        sys.exit(code)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the last line of defence, nothing is swallowed
        explain(error, f"this should not happen: {type(error).__name__}: {error}", Exit.BUG)
        sys.exit(Exit.BUG)
    sys.exit(Exit.OK)
