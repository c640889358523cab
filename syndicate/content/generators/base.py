"""What a site's generator tells, and what it is asked. This base is that of a plain folder."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

from syndicate.content import slugs
from syndicate.content.generators.settings import Settings
from syndicate.content.parse import Parsed
from syndicate.model import Author

DEFAULT = "/blog/{slug}/"
"""Where posts are when nobody says where."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a generator's own configuration says of the site; empty where it does not."""

    title: str = ""
    url: str = ""
    language: str = ""
    timezone: str = ""
    description: str = ""
    author: Author | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A post as a permalink sees it."""

    parsed: Parsed
    path: str
    """The file within the folder that the generator takes for the content's root."""
    local: datetime
    """Its date in the site's time zone."""

    @property
    def stem(self) -> str:
        """The path without its suffix."""
        return self.path.rpartition(".")[0]

    @property
    def folders(self) -> list[str]:
        """The folders on the way to the file."""
        return self.path.split("/")[:-1]

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return self.stem.rpartition("/")[2]

    def in_language(self, language: str | None) -> Parsed:
        """Give what was read, in the language that the file's place says where it says none."""
        if self.parsed.language or not language:
            return self.parsed
        return replace(self.parsed, language=language)


class Generator:
    """A folder whose generator nobody knows: addresses by the pattern of the configuration.

    Args:
        folder: the content folder of the configuration.
        root: where the site begins.
        settings: what the generator's own configuration says.
    """

    name = "plain"
    title = "no site generator"

    def __init__(self, folder: Path, root: Path, settings: Settings) -> None:
        self.folder, self.root, self.settings = folder, root, settings
        base = self.content_root()
        self.base = base if os.path.isdir(base) else folder  # noqa: PTH112 - it may be shut to us
        self._prefix, self._strip = _steps(folder, self.base)

    def __repr__(self) -> str:
        # What is kept of a post depends on this: it changes when the configuration does.
        return f"{self.name}({str(self.folder)!r}, {str(self.root)!r}, {self.settings.values!r})"

    def content_root(self) -> Path:
        """Give the folder that addresses are counted from."""
        return self.folder

    def told(self) -> Told:
        """Give what the generator's configuration says of the site."""
        return Told()

    def pattern(self) -> str:
        """Say in the generator's words how addresses are made; many have no word on it."""
        return DEFAULT

    def takes(self, source: str) -> bool:
        """Tell whether a file of the content folder may be a post to this generator."""
        return source.startswith(self._strip) and self.is_post(self.within(source))

    def is_post(self, path: str) -> bool:  # noqa: ARG002 - others look at it
        """Tell whether a file within the content's root may be a post."""
        return True

    def amend(self, page: Page) -> Parsed:
        """Add what the generator takes from the file's place: categories, language, title."""
        return page.parsed

    def path(self, page: Page) -> str:
        """Give a post's path under the site's URL."""
        return f"/blog/{slug_of(page.parsed)}/"

    def own(self, page: Page) -> str | None:
        """Give the address that a post claims for itself: a path, or a whole URL."""
        return page.parsed.address

    def within(self, source: str) -> str:
        """Give a source as a path within the content's root."""
        return self._prefix + source.removeprefix(self._strip)

    def page(self, parsed: Parsed, zone: ZoneInfo) -> Page:
        """Look at a post as this generator does."""
        return Page(parsed, self.within(parsed.source), parsed.written.astimezone(zone))


def slug_of(parsed: Parsed) -> str:
    """Give the slug of front matter, or else that of the file's name."""
    return parsed.slug or slugs.from_source(parsed.source)


def fill(pattern: str, parts: Mapping[str, Callable[[], str]]) -> str:
    """Fill in a pattern's ``:words``; what nobody knows stays, in sight."""

    def part(found: re.Match[str]) -> str:
        # A longer word may begin with a known one: ``:title_`` is a title and an underscore.
        word = found[1]
        for end in range(len(word), 0, -1):
            if word[:end] in parts:
                return parts[word[:end]]() + word[end:]
        return found[0]

    return re.sub(r":([a-z]\w*)", part, pattern)


def _steps(folder: Path, base: Path) -> tuple[str, str]:
    """Tell what leads from the base to the folder: a prefix to add, or one to take away."""
    if folder.is_relative_to(base):
        steps = PurePosixPath(folder.relative_to(base)).as_posix()
        return ("", "") if steps == "." else (f"{steps}/", "")
    if base.is_relative_to(folder):
        return "", f"{PurePosixPath(base.relative_to(folder)).as_posix()}/"
    return "", ""
