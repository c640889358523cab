"""What may have arrived: a person looks, and says what was found: `resolve`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from syndicate.commands.common import (
    DEFAULT,
    ConfigPath,
    Json,
    Verbose,
    open_app,
    print_json,
    print_with,
)
from syndicate.commands.deliveries import DryRun, Since, moment, move_all, require_endpoint, resting

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from syndicate.app import App
    from syndicate.ledger import Resting
    from syndicate.model import Delivery


def resolve(
    delivery_id: Annotated[
        int | None, typer.Argument(help="A delivery that is in doubt; without one, all are shown.")
    ] = None,
    there: Annotated[str | None, typer.Option(metavar="URL", help="It is there.")] = None,
    again: Annotated[bool, typer.Option("--again", help="It is not there: send it.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Let it be.")] = False,
    endpoint: Annotated[
        str | None, typer.Option(help="All that are in doubt with this endpoint.")
    ] = None,
    since: Since = None,
    dry_run: DryRun = False,
    config: ConfigPath = DEFAULT,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Show what is in doubt and where to look for it, or settle it: there, send again, drop."""
    _refuse(delivery_id, there, again=again, drop=drop, endpoint=endpoint, since=since)
    settles = there is not None or again or drop
    if settles and as_json:
        raise typer.BadParameter("--json is for looking; what is settled is told in words")
    with open_app(config, secrets=False) as app:
        chosen = _chosen(app, delivery_id, endpoint, since)
        if settles:
            ids = [each.id for each in chosen]
            if not ids:
                typer.echo("Nothing is in doubt.")
            move_all(app, ids, _move(there, again=again), dry_run=dry_run)
        else:
            _show(app, chosen, one=delivery_id is not None, as_json=as_json)


def _refuse(
    delivery_id: int | None,
    there: str | None,
    *,
    again: bool,
    drop: bool,
    endpoint: str | None,
    since: str | None,
) -> None:
    """Refuse what does not go together."""
    from syndicate.config.values import check_url  # noqa: PLC0415

    if (there is not None) + again + drop > 1:
        raise typer.BadParameter("give one of --there URL, --again, --drop")
    if delivery_id is not None and (endpoint or since):
        raise typer.BadParameter("name a delivery, or an --endpoint, not both")
    if delivery_id is None and there is not None:
        raise typer.BadParameter("--there is said of one delivery: name it")
    if delivery_id is None and (again or drop) and not endpoint:
        raise typer.BadParameter("name a delivery, or with --endpoint all that are in doubt there")
    if there is not None:
        try:
            check_url(there)
        except ValueError as error:
            raise typer.BadParameter(f"--there: {error}") from None


def _chosen(
    app: App, delivery_id: int | None, endpoint: str | None, since: str | None
) -> list[Delivery]:
    from syndicate.delivery import manual  # noqa: PLC0415
    from syndicate.errors import SyndicateError  # noqa: PLC0415
    from syndicate.model import State  # noqa: PLC0415

    if delivery_id is not None:
        delivery = app.ledger.delivery(delivery_id)
        if delivery is None:
            raise SyndicateError(
                f"there is no delivery {delivery_id}; `syndicate resolve` lists those in doubt"
            )
        manual.require_doubt(delivery)
        return [delivery]
    if endpoint:
        require_endpoint(app, endpoint)
    return resting(app, State.IN_DOUBT, [endpoint] if endpoint else [], moment(app, since))


def _move(there: str | None, *, again: bool) -> Callable[[Delivery, datetime], Resting]:
    from syndicate.delivery import manual  # noqa: PLC0415

    if there is not None:
        return lambda delivery, now: manual.there(delivery, now, there)
    return manual.again if again else manual.drop


def _show(app: App, chosen: list[Delivery], *, one: bool, as_json: bool) -> None:
    from syndicate import as_json as machine  # noqa: PLC0415
    from syndicate import doubts, show_doubts  # noqa: PLC0415

    found = doubts.look(app.config, app.ledger, chosen)
    if as_json:
        told = [machine.doubt(each, app.ledger.attempts(each.delivery.id)) for each in found]
        print_json(told[0] if one else {"in_doubt": told})
    elif one:
        print_with(show_doubts.doubt, found[0])
    else:
        print_with(show_doubts.doubts, found)
