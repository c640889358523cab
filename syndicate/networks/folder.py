"""A network that is a folder: each message as a person would see it, to look at or to pick up."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import shutil
import tempfile
from pathlib import Path

from pydantic import Field

from syndicate.compose import Words, attach
from syndicate.config import Worded
from syndicate.config.values import FilePath
from syndicate.errors import Unreachable
from syndicate.model import (
    Fact,
    Guarantee,
    Health,
    Key,
    Level,
    Limits,
    Message,
    Picture,
    Post,
    Receipt,
    Replay,
    Site,
)
from syndicate.networks.base import Wire

_SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/avif": ".avif",
}
_ENOUGH = 100_000_000
"""Bytes that are no reason to worry: some dozens of the largest pictures."""
_NAME_BYTES = 100
"""Of a title in a folder's name; file systems count bytes, and end at 255."""


class FolderOptions(Worded):
    """A folder on this machine."""

    dir: FilePath = Field(description="Each message becomes a folder in this one.")
    hashtags: int = Field(1_000, ge=0, description="The most hashtags.")


class Folder:
    """Writes each message into a folder of its own, which is named after its delivery."""

    Options = FolderOptions
    guarantee = Guarantee(Replay.IDEMPOTENT)

    def __init__(self, options: FolderOptions, site: Site) -> None:
        self._options = options
        self._site = site
        self._dir = options.dir

    @staticmethod
    def place(options: FolderOptions) -> str:
        """Give the folder."""
        return str(options.dir)

    async def limits(self, wire: Wire) -> Limits:  # noqa: ARG002
        """There are none."""
        return Limits(text=None)

    def compose(self, post: Post, html: str, picture: Picture | None, limits: Limits) -> Message:  # noqa: ARG002
        """Give title, summary, link and tags, as an announcement without limits has them."""
        text = Words(post, self._site, self._options).within(lambda _: True).text
        return Message.of(
            post,
            text,
            length=len(text),
            limit=None,
            image=attach(post, picture),
            payload={"published": post.published.isoformat()},
        )

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:  # noqa: ARG002
        """Write the folder; where it is already there, the message has arrived before.

        Raises:
            Unreachable: it cannot be written.
        """
        target = self._dir / _name(message, key)
        try:
            if not target.exists():
                await asyncio.to_thread(_write, target, message)
        except OSError as error:
            if not target.exists():  # another try may have been quicker
                raise Unreachable(f"{target} cannot be written: {error.strerror}") from error
        return Receipt(target.name, target.as_uri())

    async def check(self, wire: Wire) -> Health:  # noqa: ARG002
        """Tell whether the folder can be written to."""
        nearest = next(each for each in (self._dir, *self._dir.parents) if each.exists())
        if nearest.is_dir() and os.access(nearest, os.W_OK):
            return Health(True, f"{self._dir} can be written", (_space(nearest),))
        return Health(ok=False, detail=f"{nearest} cannot be written to")


def _space(folder: Path) -> Fact:
    free = shutil.disk_usage(folder).free
    said = f"{free // 1_000_000:,} MB are free"
    return Fact("space", said, Level.OK if free >= _ENOUGH else Level.WARNING)


def _name(message: Message, key: Key) -> str:
    """Name a message's folder: readable, and the same for the same delivery."""
    day = str(message.payload["published"])[:10]
    title = re.sub(r"\W+", "-", message.title.lower()).encode()
    words = title[:_NAME_BYTES].decode(errors="ignore").strip("-") or "note"
    return f"{day}-{words}-{hashlib.sha256(key.value.encode()).hexdigest()[:8]}"


def _write(target: Path, message: Message) -> None:
    """Write beside, and rename the whole folder into place: it is there wholly, or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=target.parent, prefix=".", suffix=".tmp"))
    try:
        (beside / "message.txt").write_text(message.text + "\n", encoding="utf-8")
        (beside / "link.txt").write_text(message.link + "\n", encoding="utf-8")
        raw = json.dumps(message.to_json(), ensure_ascii=False, indent=2)
        (beside / "message.json").write_text(raw + "\n", encoding="utf-8")
        if message.image:
            suffix = _SUFFIXES.get(message.image.type, ".bin")
            (beside / f"image{suffix}").write_bytes(message.image.data)
            (beside / "alt.txt").write_text(message.image.alt + "\n", encoding="utf-8")
        beside.chmod(0o755)
        beside.rename(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)  # nothing is there any more when all went well
