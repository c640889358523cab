"""What several parts of a configuration say together: looked at even where some parts are wrong.

So that everything that is wrong can be told at once, nothing here waits for the schema: what does
not have the form it should have is passed over, for the schema complains about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from syndicate.config.faults import suggest
from syndicate.config.keeping import Ledger
from syndicate.config.lines import Key
from syndicate.config.schema import Endpoint

Found = Iterator[tuple[Key, str]]
"""Keys, and what is wrong with each."""


def problems(
    data: Mapping[str, Any],
    endpoints: Any,
    options: Mapping[str, type[Endpoint]],
    context: Mapping[str, Any],
    *,
    ledger: bool,
) -> Found:
    """Give what does not go together.

    Args:
        data: the file's tables as they were read.
        endpoints: its list of endpoints, likewise.
        options: the options model of each network, by the network's name.
        context: what paths and secrets are resolved with.
        ledger: whether the ledger's address is looked for.
    """
    tables = _tables(endpoints)
    yield from _twins(tables, ("endpoints",))
    yield from _twins(_tables(_table(data, "feeds").get("named")), ("feeds", "named"))
    yield from _alerts(data.get("alerts"), tables, options)
    if ledger:
        yield from _address(_table(data, "ledger"), context)


def _twins(tables: Sequence[Mapping[str, Any]], where: Key) -> Found:
    """Find names that are taken already."""
    seen: dict[str, int] = {}
    for index, table in enumerate(tables):
        name = table.get("name")
        if isinstance(name, str) and seen.setdefault(name, index) != index:
            taken = f"{'.'.join(map(str, where))}[{seen[name]}]"
            yield (*where, index, "name"), f"{name!r} is the name of {taken} already"


def _alerts(
    told: Any, tables: Sequence[Mapping[str, Any]], options: Mapping[str, type[Endpoint]]
) -> Found:
    """Find what is no endpoint that could be told of trouble."""
    names = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    networks = [(each.get("name"), each.get("network")) for each in tables]
    known = {name: network for name, network in networks if isinstance(name, str)}
    for name in dict.fromkeys(each for each in names if isinstance(each, str)):
        if name not in known:
            said = "an address" if _is_address(name) else repr(name)
            others = [each for each in known if not _is_address(each)]
            yield ("alerts",), f"no endpoint is named {said}{suggest(name, others)}"
            continue
        network = known[name]
        kind = options.get(network) if isinstance(network, str) else None
        if kind and not kind.has_readers:
            message = f"nobody reads what {name!r} is sent; name an endpoint that people look at"
            yield ("alerts",), message


def _is_address(name: str) -> bool:
    """Tell whether a name is none but an address: that may be a secret, and is not told."""
    return "://" in name


def _address(table: Mapping[str, Any], context: Mapping[str, Any]) -> Found:
    """Look for the ledger's address, and whether it can be had with a branch."""
    try:
        Ledger.model_validate(table, context=dict(context)).address(Path(context["base"]))
    except ValidationError:
        return
    except ValueError as error:
        yield ("ledger", "url"), str(error)


def _tables(value: Any) -> Sequence[Mapping[str, Any]]:
    """Give a list of tables; one in which something else stands counts as none."""
    is_list = isinstance(value, list) and all(isinstance(each, dict) for each in value)
    return value if is_list else []


def _table(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = data.get(name)
    return value if isinstance(value, dict) else {}
