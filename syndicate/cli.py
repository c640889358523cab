"""The commands. Each opens the app, calls the room that does the work, and prints the answer."""

from __future__ import annotations

import json
import logging
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from syndicate import __version__, defaults

if TYPE_CHECKING:
    from syndicate.ledger import Resting
    from syndicate.model import Delivery, Health
    from syndicate.pipeline import App
    from syndicate.quiet import Before
    from syndicate.report import Report

cli = typer.Typer(
    name="syndicate",
    help="Feeds and announcements for a folder of Markdown posts.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

log = logging.getLogger("syndicate")
LOG_FORMAT = "%(levelname)s %(name)s: %(message)s"


def _verbose(value: bool) -> None:
    if value:
        log.setLevel(logging.DEBUG)


def _length(text: str) -> timedelta:
    from syndicate.config.values import parse_duration  # noqa: PLC0415

    try:
        return parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


ConfigPath = Annotated[
    Path, typer.Option("--config", "-c", help="The configuration file.", envvar="SYNDICATE_CONFIG")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")]
Verbose = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="Say more; show tracebacks.", callback=_verbose),
]
Wait = Annotated[
    timedelta,
    typer.Option(parser=_length, metavar="DURATION", help="Go on retrying for so long."),
]
Backfill = Annotated[
    int | None,
    typer.Option(min=0, help="On an endpoint's first run, announce so many of the newest posts."),
]
Ids = Annotated[list[int], typer.Argument(help="Deliveries, as `syndicate status` numbers them.")]

DEFAULT = Path(defaults.CONFIG)
INTERRUPTED = 130
"""The exit code of what a person ended, as shells give it."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line, and end the process with the command's exit code."""
    from syndicate.errors import Stopped, SyndicateError  # noqa: PLC0415
    from syndicate.exits import Exit, of_error  # noqa: PLC0415

    logging.basicConfig(format=LOG_FORMAT, level=logging.WARNING)
    log.setLevel(logging.NOTSET)
    try:
        cli(args=arguments, prog_name="syndicate")
    except Stopped as error:
        _explain(error)
        sys.exit(INTERRUPTED)
    except SyndicateError as error:
        _explain(error)
        sys.exit(of_error(error))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the last line of defence, nothing is swallowed
        _explain(error, f"this should not happen: {type(error).__name__}: {error}")
        sys.exit(Exit.BUG)
    sys.exit(Exit.OK)


def _explain(error: Exception, text: str | None = None) -> None:
    """Say what went wrong, in words; with its traceback when asked for."""
    for line in (text or str(error)).splitlines():
        print(f"error: {line}", file=sys.stderr)  # noqa: T201
    if log.isEnabledFor(logging.DEBUG):
        log.debug("traceback", exc_info=error)
    elif text:
        print("error: -v shows the traceback", file=sys.stderr)  # noqa: T201


@contextmanager
def _open(path: Path, *, secrets: bool = True) -> Iterator[App]:
    """Open the app, and let no secret of its configuration out by the log."""
    from syndicate.app import open_app  # noqa: PLC0415
    from syndicate.redaction import RedactingFormatter  # noqa: PLC0415

    with open_app(path, secrets=secrets) as app:
        for handler in logging.getLogger().handlers:
            handler.setFormatter(RedactingFormatter(LOG_FORMAT, app.redact))
        yield app


def _print_json(data: Any) -> None:
    typer.echo(_to_json(data))


def _to_json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)


def _print(show: Callable[..., None], *values: Any) -> None:
    from rich.console import Console  # noqa: PLC0415

    show(Console(soft_wrap=not sys.stdout.isatty()), *values)


@cli.command()
def run(  # noqa: PLR0917 - Typer makes options of them
    config: ConfigPath = DEFAULT,
    wait: Wait = defaults.WAIT,
    backfill: Backfill = None,
    feeds_only: Annotated[
        bool, typer.Option("--feeds-only", help="Write the feeds, announce nothing.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do nothing; print what would be done.")
    ] = False,
    as_json: Json = False,
    verbose: Verbose = False,  # noqa: ARG001 - its callback acts
) -> None:
    """Write the feeds and announce the new posts, once."""
    if dry_run:
        plan(config, backfill, as_json)
        return
    import asyncio  # noqa: PLC0415

    from rich.console import Console  # noqa: PLC0415

    from syndicate import as_json as machine  # noqa: PLC0415
    from syndicate import exits, pipeline, quiet, show  # noqa: PLC0415

    async def work(app: App) -> Report:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        with show.progress(Console(stderr=True), "Reading posts") as progress:
            return await pipeline.run(
                app,
                wait=wait,
                lock_wait=wait,
                backfill=backfill,
                feeds_only=feeds_only,
                stop=stop,
                progress=progress,
            )

    with _open(config, secrets=not feeds_only) as app:
        before = quiet.look(app.inputs)
        report = asyncio.run(work(app))
        _leave_note(app, before, report, quiet.mode(feeds_only=feeds_only))
    if as_json:
        _print_json(machine.report(report))
    else:
        _print(show.report, report)
    raise typer.Exit(exits.of_report(report))


