"""The kinds of value that a configuration has beside text and numbers."""

from __future__ import annotations

import ipaddress
import os
import re
from datetime import time, timedelta
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    SecretStr,
    ValidationInfo,
    WithJsonSchema,
)

from syndicate.model import LANGUAGE_TAG

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"(\d{1,6})\s*([smhdw])")
PLACEHOLDERS = ("slug", "year", "month", "day", "category", "path")
"""What a permalink pattern may ask for."""
_LONGEST = 100 * 365 * _SECONDS["d"]
"""Longer ones lead to dates that do not exist."""


def parse_duration(value: Any) -> timedelta:
    """Read ``90s``, ``5m``, ``2h``, ``7d``, ``1w`` or a sum of them (``1h30m``)."""
    if isinstance(value, timedelta):
        return value
    text = value.strip().lower() if isinstance(value, str) else ""
    parts = _DURATION.findall(text)
    if not parts or _DURATION.sub("", text).strip():
        raise ValueError('expected a length of time such as "90s", "5m", "2h" or "7d"')
    seconds = sum(int(count) * _SECONDS[unit] for count, unit in parts)
    if seconds > _LONGEST:
        raise ValueError("a hundred years are the most")
    return timedelta(seconds=seconds)


def check_span(value: timedelta) -> timedelta:
    """Accept a length of time in which something can happen."""
    if not value:
        raise ValueError('expected more than no time at all, such as "20s"')
    return value


def resolve_secret(value: Any, info: ValidationInfo) -> SecretStr:
    """Take ``env:NAME`` or ``file:PATH`` (relative to the config file); never the secret itself."""
    if isinstance(value, SecretStr):
        return value
    if not is_reference(value):
        raise ValueError('a secret is named, never written here: "env:NAME" or "file:PATH"')
    context = info.context or {}
    if not context.get("secrets", True):
        return SecretStr("")
    return SecretStr(read_secret(value, Path(context.get("base", Path()))))


def is_reference(value: Any) -> bool:
    """Tell whether it names a secret: ``env:NAME`` or ``file:PATH``."""
    return isinstance(value, str) and re.match(r"(env|file):.", value, re.DOTALL) is not None


def read_secret(reference: str, base: Path) -> str:
    """Read the secret that a reference names; a file's path is relative to ``base``.

    Raises:
        ValueError: there is none.
    """
    kind, _, name = reference.partition(":")
    if kind == "env":
        secret = os.environ.get(name, "").strip()
        if not secret:
            raise ValueError(f"the environment variable {name} is not set")
        return secret
    path = base / name
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not readable as text"
        raise ValueError(f"the file {path} cannot be read ({reason})") from None
    if not secret:
        raise ValueError(f"the file {path} is empty")
    return secret


def resolve_path(value: Any, info: ValidationInfo) -> Path:
    """Make a path absolute; relative ones start at the config file's folder."""
    if not isinstance(value, str | Path) or not str(value) or "\0" in str(value):
        raise ValueError("expected a path")
    base = (info.context or {}).get("base", Path())
    return Path(os.path.abspath(Path(base) / value))  # noqa: PTH100 - resolve() would follow links


def check_url(value: str) -> str:
    """Accept an absolute http(s) URL with a host and without credentials."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("expected a URL such as https://example.org") from None
    if parts.scheme not in {"http", "https"} or not host or re.search(r"\s|[\x00-\x1f]", value):
        raise ValueError("expected a URL such as https://example.org")
    if parts.username is not None or parts.password is not None:
        raise ValueError("a URL must not carry a user name or password")
    return value


def check_secret_url(value: SecretStr) -> SecretStr:
    """Accept a secret that is an absolute http(s) URL; it is not repeated where it is none."""
    if value.get_secret_value():  # it is empty where secrets are not resolved
        check_url(value.get_secret_value())
    return value


def check_zone(value: str) -> str:
    """Accept a name of the IANA time zone database."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError('expected a time zone such as "Europe/Berlin" or "UTC"') from None
    return value


def parse_time(value: Any) -> time:
    """Read ``HH:MM`` (24 hours)."""
    if isinstance(value, time):
        return value
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('expected a time of day such as "09:00"')
    return time(int(match[1]), int(match[2]))


