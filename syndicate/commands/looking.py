"""What only looks: `check`, `schema`, `headers`, `links`, `health`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from syndicate.commands.common import (
    DEFAULT,
    ConfigPath,
    Json,
    Verbose,
    explain,
    load_config,
    open_app,
    print_json,
    print_with,
)

if TYPE_CHECKING:
    from syndicate.model import Finding, Health, Post


def check(
    what: Annotated[
        list[str] | None,
        typer.Argument(help="all, or some of config, content, endpoints; all where none is named"),
    ] = None,
    config: ConfigPath = DEFAULT,
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings fail, too.")] = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Try the configuration, the content and the endpoints; post and write nothing."""
    from syndicate import as_json as machine  # noqa: PLC0415
    from syndicate import checks, exits, show, show_health  # noqa: PLC0415
    from syndicate.errors import ConfigError  # noqa: PLC0415

    asked = set(what or [checks.ALL])
    if unknown := asked - {checks.ALL, *checks.PARTS}:
        expected = ", ".join([checks.ALL, *checks.PARTS])
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: expected {expected}")
    parts = set(checks.PARTS) if checks.ALL in asked else asked
    health: Sequence[tuple[str, Health]] = ()
    try:
        found, health = _check(config, parts)
    except ConfigError as error:
        if not as_json:
            raise
        found = checks.config(error)
    code = exits.of_check(found, health, strict=strict)
    kinds = checks.kinds(found)
    if as_json:
        print_json(machine.check(parts, found, kinds, health, code))
    else:
        print_with(show.checked, found, kinds)
        print_with(show_health.health, health)
        typer.echo(checks.summary(parts, found, health))
    raise typer.Exit(code)


def _check(
    config: Path, parts: Collection[str]
) -> tuple[list[Finding], Sequence[tuple[str, Health]]]:
    """Try what is asked for; opening the app tries the configuration."""
    import asyncio  # noqa: PLC0415

    from rich.console import Console  # noqa: PLC0415

    from syndicate import checks, examination, places, show  # noqa: PLC0415

    health: Sequence[tuple[str, Health]] = ()
    with open_app(config, secrets="endpoints" in parts) as app:
        found = places.check(app.path, app.config)
        if "content" in parts and app.config.content.dir.is_dir():
            with show.progress(Console(stderr=True), "Rendering posts") as progress:
                found += checks.content(app, progress)
        if "endpoints" in parts:
            health = asyncio.run(examination.endpoints(app))
    return found, health


def schema(verbose: Verbose = False) -> None:
    """Print the JSON Schema of the configuration, for editors."""
    from syndicate import networks  # noqa: PLC0415
    from syndicate.config.document import json_schema  # noqa: PLC0415

    print_json(json_schema(networks.options()))


def headers(
    server: Annotated[str, typer.Argument(help="nginx, caddy, netlify or cloudflare.")],
    config: ConfigPath = DEFAULT,
    verbose: Verbose = False,
) -> None:
    """Print the feeds' header fields for the web server that serves them."""
    from syndicate import feeds, networks, web  # noqa: PLC0415

    if server not in web.SERVERS:
        raise typer.BadParameter(f"{server}: expected {', '.join(web.SERVERS)}")
    settings = load_config(config)
    folders = feeds.folders(settings.feeds.output)
    addresses = feeds.addresses(settings.feeds, settings.feeds_url, folders)
    typer.echo(
        web.header_file(
            server,
            addresses,
            web.Rules.of(settings, networks.hubs(settings.endpoints, settings.site.to_site())),
        ),
        nl=False,
    )


def links(config: ConfigPath = DEFAULT, verbose: Verbose = False) -> None:
    """Print the elements by which the head of your pages tells of the feeds."""
    from syndicate import feeds  # noqa: PLC0415

    settings = load_config(config)
    none: list[Post] = []
    listings = feeds.listings(settings.site.to_site(), settings.feeds, none, lambda post: post)
    typer.echo(
        feeds.links(
            (listing.title, address)
            for listing in listings
            for address in feeds.addresses(settings.feeds, settings.feeds_url, [listing.folder])
        ),
        nl=False,
    )


def health(
    config: ConfigPath = DEFAULT,
    host: Annotated[
        str | None, typer.Option(help="Where `serve --host` has it listen, if it has.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Where `serve --port` has it listen, if it has."),
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Ask the daemon whether it is well; for a container's HEALTHCHECK."""
    from syndicate import checks  # noqa: PLC0415
    from syndicate.errors import SyndicateError  # noqa: PLC0415

    try:
        server = load_config(config).server
        typer.echo(checks.ask_daemon(host or server.host, port or server.port))
    except SyndicateError as error:
        explain(error)
        raise typer.Exit(1) from None  # container runtimes know 0 and 1, and reserve the rest