def _leave_note(app: App, before: Before, report: Report, mode: str) -> None:
    """Spare the next run its work, as far as nothing will have changed."""
    from syndicate import as_json as machine  # noqa: PLC0415
    from syndicate import exits, pipeline, quiet, show  # noqa: PLC0415

    if report.warnings:  # pictures that could not be had are asked for again
        return
    again = pipeline.complete(app, report.again)
    told = quiet.Told(
        exits.of_report(again),
        show.to_text(show.report, again),
        show.to_text(show.report, again, styled=True),
        _to_json(machine.report(again)),
    )
    outputs = {each.path: each.document.data for each in report.feeds}
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


@cli.command()
def plan(
    config: ConfigPath = DEFAULT,
    backfill: Backfill = None,
    as_json: Json = False,
    verbose: Verbose = False,  # noqa: ARG001 - its callback acts
) -> None:
    """Show what `run` would write and send now, byte for byte; send nothing."""
    import asyncio  # noqa: PLC0415

    from syndicate import as_json as machine  # noqa: PLC0415
    from syndicate import pipeline, show  # noqa: PLC0415

    with _open(config) as app:
        result = asyncio.run(pipeline.plan(app, backfill=backfill))
    if as_json:
        _print_json(machine.plan(result))
    else:
        _print(show.plan, result)


@cli.command()
def serve(
    config: ConfigPath = DEFAULT,
    verbose: Verbose = False,  # noqa: ARG001 - its callback acts
) -> None:
    """Run as a daemon: look for new posts on schedule, serve the feeds over HTTP."""
    import asyncio  # noqa: PLC0415

    from syndicate import daemon  # noqa: PLC0415

    if not log.isEnabledFor(logging.DEBUG):
        log.setLevel(logging.INFO)
    with _open(config) as app:
        asyncio.run(daemon.serve(app))


@cli.command()
def status(
    config: ConfigPath = DEFAULT,
    endpoint: Annotated[str | None, typer.Option(help="Only this endpoint.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Skipped ones too.")] = False,
    as_json: Json = False,
) -> None:
    """Show where every delivery stands: tries, the next one, the last answer."""
    from syndicate import as_json as machine  # noqa: PLC0415
    from syndicate import show  # noqa: PLC0415
    from syndicate.model import State  # noqa: PLC0415

    with _open(config, secrets=False) as app:
        states = None if all_ else set(State) - {State.SKIPPED}
        deliveries = app.ledger.deliveries(endpoint=endpoint, states=states)
        endpoints = app.ledger.endpoints()
        if as_json:
            _print_json(
                {
                    "deliveries": [
                        machine.delivery(each, app.ledger.attempts(each.id)) for each in deliveries
                    ],
                    "endpoints": [machine.endpoint(each) for each in endpoints],
                }
            )
            return
        sources = {record.id: record.source for record in app.ledger.posts()}
    _print(
        show.status,
        [(each, sources.get(each.subject, each.subject)) for each in deliveries],
        endpoints,
    )


@cli.command()
def retry(
    ids: Annotated[list[int] | None, typer.Argument(help="Deliveries to send after all.")] = None,
    config: ConfigPath = DEFAULT,
    dead: Annotated[bool, typer.Option("--dead", help="All dead letters.")] = False,
    endpoint: Annotated[
        str | None, typer.Option(help="Open this endpoint again; with --dead, only its letters.")
    ] = None,
) -> None:
    """Send deliveries again that are dead or were skipped, or open a paused endpoint."""
    from syndicate.delivery import manual  # noqa: PLC0415
    from syndicate.model import State  # noqa: PLC0415

    if not (ids or dead or endpoint):
        raise typer.BadParameter("name deliveries, or give --dead or --endpoint")
    with _open(config, secrets=False) as app:
        if endpoint:
            _require_endpoint(app, endpoint)
            app.ledger.open_endpoint(endpoint)
            typer.echo(f"{endpoint} is open.")
        chosen = list(ids or [])
        if dead:
            letters = app.ledger.deliveries(endpoint=endpoint, states=[State.DEAD])
            chosen += [each.id for each in letters]
        _move(app, chosen, manual.retry)


@cli.command()
def skip(ids: Ids, config: ConfigPath = DEFAULT) -> None:
    """Never send deliveries that wait or are dead."""
    from syndicate.delivery import manual  # noqa: PLC0415

    with _open(config, secrets=False) as app:
        _move(app, ids, manual.skip)


@cli.command()
def resolve(
    delivery_id: Annotated[int, typer.Argument(help="A delivery that is in doubt.")],
    there: Annotated[str | None, typer.Option(metavar="URL", help="It is there.")] = None,
    again: Annotated[bool, typer.Option("--again", help="It is not there: send it.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Let it be.")] = False,
    config: ConfigPath = DEFAULT,
) -> None:
    """Settle a delivery in doubt: it is there, send it again, or drop it."""
    from syndicate.config.values import check_url  # noqa: PLC0415
    from syndicate.delivery import manual  # noqa: PLC0415

    if (there is not None) + again + drop != 1:
        raise typer.BadParameter("give one of --there URL, --again, --drop")
    if there is not None:
        try:
            check_url(there)
        except ValueError as error:
            raise typer.BadParameter(f"--there: {error}") from None

    def move(delivery: Delivery, now: datetime) -> Resting:
        if there is not None:
            return manual.there(delivery, now, there)
        return (manual.again if again else manual.drop)(delivery, now)

    with _open(config, secrets=False) as app:
        _move(app, [delivery_id], move)


