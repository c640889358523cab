"""Where pictures come from. A picture that cannot be had costs a warning, never a post."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from syndicate import program
from syndicate.compose.decode import DECODED
from syndicate.errors import DeliveryError
from syndicate.http import Http
from syndicate.media.cache import Cache
from syndicate.media.shelf import Shelf
from syndicate.media.sniff import NoPicture, sniff
from syndicate.model import Image, MediaFacts, Message, Picture, Post

log = logging.getLogger(__name__)

CAP = 20 * 1024 * 1024
"""The most bytes of a picture."""
LARGE = 4_000_000
"""Of pictures with more pixels, one at a time is made smaller: it takes their memory."""
_NAMED = 100
"""The most of an address that a warning repeats; ``data:`` has no end."""


class Cards(Protocol):
    """Who draws a card for a post without a picture."""

    @property
    def always(self) -> bool:
        """Whether posts have their card in place of a hero image, too."""

    async def dress(self, post: Post) -> tuple[Post, Picture | None]:
        """Give a post with its card as its image; as it was where none can be drawn."""


class MediaStore:
    """Fetches each picture once, keeps it, and remembers for a while what could not be had.

    Args:
        cache: keeps pictures and facts between runs.
        http: fetches; it bounds the time of one picture.
        clock: gives the time.
        timeout: bounds the time of all pictures that are fetched ahead.
        retry: how long a picture that could not be had is left alone.
        cards: draws for posts that have no picture; None where they have none then.
    """

    def __init__(
        self,
        cache: Cache,
        http: Http,
        *,
        clock: Callable[[], datetime],
        timeout: timedelta,
        retry: timedelta,
        cards: Cards | None = None,
    ) -> None:
        self._cache = cache
        self._http = http
        self._clock = clock
        self._cards = cards
        self._timeout = timeout.total_seconds()
        self._retry = retry
        self._asked: dict[str, asyncio.Task[Picture | None]] = {}
        self._facts: dict[str, MediaFacts] = {}
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._large = asyncio.Lock()
        self._hopeless: set[str] = set()
        self.warnings: list[str] = []
        """What could not be had in this run, for a person."""

    @property
    def prefers_cards(self) -> bool:
        """Whether posts have a card in place of their hero image."""
        return self._cards is not None and self._cards.always

    def keep(self, data: bytes) -> str:
        """Keep the bytes of a fitted picture, and give their digest."""
        return self._cache.keep(data)

    def load(self, digest: str) -> bytes | None:
        """Give bytes that were kept; None where the cache has lost them."""
        return self._cache.load(digest)

    def facts(self, image: Image) -> MediaFacts | None:
        """Tell what was found out about a picture in this run; None where nothing was."""
        return self._facts.get(_subject(image))

    def known(self, image: Image) -> MediaFacts | None:
        """Tell what can be found out about a picture without asking another server.

        That is of a file, and of what was fetched in this run or an earlier one. Its bytes are
        not kept: an archive shows thousands of pictures.
        """
        subject = _subject(image)
        known = self._facts.get(subject) or _noted(self._cache.facts(subject))
        if known is None and image.path is not None:
            try:
                known = _facts(sniff(_read(image.path), image.url))
            except (NoPicture, OSError):
                return None
            self._cache.note(subject, asdict(known))
        return known

    async def prefetch(self, images: Iterable[Image]) -> None:
        """Ask for pictures beside each other, for no longer than the time-out in all."""
        asked = [asyncio.ensure_future(self.picture(image)) for image in images]
        if asked:
            await asyncio.wait(asked, timeout=self._timeout)

    async def hero(self, post: Post) -> tuple[Post, Picture | None]:
        """Give a post's picture, and the post with the image that it is of: its own, or a card."""
        if post.image and not self.prefers_cards:
            picture = await self.picture(post.image)
            if picture:  # posts may share a file, and each has it at an address of its own
                return post, replace(picture, url=post.image.url)
        return await self.card(post)

    async def card(self, post: Post) -> tuple[Post, Picture | None]:
        """Give a post with its card as its image; as it was where it has none."""
        return await self._cards.dress(post) if self._cards else (post, None)

    async def compose(self, picture: Picture, compose: Callable[[Picture], Message]) -> Message:
        """Compose a message with a picture, beside the loop: to make it fit can take seconds.

        What is made of a picture is kept for the next one with the same limits, who waits for it
        where they come at the same time.

        Args:
            picture: as it was had.
            compose: is handed the picture with what was made of it.
        """
        digest = await asyncio.to_thread(_digest, picture)
        shelf = Shelf(self._cache, picture, digest, self._program, self._hopeless)
        large = picture.width * picture.height > LARGE
        async with self._turns[digest], self._large if large else nullcontext():
            return await asyncio.to_thread(compose, replace(picture, renditions=shelf))

    @cached_property
    def _program(self) -> str:
        return program.fingerprint()

    def misfit(self, image: Image, picture: Picture, endpoint: str) -> None:
        """Tell that a picture was had, and left out all the same: an endpoint cannot show it."""
        what = f"the picture {_name(image)} does not fit what {endpoint}'s network takes"
        pixels = picture.width * picture.height
        if pixels > DECODED and picture.type != "image/jpeg":
            most = f"{DECODED:,} at most are decoded, save of a JPEG"
            what += f", and cannot be made smaller (it is of {pixels:,} pixels; {most})"
        self._tell(f"{what}: the post goes out without it")

    async def picture(self, image: Image) -> Picture | None:
        """Give a picture, from the cache where it is there; None where it cannot be had."""
        subject = _subject(image)
        if subject not in self._asked:
            self._asked[subject] = asyncio.create_task(self._get(image, subject))
        # Whoever gives up waiting does not take the picture from the others.
        return await asyncio.shield(self._asked[subject])

    async def _get(self, image: Image, subject: str) -> Picture | None:
        known = self._cache.facts(subject)
        picture = self._recall(image, known)
        if picture is None and self._is_recent(known):
            self._warn(image, str(known.get("failed")))
            return None
        try:
            picture = picture or await self._fetch(image, subject)
        except (NoPicture, DeliveryError, OSError) as error:
            reason = (isinstance(error, OSError) and error.strerror) or str(error)
            self._cache.note(subject, {"failed": reason, "at": self._clock().isoformat()})
            self._warn(image, reason)
            return None
        except Exception as error:
            log.exception("the picture %s failed unexpectedly", _name(image))
            self._warn(image, f"unexpected {type(error).__name__}: {error}")
            return None
        self._facts[subject] = _facts(picture)
        return picture

    def _recall(self, image: Image, known: dict[str, Any]) -> Picture | None:
        """Give a picture from the cache; None where it is not there, or not as we left it."""
        data = self._cache.load(str(known.get("digest", "")))
        if data is None:
            return None
        try:
            size = int(known["width"]), int(known["height"])
            return Picture(image.url, str(known["type"]), *size, data)
        except (KeyError, TypeError, ValueError):
            return None

    def _is_recent(self, known: dict[str, Any]) -> bool:
        """Tell whether the picture could not be had a short while ago."""
        try:
            age = self._clock() - datetime.fromisoformat(known["at"])
        except (KeyError, TypeError, ValueError):
            return False
        return timedelta() <= age < self._retry

    async def _fetch(self, image: Image, subject: str) -> Picture:
        picture = sniff(await self._bytes(image), image.url)
        digest = self._cache.keep(picture.data)
        self._cache.note(subject, {"digest": digest, **asdict(_facts(picture))})
        return picture

    async def _bytes(self, image: Image) -> bytes:
        if image.path is None:
            return (await self._http.request("GET", image.url, cap=CAP)).check().body
        return await asyncio.to_thread(_read, image.path)

    def _warn(self, image: Image, reason: str) -> None:
        self._tell(f"the picture {_name(image)} cannot be had: {reason}")

    def _tell(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)


