"""The pages of the archive on the disk: made where they differ, in place before the feed is.

A page is made of posts, by a pure function, so any process can make it. Many are made on several
processes; each page is checked and put in its place where it was made, and its bytes are not kept:
all of them would be too many.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import TYPE_CHECKING, Any

from syndicate.errors import FeedError
from syndicate.feeds.documents import Address, Document, addresses, build
from syndicate.feeds.paging import PARENT, Page, Paging, is_folder
from syndicate.feeds.resolve import Render
from syndicate.feeds.sets import Listing
from syndicate.feeds.write import Published, changed, publish
from syndicate.model import Image, MediaFacts, Post, Site

if TYPE_CHECKING:
    from syndicate import config

log = logging.getLogger(__name__)

MANY = 200
"""Fewer posts than these are made into pages sooner than a helper has started."""
HELPERS = 3

Note = Mapping[str, Any]
"""What is remembered of the page in a folder: its recipe, its posts, and the state of its files."""


@dataclass(frozen=True, slots=True)
class Job:
    """All that it takes to make one page."""

    site: Site
    settings: config.Feeds
    feeds_url: str
    listing: Listing
    render: Render
    facts: Mapping[str, MediaFacts]
    """What is known of pictures, by their address."""
    writes: bool = True
    """False to tell only what would be written."""


def archived_listing(
    site: Site, settings: config.Feeds, page: Page, posts: Iterable[Post]
) -> Listing:
    """Give the posts of a page as a part of the site's own feed."""
    return Listing(
        "site",
        page.folder,
        site.title,
        site.description,
        settings.content == "full",
        tuple(posts),
        archive_of="",
        older=page.older,
        newer=page.newer,
    )


def make(job: Job) -> list[Published]:
    """Make a page in each format, and put it in its place; give what was done, without the bytes.

    Raises:
        FeedError: it is unreadable, or cannot be written.
    """

    def facts(image: Image) -> MediaFacts | None:
        return job.facts.get(image.url)

    output = job.settings.output
    documents = list(build(job.site, job.settings, job.feeds_url, [job.listing], job.render, facts))
    if job.writes:
        places = publish(documents, output)
    else:
        differing = changed(documents, output)
        places = [Published(each, output / each.path, each in differing) for each in documents]
    return [replace(each, document=replace(each.document, data=b"")) for each in places]


def make_all(jobs: Iterable[Job], posts: int) -> Generator[list[Published], None, None]:
    """Make pages, and tell of each when it is in its place; in no order.

    Args:
        jobs: taken as the work goes on, so that not all posts need be held.
        posts: how many these have in all.
    """
    left = iter(jobs)
    with _helpers(posts) as pool:
        given: dict[Future[list[Published]], Job] = {}
        while True:
            while pool and len(given) <= pool.count and (job := next(left, None)):
                given[pool.give(job)] = job
            own = next(left, None)
            if own:
                yield make(own)
            elif not given:
                return
            done, _ = wait(given, 0 if own else None, FIRST_COMPLETED)
            for future in done:
                yield _taken(future, given.pop(future))


def stale(paging: Paging, notes: Mapping[str, Note], output: Path) -> list[Page]:
    """List the pages that are not as they would be made; the oldest first.

    Those are written first, so that a page that is in place leads to others that are.
    """
    return [page for page in reversed(paging.pages) if not _is_right(page, notes, output)]


def note(page: Page, published: Sequence[Published]) -> Note:
    """Tell what to remember of a page that is in its place."""
    files = {each.path.name: _state(each.path) for each in published}
    return {"recipe": page.recipe, "posts": len(page.ids), "files": files}


def placed(address: Address, title: str, output: Path) -> Published:
    """Tell of a page's document that is in its place, without reading it."""
    document = Document(address.path, address.url, address.type, title, 0, None, b"", archived=True)
    return Published(document, output / address.path, written=False)


