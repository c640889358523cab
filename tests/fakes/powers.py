"""What the system keeps a process from: rights that root has in spite of them, and room."""

from __future__ import annotations

import ctypes
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager

_VERSION = 0x20080522
_OVERRULE = 1 << 1 | 1 << 2
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: root writes to what is read-only to everybody."""


@contextmanager
def without_privileges() -> Iterator[None]:
    """Let the modes of files count for this thread, and for those that it starts, even for root.

    The rights are put down, and taken up again at the end; who has none loses none.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_VERSION, 0)
    # Effective, permitted and inheritable rights; the second three are of the upper 32.
    held = (ctypes.c_uint32 * 6)()
    _call(libc.capget(header, held))
    fewer = (ctypes.c_uint32 * 6)(*held)
    fewer[0] &= ~_OVERRULE
    _call(libc.capset(header, fewer))
    try:
        yield
    finally:
        _call(libc.capset(header, held))


def _call(result: int) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


@contextmanager
def no_room_beyond(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes: each write there fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
