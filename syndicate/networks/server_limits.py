"""What a server tells of its limits, kept in the session so that it is asked once a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from syndicate.networks.base import Wire

FRESH = timedelta(days=1)
"""How long a server's limits are believed before it is asked again."""


def remembered(server: str, wire: Wire) -> dict[str, Any] | None:
    """Give what :func:`remember` kept of a server; None where it is another's, or too old."""
    known = wire.session.load()
    if known.get("server") != server or "read" not in known:
        return None
    age = wire.clock() - datetime.fromisoformat(known["read"])
    return known if timedelta() <= age < FRESH else None


def remember(server: str, told: Mapping[str, Any], wire: Wire) -> dict[str, Any]:
    """Keep what a server has told of itself just now, as JSON, and give it as it is kept."""
    known = {"server": server, "read": wire.clock().isoformat(), **told}
    wire.session.save(known)
    return known
