"""What became of deliveries, and what a person decides: `status`, `retry`, `skip`, `resolve`."""

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
    from syndicate.model import Delivery


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
    since: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="With --dead: those that died since, in the site's zone."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell which.")] = False,
    endpoint: Annotated[
        list[str] | None,
        typer.Option(help="Open this endpoint again; with --dead, only its letters."),
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Send deliveries again that are dead or were skipped, or open a paused endpoint."""
    from syndicate.delivery import manual  # noqa: PLC0415
    from syndicate.model import State  # noqa: PLC0415

    if not (ids or dead or endpoint):
        raise typer.BadParameter("name deliveries, or give --dead or --endpoint")
    if since and not dead:
        raise typer.BadParameter("--since is asked of dead letters: give --dead as well")
    with open_app(config, secrets=False) as app:
        names = list(dict.fromkeys(endpoint or []))
        for name in names:
            _require_endpoint(app, name)
        after = _moment(app, since) if since else None
        for name in names:
            if not dry_run:
                app.ledger.open_endpoint(name)
            typer.echo(f"{name} {'would be' if dry_run else 'is'} open.")
        chosen = list(ids or [])
        if dead:
            letters = app.ledger.deliveries(states=[State.DEAD])
            chosen += [
                each.id
                for each in letters
                if (not names or each.endpoint in names) and (not after or each.due >= after)
            ]
        _move(app, chosen, manual.retry, dry_run=dry_run)


def skip(ids: Ids, config: ConfigPath = DEFAULT, verbose: Verbose = False) -> None:
    """Never send deliveries that wait or are dead."""
    from syndicate.delivery import manual  # noqa: PLC0415

    with open_app(config, secrets=False) as app:
        _move(app, ids, manual.skip)


def resolve(
    delivery_id: Annotated[int, typer.Argument(help="A delivery that is in doubt.")],
    there: Annotated[str | None, typer.Option(metavar="URL", help="It is there.")] = None,
    again: Annotated[bool, typer.Option("--again", help="It is not there: send it.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Let it be.")] = False,
    config: ConfigPath = DEFAULT,
    verbose: Verbose = False,
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

    with open_app(config, secrets=False) as app:
        _move(app, [delivery_id], move)


def _require_endpoint(app: App, name: str) -> None:
    from syndicate.errors import SyndicateError  # noqa: PLC0415

    known = {each.name for each in app.ledger.endpoints()}
    if name not in known:
        raise SyndicateError(
            f"no endpoint {name!r} has taken part in a run; known: "
            f"{', '.join(sorted(known)) or 'none'}"
        )


def _moment(app: App, text: str) -> datetime:
    """Read a date, with a time or without one, in the site's time zone."""
    from datetime import time  # noqa: PLC0415
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    from syndicate.content import dates  # noqa: PLC0415

    try:
        return dates.parse(text, ZoneInfo(app.site.timezone), time())
    except dates.DateError as error:
        raise typer.BadParameter(f"--since: {error}") from None


def _move(
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
