"""One run at a time on one ledger: an advisory file lock, which a killed process gives back."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from syndicate.errors import LedgerBusy
from syndicate.ledger.trouble import shut

_POLL = 0.05


@contextmanager
def hold(path: Path, wait: timedelta) -> Iterator[None]:
    """Hold the lock file ``path`` while the block runs.

    The kernel gives the lock back when its process ends, however it ends: whoever holds it knows
    that nobody else is in the middle of a delivery.

    Raises:
        LedgerBusy: another process still held it when ``wait`` had passed.
        LedgerError: the lock file cannot be opened.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise shut(path, error, "the lock") from None
    try:
        _acquire(handle, path, time.monotonic() + wait.total_seconds())
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


def _acquire(handle: int, path: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = os.pread(handle, 20, 0).decode("ascii", "replace") or "unknown"
                raise LedgerBusy(
                    f"another syndicate is at work on this ledger (process {holder}, lock {path}); "
                    "it goes on by itself, so there is nothing to do but wait"
                ) from None
            time.sleep(_POLL)
        else:
            return
