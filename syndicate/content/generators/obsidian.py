"""Obsidian: a vault of notes; a note's title is the name of its file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from syndicate.content.generators.base import Generator, Page
from syndicate.content.parse import Parsed


class Obsidian(Generator):
    """An Obsidian vault."""

    name = "obsidian"
    title = "Obsidian"

    def content_root(self) -> Path:
        """Count from the vault's root."""
        return self.root

    def amend(self, page: Page) -> Parsed:
        """Take the file's name for the title."""
        return replace(page.parsed, title=page.parsed.title or page.name)
