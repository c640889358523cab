"""Whether a client would rather have a page than a feed: the header ``Accept``; a pure function."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

PAGE = "text/html"
FEEDS = (
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/json",
    "application/xml",
    "text/xml",
)
"""What feeds are called, by us and by others: whoever asks for one of them means the feed."""

_QUOTED = r'"(?:[^"\\]|\\.?)*+(?:"|$)'
"""A quoted string; one that nobody closes goes to the end, so that matching stays linear."""
_ELEMENT = re.compile(rf"(?:[^,\"]|{_QUOTED})++")
_PARAMETER = re.compile(rf"(?:[^;\"]|{_QUOTED})++")
_RANGE = re.compile(r"(\*|[\w!#$&^.+-]+)/(\*|[\w!#$&^.+-]+)", re.ASCII)
_WEIGHT = re.compile(r"\d*\.?\d*", re.ASCII)


class MediaRange(NamedTuple):
    """One element of the header: ``text/*;q=0.5``."""

    kind: str
    subkind: str
    plain: bool
    """Whether it has no parameters but the charset that everything here is in."""
    weight: float

    def specificity(self, media_type: str) -> int:
        """Tell how closely the range names a type (RFC 9110, 12.5.1); 0 where it does not."""
        kind, _, subkind = media_type.partition("/")
        if self.subkind == "*":
            return {"*": 1, kind: 2}.get(self.kind, 0)
        return 3 if (self.kind, self.subkind) == (kind, subkind) else 0


def wants_page(accept: str) -> bool:
    """Tell whether a client prefers a page for people to a feed (RFC 9110, section 12.5.1).

    A browser names ``text/html`` and gives it more weight than anything that a feed could be
    called. Whoever has no preference gets the feed, which is what the address is for: no header,
    ``*/*``, equal weights.

    Args:
        accept: the header's value; several headers are joined by commas. Empty where there is
            none. What is malformed in it is passed over.
    """
    ranges = list(_ranges(accept))
    page = _weight(PAGE, (each for each in ranges if each.plain))
    return page > max(_weight(feed, ranges) for feed in FEEDS)


def _weight(media_type: str, ranges: Iterable[MediaRange]) -> float:
    """Give the weight of a type: that of the range which names it most closely."""
    found = ((each.specificity(media_type), each.weight) for each in ranges)
    closeness, weight = max(found, default=(0, 0.0))
    return weight if closeness else 0.0


def _ranges(accept: str) -> Iterator[MediaRange]:
    for element in _ELEMENT.findall(accept):
        name, *parameters = [part.strip(" \t") for part in _PARAMETER.findall(element)] or [""]
        # Java's own client sends a bare * since ever.
        match = _RANGE.fullmatch("*/*" if name == "*" else name.lower())
        weight, plain = 1.0, True
        for parameter in parameters:
            key, _, value = parameter.lower().partition("=")
            if key == "q":
                weight = _number(value)
                break  # what comes after the weight is no part of the range
            plain = plain and (key, value.strip('"')) in {("charset", "utf-8"), ("", "")}
        if match and (match[1] != "*" or match[2] == "*"):
            yield MediaRange(match[1], match[2], plain, weight)


def _number(text: str) -> float:
    """Read a weight; one that is none says that the type is not wanted."""
    if not _WEIGHT.fullmatch(text) or text in {"", "."}:
        return 0.0
    return min(float(text), 1.0)
