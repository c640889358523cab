"""Where a key stands in a TOML text: tomllib gives values, not lines."""

from __future__ import annotations

import re

Key = tuple[str | int, ...]
"""The way to a value: keys of tables, and places in lists, counted from 0."""
_TABLE = re.compile(r"\s*\[(\[)?\s*([\w\s.\"'-]+?)\s*\]")
_KEY = re.compile(r"\s*([\w.\"'-]+(?:\s*\.\s*[\w\"'-]+)*)\s*=")


class LineFinder:
    """Finds the line of a key, or of the nearest table around it.

    It reads headers and keys at the beginning of lines. A multi-line string that looks like TOML
    can mislead it by some lines, never make it fail: a line is a help, not a promise.
    """

    def __init__(self, text: str) -> None:
        self._lines: dict[Key, int] = {}
        counts: dict[Key, int] = {}
        table: Key = ()
        for number, line in enumerate(text.split("\n"), 1):
            if header := _TABLE.match(line):
                table = _split(header[2])
                if header[1]:
                    self._lines.setdefault(table, number)
                    counts[table] = counts.get(table, -1) + 1
                    table = (*table, counts[table])
                self._lines.setdefault(table, number)
            elif assignment := _KEY.match(line):
                self._lines.setdefault((*table, *_split(assignment[1])), number)

    def find(self, key: Key) -> int | None:
        """Give the line, counted from 1, of the key or of the innermost table that has it."""
        for end in range(len(key), 0, -1):
            if key[:end] in self._lines:
                return self._lines[key[:end]]
        return None


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
