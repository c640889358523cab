"""What is sent on purpose: `post`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from syndicate import defaults
from syndicate.commands.common import (
    DEFAULT,
    ConfigPath,
    DryRun,
    Json,
    Verbose,
    Wait,
    open_app,
    print_json,
    print_with,
    stop_on_signals,
)

if TYPE_CHECKING:
    from syndicate.app import App
    from syndicate.posting import Posted


def post(
    path: Annotated[Path, typer.Argument(help="The post's file.")],
    to: Annotated[str, typer.Option("--to", metavar="NAME", help="The endpoint.")],
    text: Annotated[
        str | None, typer.Option(help="Say this; `{{ title }}` and the like are filled in.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Send it once more although it was delivered.")
    ] = False,
    config: ConfigPath = DEFAULT,
    wait: Wait = defaults.WAIT,
    dry_run: DryRun = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Send one post to one endpoint, whatever its age."""
    import asyncio  # noqa: PLC0415

    from syndicate import as_json as machine  # noqa: PLC0415
    from syndicate import exits, posting, show  # noqa: PLC0415

    async def work(app: App) -> Posted:
        by_hand = None if text is None else {"text": _checked(text)}
        return await posting.post(
            app,
            path,
            to,
            by_hand=by_hand,
            again=again,
            dry_run=dry_run,
            wait=wait,
            stop=stop_on_signals(),
        )

    with open_app(config, creates=not dry_run) as app:
        result = asyncio.run(work(app))
        row = result.delivery
        tries = app.ledger.attempts(row.id) if row else []
    if as_json:
        print_json(machine.posted(result, tries))
    else:
        print_with(show.posted, result)
    raise typer.Exit(exits.of_posted(result))


def _checked(text: str) -> str:
    from syndicate.config.wording import check_text  # noqa: PLC0415

    try:
        return check_text(text)
    except ValueError as error:
        raise typer.BadParameter(f"--text: {error}") from None
