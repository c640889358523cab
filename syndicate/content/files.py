"""The files of the content folder: which of them are posts, and their bytes."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from syndicate.content.report import Report
from syndicate.errors import ContentError
from syndicate.model import Finding

MARKUP = frozenset({".html", ".htm"})
"""These are posts only where they have front matter; all other HTML is the site's own."""
SUFFIXES = MARKUP | {".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mkdown", ".mdx"}
MAX_BYTES = 4 * 1024 * 1024
"""Longer than War and Peace; beyond it somebody renamed an archive."""

_READ_FOLDERS = frozenset({"_posts"})
_SKIPPED_FOLDERS = frozenset({"node_modules"})


@dataclass(frozen=True, slots=True)
class Listing:
    """What is in the folder: the sources of posts in order, and what cannot be read."""

    sources: tuple[str, ...]
    findings: tuple[Finding, ...]


def find(root: Path) -> Listing:
    """List the posts below a folder.

    Names that begin with a dot or an underscore are drafts, partials and machinery of the site's
    generator, and are passed over; only ``_posts`` is read. A link that leads out of the folder
    is refused: it could publish any file of this machine.

    Raises:
        ContentError: there is no such folder.
    """
    if not root.is_dir():
        what = "is not a folder" if root.exists() else "does not exist"
        raise ContentError(f"content.dir: {root} {what}: say where the posts are")
    walk = _Walk(root)
    return Listing(tuple(sorted(walk.files(root, ""))), tuple(sorted(walk.findings)))


def read(root: Path, source: str) -> bytes | Finding:
    """Give a file's bytes, or the reason why it has to be left out."""
    report = Report(source)
    try:
        path = root / source
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            report.refuse("not a regular file")
        elif status.st_size > MAX_BYTES:
            report.refuse(f"{status.st_size} bytes: no post is longer than {MAX_BYTES}")
        else:
            return path.read_bytes()
    except OSError as error:
        report.refuse(f"cannot be read: {error.strerror}")
    return report.findings[0]


def inside(root: Path, path: Path) -> bool:
    """Tell whether a path, with all its links followed, is in the folder."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))


class _Walk:
    """A walk through the folder that enters no folder twice, so that links make no circles."""

    def __init__(self, root: Path) -> None:
        self.findings: list[Finding] = []
        self._root = root
        self._entered = {os.path.realpath(root)}

    def files(self, folder: Path, prefix: str) -> Iterator[str]:
        """Give the sources below a folder."""
        try:
            with os.scandir(folder) as entries:
                ordered = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self._refuse(prefix.rstrip("/"), f"cannot be read: {error.strerror}")
            return
        for entry in ordered:
            yield from self._entry(entry, prefix + entry.name)

    def _entry(self, entry: os.DirEntry[str], source: str) -> Iterator[str]:
        if entry.name.startswith((".", "_")) and entry.name not in _READ_FOLDERS:
            return
        folder = entry.is_dir()
        if folder and entry.name in _SKIPPED_FOLDERS:
            return
        if not folder and os.path.splitext(entry.name)[1].lower() not in SUFFIXES:  # noqa: PTH122
            return
        if not _is_text(source):
            self._refuse(ascii(source), "the file's name is not UTF-8: rename it")
        elif entry.is_symlink() and not inside(self._root, Path(entry.path)):
            self._refuse(source, "a link that leads out of the content folder: copy the file")
        elif folder:
            real = os.path.realpath(entry.path)
            if real not in self._entered:
                self._entered.add(real)
                yield from self.files(Path(entry.path), f"{source}/")
        else:
            yield source

    def _refuse(self, source: str, message: str) -> None:
        report = Report(source)
        report.refuse(message)
        self.findings += report.findings


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
