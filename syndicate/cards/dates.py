"""A day as people write it: where we know how, else as ISO 8601 has it, which all can read."""

from __future__ import annotations

from datetime import date

_ENGLISH = "January February March April May June July August September October November December"
_NUMBERED = {
    "ja": "{year}年{month}月{day}日",
    "ko": "{year}년 {month}월 {day}일",
    "zh": "{year}年{month}月{day}日",
}


def spell(day: date, language: str) -> str:
    """Spell a day in a language.

    Args:
        day: a date, or a time in the site's zone.
        language: a language tag.
    """
    primary = language.partition("-")[0].lower()
    if primary == "en":
        return f"{day.day} {_ENGLISH.split()[day.month - 1]} {day.year}"
    form = _NUMBERED.get(primary, "{year:04}-{month:02}-{day:02}")
    return form.format(year=day.year, month=day.month, day=day.day)
