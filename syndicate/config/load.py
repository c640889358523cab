"""TOML file → Config, or one error that names everything wrong in it."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from syndicate.config.base import Model
from syndicate.config.keeping import Ledger
from syndicate.config.lines import LineFinder
from syndicate.config.schema import Config, Content, Endpoint
from syndicate.errors import ConfigError, Problem

Key = tuple[str | int, ...]
Told = Callable[[Path, str], Mapping[str, Any]]
"""What a site's generator says of it, as keys of ``[site]``: of a content folder and a dialect."""


def load(
    path: Path,
    options: Mapping[str, type[Endpoint]],
    *,
    secrets: bool = True,
    told: Told | None = None,
) -> Config:
    """Read and validate a configuration file.

    Args:
        path: the TOML file; relative paths inside it start at its folder.
        options: the options model of each network, by the network's name.
        secrets: whether ``env:`` and ``file:`` references are resolved; what only reads posts
            and writes feeds runs without them.
        told: asked for what ``[site]`` leaves out; nobody is where it is left out itself.

    Raises:
        ConfigError: with every problem of the file, its key, its line and what was expected.
    """
    text = _read(path)
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # numbers and nests beyond Python's, too
        raise ConfigError(str(path), [_syntax(error)]) from None
    lines = LineFinder(text)
    context = {"base": path.absolute().parent, "secrets": secrets}
    raw = data.pop("endpoints", [])
    if told:
        _complete(data, told, context)
    problems: list[Problem] = []
    config = None
    try:
        config = Config.model_validate(data, context=context)
    except ValidationError as error:
        problems += [_problem(detail, (), Config, lines) for detail in error.errors()]
    endpoints = list(_endpoints(raw, options, context, lines, problems))
    if config:
        problems += _alerts(config.alerts, raw, endpoints, lines)
    if config is None or problems:
        problems.sort(key=lambda problem: problem.line or 0)
        raise ConfigError(str(path), problems)
    return config.model_copy(
        update={"endpoints": tuple(_with_policy(each, config) for each in endpoints)}
    )


def address_of(path: Path, ledger: Ledger) -> str:
    """Give the URL of the ledger's database.

    It is looked up whether or not secrets are resolved: what needs no other needs this one.

    Args:
        path: the configuration file.
        ledger: its table.

    Raises:
        ConfigError: the URL is not where it is said to be, or cannot be had with a branch.
    """
    try:
        return ledger.address(path.absolute().parent)
    except ValueError as error:
        line = LineFinder(_read(path)).find(("ledger", "url"))
        raise ConfigError(str(path), [Problem("ledger.url", str(error), line)]) from None


def _with_policy(endpoint: Endpoint, config: Config) -> Endpoint:
    """Let an endpoint have the site's ``alt`` where it has none; a card describes itself."""
    if "alt" not in type(endpoint).model_fields:
        return endpoint
    own = getattr(endpoint, "alt", None) or config.media.alt
    alt = None if config.cards.enabled == "always" else own
    return endpoint.model_copy(update={"alt": alt})


def _syntax(error: Exception) -> Problem:
    """Say where TOML goes wrong; the parser puts the place into its message's end."""
    place = re.search(r" \(at line (\d+), column (\d+)\)$", str(error))
    if place is None:
        return Problem("", f"this is not TOML: {error}")
    what = str(error)[: place.start()]
    return Problem("", f"this is not TOML: {what}, at column {place[2]}", int(place[1]))


