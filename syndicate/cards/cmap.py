"""Which characters a font file has: its ``cmap`` table (OpenType 1.9, "cmap").

Pillow draws with a font and does not tell what is in it; a character that is not shows as a box.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_WANTED = [(3, 10), (0, 6), (0, 4), (3, 1), (0, 3)]
"""Platform and encoding of the subtables that map Unicode; those that have all of it first."""
_SEGMENTS, _GROUPS = 4, 12
"""The two formats in which such a subtable comes."""
MOST = 0x110000


class NoFont(Exception):
    """The file is not a font that can be read."""


def characters(data: bytes) -> frozenset[int]:
    """List the characters of a font file; of the first font where it holds several.

    Raises:
        NoFont: it is none, or it is broken.
    """
    try:
        table = _table(data, b"cmap")
        (count,) = struct.unpack_from(">2xH", data, table)
        at = {}
        for index in range(count):
            platform, encoding, offset = struct.unpack_from(">HHL", data, table + 4 + 8 * index)
            at[platform, encoding] = table + offset
        for key in _WANTED:
            if key in at and (found := _subtable(data, at[key])) is not None:
                return frozenset(found)
    except struct.error as error:
        raise NoFont("it ends too early for a font") from error
    raise NoFont("it maps no Unicode characters")


def _table(data: bytes, tag: bytes) -> int:
    """Find a table; of a collection, the first font's."""
    start = 0
    if data[:4] == b"ttcf":
        (start,) = struct.unpack_from(">12xL", data)
    if data[start : start + 4] not in {b"\0\1\0\0", b"OTTO", b"true"}:
        raise NoFont("it is no TrueType or OpenType font")
    (count,) = struct.unpack_from(">4xH", data, start)
    for index in range(count):
        name, offset = struct.unpack_from(">4s4xL", data, start + 12 + 16 * index)
        if name == tag:
            return int(offset)
    raise NoFont("it has no table of its characters")


def _subtable(data: bytes, at: int) -> Iterator[int] | None:
    (form,) = struct.unpack_from(">H", data, at)
    if form == _SEGMENTS:
        return iter(list(_segments(data, at)))
    if form == _GROUPS:
        return iter(list(_groups(data, at)))
    return None


def _segments(data: bytes, at: int) -> Iterator[int]:
    """Read format 4: ranges with either a distance to the glyph's number, or a list of numbers."""
    (twice,) = struct.unpack_from(">6xH", data, at)
    count = twice // 2
    form = f">{count}H"
    ends, starts, deltas, offsets = (
        struct.unpack_from(form, data, at + 14 + skip)
        for skip in (0, twice + 2, 2 * twice + 2, 3 * twice + 2)
    )
    for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
        for character in range(start, min(end, MOST) + 1):
            glyph = character
            if offsets[index]:
                place = at + 16 + 3 * twice + 2 * index + offsets[index] + 2 * (character - start)
                (glyph,) = struct.unpack_from(">H", data, place)
                if not glyph:
                    continue
            if (glyph + deltas[index]) & 0xFFFF and character != 0xFFFF:  # noqa: PLR2004 - the end
                yield character


def _groups(data: bytes, at: int) -> Iterator[int]:
    """Read format 12: ranges of characters whose glyphs follow each other."""
    (count,) = struct.unpack_from(">12xL", data, at)
    total = 0
    for index in range(count):
        start, end, glyph = struct.unpack_from(">LLL", data, at + 16 + 12 * index)
        total += end - start + 1
        if end < start or end >= MOST or total > MOST:
            raise NoFont("its table of characters is broken")
        yield from (each for each in range(start, end + 1) if glyph + each - start)
