"""`webhook`: keys for endpoints, and what helps those who write receivers."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from syndicate.commands.common import Json, Verbose, length, print_json

if TYPE_CHECKING:
    from syndicate.networks.webhook_keys import PublicKey, SecretKey, SharedKey

commands = typer.Typer(
    help="Make keys for webhooks, sample events, and verify what was received.",
    no_args_is_help=True,
    add_completion=False,
)
STDIN = "-"
TOLERANCE = timedelta(minutes=5)
"""What the libraries of Standard Webhooks have."""

Secrets = Annotated[
    list[str],
    typer.Option(
        "--secret",
        metavar="env:NAME|file:PATH",
        help="Where a secret is; it may be given several times.",
    ),
]


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


@commands.command()
def sample(
    secret: Secrets,
    kind: Annotated[str, typer.Option("--type", help="The type of the event.")] = "post.published",
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Print a signed event about a post that is not there, for the tests of receivers."""
    from syndicate.clock import SystemClock  # noqa: PLC0415
    from syndicate.networks import webhook_keys, webhook_sample  # noqa: PLC0415

    if kind not in webhook_sample.TYPES:
        raise typer.BadParameter(f"{kind}: expected {', '.join(webhook_sample.TYPES)}")
    keys = [_key(each) for each in secret]
    signing = [each for each in keys if not isinstance(each, webhook_keys.PublicKey)]
    if len(signing) < len(keys):
        raise typer.BadParameter(
            "a public key signs nothing; give the whsk_ key that it belongs to"
        )
    headers, body = webhook_sample.sample(kind, signing, SystemClock().now())
    if as_json:
        print_json({"headers": headers, "body": body.decode()})
        return
    for name, value in headers.items():
        typer.echo(f"{name}: {value}")
    typer.echo()
    typer.echo(body, nl=False)


@commands.command()
def verify(
    headers: Annotated[
        str,
        typer.Option(
            help="A file with the header fields, as they came or as a JSON object; - is the "
            "standard input. Without --body the body follows in it, after an empty line."
        ),
    ],
    secret: Annotated[
        list[str],
        typer.Option(
            metavar="env:NAME|file:PATH|whpk_…",
            help="Where a secret is, or a public key; it may be given several times.",
        ),
    ],
    body: Annotated[
        str | None,
        typer.Option(help="A file with the body, byte for byte; - is the standard input."),
    ] = None,
    tolerance: Annotated[
        timedelta,
        typer.Option(parser=length, metavar="DURATION", help="How far its time may be from yours."),
    ] = TOLERANCE,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Say what is right and what is wrong about an event that was received."""
    from syndicate.clock import SystemClock  # noqa: PLC0415
    from syndicate.exits import Exit  # noqa: PLC0415
    from syndicate.networks.webhook_verify import Request, examine  # noqa: PLC0415

    if headers == body == STDIN:
        raise typer.BadParameter("the standard input is one: leave --body out, or name a file")
    keys = {each: _key(each) for each in secret}
    head = _read(headers)
    if body is None:
        head, rest = _part(head)
    else:
        rest = _read(body)
    is_good, remarks = examine(Request(_fields(head), rest), keys, SystemClock().now(), tolerance)
    if as_json:
        findings = [
            {"subject": each.subject, "verdict": each.verdict, "message": each.message}
            for each in remarks
        ]
        print_json({"ok": is_good, "findings": findings})
    else:
        for each in remarks:
            typer.echo(f"{each.verdict:5}  {each.subject}: {each.message}")
        typer.echo(f"The event is {'' if is_good else 'not '}to be believed.")
    raise typer.Exit(Exit.OK if is_good else Exit.CONTENT)


def _key(reference: str) -> SharedKey | SecretKey | PublicKey:
    """Read a key from where it is; a public one may be given itself."""
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415

    from syndicate.config import Secret  # noqa: PLC0415
    from syndicate.networks.webhook_keys import PUBLIC, verifying_key  # noqa: PLC0415

    try:
        if reference.startswith(PUBLIC):
            return verifying_key(reference)
        text = TypeAdapter(Secret).validate_python(reference).get_secret_value()
    except ValidationError as error:
        # Only the message: what was given may be a secret.
        message = error.errors(include_input=False)[0]["msg"].removeprefix("Value error, ")
        raise typer.BadParameter(message) from None
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    try:
        return verifying_key(text)
    except ValueError as error:
        raise typer.BadParameter(f"{reference}: {error}") from None


def _read(name: str) -> bytes:
    if name == STDIN:
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{name} cannot be read ({error.strerror})") from None


def _part(request: bytes) -> tuple[bytes, bytes]:
    """Part header fields from the body, at the first empty line."""
    ends = [(at, len(end)) for end in (b"\r\n\r\n", b"\n\n") if (at := request.find(end)) >= 0]
    if not ends:
        raise typer.BadParameter(
            "there is no empty line after the header fields, and so no body; name it with --body"
        )
    at, size = min(ends)
    return request[:at], request[at + size :]


def _fields(head: bytes) -> list[tuple[str, str]]:
    """Read header fields from lines, or from a JSON object."""
    text = head.decode("utf-8-sig", errors="replace")
    if text.lstrip().startswith("{"):
        try:
            found = json.loads(text)
        except ValueError as error:
            raise typer.BadParameter(f"the header fields are not JSON: {error}") from None
        return [
            (name, str(value))
            for name, values in found.items()
            for value in (values if isinstance(values, list) else [values])
        ]
    fields = []
    for number, line in enumerate(text.splitlines(), start=1):
        name, colon, value = line.partition(":")
        is_first_line = number == 1 and ("HTTP/" in line)  # POST /hook HTTP/1.1
        if is_first_line or not line.strip():
            continue
        if not colon:
            raise typer.BadParameter(f"line {number} of the header fields is not `name: value`")
        fields.append((name.strip(), value.strip()))
    return fields
