"""The published files, read once and kept in memory until they change on the disk.

The disk is the one truth: the daemon's own ticks write there, and so may another process, a
``syndicate run`` from cron or a second daemon. A file that is asked for is looked at again once a
second at most, by its stat; its bytes are read, and its encodings made, only when that differs.
Reading and encoding happen in a thread. Files are replaced by renaming, so what is read is whole.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from syndicate.feeds import Address
from syndicate.web.kept import Kept, make
from syndicate.web.rules import Rules

log = logging.getLogger(__name__)

LOOK = 1.0
"""Seconds between two looks at a file."""
BUDGET = 64 * 1024 * 1024
"""Bytes that are kept, encodings included; files beyond it are read anew for each answer."""

Stat = tuple[int, int, int]


@dataclass(slots=True)
class Place:
    """A published address, and what was found there last."""

    address: Address
    by_accept: bool = False
    """Whether this is a feed with a page or such a page: who asks decides which one is sent."""
    kept: Kept | None = None
    """None while no file is there."""
    stat: Stat | None = None
    due: float = 0.0
    """When to look again."""
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)


class Shelf:
    """What is served, by its path; nothing else in the output folder is."""

    def __init__(
        self,
        output: Path,
        rules: Rules,
        *,
        budget: int = BUDGET,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin with nothing.

        Args:
            output: the folder that feeds are published to.
            rules: what the files are sent with.
            budget: how many bytes are kept at most.
            clock: seconds that only grow.
        """
        self._output = output
        self._rules = rules
        self._budget = budget
        self._clock = clock
        self._places: dict[str, Place] = {}

    def put(self, addresses: Iterable[Address]) -> None:
        """Serve these files and no others, as they are on the disk now. It reads: use a thread.

        Args:
            addresses: the published files, the most wanted first: they are kept first. The page
                of a feed is one of them.
        """
        addresses = list(addresses)
        pages = {address.page for address in addresses}
        places: dict[str, Place] = {}
        for address in addresses:
            by_accept = bool(address.page) or address.path in pages
            place = self._places.get(address.path)
            if place is None or (place.address, place.by_accept) != (address, by_accept):
                place = Place(address, by_accept)
            places[address.path] = place
            if address.archived:  # they are many: each is read when it is asked for
                continue
            with place.lock:
                self._look(place, places.values())
        self._places = places

    def glance(self, path: str) -> Place | None:
        """Give what is published at a path where it has been looked at within the last second."""
        place = self._places.get(path)
        return place if place and self._clock() < place.due else None

    async def find(self, path: str) -> Place | None:
        """Give what is published at a path, as it was on the disk within the last second."""
        place = self._places.get(path)
        if place is not None and (now := self._clock()) >= place.due:
            place.due = now + LOOK
            await asyncio.to_thread(self._look_unless_busy, place)
        return place

    async def read(self, place: Place) -> Kept | None:
        """Read a file that is not kept; None where it is gone."""
        return await asyncio.to_thread(self._read, place)

    def _look_unless_busy(self, place: Place) -> None:
        # Who is looking already will see the change; the others go on with what they have.
        if place.lock.acquire(blocking=False):
            try:
                self._look(place, list(self._places.values()))
            finally:
                place.lock.release()

    def _look(self, place: Place, among: Iterable[Place]) -> None:
        """Bring a place up to date; where the disk fails, what was good stays."""
        try:
            if place.kept and _stat(self._file(place).stat()) == place.stat:
                return
            data, stat = self._load(place)
        except (FileNotFoundError, NotADirectoryError):
            place.kept, place.stat = None, None
            return
        except OSError as error:
            log.warning("%s: cannot be read: %s", error.filename, error.strerror)
            return
        others = sum(each.kept.weight for each in among if each is not place and each.kept)
        place.kept, place.stat = self._kept(place, data, self._budget - others), stat

    def _kept(self, place: Place, data: bytes, room: int) -> Kept:
        if len(data) <= room:
            kept = self._make(place, data)
            if kept.weight <= room:
                return kept
        return self._make(place, data, encode=False).without_bodies()

    def _read(self, place: Place) -> Kept | None:
        try:
            data, _ = self._load(place)
        except OSError:
            return None
        return self._make(place, data, encode=False)

    def _make(self, place: Place, data: bytes, *, encode: bool = True) -> Kept:
        return make(place.address, data, self._rules, by_accept=place.by_accept, encode=encode)

    def _load(self, place: Place) -> tuple[bytes, Stat]:
        """Read a file together with its stat, both of the same file."""
        with self._file(place).open("rb") as file:
            return file.read(), _stat(os.fstat(file.fileno()))

    def _file(self, place: Place) -> Path:
        return self._output / place.address.path


def _stat(found: os.stat_result) -> Stat:
    return found.st_ino, found.st_size, found.st_mtime_ns
