"""Pieces of a title → lines: the largest letters that fit, and lines that are about as long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from syndicate.cards.words import LONGEST, graphemes, pieces

ELLIPSIS = "…"
SIZES = range(108, 43, -4)
"""Heights of letters in pixels, the best first."""
MOST_LINES = 5
WORTHWHILE = 0.75
"""How much of a line may not be lost by ending it behind a word."""
_DANGLING = " ,;:-([{\"'–—“‘「『（"
Width = Callable[[str, int], float]
"""How wide a text is in letters of a height."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A title as it stands on the card."""

    size: int
    texts: tuple[str, ...]


def arrange(title: str, width: Width, room: int, fits: Callable[[Lines], bool]) -> Lines:
    """Lay a cleaned title out.

    Args:
        title: it is cut where it is longer than fits at the smallest size.
        width: measures.
        room: the pixels of a line.
        fits: tells whether lines are not too high, all together.
    """
    whole = graphemes(title)
    title = "".join(whole[:LONGEST])
    parts = pieces(title)
    for size in SIZES if len(whole) <= LONGEST else ():
        filled = _filled(parts, size, width, room, MOST_LINES)
        if filled is not None:
            lines = Lines(size, _balanced(parts, size, width, room, filled))
            if fits(lines):
                return lines
    return _cut(title, width, room)


def shorten(text: str, size: int, width: Width, room: int) -> str:
    """Give as much of a text as fits on one line, with an ellipsis where something is missing."""
    if width(text, size) <= room:
        return text
    parts = graphemes(text)
    low, high = 0, len(parts)
    while low < high:
        middle = (low + high + 1) // 2
        if width(_ended(parts[:middle]), size) <= room:
            low = middle
        else:
            high = middle - 1
    return _ended(parts[:low])


def _filled(
    parts: Sequence[str], size: int, width: Width, room: float, most: int
) -> list[str] | None:
    """Fill lines one after the other; None where that takes too many, or one is too long."""
    lines: list[str] = []
    for part in parts:
        longer = lines[-1] + part if lines else part
        if width((longer if lines else part).rstrip(), size) <= room:
            lines[-1:] = [longer]
            continue
        if len(lines) >= most or width(part.rstrip(), size) > room:
            return None
        lines.append(part)
    return lines if len(lines) <= most else None


def _balanced(
    parts: Sequence[str], size: int, width: Width, room: int, lines: list[str]
) -> tuple[str, ...]:
    """Find the least width that takes no more lines: then none is much longer than the others."""
    low, high = 0, room
    while len(lines) > 1 and high - low > size // 4:
        middle = (low + high) // 2
        closer = _filled(parts, size, width, middle, len(lines))
        if closer is None:
            low = middle
        else:
            lines, high = closer, middle
    return tuple(line.strip() for line in lines)


def _cut(title: str, width: Width, room: int) -> Lines:
    """Break words where they are too long, at the smallest size, and end with an ellipsis."""
    size = SIZES[-1]
    lines: list[str] = []
    rest = title
    while rest and len(lines) < MOST_LINES - 1:
        line = _first(rest, size, width, room)
        lines.append(line.strip())
        rest = rest[len(line) :].lstrip()
    if rest:
        lines.append(shorten(rest, size, width, room))
    return Lines(size, tuple(lines))


def _first(text: str, size: int, width: Width, room: int) -> str:
    """Give what fits on a line: whole pieces, or, of one that is too long, whole graphemes."""
    line = ""
    for part in pieces(text):
        if width((line + part).rstrip(), size) > room:
            break
        line += part
    if line:
        return line
    for each in graphemes(text):
        if line and width(line + each, size) > room:
            break
        line += each
    return line


def _ended(parts: Sequence[str]) -> str:
    """End with an ellipsis, behind a word where one is near."""
    text = "".join(parts)
    words = text.rpartition(" ")[0]
    return (words if len(words) > len(text) * WORTHWHILE else text).rstrip(_DANGLING) + ELLIPSIS
