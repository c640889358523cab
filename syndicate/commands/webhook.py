"""`webhook`: keys for endpoints, for those who write receivers."""

from __future__ import annotations

from typing import Annotated

import typer

from syndicate.commands.common import Json, Verbose, print_json

commands = typer.Typer(help="Make keys for webhooks.", no_args_is_help=True, add_completion=False)


@commands.command()
def keygen(
    asymmetric: Annotated[
        bool,
        typer.Option("--asymmetric", help="A pair (ed25519): the receiver gets the public key."),
    ] = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Print a fresh secret for an endpoint; it is kept nowhere."""
    from syndicate.networks import webhook_keys  # noqa: PLC0415

    if asymmetric:
        pair = webhook_keys.new_pair()
        made = {"secret": str(pair), "public_key": str(pair.public)}
    else:
        made = {"secret": str(webhook_keys.new_shared())}
    if as_json:
        print_json(made)
    else:
        for line in made.values():
            typer.echo(line)