def parse_hours(value: Any) -> tuple[time, time]:
    """Read ``HH:MM-HH:MM``, the first hour of a stretch of the day and the first one after it."""
    begin, dash, end = value.partition("-") if isinstance(value, str) else ("", "", "")
    try:
        hours = parse_time(begin.strip()), parse_time(end.strip())
    except ValueError:
        hours = None
    if not dash or hours is None or hours[0] == hours[1]:
        raise ValueError('expected hours such as "22:00-07:00"')
    return hours


def check_language(value: str) -> str:
    """Accept the form of a language tag (RFC 5646, section 2.1), of whatever language."""
    if not LANGUAGE_TAG.fullmatch(value):
        raise ValueError('expected a language tag such as "en" or "pt-BR"')
    return value


def check_permalink(value: str) -> str:
    """Accept a path whose placeholders can all be filled in: ``/{year}/{slug}/``."""
    if not value.startswith("/"):
        raise ValueError('expected a path that begins with a slash, such as "/blog/{slug}/"')
    try:
        parts = [part[1:] for part in Formatter().parse(value) if part[1] is not None]
    except ValueError as error:
        raise ValueError(f"not a pattern: {error}") from None
    known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
    for name, *form in parts:
        if name not in PLACEHOLDERS:
            raise ValueError(f"{{{name}}} is unknown; there are {known}")
        if any(form):
            raise ValueError(f"{{{name}}} takes nothing after its name")
    return value


def check_token(value: SecretStr) -> SecretStr:
    """Accept what a header field can carry (RFC 9110, section 5.5), and never repeat it."""
    if not all("!" <= sign <= "~" for sign in value.get_secret_value()):
        raise ValueError(
            "the secret has a blank, a line break or another sign that no token has; "
            "was more copied than the token?"
        )
    return value


def check_network(value: Any) -> str:
    """Accept an IP network or address: ``127.0.0.0/8``, ``10.1.2.3``, ``::1``."""
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except (ValueError, TypeError):
        raise ValueError('expected an IP network such as "127.0.0.0/8" or "10.1.2.3"') from None


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "pattern": r"^(\d+[smhdw])+$", "examples": ["5m", "7d"]}),
]
"""A length of time, written ``5m`` or ``7d``."""

Span = Annotated[Duration, AfterValidator(check_span)]
"""A length of time that is not nothing."""

Language = Annotated[str, AfterValidator(check_language)]
"""A language tag (BCP 47)."""

Permalink = Annotated[
    str, AfterValidator(check_permalink), WithJsonSchema({"type": "string", "pattern": "^/"})
]
"""A path with placeholders."""

Secret = Annotated[
    SecretStr,
    BeforeValidator(resolve_secret),
    WithJsonSchema({"type": "string", "pattern": "^(env|file):.+"}),
]
"""A reference to a secret, ``env:NAME`` or ``file:PATH``; its value never shows in a repr."""

Token = Annotated[Secret, AfterValidator(check_token)]
"""A secret that is sent in a header field."""

SecretUrl = Annotated[Secret, AfterValidator(check_secret_url)]
"""A reference to an address that is a secret, since whoever knows it may post there."""

FilePath = Annotated[Path, BeforeValidator(resolve_path), WithJsonSchema({"type": "string"})]
"""A path, relative to the config file."""

ExactUrl = Annotated[str, AfterValidator(check_url)]
"""An absolute http(s) URL, kept as it is written."""

WebUrl = Annotated[ExactUrl, AfterValidator(lambda url: url.rstrip("/"))]
"""An absolute http(s) URL that paths are put after, kept without its trailing slash."""

Zone = Annotated[str, AfterValidator(check_zone)]
"""An IANA time zone."""

ClockTime = Annotated[
    time, BeforeValidator(parse_time), WithJsonSchema({"type": "string", "examples": ["09:00"]})
]
"""A time of day, ``HH:MM``."""

ClockHours = Annotated[
    tuple[time, time],
    BeforeValidator(parse_hours),
    WithJsonSchema({"type": "string", "examples": ["22:00-07:00"]}),
]
"""A stretch of the day, ``HH:MM-HH:MM``; it may be past midnight."""

AltPolicy = Literal["warn", "require", "skip-image"]

IpNetwork = Annotated[str, AfterValidator(check_network)]
"""An IP network or address."""
