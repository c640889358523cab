"""What is different between two messages, by name: an edit need not change the text. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from syndicate.model import Message

_SHOWN = ("text", "more", "link", "image", "payload", "beside")
"""What an edit can change; the rest of a message follows from it."""


def changes(old: Message, new: Message) -> tuple[str, ...]:
    """Name what differs: ``link``, ``image.alt``, ``data.tags`` of an event.

    Args:
        old: what is there.
        new: what would be there.
    """
    before, after = dict(_flat(_shown(old))), dict(_flat(_shown(new)))
    names = {**before, **after}
    return tuple(name for name in names if before.get(name) != after.get(name))


def _shown(message: Message) -> dict[str, Any]:
    whole = message.to_json()
    parts = {name: whole.get(name) for name in _SHOWN if name != "payload"}
    if parts["image"]:
        parts["image"] = {name: parts["image"][name] for name in ("url", "alt")}
    return parts | dict(message.payload)


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Give the leaves of JSON by their paths; a body that is JSON itself is looked into."""
    if name == "body" and isinstance(value, str):
        with suppress(ValueError):
            value, name = json.loads(value), ""
    if not isinstance(value, Mapping):
        yield name, value
        return
    for key, each in value.items():
        yield from _flat(each, f"{name}.{key}" if name else key)