def guard(paging: Paging, notes: Mapping[str, Note], max_loss: float) -> None:
    """Refuse an archive that has lost too much, as a feed that has (see ``write``).

    Raises:
        FeedError: it has.
    """
    before = sum(each["posts"] for each in notes.values())
    now = paging.archived + len(paging.current)
    if now < before * (1 - max_loss):
        raise FeedError(
            f"{PARENT}/ had {before} posts, and there are {now} in all: nothing is published; is "
            "the content complete? If this is meant, run with --force, or raise feeds.max_loss"
        )


def sweep(settings: config.Feeds, paging: Paging) -> None:
    """Remove the pages that are no more: what was deleted must not stay on them.

    Only files that are called as ours are, in folders that are, go.

    Raises:
        FeedError: one cannot be removed.
    """
    output = settings.output
    kept = {
        output / each.path
        for each in addresses(settings, "", [page.folder for page in paging.pages], archived=True)
    }
    ours = {Path(each.path).name for each in addresses(_all_formats(settings), "", archived=True)}
    for folder in _folders(output):
        gone = {folder / name for name in ours} - kept
        for path in gone:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise FeedError(f"{path}: cannot be removed: {error.strerror}") from error
        if len(gone) == len(ours):
            with contextlib.suppress(OSError):  # something of somebody else's is in it
                folder.rmdir()


def archived(settings: config.Feeds, feeds_url: str) -> list[Address]:
    """List the addresses of the pages that are on the disk."""
    if not settings.archive:
        return []
    names = [f"{PARENT}/{folder.name}/" for folder in _folders(settings.output)]
    return addresses(settings, feeds_url, names, archived=True)


def _all_formats(settings: config.Feeds) -> config.Feeds:
    return settings.model_copy(update={"formats": ["rss", "atom", "json"]})


def _folders(output: Path) -> list[Path]:
    """List the folders of pages, the oldest first."""
    try:
        found = [each for each in (output / PARENT).iterdir() if is_folder(each.name)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise FeedError(f"{output / PARENT}: cannot be read: {error.strerror}") from error
    return sorted(found, key=lambda each: [int(part) for part in each.name.split("-")])


def _is_right(page: Page, notes: Mapping[str, Note], output: Path) -> bool:
    """Tell whether a page was made by this recipe, and its files are as they were left."""
    known = notes.get(page.folder)
    if not known or known["recipe"] != page.recipe:
        return False
    try:
        files: dict[str, Any] = known["files"]
        return all(_state(output / page.folder / name) == state for name, state in files.items())
    except OSError:
        return False


def _state(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns, status.st_ino]


# Several processes


@dataclass(frozen=True, slots=True)
class _Pool:
    executor: ProcessPoolExecutor
    count: int

    def give(self, job: Job) -> Future[list[Published]]:
        """Hand a page over; where the helpers have ended, the answer says so."""
        try:
            return self.executor.submit(make, job)
        except BrokenExecutor as error:
            answer: Future[list[Published]] = Future()
            answer.set_exception(error)
            return answer


@contextlib.contextmanager
def _helpers(posts: int) -> Iterator[_Pool | None]:
    """Start as many helpers as there are processors left; none where it does not pay."""
    count = min(HELPERS, _processors() - 1)
    if posts < MANY or count < 1:
        yield None
        return
    try:
        # Not forked: this process has threads.
        executor = ProcessPoolExecutor(count, get_context("spawn"), _be_helper)
    except (OSError, ImportError) as error:  # no shared memory, no semaphores
        log.info("making pages on one process: %s", error)
        yield None
        return
    try:
        yield _Pool(executor, count)
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _be_helper() -> None:
    """Leave it to the main process to answer who interrupts all of us, and end when it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End when the main process has: one that was killed tells nobody."""
    if parent := parent_process():
        parent.join()
    os._exit(1)


def _taken(future: Future[list[Published]], job: Job) -> list[Published]:
    """Take a helper's answer; what it failed at because it ended is made here after all."""
    try:
        return future.result()
    except BrokenExecutor as error:
        log.warning("a helper process ended early: %r", error)
        return make(job)


def _processors() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
