"""Writes docs/configuration.md, and the tables of options in docs/networks, from their one source.

That is the configuration's models. ``make docs`` runs this.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import time, timedelta
from pathlib import Path
from typing import Any, get_args, get_origin

from syndicate import networks
from syndicate.config import Config, Endpoint, Model, Worded, is_per_post

OPENING = """# Configuration

One TOML file. Relative paths start at its folder. A secret is named, never written there:
`"env:NAME"` takes it from the environment, `"file:PATH"` from a file (Docker and Kubernetes
secrets). Lengths of time are written `90s`, `5m`, `2h`, `7d`. An unknown key is an error; all
errors are told at once, each with its line.

`syndicate schema > syndicate.schema.json` writes a JSON Schema, with which editors complete keys
and check values. This page is generated from the same source by `make docs`.
"""

PER_POST = " A post may set it."
MARKED = re.compile(r"(<!-- options -->\n).*?(<!-- /options -->)", re.DOTALL)
DOCS = Path(__file__).parent
SHARED = "[all endpoints](../configuration.md#endpoints)"
WORDED = "[those that announce in words](../configuration.md#endpoints-that-announce-in-words)"


def page() -> str:
    """Give the text of docs/configuration.md."""
    options = networks.options()
    parts = [OPENING]
    above = [
        name for name in Config.model_fields if name != "endpoints" and not is_table(Config, name)
    ]
    parts.append(section("Above all tables", Config, above))
    for name, field in Config.model_fields.items():
        table: Any = field.annotation
        if is_table(Config, name):
            parts.append(section(f"`[{name}]`", table, table.model_fields))
            parts += inner(name, table)
    parts.append(section("`[[endpoints]]`", Endpoint, Endpoint.model_fields))
    words = [key for key in Worded.model_fields if key not in Endpoint.model_fields]
    named = [f"`{name}`" for name in sorted(options) if issubclass(options[name], Worded)]
    parts.append(section("`[[endpoints]]` that announce in words", Worded, words))
    parts.append(f"These are {', '.join(named)}.\n")
    parts += inner("endpoints", Worded)
    for name in sorted(options):
        title = f'`[[endpoints]]` with `network = "{name}"`'
        parts.append(section(title, options[name], own_keys(options[name])))
    return "\n".join(parts)


def network_page(text: str, table: type[Endpoint]) -> str:
    """Give the text of a network's page, with its options between the two marks."""
    also = f"{SHARED} and of {WORDED}" if issubclass(table, Worded) else SHARED
    rows = "\n".join(rows_of(table, own_keys(table)))
    return MARKED.sub(
        lambda marks: f"{marks[1]}{rows}\n\nBeside them the keys of {also}.\n{marks[2]}", text
    )


def own_keys(table: type[Endpoint]) -> list[str]:
    """Name the keys that a network has for itself."""
    shared = Worded.model_fields if issubclass(table, Worded) else Endpoint.model_fields
    return [key for key, field in table.model_fields.items() if is_own(key, field, shared)]


def is_table(model: type[Model], name: str) -> bool:
    """Tell whether a key is a table, and no single value."""
    kind = model.model_fields[name].annotation
    return isinstance(kind, type) and issubclass(kind, Model)


def is_own(key: str, field: Any, shared: dict[str, Any]) -> bool:
    """Tell whether a network has a key for itself, or with a default of its own."""
    return key not in shared or field.default != shared[key].default


def inner(name: str, table: type[Model]) -> Iterator[str]:
    """Describe the tables within a table: ``[feeds.podcast]``, ``[[feeds.named]]``."""
    for key, field in table.model_fields.items():
        several = get_origin(field.annotation) is list
        item = get_args(field.annotation)[0] if several else field.annotation
        if isinstance(item, type) and issubclass(item, Model):
            title = f"`[[{name}.{key}]]`" if several else f"`[{name}.{key}]`"
            yield section(title, item, item.model_fields)


def section(title: str, table: type[Model], keys: Iterable[str]) -> str:
    """Describe some keys of a table."""
    about = (table.__doc__ or "").partition("\n")[0]
    return "\n".join([f"## {title}", "", about, "", *rows_of(table, keys), ""])


def rows_of(table: type[Model], keys: Iterable[str]) -> Iterator[str]:
    """Describe some keys of a table, in a table."""
    properties = table.model_json_schema()
    yield from ("| key | value | default | |", "|---|---|---|---|")
    for key in sorted(keys, key=lambda key: not table.model_fields[key].is_required()):
        field = table.model_fields[key]
        kind = describe(properties["properties"][key], properties.get("$defs", {}))
        default = "*required*" if field.is_required() else f"`{spell(field.default)}`"
        words = (field.description or "") + PER_POST * is_per_post(table, key)
        yield f"| `{key}` | {kind} | {default} | {words} |"


def describe(schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    """Say in words what a value may be."""
    if "$ref" in schema:
        return describe(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in schema:
        kinds = [each for each in schema["anyOf"] if each.get("type") != "null"]
        return " or ".join(describe(each, definitions) for each in kinds)
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    kind = {"string": "text", "object": "table", "boolean": "`true`, `false`"}.get(
        schema["type"], schema["type"]
    )
    if kind == "array":
        kind = f"list of {describe(schema['items'], definitions)}"
    elif schema.get("pattern", "").startswith("^(env|file)"):
        kind = "secret"
    elif schema.get("examples"):
        kind = "such as " + ", ".join(f"`{each}`" for each in schema["examples"])
    return kind


def spell(value: Any) -> str:
    """Spell a default as one would write it in TOML."""
    if isinstance(value, timedelta):
        for unit, seconds in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
            if value.total_seconds() % seconds == 0:
                return f'"{value.total_seconds() / seconds:.0f}{unit}"'
    if isinstance(value, Path):
        return f'"{value}"'
    if isinstance(value, Model):
        return "{}"
    if isinstance(value, time):
        return f'"{value:%H:%M}"'
    return "none" if value is None else json.dumps(value)


if __name__ == "__main__":
    (DOCS / "configuration.md").write_text(page(), encoding="utf-8")
    for name, each in networks.options().items():
        file = DOCS / "networks" / f"{name}.md"
        if file.exists():  # what is installed beside us has docs of its own
            text = network_page(file.read_text(encoding="utf-8"), each)
            file.write_text(text, encoding="utf-8")
