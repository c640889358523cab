"""A body that is gone through from its beginning to its end, and what is kept of it."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece of template code that is lost: where it begins in the body, and what it says."""

    start: int
    text: str


class Pieces:
    """A body, how far it has been gone through, and what comes of it."""

    def __init__(self, body: str) -> None:
        self.body = body
        self.position = 0
        self._kept: list[str] = []
        self._ends: dict[str, int] | None = None
        self._cuts: list[Cut] = []

    def is_closed(self, ends: re.Pattern[str], name: str, after: int) -> bool:
        """Tell whether a tag that wraps something is closed behind a place.

        Args:
            ends: finds the closing tags, the first group being the name; always the same one.
            name: the tag's, in lower case.
            after: the place.
        """
        if self._ends is None:
            self._ends = {found[1].lower(): found.start() for found in ends.finditer(self.body)}
        return self._ends.get(name, -1) >= after

    def keep_to(self, end: int) -> None:
        """Keep what stands before a place."""
        self.replace(end, self.body[self.position : end])

    def replace(self, end: int, text: str) -> None:
        """Put a text where something stands, up to a place."""
        self._kept.append(text)
        self.position = end

    def cut(self, end: int) -> None:
        """Leave out what stands up to a place, which is worth a word."""
        self._cuts.append(Cut(self.position, self.body[self.position : end]))
        self.replace(end, "")

    def put(self, end: int, html: str | None) -> None:
        """Put what a tag stands for where it stands; cut it out where it stands for nothing."""
        if html is None:
            self.cut(end)
        elif html.startswith(("<figure", "<pre")):
            self._put_block(end, html)
        else:
            self.replace(end, html)

    def _put_block(self, end: int, html: str) -> None:
        """Put a block of HTML, which Markdown wants to stand on lines of its own."""
        line = self.body[self.body.rfind("\n", 0, self.position) + 1 : self.position]
        before = "\n\n" if line.strip(" \t>-*+.0123456789") else ""
        rest = self.body[end : end + 1]
        self.replace(end, f"{before}{html}" + ("\n" if rest == "\n" else "\n\n" if rest else ""))

    def done(self) -> tuple[str, list[Cut]]:
        """Give what was kept, with all that is left, and what was cut."""
        self._kept.append(self.body[self.position :])
        return "".join(self._kept), self._cuts
