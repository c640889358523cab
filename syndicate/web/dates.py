"""How old the content of a published feed is, from its own bytes.

The file's own time would be that of the last write or checkout, which differs from machine to
machine; and a file that another process has published comes with no other word about its date.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_BUILT = re.compile(rb"<lastBuildDate>([^<]+)</lastBuildDate>")
_UPDATED = re.compile(rb"<updated>([^<]+)</updated>")


def newest(content_type: str, data: bytes) -> datetime | None:
    """Give the newest update of a feed's entries in whole seconds; None where it tells none.

    Args:
        content_type: what it is; other files than feeds tell no date.
        data: the feed, as :mod:`syndicate.feeds` writes it.
    """
    read = _READERS.get(content_type.partition(";")[0])
    if read is None:
        return None
    with suppress(ValueError, TypeError, KeyError, AttributeError):
        date = read(data)
        # A feed without entries is of 1970 in Atom, which must have a date; that is no date.
        if date and date.timestamp() > 0:
            return date.astimezone(UTC).replace(microsecond=0)
    return None


def _rss(data: bytes) -> datetime | None:
    found = _BUILT.search(data.partition(b"<item>")[0])
    return parsedate_to_datetime(found[1].decode()) if found else None


def _atom(data: bytes) -> datetime | None:
    found = _UPDATED.search(data.partition(b"<entry")[0])
    return datetime.fromisoformat(found[1].decode()) if found else None


def _json(data: bytes) -> datetime | None:
    items = json.loads(data)["items"]
    return max((datetime.fromisoformat(item["date_modified"]) for item in items), default=None)


_READERS: dict[str, Callable[[bytes], datetime | None]] = {
    "application/rss+xml": _rss,
    "application/atom+xml": _atom,
    "application/feed+json": _json,
}
