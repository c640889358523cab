"""Collecting what there is to say about one source file."""

from __future__ import annotations

import re

from syndicate.model import Finding, Kind, Severity


class Report:
    """The findings about one file, with the lines of its front matter's keys."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._found: list[Finding] = []
        self._header = ""
        self._header_line = 1

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found, in the file's order."""
        return tuple(sorted(self._found, key=lambda finding: (finding.line or 0, finding.message)))

    @property
    def refused(self) -> bool:
        """Whether the post cannot be published as it is."""
        return any(finding.severity is Severity.ERROR for finding in self._found)

    def header(self, text: str, line: int) -> None:
        """Take the front matter's text and its first line, to find keys in it."""
        self._header, self._header_line = text, line

    def line_of(self, key: str, after: int | None = None) -> int | None:
        """Find a key's line; YAML, TOML and JSON all write it at the beginning of one.

        Args:
            key: as its author wrote it.
            after: the line that it is not to stand before, where others may have that name.
        """
        pattern = rf"""^[ \t{{,]*(?:\[[^\]\n]*\.)?["']?{re.escape(key)}["']?[ \t]*[:=\]]"""
        for found in re.finditer(pattern, self._header, re.MULTILINE):
            line = self._header_line + self._header.count("\n", 0, found.start())
            if after is None or line >= after:
                return line
        return None

    def warn(
        self,
        message: str,
        kind: Kind,
        *,
        key: str | None = None,
        line: int | None = None,
        understood: str | None = None,
    ) -> None:
        """Say something that deserves a look."""
        self._add(message, kind, key, line, Severity.WARNING, understood)

    def note(self, message: str, kind: Kind) -> None:
        """Say something that is as it should be, and may still surprise."""
        self._add(message, kind, None, None, Severity.NOTE)

    def refuse(
        self, message: str, kind: Kind, *, key: str | None = None, line: int | None = None
    ) -> None:
        """Say what keeps the post from being published."""
        self._add(message, kind, key, line, Severity.ERROR)

    def _add(  # noqa: PLR0917 - a finding's parts
        self,
        message: str,
        kind: Kind,
        key: str | None,
        line: int | None,
        severity: Severity,
        understood: str | None = None,
    ) -> None:
        if line is None and key is not None:
            line = self.line_of(key)
        finding = Finding(self.source, line, key, message, severity, kind, understood)
        self._found.append(finding)
