"""What is sent on purpose: `post`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from syndicate import defaults
from syndicate.commands.common import (
    DEFAULT,
    ConfigPath,
    DryRun,
    Json,
    Verbose,
    Wait,
    ended_by_signals,
    open_app,
    print_json,
    print_with,
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
    sets: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Set an option that a post may set, for this message; may be repeated.",
        ),
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
    from syndicate import exits, posting, show_plan  # noqa: PLC0415

    said = _said(text, sets or ())

    async def work(app: App) -> Posted:
        with ended_by_signals() as stop:
            return await posting.post(
                app,
                path,
                to,
                by_hand=said,
                again=again,
                dry_run=dry_run,
                wait=wait,
                stop=stop,
            )

    with open_app(config, creates=not dry_run) as app:
        result = asyncio.run(work(app))
        row = result.delivery
        tries = app.ledger.attempts(row.id) if row else []
    if as_json:
        print_json(machine.posted(result, tries))
    else:
        print_with(show_plan.posted, result)
    raise typer.Exit(exits.of_posted(result))


def _said(text: str | None, sets: Iterable[str]) -> dict[str, Any]:
    """Read ``KEY=VALUE``; lists and mappings are written in JSON."""
    said: dict[str, Any] = {} if text is None else {"text": text}
    for each in sets:
        key, is_there, value = each.partition("=")
        key = key.strip()
        if not (key and is_there):
            raise typer.BadParameter(f"--set {each}: expected KEY=VALUE, such as image=false")
        if key in said:
            raise typer.BadParameter(f"{key} is said twice")
        said[key] = _value(key, value)
    return said


def _value(key: str, value: str) -> Any:
    if not value.lstrip().startswith(("[", "{")) or value.lstrip().startswith(("{{", "{%", "{#")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise typer.BadParameter(f"--set {key}: expected JSON behind the =") from None
