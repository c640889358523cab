"""Cron fields as people write them. Pure."""

from __future__ import annotations

import re

NAMES = ("minute", "hour", "day", "month", "day_of_week")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


def fields(expression: str) -> dict[str, str]:
    """Split a cron expression into the fields that APScheduler's CronTrigger takes.

    Cron counts weekdays from Sunday (0 or 7), APScheduler from Monday; names are the same in both,
    so numbers become names.

    Raises:
        ValueError: it has not five fields, or a weekday that is none.
    """
    parts = expression.split()
    if len(parts) != len(NAMES):
        raise ValueError('expected five cron fields such as "*/15 * * * *"')
    named = dict(zip(NAMES, parts, strict=True))
    named["day_of_week"] = ",".join(
        _weekday(part) for part in named["day_of_week"].lower().split(",")
    )
    return named


def _weekday(part: str) -> str:
    """Translate one part of the weekday field: ``*``, ``1``, ``1-5``, ``mon-fri``, ``*/2``."""
    span, slash, step = part.partition("/")
    if span == "*" and not slash:
        return "*"
    if slash and not re.fullmatch("[1-7]", step):
        raise ValueError(f"{step!r} is no step: expected 1-7")
    # With a step, a single day begins a range to the week's end, as in the other fields.
    whole = f"{span}-sat" if slash and _number(span) is not None else span
    numbers = _span(whole)[:: int(step or 1)]
    return ",".join(dict.fromkeys(_WEEKDAYS[number] for number in numbers))


def _span(text: str) -> list[int]:
    if text == "*":
        return list(range(7))
    ends = [number for word in text.split("-") if (number := _number(word)) is not None]
    if len(ends) != text.count("-") + 1 or len(ends) > 2:  # noqa: PLR2004 - first and last
        raise ValueError(f"{text!r} is no weekday: expected 0-7 or sun, mon … sat")
    first, last = ends[0], ends[-1]
    if last < first:  # fri-mon goes over the week's end
        last += 7
    return [number % 7 for number in range(first, last + 1)]


def _number(word: str) -> int | None:
    """Give 0 to 7 for a weekday's number or name; None for what is neither."""
    if re.fullmatch("[0-7]", word):
        return int(word)
    return _WEEKDAYS.index(word) if word in _WEEKDAYS else None
