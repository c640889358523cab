"""The header fields of the published files, written for the server that has them in its folder.

One function a server; each gives text in that server's own language, from the same rules by which
the daemon answers. Validators, lengths and compression are the server's own work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from urllib.parse import unquote, urlsplit

from syndicate.errors import SyndicateError
from syndicate.feeds import Address
from syndicate.web.rules import Rules

CLOUDFLARE_RULES = 100
"""Rules in one ``_headers`` file of Cloudflare Pages; what comes after is ignored in silence."""


def header_file(server: str, addresses: Sequence[Address], rules: Rules) -> str:
    """Write the header fields down for a server.

    Args:
        server: one of :data:`SERVERS`.
        addresses: the published files.
        rules: what they are sent with.

    Raises:
        SyndicateError: the server cannot take so many.
    """
    return SERVERS[server](addresses, rules)


def _nginx(addresses: Iterable[Address], rules: Rules) -> str:
    opening = (
        "# Feeds, for nginx: include this file in the server block whose root has them.\n"
        "# Fields that an outer block adds by add_header do not reach these locations.\n"
    )
    blocks = [opening]
    for address in addresses:
        fields = rules.fields(address)
        kind = fields.pop("Content-Type")
        added = [f"    add_header {name} '{value}';" for name, value in fields.items()]
        lines = [
            f'location = "{unquote(urlsplit(address.url).path)}" {{',
            "    types { }",
            f'    default_type "{kind}";',
            *added,
            "    gzip on;",
            "    gzip_types *;",
            "    gzip_vary on;",
            "    gzip_static on;",
            "}",
        ]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _caddy(addresses: Iterable[Address], rules: Rules) -> str:
    blocks = ["# Feeds, for Caddy: import this file into the site block whose root has them.\n"]
    for address in addresses:
        lines = [
            f'handle "{unquote(urlsplit(address.url).path)}" {{',
            "\theader {",
            *(f"\t\t{name} `{value}`" for name, value in rules.fields(address).items()),
            "\t}",
            "\tencode {",
            "\t\tgzip",
            f"\t\tmatch header Content-Type {address.type.partition(';')[0]}*",
            "\t}",
            "\tfile_server {",
            "\t\tprecompressed br gzip",
            "\t}",
            "}",
        ]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _netlify(addresses: Iterable[Address], rules: Rules) -> str:
    return _headers("Feeds, for Netlify", addresses, rules)


def _cloudflare(addresses: Sequence[Address], rules: Rules) -> str:
    if len(addresses) > CLOUDFLARE_RULES:
        raise SyndicateError(
            f"Cloudflare Pages takes {CLOUDFLARE_RULES} rules in a _headers file, and there are "
            f"{len(addresses)} feeds: publish fewer of them, or serve them by a server of your own"
        )
    return _headers("Feeds, for Cloudflare Pages", addresses, rules)


def _headers(title: str, addresses: Iterable[Address], rules: Rules) -> str:
    """Write a ``_headers`` file, as Netlify has invented it."""
    opening = (
        f"# {title}: append this to _headers in the published folder.\n"
        "# A field that another rule gives to the same path would be joined to these.\n"
    )
    blocks = [opening]
    for address in addresses:
        lines = [f"  {name}: {value}" for name, value in rules.fields(address).items()]
        blocks.append("\n".join([urlsplit(address.url).path, *lines]) + "\n")
    return "\n".join(blocks)


SERVERS: dict[str, Callable[[Sequence[Address], Rules], str]] = {
    "nginx": _nginx,
    "caddy": _caddy,
    "netlify": _netlify,
    "cloudflare": _cloudflare,
}
