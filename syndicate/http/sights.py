"""What a server's answers tell beside themselves: how its clock goes, how long its certificate is.

https://www.rfc-editor.org/rfc/rfc9110, section 6.6.1 for ``Date``.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

HALF = timedelta(seconds=0.5)
"""``Date`` has whole seconds, and its second is half over on average."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What one server was seen to have."""

    ahead: timedelta | None = None
    """By how much its clock is ahead of ours; None where it does not tell the time."""
    ends: datetime | None = None
    """Until when its certificate is good; None where the connection is not encrypted."""


def sight(headers: Mapping[str, str], connection: Any, now: datetime) -> Sight:
    """Look at an answer.

    Args:
        headers: the answer's, by lower-case name.
        connection: what httpcore calls the network stream; None where it is not known.
        now: when the answer came.
    """
    tls = connection.get_extra_info("ssl_object") if connection else None
    return Sight(_ahead(headers.get("date", ""), now), ends(tls) if tls else None)


def ends(tls: ssl.SSLSocket | ssl.SSLObject) -> datetime | None:
    """Tell until when the other side's certificate is good; it has been verified by now."""
    told = (tls.getpeercert() or {}).get("notAfter")
    if not isinstance(told, str):
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(told), UTC)


def _ahead(date: str, now: datetime) -> timedelta | None:
    try:
        told = parsedate_to_datetime(date)
    except ValueError:
        return None
    return (told if told.tzinfo else told.replace(tzinfo=UTC)) + HALF - now
