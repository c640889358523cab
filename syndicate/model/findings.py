"""What there is to say about the content."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Severity(enum.StrEnum):
    """How much a finding costs: the post, a look, or nothing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Kind(enum.StrEnum):
    """What a finding is about. The names are for machines: they never change their meaning."""

    CONFIG = "config"
    """The configuration cannot be used."""
    CONTENT = "content"
    """The content as a whole: the folder cannot be read, or no post is in it."""
    UNREADABLE = "unreadable-file"
    """No post can be read from the file: its type, size, rights, name, or where it leads."""
    ENCODING = "encoding"
    """The file is not UTF-8."""
    CONTROL = "control-characters"
    """Characters that no feed can carry."""
    FRONT_MATTER = "front-matter"
    """It is not closed, or not well-formed."""
    NO_DATE = "no-date"
    """Neither a key nor the file's name says when the post was published."""
    PAGE = "page"
    """A file without a date, which the site's generator takes for a page."""
    DATE = "date"
    """A date that cannot be read, or cannot be meant."""
    EMPTY = "empty"
    """A post that says nothing: only its address could be announced."""
    SHAPE = "shape"
    """A list, text or mapping where another of them is expected."""
    LANGUAGE = "language"
    """No language tag (BCP 47)."""
    DRAFT = "draft"
    """Neither true nor false."""
    MEDIA = "media"
    """A picture or recording that is nowhere, or could not be published."""
    MEDIA_TYPE = "media-type"
    """A recording that nobody knows the type of."""
    TEMPLATE = "template-code"
    """Code that only the site's generator can run."""
    LOST_LINK = "lost-link"
    """A link to another post, by its file or its name, that leads to none."""
    PERMALINK = "permalink"
    """An address that cannot be worked out."""
    SHARED_ADDRESS = "shared-address"
    """Two posts at one address."""
    SHARED_ID = "shared-id"
    """Two posts with one id: nothing can be published."""
    CHANGED_ID = "changed-id"
    """An id in front matter that is not the one the post had."""
    GENERATOR = "generator"
    """Which site generator was recognised, and what was taken from it."""
    GENERATOR_SETTINGS = "generator-settings"
    """The generator's configuration cannot be read."""
    ALT = "alt"
    """A picture without an alternative text."""
    WISH = "wish"
    """What a post asks for under ``syndicate``, and cannot have."""
    BUG = "bug"
    """Something that should not happen."""
    OTHER = "other"
    """Whatever has no name yet."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something to say about a source file: what was found, where, and what to do about it."""

    source: str
    line: int | None
    key: str | None
    message: str
    severity: Severity = Severity.WARNING
    kind: Kind = Kind.OTHER
    understood: str | None = None
    """The value that was taken instead of what stands there; None where none was."""

    def __str__(self) -> str:
        where = self.source if self.line is None else f"{self.source}:{self.line}"
        key = f" {self.key}:" if self.key else ""
        return f"{where}:{key} {self.message}"

    def place(self) -> tuple[str, int, str, str]:
        """Give what findings are put in order by: the file, the line, the key."""
        return self.source, self.line or 0, self.key or "", self.message
