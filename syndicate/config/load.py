"""TOML file → Config, or one error that names everything wrong in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from syndicate.config import together
from syndicate.config.base import Model
from syndicate.config.faults import in_words, suggest
from syndicate.config.lines import Key, LineFinder
from syndicate.config.schema import Config, Content, Endpoint
from syndicate.errors import ConfigError, Problem

Told = Callable[[Path, str], Mapping[str, Any]]
"""What a site's generator says of it, as keys of ``[site]``: of a content folder and a dialect."""


def load(
    path: Path,
    options: Mapping[str, type[Endpoint]],
    *,
    secrets: bool = True,
    ledger: bool = False,
    told: Told | None = None,
) -> Config:
    """Read and validate a configuration file.

    Args:
        path: the TOML file; relative paths inside it start at its folder.
        options: the options model of each network, by the network's name.
        secrets: whether ``env:`` and ``file:`` references are resolved; what only reads posts
            and writes feeds runs without them.
        ledger: whether the ledger's address is looked for, even without secrets: who opens the
            ledger needs it.
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
    problems = [
        Problem(_spell(key), message, lines.find(key))
        for key, message in together.problems(data, raw, options, context, ledger=ledger)
    ]
    if told:
        _complete(data, told, context)
    config = None
    try:
        config = Config.model_validate(data, context=context)
    except ValidationError as error:
        problems += [_problem(detail, (), Config, lines) for detail in error.errors()]
    endpoints = list(_endpoints(raw, options, context, lines, problems))
    if config is None or problems:
        problems.sort(key=lambda problem: problem.line or 0)
        raise ConfigError(str(path), problems)
    return config.model_copy(
        update={"endpoints": tuple(_with_policy(each, config) for each in endpoints)}
    )


def wrong(path: Path, key: Key, message: str) -> ConfigError:
    """Build the error for a value that is right, and cannot be used by one command."""
    return ConfigError(
        str(path), [Problem(_spell(key), message, LineFinder(_read(path)).find(key))]
    )


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
    site, place = data.get("site", {}), data.get("content", {})
    if not isinstance(site, dict) or not isinstance(place, dict):
        return
    needed = {key: place[key] for key in ("dir", "dialect") if key in place}
    with suppress(ValidationError):
        content = Content.model_validate(needed, context=context)
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
    for index, table in enumerate(raw):
        where: Key = ("endpoints", index)
        network = table.get("network")
        if not isinstance(network, str) or network not in options:
            message = f"expected one of {', '.join(sorted(options))}" + suggest(network, options)
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
        yield endpoint


def _problem(
    detail: ErrorDetails,
    where: Key,
    schema: type[Model],
    lines: LineFinder,
) -> Problem:
    """Turn one of pydantic's errors into the words of a configuration file."""
    local = tuple(part for part in detail["loc"] if not str(part).startswith("function-"))
    key = (*where, *local)
    is_unknown = detail["type"] == "extra_forbidden"
    hint = suggest(local[-1], _fields(schema, local[:-1])) if is_unknown else ""
    return Problem(_spell(key), in_words(detail) + hint, lines.find(key))


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


def _spell(key: Key) -> str:
    """Spell a key as people point at it: ``endpoints[0].server``."""
    text = ""
    for part in key:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
