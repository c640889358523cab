"""What does the work: `run`, `plan` and `serve`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Annotated

import typer

from syndicate import defaults
from syndicate.commands.common import (
    DEFAULT,
    Backfill,
    ConfigPath,
    DryRun,
    FeedsOnly,
    Json,
    Verbose,
    Wait,
    ended_by_signals,
    log,
    open_app,
    print_json,
    print_with,
    to_json,
)

if TYPE_CHECKING:
    from syndicate.app import App
    from syndicate.quiet import Before
    from syndicate.report import Report


def run(
    config: ConfigPath = DEFAULT,
    wait: Wait = defaults.WAIT,
    backfill: Backfill = None,
    feeds_only: FeedsOnly = False,
    force: Annotated[
        bool, typer.Option("--force", help="Publish feeds that have lost many entries, too.")
    ] = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Write the feeds and announce the new posts, once."""
    if dry_run:
        plan(config, backfill, feeds_only, as_json=as_json)
        return
    import asyncio  # noqa: PLC0415

    from rich.console import Console  # noqa: PLC0415

    from syndicate import as_json as machine  # noqa: PLC0415
    from syndicate import exits, pipeline, quiet, show  # noqa: PLC0415

    async def work(app: App) -> Report:
        bar = show.progress(Console(stderr=True), "Reading posts")
        with ended_by_signals() as stop, bar as progress:
            return await pipeline.run(
                app,
                wait=wait,
                lock_wait=wait,
                backfill=backfill,
                feeds_only=feeds_only,
                force=force,
                stop=stop,
                progress=progress,
            )

    with open_app(config, secrets=not feeds_only, creates=True) as app:
        before = quiet.look(app.inputs)
        report = asyncio.run(work(app))
        _leave_note(app, before, report, quiet.mode(feeds_only=feeds_only))
    if as_json:
        print_json(machine.report(report))
    else:
        print_with(show.report, report)
    raise typer.Exit(exits.of_report(report))


def _leave_note(app: App, before: Before, report: Report, mode: str) -> None:
    """Spare the next run its work, as far as nothing will have changed."""
    from syndicate import as_json as machine  # noqa: PLC0415
    from syndicate import exits, quiet, show, standing  # noqa: PLC0415

    if report.warnings:  # pictures that could not be had are asked for again
        return
    again = standing.complete(app.config, app.ledger, app.clock.now(), report.again)
    told = quiet.Told(
        exits.of_report(again),
        show.to_text(show.report, again),
        show.to_text(show.report, again, styled=True),
        to_json(machine.report(again)),
    )
    outputs = {
        each.path: None if each.document.archived else each.document.data for each in report.feeds
    }
    try:
        quiet.keep(
            app.path,
            before,
            app.inputs,
            outputs,
            mode=mode,
            now=app.clock.now(),
            until=report.next_change,
            told=told,
        )
    except OSError as error:
        log.info("no note is left for the next run: %s", error)


def plan(
    config: ConfigPath = DEFAULT,
    backfill: Backfill = None,
    feeds_only: FeedsOnly = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Tell who has set each option of a message.")
    ] = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Show what `run` would write and send now, byte for byte; send nothing."""
    import asyncio  # noqa: PLC0415

    from syndicate import as_json as machine  # noqa: PLC0415
    from syndicate import exits, pipeline, show_plan  # noqa: PLC0415

    with open_app(config, secrets=not feeds_only) as app:
        result = asyncio.run(pipeline.plan(app, backfill=backfill, feeds_only=feeds_only))
    if as_json:
        print_json(machine.plan(result))
    else:
        print_with(show_plan.plan, result, explain)
    raise typer.Exit(exits.of_plan(result))


def serve(
    config: ConfigPath = DEFAULT,
    host: Annotated[
        str | None, typer.Option(help="Listen here and not on server.host; 0.0.0.0 in a container.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Listen here and not on server.port; 0: a free one."),
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Run as a daemon: look for new posts on schedule, serve the feeds over HTTP."""
    import asyncio  # noqa: PLC0415

    from syndicate import daemon  # noqa: PLC0415
    from syndicate.config import wrong  # noqa: PLC0415

    if not log.isEnabledFor(logging.DEBUG):
        log.setLevel(logging.INFO)
    with open_app(config, creates=True) as app:
        if app.config.ledger.branch:
            problem = "a daemon keeps its ledger on its own disk; take this key out, or use `run`"
            raise wrong(config, ("ledger", "branch"), problem)
        asyncio.run(daemon.serve(app, host, port))
