"""What a homeserver and a room tell of themselves to who checks them. Pure.

https://spec.matrix.org/latest/client-server-api/#mroompower_levels, …/rooms/v12/ for creators
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from syndicate.model import Fact, Level

EVENT = "m.room.message"
CREATORS = 12
"""From this version of rooms on, who has made one may do everything, and stands in no list."""


def of_server(versions: Any) -> Iterator[Fact]:
    """Judge the versions of the specification that the server knows."""
    if not isinstance(versions, list) or not versions:
        return
    newest = str(versions[-1])
    if any(str(each).startswith("v1.") for each in versions):
        yield Fact("version", newest)
    else:
        told = f"{newest}: v1.1 is the first with what is called here; the server wants an update"
        yield Fact("version", told, Level.WARNING)


def of_room(user: str, levels: Mapping[str, Any], created: Mapping[str, Any]) -> Iterator[Fact]:
    """Judge whether somebody may post in a room.

    Args:
        user: who.
        levels: the content of the room's power levels.
        created: the event that made the room, or its content alone, as old servers give it.
    """
    content = _table(created, "content") or created
    version = str(content.get("room_version"))
    is_new = version.isdecimal() and int(version) >= CREATORS
    if is_new and user in _creators(created, content):
        yield Fact("rights", f"{user} has made the room, and may do everything")
        return
    has = _number(_table(levels, "users").get(user), _number(levels.get("users_default"), 0))
    takes = _number(_table(levels, "events").get(EVENT), _number(levels.get("events_default"), 0))
    if has >= takes:
        yield Fact("rights", f"power level {has}, and {takes} is enough to post")
        return
    told = f"power level {has}, and posting takes {takes}: raise that of {user}"
    is_unsure = is_new and "sender" not in created
    if is_unsure:
        told += "; nothing is wrong where that account has made the room"
    yield Fact("rights", told, Level.WARNING if is_unsure else Level.ERROR)


def _creators(created: Mapping[str, Any], content: Mapping[str, Any]) -> list[Any]:
    others = content.get("additional_creators")
    return [created.get("sender"), *(others if isinstance(others, list) else [])]


def _table(levels: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = levels.get(name)
    return table if isinstance(table, dict) else {}


def _number(value: Any, default: int) -> int:
    """Read a power level: old rooms have them as texts."""
    try:
        return default if value is None else int(value)
    except (TypeError, ValueError):
        return default
