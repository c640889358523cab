"""The cache folder: bytes under their digest, facts under the digest of what they are about.

Bytes are many: what was not used for longest goes. It may be deleted at any time, and a file in it
may be torn or foreign: what is not as it should be counts as absent.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

MOST = 1024**3
"""So many bytes are kept. A delivery whose picture went with the others has it made anew."""
FACTS = ".json"
"""What the names of files with facts end with."""


class Cache:
    """A folder of bytes and facts.

    Args:
        folder: it is made when something is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._has_grown = False

    def keep(self, data: bytes) -> str:
        """Keep bytes, and give their SHA-256 digest, hexadecimal."""
        digest = hashlib.sha256(data).hexdigest()
        if self.load(digest) is None:
            self._write(digest, data)
            self._has_grown = True
        return digest

    def load(self, digest: str) -> bytes | None:
        """Give the bytes of a digest; None where they are not there."""
        data = self._read(digest)
        if not data or hashlib.sha256(data).hexdigest() != digest:
            return None
        with contextlib.suppress(OSError):
            os.utime(self._folder / digest)  # it is used: see sweep()
        return data

    def note(self, subject: str, facts: dict[str, Any]) -> None:
        """Keep facts (JSON) about a subject, in place of earlier ones."""
        self._write(_facts_name(subject), json.dumps(facts).encode())

    def facts(self, subject: str) -> dict[str, Any]:
        """Give the facts about a subject; empty where there are none."""
        try:
            found = json.loads(self._read(_facts_name(subject)) or b"{}")
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def sweep(self, most: int = MOST) -> None:
        """Remove the bytes that were not used for longest, as long as they are more than ``most``.

        Facts stay. Nothing is looked at where nothing was added.
        """
        if not self._has_grown:
            return
        kept: list[tuple[int, int, str]] = []
        with contextlib.suppress(OSError):
            for each in os.scandir(self._folder):
                with contextlib.suppress(OSError):  # another process may sweep as well
                    if not each.name.endswith(FACTS):
                        found = each.stat()
                        kept.append((found.st_mtime_ns, found.st_size, each.path))
        over = sum(size for _, size, _ in kept) - most
        for _, size, path in sorted(kept):
            if over <= 0:
                break
            with contextlib.suppress(OSError):
                Path(path).unlink()
            over -= size

    def _read(self, name: str) -> bytes | None:
        try:
            return (self._folder / name).read_bytes()
        except (OSError, ValueError):  # ValueError: a name that no file can have
            return None

    def _write(self, name: str, data: bytes) -> None:
        """Write beside and rename; a cache that cannot be written is only slower."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self._folder, suffix=".tmp")
            try:
                with open(handle, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
                    file.write(data)
                os.replace(temporary, self._folder / name)  # noqa: PTH105
            except OSError:
                os.unlink(temporary)  # noqa: PTH108
                raise


def _facts_name(subject: str) -> str:
    # File names need not be text: what is not comes as lone surrogates.
    return hashlib.sha256(subject.encode(errors="surrogatepass")).hexdigest() + FACTS
