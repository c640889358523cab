"""The cards of all posts as files beside the feeds, for the `og:image` of their pages.

What was written is noted in the cache, so that a post that has not changed need not be read again.
The notes decide nothing: without them each card is looked at anew, and written where it differs.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from asyncio import Event
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from syndicate import content, feeds, program
from syndicate.cards import FOLDER, HEIGHT, INDEX, MARK, TYPE, WIDTH, Rack, url_of
from syndicate.config import Config
from syndicate.errors import FeedError
from syndicate.media import Cache
from syndicate.model import Outline

JSON = "application/json; charset=utf-8"
HEAD = 1024
"""How much of a picture is read to see whose it is."""

Entry = dict[str, str]
"""What the index says of a card."""


@dataclass(frozen=True)
class Gallery:
    """The cards of a site's posts, and what it takes to bring them into their places."""

    config: Config
    scan: content.Scan
    rack: Rack

    def shown(self) -> Iterator[feeds.Published]:
        """Give the index and the card of each post, for who serves them; not all need be there."""
        if not self.rack.draws:
            return
        at = [_index_at(self.config), *(_card_at(path, self.config) for path in self._places)]
        for each in at:
            yield feeds.placed(each, self.config.site.title, self.config.feeds.output)

    def publish(self, stop: Event) -> list[feeds.Published]:
        """Put the cards into their places, list them, and remove those of posts that are gone.

        Cards of what has not changed are not touched. Where this is stopped, the next run goes on.

        Returns:
            The index; nothing where this was stopped.

        Raises:
            FeedError: a file cannot be written or removed.
        """
        if not self.rack.draws:
            return []
        cache, subject = Cache(self.config.media.cache), self._subject
        notes, kept = cache.facts(subject), {}
        places = self._places
        try:
            for path, outline in places.items():
                if stop.is_set():
                    return []
                kept[path] = self._published(path, outline, notes.get(path))
        except OSError as error:
            raise FeedError(f"{error.filename}: cannot be written: {error.strerror}") from error
        finally:
            if kept != notes:
                cache.note(subject, {**notes, **kept} if len(kept) < len(places) else kept)
        index = _index(self.config, (each["entry"] for each in kept.values()))
        at = self.config.feeds.output / INDEX
        published = feeds.Published(index, at, feeds.put(at, index.data))
        _sweep(self.config.feeds.output, places)
        return [published]

    def changed(self) -> list[feeds.Document]:
        """List the index, where :meth:`publish` would write another one. Nothing is drawn."""
        if not self.rack.draws:
            return []
        notes = Cache(self.config.media.cache).facts(self._subject)
        index = _index(
            self.config,
            (
                notes[path]["entry"]
                if self._holds(path, outline, notes.get(path))
                else self._entry(path, outline)
                for path, outline in self._places.items()
            ),
        )
        return feeds.changed([index], self.config.feeds.output)

    @cached_property
    def _places(self) -> dict[str, Outline]:
        """Give each post's place, newest first; of posts with one address, the newest has it."""
        places: dict[str, Outline] = {}
        for outline in self.scan.outlines():
            places.setdefault(self.rack.where(outline.url)[0], outline)
        return places

    def _published(self, path: str, outline: Outline, note: Any) -> dict[str, Any]:
        """Bring one card into its place, and give what to note of it."""
        if self._holds(path, outline, note):
            return dict(note)
        made_of = self._made_of(outline)
        post = self.scan.load(outline)
        if post and not self.rack.wants(post):
            return {"of": made_of, "state": None, "entry": None}
        card = self.rack.card(post) if post else None
        if card is None:  # the next run tries again
            return {"of": None, "state": None, "entry": None}
        at = self.config.feeds.output / path
        feeds.put(at, card.data)
        return {"of": made_of, "state": _state(at), "entry": self._entry(path, outline)}

    def _holds(self, path: str, outline: Outline, note: Any) -> bool:
        """Tell whether a card is as it was left, and would be made of the same."""
        try:
            if note["of"] != self._made_of(outline):
                return False
            return not note["entry"] or _state(self.config.feeds.output / path) == note["state"]
        except (OSError, KeyError, TypeError):  # it is gone, or nothing is known of it
            return False

    def _entry(self, path: str, outline: Outline) -> Entry | None:
        """Say of a card what templates want to know; None where the post has none."""
        post = self.scan.load(outline)
        if post is None or not self.rack.wants(post) or not self.rack.can_draw(post):
            return None
        return {
            "post": post.url,
            "url": url_of(path, self.config.feeds_url),
            "path": path,
            "alt": self.rack.alt(post),
            "version": self.rack.recipe(post)[:12],
        }

    def _made_of(self, outline: Outline) -> str:
        return f"{outline.id} {outline.digest} {outline.url} {self._made_by}"

    @cached_property
    def _made_by(self) -> str:
        """Give another word whenever a card could be another, though its post is the same."""
        parts = (program.fingerprint(), self.rack.made_by, self.config.content.model_dump_json())
        return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def _subject(self) -> str:
        return f"cards in {self.config.feeds.output}"


def published(config: Config) -> list[feeds.Address]:
    """List the addresses of the cards that were written last."""
    try:
        cards = json.loads((config.feeds.output / INDEX).read_bytes())["cards"]
        paths = [str(each["path"]) for each in cards]
    except (OSError, ValueError, KeyError, TypeError):  # there is none, or it is no index
        return []
    return [_index_at(config), *(_card_at(path, config) for path in paths)]


def _index(config: Config, entries: Iterable[Entry | None]) -> feeds.Document:
    cards = [each for each in entries if each]
    data = {"width": WIDTH, "height": HEIGHT, "cards": cards}
    text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    at = _index_at(config)
    return feeds.Document(
        at.path,
        at.url,
        at.type,
        config.site.title,
        len(cards),
        None,
        text.encode("utf-8", "replace"),
    )


def _index_at(config: Config) -> feeds.Address:
    return feeds.Address(INDEX, url_of(INDEX, config.feeds_url), JSON)


def _card_at(path: str, config: Config) -> feeds.Address:
    return feeds.Address(path, url_of(path, config.feeds_url), TYPE, archived=True)


def _state(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns, status.st_ino]


def _sweep(output: Path, places: Iterable[str]) -> None:
    """Remove the cards of posts that are gone. Only pictures that say they are ours go."""
    kept = {output / path for path in places}
    for folder, _, names in os.walk(output / FOLDER, topdown=False):
        for name in names:
            path = Path(folder, name)
            if path not in kept and path.suffix == ".png" and _is_ours(path):
                try:
                    path.unlink(missing_ok=True)
                except OSError as error:
                    raise FeedError(f"{path}: cannot be removed: {error.strerror}") from error
        with contextlib.suppress(OSError):  # something is in it
            Path(folder).rmdir()


def _is_ours(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return MARK in file.read(HEAD)
    except OSError:
        return False