def _complete(data: dict[str, Any], told: Told, context: dict[str, Any]) -> None:
    """Put what the site's generator says under what ``[site]`` leaves out.

    A ``[content]`` or ``[site]`` that is wrong in itself is left to the schema to complain about.
    """
    site = data.get("site", {})
    try:
        content = Content.model_validate(data.get("content", {}), context=context)
    except ValidationError:
        return
    if isinstance(site, dict):
        said = told(content.dir, content.dialect)
        if said:
            data["site"] = {**said, **site}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(
            str(path), [Problem("", "there is no such file; name one with --config PATH")]
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigError(
            str(path), [Problem("", f"not UTF-8 (byte {error.start}); save the file as UTF-8")]
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(str(path), [Problem("", f"cannot be read: {reason}")]) from None


def _endpoints(
    raw: Any,
    options: Mapping[str, type[Endpoint]],
    context: Mapping[str, Any],
    lines: LineFinder,
    problems: list[Problem],
) -> Iterator[Endpoint]:
    """Validate each endpoint by its own network's model; what is wrong goes to ``problems``."""
    if not isinstance(raw, list) or not all(isinstance(table, dict) for table in raw):
        message = "expected tables: begin each endpoint with [[endpoints]]"
        problems.append(Problem("endpoints", message, lines.find(("endpoints",))))
        return
    seen: dict[str, int] = {}
    for index, table in enumerate(raw):
        where: Key = ("endpoints", index)
        network = table.get("network")
        if not isinstance(network, str) or network not in options:
            message = f"expected one of {', '.join(sorted(options))}" + _suggest(network, options)
            problems.append(
                Problem(_spell((*where, "network")), message, lines.find((*where, "network")))
            )
            continue
        try:
            endpoint = options[network].model_validate(table, context=dict(context))
        except ValidationError as error:
            problems += [
                _problem(detail, where, options[network], lines) for detail in error.errors()
            ]
            continue
        if endpoint.name in seen:
            message = f"{endpoint.name!r} is the name of endpoint {seen[endpoint.name]} already"
            problems.append(
                Problem(_spell((*where, "name")), message, lines.find((*where, "name")))
            )
        seen.setdefault(endpoint.name, index)
        yield endpoint


def _alerts(
    names: Sequence[str], raw: Any, endpoints: Sequence[Endpoint], lines: LineFinder
) -> Iterator[Problem]:
    """Find what is no endpoint that could be told of trouble."""
    known = {endpoint.name: endpoint for endpoint in endpoints}
    tables = raw if isinstance(raw, list) else []
    written = [table.get("name") for table in tables if isinstance(table, dict)]
    for name in names:
        if name not in known and name not in written:
            message = f"no endpoint is named {name!r}{_suggest(name, known)}"
            yield Problem("alerts", message, lines.find(("alerts",)))
        elif name in known and not known[name].has_readers:
            message = f"nobody reads what {name!r} is sent; name an endpoint that people look at"
            yield Problem("alerts", message, lines.find(("alerts",)))


def _problem(
    detail: ErrorDetails,
    where: Key,
    schema: type[Model],
    lines: LineFinder,
) -> Problem:
    """Turn one of pydantic's errors into the words of a configuration file."""
    local = tuple(part for part in detail["loc"] if not str(part).startswith("function-"))
    key = (*where, *local)
    message = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "extra_forbidden":
        message = "unknown key" + _suggest(local[-1], _fields(schema, local[:-1]))
    elif detail["type"] == "missing":
        message = "missing; it has to be set"
    elif detail["type"] in {"model_type", "model_attributes_type", "dict_type"}:
        message = "expected a table"
    elif detail["type"] == "string_pattern_mismatch":
        message = f"does not have the form {detail['ctx']['pattern']}"
    return Problem(_spell(key), message[:1].lower() + message[1:], lines.find(key))


def _fields(schema: type[Model], path: Key) -> list[str]:
    """List the keys that a table may have; ``path`` leads to it from ``schema``."""
    for part in (part for part in path if isinstance(part, str)):
        field = schema.model_fields.get(part)
        candidates = [field.annotation, *getattr(field.annotation, "__args__", ())] if field else []
        nested = [kind for kind in candidates if isinstance(kind, type) and issubclass(kind, Model)]
        if not nested:
            return []
        schema = nested[0]
    return list(schema.model_fields)


def _suggest(word: Any, known: Any) -> str:
    close = difflib.get_close_matches(str(word).lower(), list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def _spell(key: Key) -> str:
    """Spell a key as people point at it: ``endpoints[0].server``."""
    text = ""
    for part in key:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
