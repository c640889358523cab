"""How a post asks to be announced, in its own front matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Wishes:
    """What stands under ``syndicate`` in a post's front matter; nobody has judged it yet."""

    line: int | None = None
    only: tuple[str, ...] | None = None
    """The endpoints that it is for; None where it is for all."""
    endpoints: Mapping[str, Any] = field(default_factory=dict)
    """What is to be different, by the endpoint's name; as it was written, but for dates."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """Where that stands, by ``name`` and ``name.key``."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Wishes:
        """Rebuild what ``dataclasses.asdict`` gave."""
        only = data["only"]
        return cls(**{**data, "only": None if only is None else tuple(only)})

    def line_of(self, endpoint: str, key: str = "") -> int | None:
        """Find the line that speaks of an endpoint, or of one of its keys."""
        places = (f"{endpoint}.{key}", endpoint)
        return next((self.lines[each] for each in places if each in self.lines), self.line)
