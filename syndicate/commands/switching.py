"""What is done once, when a site comes to us from another tool: `adopt`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from syndicate import defaults
from syndicate.commands.common import (
    DEFAULT,
    ConfigPath,
    DryRun,
    Json,
    Verbose,
    open_app,
    print_json,
    print_with,
)

if TYPE_CHECKING:
    from syndicate.adoption import Adoption
    from syndicate.app import App


def adopt(
    feed: Annotated[str, typer.Argument(help="The old feed: a file, or its address.")],
    config: ConfigPath = DEFAULT,
    dry_run: DryRun = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Take over the ids of an old feed, so that its readers see no post twice."""
    import asyncio  # noqa: PLC0415

    from syndicate import as_json as machine  # noqa: PLC0415
    from syndicate import exits, show  # noqa: PLC0415

    with open_app(config, secrets=False, creates=not dry_run) as app:
        result = asyncio.run(_adopt(app, feed, dry_run))
    if as_json:
        print_json(machine.adoption(result, dry_run))
    else:
        print_with(show.adoption, result, dry_run)
    raise typer.Exit(exits.of_adoption(result))


async def _adopt(app: App, feed: str, dry_run: bool) -> Adoption:
    from syndicate import adoption  # noqa: PLC0415
    from syndicate.http import Http  # noqa: PLC0415

    http = Http(app.config.media.allow_networks, clock=app.clock.now)
    try:
        data, address = await adoption.fetch(feed, http)
    finally:
        await http.aclose()
    old = adoption.read(data, feed, address or f"{app.site.url}/")
    return await adoption.adopt(app, old, defaults.WAIT, dry_run=dry_run)
