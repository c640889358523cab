"""A generator's own configuration: read, never run. Keys are found whatever their case."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from syndicate.content import plain_yaml, urls
from syndicate.content.text import fold
from syndicate.model import LANGUAGE_TAG, Author, Finding, Kind

MAX_BYTES = 1024 * 1024

_MAILBOX = re.compile(
    r"(?P<name>[^<>()@]+?) *<(?P<email>[^<>@\s]+@[^<>@\s]+)>"
    r"|(?P<before>[^<>()@\s]+@[^<>()@\s]+) *\((?P<after>[^()]+)\)"
)
"""A person with an address, as mails and as feeds write it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The values of a configuration, and what was wrong with its files."""

    values: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    _known: dict[tuple[str, ...], Any] = field(default_factory=dict, repr=False, compare=False)

    def get(self, *path: str) -> Any:
        """Give the value at a path of keys, or None."""
        if path not in self._known:  # asked for every post
            value: Any = self.values
            for key in path:
                value = lowered(value).get(key.lower())
            self._known[path] = value
        return self._known[path]

    def text(self, *path: str) -> str:
        """Give a text, on one line; empty where there is none."""
        value = self.get(*path)
        return fold(str(value)) if isinstance(value, str | int | float) else ""

    def flag(self, *path: str) -> bool:
        """Tell whether a switch is on."""
        return is_true(self.get(*path))

    def url(self, *path: str) -> str:
        """Give an absolute address; empty where it is none, as a bare ``/`` is not."""
        return as_url(self.text(*path))

    def zone(self, *path: str) -> str:
        """Give a time zone that is known here; empty where it is not."""
        name = self.text(*path)
        try:
            return name if name and ZoneInfo(name) else ""
        except (KeyError, ValueError, OSError):
            return ""

    def language(self, *path: str) -> str:
        """Give a language tag, as BCP 47 spells them; empty where it is none."""
        tag = self.text(*path).replace("_", "-")
        return tag if LANGUAGE_TAG.fullmatch(tag) else ""

    def person(self, *path: str) -> Author | None:
        """Give a person, who may stand in a table, or be the first of a list."""
        value = self.get(*path)
        value = value[0] if isinstance(value, list) and value else value
        table = lowered(value) if isinstance(value, dict) else {"name": value}
        told = {key: fold(each) for key, each in table.items() if isinstance(each, str)}
        named = _MAILBOX.fullmatch(told.get("name", ""))
        name = (named and (named["name"] or named["after"])) or told.get("name", "")
        email = told.get("email") or (named and (named["email"] or named["before"])) or None
        url = as_url(told.get("url") or told.get("uri") or "") or None
        return Author(name, email, url) if name else None


def is_true(value: Any) -> bool:
    """Tell whether a value says yes; YAML's are texts here, as they were written."""
    return str(value).lower() in {"true", "yes", "on"}


def lowered(value: Any) -> dict[str, Any]:
    """Give a table with its keys in lower case; what is no table is an empty one."""
    return (
        {str(key).lower(): each for key, each in value.items()} if isinstance(value, dict) else {}
    )


def as_url(text: str) -> str:
    """Give an address where the text is one, without its trailing slash."""
    found = urls.web("", text) or ""
    return "" if re.search(r"\s", text) or "@" in found else found.rstrip("/")


def read(files: Iterable[Path]) -> Settings:
    """Read configuration files, the later ones over the earlier ones.

    A file that cannot be read is reported, and says nothing.
    """
    values: dict[str, Any] = {}
    names: list[str] = []
    findings: list[Finding] = []
    for path in files:
        try:
            found = _load(path)
        except _Unreadable as error:
            message = f"{error}: what it says is not known"
            finding = Finding(str(path), None, None, message, kind=Kind.GENERATOR_SETTINGS)
            findings.append(finding)
            continue
        names.append(str(path))
        values = _merged(values, lowered(found))
    return Settings(values, tuple(names), tuple(findings))


class _Unreadable(Exception):
    """A file that says nothing, and why."""


def _load(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _Unreadable(f"longer than {MAX_BYTES} bytes")
        text = path.read_text(encoding="utf-8-sig")
        value = _PARSERS[path.suffix.lower()](text)
    except OSError as error:
        raise _Unreadable(f"cannot be read: {error.strerror}") from None
    except (ValueError, SyntaxError, RecursionError, MemoryError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise _Unreadable(f"cannot be understood: {reason}") from None
    if not isinstance(value, dict):
        raise _Unreadable("cannot be understood: it has no keys")
    return value


def _python(text: str) -> dict[str, Any]:
    """Read the literals that a Python file assigns; nothing of it is run."""
    values: dict[str, Any] = {}
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.Assign):
            targets, value = statement.targets, statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value:
            targets, value = [statement.target], statement.value
        else:
            continue
        known = values.get(value.id.lower()) if isinstance(value, ast.Name) else None
        try:
            found = ast.literal_eval(value) if known is None else known
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            continue
        values |= {each.id.lower(): found for each in targets if isinstance(each, ast.Name)}
    return values


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Lay a table over another one, key by key."""
    both = dict(old)
    for key, value in new.items():
        before = both.get(key)
        same = isinstance(before, dict) and isinstance(value, dict)
        both[key] = _merged(lowered(before), lowered(value)) if same else value
    return both


_PARSERS: dict[str, Callable[[str], Any]] = {
    ".toml": tomllib.loads,
    ".json": json.loads,
    ".yaml": plain_yaml.load,
    ".yml": plain_yaml.load,
    ".py": _python,
}
