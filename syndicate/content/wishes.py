"""``syndicate`` in front matter → how the post asks to be announced.

Which endpoints there are, and what can be said to them, is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from zoneinfo import ZoneInfo

from syndicate.content import dates
from syndicate.content.fields import Fields
from syndicate.content.plain_yaml import Plain
from syndicate.model import Wishes

KEY = "syndicate"
_ALL, _NOBODY = {"true", "yes", "on", "all"}, {"false", "no", "off", "none"}


def read(
    values: Mapping[str, Plain], fields: Fields, local: tuple[ZoneInfo, time]
) -> Wishes | None:
    """Read what a post asks for; None where it asks for nothing.

    It is ``false``, a list of the endpoints that are meant, or what is to be different by endpoint.

    Args:
        values: the front matter.
        fields: the same, to find the key wherever a generator keeps it.
        local: the zone and the hour of dates that have none.
    """
    field = fields.find(KEY)
    if field is None:
        is_empty = any(key.casefold() == KEY and value == [] for key, value in values.items())
        return Wishes(fields.report.line_of(KEY), ()) if is_empty else None
    line = fields.report.line_of(field.key)
    if isinstance(field.value, dict):
        return _by_endpoint(field.value, fields, line, local)
    names = tuple(each.strip() for each in fields.items(field) if isinstance(each, str))
    word = names[0].lower() if len(names) == 1 else ""
    if word in _ALL:
        return None
    return Wishes(line, () if word in _NOBODY else names)


def _by_endpoint(
    said: Mapping[str, Plain], fields: Fields, line: int | None, local: tuple[ZoneInfo, time]
) -> Wishes:
    endpoints: dict[str, Plain] = {}
    lines: dict[str, int] = {}
    for name, value in said.items():
        place = fields.report.line_of(name, after=line)
        if place:
            lines[name] = place
        if not isinstance(value, dict):
            endpoints[name] = value
            continue
        endpoints[name] = {_spell(key): _when(key, each, local) for key, each in value.items()}
        for key in value:
            found = fields.report.line_of(key, after=place)
            if found:
                lines[f"{name}.{_spell(key)}"] = found
    return Wishes(line, None, endpoints, lines)


def _spell(key: str) -> str:
    return key.replace("-", "_").lower()


def _when(key: str, value: Plain, local: tuple[ZoneInfo, time]) -> Plain:
    """Read a date as all others in front matter; what is none is left to who judges it."""
    if _spell(key) != "at" or not isinstance(value, str):
        return value
    try:
        return dates.parse(value, *local).isoformat()
    except dates.DateError:
        return value
