"""What a client takes and what it has already: RFC 9110, sections 12.5.3 and 13.

Pure functions of header fields, which are bytes here: that is how ASGI hands them over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from typing import TypeVar

CODINGS = ("br", "gzip", "identity")
"""The content codings that are offered, the best first."""

Fields = Mapping[bytes, bytes]

_USED = frozenset(
    (
        b"accept",
        b"accept-encoding",
        b"if-match",
        b"if-modified-since",
        b"if-none-match",
        b"if-unmodified-since",
    )
)
_WEIGHT = re.compile(r"[01](\.\d{0,3})?")
_TAG = re.compile(rb'(W/)?("[^"]*")')
_MEMORY = 256
"""How many fields are remembered, and up to which length."""

Field = TypeVar("Field", bytes, str)
Answer = TypeVar("Answer")


def fields(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Pick the request's fields that decide the answer; what was sent in lines is joined."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in _USED:
            found[name] = found[name] + b", " + value if name in found else value
    return found


def remembered(read: Callable[[Field], Answer]) -> Callable[[Field], Answer]:
    """Remember what a field was read as: clients send few different ones, again and again."""
    remember = lru_cache(_MEMORY)(read)
    return lambda field: remember(field) if len(field) <= _MEMORY else read(field)


def codings(accepted: bytes | None) -> tuple[str, ...]:
    """Give the codings that a client takes, the preferred first (section 12.5.3).

    Args:
        accepted: its ``Accept-Encoding``; without one it gets the plain bytes.

    Returns:
        Ordered by weight; among equals the smallest. Empty where the client takes none of them.
    """
    if accepted is None:
        return ("identity",)
    return _codings(accepted)


@remembered
def _codings(accepted: bytes) -> tuple[str, ...]:
    weights: dict[str, float] = {}
    for part in accepted.decode("latin-1").lower().split(","):
        coding, *parameters = (piece.strip() for piece in part.split(";"))
        weight = _weight(parameters)
        if coding and weight is not None:
            weights.setdefault(coding.removeprefix("x-"), weight)
    others = weights.get("*", 0.0)
    # The plain bytes are good for everyone who does not refuse them, and the last choice of
    # those who name another.
    plain = weights.get("*", 0.0001)
    offered = {name: weights.get(name, others) for name in CODINGS}
    offered["identity"] = weights.get("identity", plain)
    taken = [name for name in CODINGS if offered[name]]
    return tuple(sorted(taken, key=lambda name: -offered[name]))


def _weight(parameters: list[str]) -> float | None:
    """Read ``q=0.5``; None where it is not understood, and the coding with it."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            value = value.strip()
            return min(float(value), 1.0) if _WEIGHT.fullmatch(value) else None
    return 1.0


def judge(asked: Fields, etag: bytes, modified: datetime | None) -> HTTPStatus:
    """Evaluate the conditions of a GET or HEAD in the order of section 13.2.2.

    Args:
        asked: what :func:`fields` has picked.
        etag: the strong tag of the representation that would be sent.
        modified: its date in whole seconds; None where it has none.

    Returns:
        200 where it is to be sent, 304 where the client has it, 412 where a condition fails.
    """
    if (tags := asked.get(b"if-match")) is not None:
        if not _matches(tags, etag, weakly=False):
            return HTTPStatus.PRECONDITION_FAILED
    elif modified and (until := _date(asked.get(b"if-unmodified-since"))) and modified > until:
        return HTTPStatus.PRECONDITION_FAILED
    if (tags := asked.get(b"if-none-match")) is not None:
        is_there = _matches(tags, etag, weakly=True)
        return HTTPStatus.NOT_MODIFIED if is_there else HTTPStatus.OK
    if modified and (since := _date(asked.get(b"if-modified-since"))) and modified <= since:
        return HTTPStatus.NOT_MODIFIED
    return HTTPStatus.OK


def _matches(tags: bytes, etag: bytes, *, weakly: bool) -> bool:
    """Look for a tag in a list (section 8.8.3.2); ``*`` stands for whatever there is."""
    if tags in (etag, b"*"):
        return True
    return any(tag == etag and (weakly or not weak) for weak, tag in _TAG.findall(tags))


def _date(text: bytes | None) -> datetime | None:
    """Read a date in any of the three forms of section 5.6.7; None where it is none."""
    if text is None:
        return None
    try:
        date = parsedate_to_datetime(text.decode("latin-1"))
        # Of the three forms only asctime's, which has no comma, goes without a zone: it is UTC.
        return (
            date.replace(tzinfo=UTC) if date.tzinfo is None and b"," not in text else _aware(date)
        )
    except (ValueError, OverflowError):
        return None


def _aware(date: datetime) -> datetime | None:
    return date if date.tzinfo else None
