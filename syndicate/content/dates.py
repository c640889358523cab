"""The many spellings of a date → aware times in UTC."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1900, 2199

_NUMBERS = re.compile(
    r"""(?P<year>\d{4}) (?P<mark>[-/.]) (?P<month>\d{1,2}) (?P=mark) (?P<day>\d{1,2})
    (?: [T\s]\s*
        (?P<hour>\d{1,2}) : (?P<minute>\d\d) (?: : (?P<second>\d\d) (?:[.,]\d+)? )?
        (?: \s* (?P<half>[AP]M) )?
        (?: \s+ (?P=year) )?
        (?: \s* (?: Z | (?:UTC|GMT)? (?P<sign>[+-]) (?P<hours>\d{1,2}) (?: :?(?P<minutes>\d\d) )?
          | (?:UTC|GMT) ) (?P<zone>) )?
    )?""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
"""Year first. Some tools write the year again before the zone: ``… 18:30:22 2023 -0800``."""

_WORDS = re.compile(
    r"""(?: [a-z]{3,9} ,?\s )?
    (?: (?P<month>[a-z]{3,9}) \.?\s (?P<day>\d{1,2}) (?:st|nd|rd|th)?
      | (?P<day2>\d{1,2}) (?:st|nd|rd|th|\.)? [\s-] (?P<month2>[a-z]{3,9}) )
    \.?,? [\s-] (?P<year>\d{4}) (?: ,? (?:\sat)? (?P<time>\s\d.*?) (?:\s\(.*\))? )?""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
"""With the month's English name, in either order."""

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MAIL = re.compile(r"(?:[a-z]{3},?\s)?\d{1,2}\s[a-z]{3}\s\d{2,4}\s\d\d?:\d\d", re.IGNORECASE)
_IN_PATH = re.compile(r"(?<!\d)(\d{4})([-_/.]?)(\d\d)\2(\d\d)(?!\d)", re.ASCII)


class DateError(ValueError):
    """The text is no date that could be meant."""


def parse(text: str, zone: ZoneInfo, default_time: time) -> datetime:
    """Read a date in any of the spellings that blogs use, and give it in UTC.

    Raises:
        DateError: with what to write instead.
    """
    return read(text, zone, default_time).astimezone(UTC)


def read(text: str, zone: ZoneInfo, default_time: time) -> datetime:
    """Read a date, and give it with the offset that it is written with.

    What names no zone is local to ``zone``, what names no time is at ``default_time``. A local
    time that a clock change skips or repeats is read with the offset before the change.

    Raises:
        DateError: with what to write instead.
    """
    text = " ".join(text.split())
    for found in _readings(text):
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise DateError(f"the year {found.year} cannot be meant")
        when = found if isinstance(found, datetime) else datetime.combine(found, default_time)
        return when if when.tzinfo else when.replace(tzinfo=zone)
    raise DateError(f'"{text[:60]}" is not a date: write it as 2025-06-08 or 2025-06-08T10:00:00Z')


def from_path(source: str, zone: ZoneInfo, default_time: time) -> datetime | None:
    """Find a date in a file's name, or else in its folders: ``_posts/2019-03-01-title.md``."""
    folders, _, name = source.rpartition("/")
    for part in (name, folders):
        for year, _, month, day in _IN_PATH.findall(part):
            try:
                return parse(f"{year}-{month}-{day}", zone, default_time)
            except DateError:
                continue  # other digits that stand together
    return None


def _readings(text: str) -> Iterator[datetime | date]:
    """Give what the text can be read as, the strictest reading first."""
    for read in (date.fromisoformat, datetime.fromisoformat, _numbers, _mail, _words):
        try:
            yield read(text)
        except (ValueError, OverflowError):
            continue


def _numbers(text: str) -> datetime | date:
    """Read what is nearly ISO 8601: rewrite it, and let the standard library judge."""
    found = _NUMBERS.fullmatch(text)
    if not found:
        raise ValueError
    day = f"{found['year']}-{found['month']:0>2}-{found['day']:0>2}"
    if found["hour"] is None:
        return date.fromisoformat(day)
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + 12 * (found["half"].lower() == "pm")
    offset = f"{found['sign'] or '+'}{found['hours'] or '0':0>2}:{found['minutes'] or '00'}"
    zone = "" if found["zone"] is None else offset
    clock = f"{hour:02}:{found['minute']}:{found['second'] or '00'}"
    return datetime.fromisoformat(f"{day}T{clock}{zone}")


def _mail(text: str) -> datetime:
    """Read RFC 822, with its American zones and years of two digits."""
    if not _MAIL.match(text):
        raise ValueError
    found = parsedate_to_datetime(text)
    if found.tzinfo is None and text.endswith("-0000"):
        return found.replace(tzinfo=UTC)
    if found.tzinfo is None and not text[-1].isdigit():
        raise ValueError  # a zone that it does not know, and would drop in silence
    return found


def _words(text: str) -> datetime | date:
    """Put a number for the month's name, and read the rest like numbers."""
    found = _WORDS.fullmatch(text)
    if not found:
        raise ValueError
    name = (found["month"] or found["month2"]).lower()
    number = next((n for n, month in enumerate(_MONTHS, 1) if month.startswith(name)), 0)
    day = found["day"] or found["day2"]
    return _numbers(f"{found['year']}-{number}-{day}{found['time'] or ''}")
