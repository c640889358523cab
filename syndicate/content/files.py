"""The files of the content folder: which of them are posts, their state, and their bytes."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from syndicate.content.report import Report
from syndicate.errors import ContentError
from syndicate.model import Finding, Kind

MARKUP = frozenset({".html", ".htm"})
"""These are posts only where they have front matter; all other HTML is the site's own."""
SUFFIXES = MARKUP | {".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mkdown", ".mdx"}
MAX_BYTES = 4 * 1024 * 1024
"""Longer than War and Peace; beyond it somebody renamed an archive."""

_TROUBLE = {FileNotFoundError: "does not exist", NotADirectoryError: "is not a folder"}
_READ_FOLDERS = frozenset({"_posts"})
_SKIPPED_FOLDERS = frozenset({"node_modules"})


class Found(NamedTuple):
    """A file of the folder, and what the file system says of its state."""

    source: str
    """The path within the folder, with slashes."""
    is_post: bool
    size: int
    modified: int
    """Nanoseconds."""
    changed: int
    """When its data or its status changed, in nanoseconds; unlike ``modified`` nobody sets it."""


def walk(root: Path, refused: list[Finding]) -> Iterator[Found]:
    """Give the files below a folder, in an order of their own; only some of them are posts.

    Names that begin with a dot or an underscore are drafts, partials and machinery of the site's
    generator, and are passed over; only ``_posts`` is read. A link that leads out of the folder
    is refused: it could publish any file of this machine.

    Args:
        root: the folder.
        refused: takes what cannot be read.

    Raises:
        ContentError: there is no such folder.
    """
    try:
        os.scandir(root).close()
    except OSError as error:
        what = _TROUBLE.get(type(error), f"cannot be read ({error.strerror})")
        raise ContentError(f"content.dir: {root} {what}: say where the posts are") from None
    yield from _Walk(root, refused).files(root, "")


def read(root: Path, source: str) -> bytes | Finding:
    """Give a file's bytes, or the reason why it has to be left out."""
    report = Report(source)
    try:
        path = f"{root}/{source}"
        status = os.stat(path)  # noqa: PTH116 - for every file that changed
        if not stat.S_ISREG(status.st_mode):
            report.refuse("not a regular file", Kind.UNREADABLE)
        elif status.st_size > MAX_BYTES:
            message = f"{status.st_size} bytes: no post is longer than {MAX_BYTES}"
            report.refuse(message, Kind.UNREADABLE)
        else:
            with open(path, "rb", buffering=0) as file:  # noqa: PTH123
                return file.read()
    except OSError as error:
        report.refuse(f"cannot be read: {error.strerror}", Kind.UNREADABLE)
    return report.findings[0]


def inside(root: Path, path: Path) -> bool:
    """Tell whether a path, with all its links followed, is in the folder."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))


def is_file(path: Path) -> bool:
    """Tell whether a file is there; not where its name is no name, or its folder shut to us."""
    return os.path.isfile(path)  # noqa: PTH113 - Path.is_file raises for some of these


def names(folder: Path) -> list[str]:
    """Give the names of a folder's files; none where it cannot be read."""
    try:
        return [each.name for each in folder.iterdir()]
    except OSError:
        return []


def size(path: Path) -> int:
    """Give a file's length in bytes; 0, which means unknown in feeds, where it is gone."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


class _Walk:
    """A walk through the folder that enters no folder twice, so that links make no circles."""

    def __init__(self, root: Path, refused: list[Finding]) -> None:
        self._refused = refused
        self._root = root
        self._entered = {os.path.realpath(root)}

    def files(self, folder: Path, prefix: str) -> Iterator[Found]:
        """Give the files below a folder."""
        try:
            with os.scandir(folder) as entries:
                ordered = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self._refuse(prefix.rstrip("/"), f"cannot be read: {error.strerror}")
            return
        for entry in ordered:
            yield from self._entry(entry, prefix + entry.name)

    def _entry(self, entry: os.DirEntry[str], source: str) -> Iterator[Found]:
        if entry.name.startswith((".", "_")) and entry.name not in _READ_FOLDERS:
            return
        folder = _is_folder(entry)
        if folder and entry.name in _SKIPPED_FOLDERS:
            return
        is_post = not folder and os.path.splitext(entry.name)[1].lower() in SUFFIXES  # noqa: PTH122
        if not folder and not is_post:
            yield _found(entry, source, is_post=False)
        elif not _is_text(source):
            self._refuse(ascii(source), "the file's name is not UTF-8: rename it")
        elif entry.is_symlink() and not inside(self._root, Path(entry.path)):
            self._refuse(source, "a link that leads out of the content folder: copy the file")
        elif folder:
            real = os.path.realpath(entry.path)
            if real not in self._entered:
                self._entered.add(real)
                yield from self.files(Path(entry.path), f"{source}/")
        else:
            yield _found(entry, source, is_post=True)

    def _refuse(self, source: str, message: str) -> None:
        report = Report(source)
        report.refuse(message, Kind.UNREADABLE)
        self._refused += report.findings


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _found(entry: os.DirEntry[str], source: str, *, is_post: bool) -> Found:
    try:
        status = entry.stat()
    except OSError:  # a link that leads nowhere, or a file that was just deleted
        return Found(source, is_post, -1, 0, 0)
    return Found(source, is_post, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
