"""How long a server asks to wait, in all the ways in which servers say it. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

FLOOR = timedelta(seconds=1)
CAP = timedelta(hours=24)

_EPOCH = 1_000_000_000
"""A number above this is a time since 1970, one below it a number of seconds from now."""


def retry_at(headers: Mapping[str, str], body: bytes, now: datetime) -> datetime | None:
    """Give the time before which the server wants no further request; None where it said nothing.

    Read in this order: ``Retry-After`` (RFC 9110 section 10.2.3: seconds or a date), the body's
    ``retry_after`` and ``retry_after_ms``, and — only where the allowance is used up —
    ``X-RateLimit-Reset`` and ``RateLimit-Reset``. Junk and what lies in the past are ignored; the
    rest is held between one second and a day.
    """
    wait = _parse(headers.get("retry-after"), now)
    if wait is None:
        wait = _from_body(body, now)
    if wait is None and _used_up(headers):
        reset = headers.get("x-ratelimit-reset") or headers.get("ratelimit-reset")
        wait = _parse(reset, now)
    if wait is None or wait < timedelta():
        return None
    return now + min(max(wait, FLOOR), CAP)


def _used_up(headers: Mapping[str, str]) -> bool:
    remaining = headers.get("x-ratelimit-remaining") or headers.get("ratelimit-remaining")
    return remaining is None or remaining.strip() == "0"


def _parse(value: Any, now: datetime) -> timedelta | None:
    """Read a number of seconds, a time since 1970, an ISO 8601 time or an HTTP date."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return _parse_time(str(value), now)
    except OverflowError:  # an integer beyond all floats
        return None
    if not math.isfinite(number) or number < 0:
        return None
    if number > _EPOCH:
        number -= now.timestamp()
    return timedelta(seconds=min(number, CAP.total_seconds()))


def _parse_time(value: str, now: datetime) -> timedelta | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            time = read(value.strip())
            return (time if time.tzinfo else time.replace(tzinfo=UTC)) - now
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def _from_body(body: bytes, now: datetime) -> timedelta | None:
    """Read Discord's and Telegram's ``retry_after`` (seconds) and Matrix's ``retry_after_ms``."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    inner = data.get("parameters")
    scope = {**inner, **data} if isinstance(inner, dict) else data
    milliseconds = scope.get("retry_after_ms")
    if isinstance(milliseconds, int | float) and not isinstance(milliseconds, bool):
        return _parse(min(milliseconds, _EPOCH) / 1000, now)
    return _parse(scope.get("retry_after"), now)