def oversize(path: Path) -> str:
    """Say that a picture's file is too large to be sent; nothing where it is not."""
    return f"it is larger than {CAP:,} bytes" if path.stat().st_size > CAP else ""


def _read(path: Path) -> bytes:
    if not path.is_file():  # a pipe or a device would be read for ever
        raise NoPicture("there is no such file")
    if reason := oversize(path):
        raise NoPicture(reason)
    return path.read_bytes()


def _noted(known: dict[str, Any]) -> MediaFacts | None:
    """Read facts that were noted; None where there are none, or not as we left them."""
    try:
        size = int(known["width"]), int(known["height"])
        return MediaFacts(str(known["type"]), int(known["length"]), *size)
    except (KeyError, TypeError, ValueError):
        return None


def _facts(picture: Picture) -> MediaFacts:
    return MediaFacts(picture.type, picture.length, picture.width, picture.height)


def _name(image: Image) -> str:
    """Name a picture to a person: its file, or its address without a query, which may be secret."""
    if image.path is not None:
        return image.path.name
    try:
        parts = urlsplit(image.url)
    except ValueError:
        return image.url[:_NAMED]
    return f"{parts.hostname or ''}{parts.path}"[:_NAMED]


def _subject(image: Image) -> str:
    """Name what the facts are about: a file in its present state, or a URL."""
    if image.path is None:
        return image.url
    try:
        state = image.path.stat()
    except (OSError, ValueError):  # ValueError: a path that no file can have
        return f"file:{image.path}"
    return f"file:{image.path}:{state.st_mtime_ns}:{state.st_size}"


def _digest(picture: Picture) -> str:
    return hashlib.sha256(picture.data).hexdigest()
