"""What became of deliveries, and what a person decides: `status`, `retry`, `skip`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from syndicate.commands.common import (
    DEFAULT,
    ConfigPath,
    Ids,
    Json,
    Verbose,
    open_app,
    print_json,
    print_with,
)

if TYPE_CHECKING:
    from syndicate.app import App
    from syndicate.ledger import Resting
    from syndicate.model import Delivery, State

Since = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="Only those that came to rest since, in the site's zone."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only tell which.")]


def status(
    config: ConfigPath = DEFAULT,
    endpoint: Annotated[str | None, typer.Option(help="Only this endpoint.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Skipped ones too.")] = False,
    limit: Annotated[
        int, typer.Option(min=0, help="Of those that are done with, only the newest so many.")
    ] = 50,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Show where every delivery stands: tries, the next one, the last answer."""
    from syndicate import as_json as machine  # noqa: PLC0415
    from syndicate import show, standing  # noqa: PLC0415
    from syndicate.model import State  # noqa: PLC0415

    with open_app(config, secrets=False) as app:
        now = app.clock.now()
        if endpoint is not None:
            require_known(app, endpoint)
        stand = standing.look(app.config, app.ledger, now, limit, endpoint, skipped=all_)
        if as_json:
            print_json(machine.standing(stand, app.ledger.attempts))
            return
        has_ledger = app.ledger.is_kept
        skipped = 0 if all_ else app.ledger.count(endpoint=endpoint, states={State.SKIPPED})
    print_with(show.status, stand)
    if skipped and not stand.deliveries:
        typer.echo(f"Skipped: {skipped:,}, which --all shows.")
    if not has_ledger:
        typer.echo("There is no ledger yet: the first `syndicate run` makes it.")


def retry(
    ids: Annotated[list[int] | None, typer.Argument(help="Deliveries to send after all.")] = None,
    config: ConfigPath = DEFAULT,
    dead: Annotated[bool, typer.Option("--dead", help="All dead letters.")] = False,
    since: Since = None,
    dry_run: DryRun = False,
    endpoint: Annotated[
        list[str] | None,
        typer.Option(help="Open this endpoint; with --dead or --since, send its letters alone."),
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Send deliveries again that are dead or were skipped, or open a paused endpoint."""
    from syndicate.delivery import manual  # noqa: PLC0415
    from syndicate.model import State  # noqa: PLC0415

    if not (ids or dead or since or endpoint):
        raise typer.BadParameter("name deliveries, or give --dead, --since or --endpoint")
    if since and ids:
        raise typer.BadParameter("--since chooses dead letters: name no deliveries beside it")
    with open_app(config, secrets=False) as app:
        names = list(dict.fromkeys(endpoint or []))
        for name in names:
            require_endpoint(app, name)
        after = moment(app, since)
        for name in names:
            if not dry_run:
                app.ledger.open_endpoint(name)
            typer.echo(f"{name} {'would be' if dry_run else 'is'} open.")
        chosen = list(ids or [])
        if dead or after:
            found = [each.id for each in resting(app, State.DEAD, names, after)]
            chosen += found
            if not found:
                typer.echo("Nothing is dead.")
        move_all(app, chosen, manual.retry, dry_run=dry_run)


def skip(ids: Ids, config: ConfigPath = DEFAULT, verbose: Verbose = False) -> None:
    """Never send deliveries that wait or are dead."""
    from syndicate.delivery import manual  # noqa: PLC0415

    with open_app(config, secrets=False) as app:
        move_all(app, ids, manual.skip)


def require_endpoint(app: App, name: str) -> None:
    """Refuse the name of an endpoint that the ledger does not know."""
    from syndicate.errors import SyndicateError  # noqa: PLC0415

    known = {each.name for each in app.ledger.endpoints()}
    if name not in known:
        raise SyndicateError(
            f"no endpoint {name!r} has taken part in a run; known: "
            f"{', '.join(sorted(known)) or 'none'}"
        )


def require_known(app: App, name: str) -> None:
    """Refuse the name of an endpoint that is neither configured nor in the ledger."""
    from syndicate.errors import SyndicateError  # noqa: PLC0415

    known = {each.name for each in app.config.endpoints}
    known |= {each.name for each in app.ledger.endpoints()}
    if name not in known:
        there = ", ".join(sorted(known)) or "none"
        raise SyndicateError(f"no endpoint is named {name!r}; there are {there}")


def moment(app: App, text: str | None) -> datetime | None:
    """Read a date of --since, with a time or without one, in the site's time zone."""
    from datetime import time  # noqa: PLC0415
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    from syndicate.content import dates  # noqa: PLC0415

    if text is None:
        return None
    try:
        return dates.parse(text, ZoneInfo(app.site.timezone), time())
    except dates.DateError as error:
        raise typer.BadParameter(f"--since: {error}") from None


def resting(app: App, state: State, names: Sequence[str], after: datetime | None) -> list[Delivery]:
    """Give the deliveries in a state, of some endpoints or of all, that came into it since then."""
    return [
        each
        for each in app.ledger.deliveries(states=[state])
        if (not names or each.endpoint in names) and (after is None or each.due >= after)
    ]


def move_all(
    app: App,
    ids: Sequence[int],
    move: Callable[[Delivery, datetime], Resting],
    *,
    dry_run: bool = False,
) -> None:
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
        if dry_run:
            typer.echo(f"Delivery {delivery.id} ({delivery.endpoint}) would be {resting.state}.")
            continue
        if not app.ledger.settle(delivery, resting, None):
            raise SyndicateError(f"delivery {delivery.id} is being worked on; try again")
        typer.echo(f"Delivery {delivery.id} ({delivery.endpoint}) is {resting.state} now.")
