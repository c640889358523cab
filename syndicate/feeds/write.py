"""Documents → files, such that a reader never meets half a feed and a bad build changes none."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from syndicate.errors import FeedError
from syndicate.feeds.check import check, count
from syndicate.feeds.documents import MARK, Document

MODE = 0o644
STALE = 3600
"""Seconds after which a temporary file belongs to nobody: no write takes an hour."""
HEAD = 4096
"""How much of a page is read to see whose it is."""


@dataclass(frozen=True, slots=True)
class Published:
    """A document in its place."""

    document: Document
    path: Path
    written: bool
    """False where the same bytes were there already."""
    foreign: bool = False
    """Whether a page of somebody else's stands in its place, and stays."""


def publish(
    documents: Sequence[Document],
    output: Path,
    max_loss: float | None = None,
    first: Callable[[], None] = lambda: None,
) -> list[Published]:
    """Put documents into the output folder; what has not changed is not touched.

    All are checked before the first is written. A page gives way where there is one that is not
    ours: the output folder can be the site's own.

    Args:
        documents: what to publish.
        output: the folder.
        max_loss: the share of its entries that a feed may have lost since it was published, from 0
            to 1; it may never lose all of them. None lets anything pass.
        first: is called when all have been checked, and none is written: it puts in place what
            they lead to.

    Raises:
        FeedError: a document is unreadable, has lost too much or cannot be written; the published
            file stays.
    """
    for document in documents:
        check(document)
    if max_loss is not None:
        _guard(documents, output, max_loss)
    first()
    return [_publish(document, output / document.path) for document in documents]


def put(path: Path, data: bytes) -> bool:
    """Put a file into its place, whole, and tell whether other bytes were there, or none.

    Raises:
        OSError: it cannot be read or written.
    """
    with contextlib.suppress(FileNotFoundError):
        if path.read_bytes() == data:
            return False
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, data)
    return True


def warnings(published: Sequence[Published]) -> list[str]:
    """Tell of each page that gave way to a file, and what to do about it."""
    return [
        f"{each.path} is not ours and stays as it is: give the feeds' page another name, "
        '[feeds] page = "NAME.html", or "" for none'
        for each in published
        if each.foreign
    ]


def changed(documents: Sequence[Document], output: Path) -> list[Document]:
    """List the documents that :func:`publish` would write.

    Raises:
        FeedError: a published file cannot be read.
    """
    places = [(document, output / document.path) for document in documents]
    return [each for each, path in places if _differs(each, path) and not _is_foreign(each, path)]


def _guard(documents: Sequence[Document], output: Path, max_loss: float) -> None:
    """Refuse feeds that have lost too much: a wrong folder, more likely than a great clean-up."""
    losses = [
        f"{document.path} would have {document.entries} entries instead of {before}"
        for document in documents
        if (before := _entries(document, output / document.path))
        and (document.entries + document.beyond < before * (1 - max_loss) or not document.entries)
    ]
    if losses:
        raise FeedError(
            f"{'; '.join(losses)}: nothing is published; is the content complete? "
            "If this is meant, run with --force, or raise feeds.max_loss"
        )


def _entries(document: Document, path: Path) -> int:
    """Count the entries of the published feed; lists of feeds, and what is no feed, have none."""
    if not document.is_feed:
        return 0
    try:
        return count(document.type, path.read_bytes())
    except (OSError, ValueError):  # a file that cannot be read is told of when it is replaced
        return 0


def _publish(document: Document, path: Path) -> Published:
    foreign = _is_foreign(document, path)
    written = not foreign and _differs(document, path)
    if written:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, document.data)
        except OSError as error:
            raise FeedError(f"{path}: cannot be written: {error.strerror or error}") from error
    return Published(document, path, written, foreign)


def _differs(document: Document, path: Path) -> bool:
    try:
        return path.read_bytes() != document.data
    except FileNotFoundError:
        return True
    except OSError as error:
        raise FeedError(f"{path}: cannot be read: {error.strerror or error}") from error


def are_ours(documents: Sequence[Document], output: Path) -> bool:
    """Tell whether any of the documents was published by us before; JSON does not say by whom."""
    return any(
        mark in _head(output / each.path)
        for each in documents
        for mark in (MARK.encode(), b">syndicate</generator>")
    )


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError:
        return b""


def _is_foreign(document: Document, path: Path) -> bool:
    """Tell whether a page's place is taken: what we have written says near its top that we have."""
    if not document.type.startswith("text/html"):
        return False
    try:
        with path.open("rb") as file:
            return MARK.encode() not in file.read(HEAD)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise FeedError(f"{path}: cannot be read: {error.strerror or error}") from error


def _replace(path: Path, data: bytes) -> None:
    """Write beside the file, sync, and rename over it: it is the old one or the new one, whole."""
    fresh = path.with_name(f".{path.name}.{os.urandom(8).hex()}.tmp")
    try:
        with fresh.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.chmod(MODE)
        _sweep(path, fresh)
        fresh.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise
    _sync_folder(path.parent)


def _sweep(path: Path, fresh: Path) -> None:
    """Remove what killed runs have left; its age is measured on the file system's own clock."""
    now = fresh.stat().st_mtime
    for left in path.parent.glob(f".{path.name}.*.tmp"):
        with contextlib.suppress(FileNotFoundError):
            if now - left.stat().st_mtime > STALE:
                left.unlink()


def _sync_folder(folder: Path) -> None:
    """Make the rename itself last; Windows cannot, and does not need to."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
