"""How an endpoint is: what ``syndicate check endpoints`` has found out without posting anything."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

SOON = timedelta(days=14)
"""What ends earlier than this deserves a look."""


class Level(enum.StrEnum):
    """What a fact means for the next announcement."""

    OK = "ok"
    WARNING = "warning"
    """It goes out, and something deserves a look."""
    ERROR = "error"
    """It would not go out."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was found out about an endpoint."""

    name: str
    """What it is about, in a word or two; the same words for the same thing on every network."""
    value: str
    """What was found, and what to do where that is not well; never a secret."""
    level: Level = Level.OK


@dataclass(frozen=True, slots=True)
class Health:
    """Whether an endpoint would take a post, why not or as whom, and what else is known of it."""

    ok: bool
    detail: str
    facts: tuple[Fact, ...] = ()

    @property
    def level(self) -> Level:
        """The gravest of what was found."""
        levels = [Level.OK if self.ok else Level.ERROR, *(each.level for each in self.facts)]
        return max(levels, key=list(Level).index)


def scopes(granted: Iterable[str], needed: Iterable[Iterable[str]], advice: str) -> Fact:
    """Judge what an access token may do.

    Args:
        granted: what it may.
        needed: what it has to, each with what stands for it as well: one of them is enough.
        advice: what to do where something is missing.
    """
    granted = sorted(granted)
    missing = [names[0] for names in map(list, needed) if not set(names) & set(granted)]
    said = " ".join(granted) or "none"
    if not missing:
        return Fact("scopes", said)
    return Fact("scopes", f"{said}; missing: {', '.join(missing)}; {advice}", Level.ERROR)


def certificate(host: str, ends: datetime, now: datetime) -> Fact:
    """Judge how long a server's certificate is good."""
    left = ends - now
    said = f"{host}: until {ends:%Y-%m-%d}"
    if left >= SOON:
        return Fact("certificate", said)
    said += f", {max(left.days, 0)} days from now: whoever runs the server has to renew it"
    return Fact("certificate", said, Level.WARNING)