def _require_endpoint(app: App, name: str) -> None:
    from syndicate.errors import SyndicateError  # noqa: PLC0415

    known = {each.name for each in app.ledger.endpoints()}
    if name not in known:
        raise SyndicateError(
            f"no endpoint {name!r} has taken part in a run; known: "
            f"{', '.join(sorted(known)) or 'none'}"
        )


def _move(app: App, ids: Sequence[int], move: Callable[[Delivery, datetime], Resting]) -> None:
    """Move deliveries by hand: all are judged before the first is touched."""
    from syndicate.errors import SyndicateError  # noqa: PLC0415

    now = app.clock.now()
    moves: list[tuple[Delivery, Resting]] = []
    refused: list[str] = []
    for number in ids:
        delivery = app.ledger.delivery(number)
        if delivery is None:
            refused.append(f"there is no delivery {number}; `syndicate status --all` lists them")
            continue
        try:
            moves.append((delivery, move(delivery, now)))
        except SyndicateError as error:
            refused.append(str(error))
    if refused:
        raise SyndicateError("\n".join(refused))
    for delivery, resting in moves:
        if not app.ledger.settle(delivery, resting, None):
            raise SyndicateError(f"delivery {delivery.id} is being worked on; try again")
        typer.echo(f"Delivery {delivery.id} ({delivery.endpoint}) is {resting.state} now.")


@cli.command()
def check(
    what: Annotated[
        list[str] | None, typer.Argument(help="config, content, endpoints; all where none is named")
    ] = None,
    config: ConfigPath = DEFAULT,
    as_json: Json = False,
    verbose: Verbose = False,  # noqa: ARG001 - its callback acts
) -> None:
    """Try the configuration, the content and the endpoints; post and write nothing."""
    import asyncio  # noqa: PLC0415

    from syndicate import as_json as machine  # noqa: PLC0415
    from syndicate import checks, exits, show  # noqa: PLC0415

    parts = set(what or checks.PARTS)
    if unknown := parts - set(checks.PARTS):
        raise typer.BadParameter(
            f"{', '.join(sorted(unknown))}: expected {', '.join(checks.PARTS)}"
        )
    with _open(config, secrets="endpoints" in parts) as app:
        found = checks.content(app) if "content" in parts else ()
        health: Sequence[tuple[str, Health]] = ()
        if "endpoints" in parts:
            health = asyncio.run(checks.endpoints(app))
    if as_json:
        _print_json(
            {
                "findings": [machine.finding(each) for each in found],
                "endpoints": [
                    {"name": name, "ok": each.ok, "detail": each.detail} for name, each in health
                ],
            }
        )
    else:
        _print(show.findings, found)
        _print(show.health, health)
        typer.echo(checks.summary(parts, found, health))
    raise typer.Exit(exits.of_check(found, health))


@cli.command()
def schema() -> None:
    """Print the JSON Schema of the configuration, for editors."""
    from syndicate import networks  # noqa: PLC0415
    from syndicate.config.document import json_schema  # noqa: PLC0415

    _print_json(json_schema(networks.options()))


@cli.command()
def headers(
    server: Annotated[str, typer.Argument(help="nginx, caddy, netlify or cloudflare.")],
    config: ConfigPath = DEFAULT,
) -> None:
    """Print the feeds' header fields for the web server that serves them."""
    from syndicate import feeds, networks, web  # noqa: PLC0415
    from syndicate.config import load  # noqa: PLC0415

    if server not in web.SERVERS:
        raise typer.BadParameter(f"{server}: expected {', '.join(web.SERVERS)}")
    settings = load(config, networks.options(), secrets=False)
    addresses = feeds.addresses(settings.feeds, settings.feeds_url)
    typer.echo(
        web.header_file(
            server,
            addresses,
            web.Rules.of(settings, networks.hubs(settings.endpoints, settings.site.to_site())),
        ),
        nl=False,
    )


@cli.command()
def health(config: ConfigPath = DEFAULT) -> None:
    """Ask the daemon whether it is well; for a container's HEALTHCHECK."""
    from syndicate import checks, networks  # noqa: PLC0415
    from syndicate.config import load  # noqa: PLC0415
    from syndicate.errors import SyndicateError  # noqa: PLC0415

    try:
        server = load(config, networks.options(), secrets=False).server
        typer.echo(checks.ask_daemon(server.host, server.port))
    except SyndicateError as error:
        _explain(error)
        raise typer.Exit(1) from None  # container runtimes know 0 and 1, and reserve the rest


@cli.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    if version:
        typer.echo(f"syndicate {__version__}")
        raise typer.Exit
