"""Cards for posts: drawn when somebody asks, and kept, so that nothing is drawn twice."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

from syndicate.cards import dates, draw
from syndicate.cards.cmap import NoFont
from syndicate.cards.fonts import can_shape, held, needs_shaping
from syndicate.cards.logo import LARGEST, NoLogo, fitted
from syndicate.cards.look import HEIGHT, WIDTH, Look, Words, recipe
from syndicate.cards.place import path_of, url_of
from syndicate.config import Config
from syndicate.config.colours import rgb
from syndicate.media import Cache
from syndicate.model import Image, Picture, Post, Site

log = logging.getLogger(__name__)

TYPE = "image/png"


@dataclass(frozen=True, slots=True)
class Card:
    """A drawn card."""

    path: str
    """In the output folder."""
    url: str
    alt: str
    data: bytes = field(repr=False)

    @property
    def picture(self) -> Picture:
        """The card as networks are handed any picture."""
        return Picture(self.url, TYPE, WIDTH, HEIGHT, self.data)


class Rack:
    """Draws the cards of a site, and keeps them.

    Args:
        config: how they look, and where they are published.
        site: what stands on all of them.
        cache: keeps them between runs; it may be deleted.
        put: writes a file of the output folder, where that has other bytes.
    """

    def __init__(
        self, config: Config, site: Site, cache: Cache, put: Callable[[Path, bytes], bool]
    ) -> None:
        self._config = config
        self._site = site
        self._cache = cache
        self._put = put
        self._drawing = Lock()
        self.draws = config.cards.enabled != "off"
        """Whether posts have cards."""
        self.publishes = False
        """Whether a card that a message refers to is put into the output folder."""
        self.warnings: list[str] = []
        """What is amiss with the cards of this run, for a person."""

    @property
    def always(self) -> bool:
        """Whether posts with a hero image have cards, too."""
        return self._config.cards.enabled == "always"

    def wants(self, post: Post) -> bool:
        """Tell whether a post has a card whatever becomes of its hero image."""
        return self.always or post.image is None

    def where(self, url: str) -> tuple[str, str]:
        """Give the path and the address of a post's card, by the post's own address."""
        path = path_of(url)
        return path, url_of(path, self._config.feeds_url)

    async def dress(self, post: Post) -> tuple[Post, Picture | None]:
        """Give a post with its card in place of a hero image; as it was where none can be drawn."""
        card = await asyncio.to_thread(self._hung, post)
        if card is None:
            return post, None
        return replace(post, image=Image(card.url, card.alt)), card.picture

    def can_draw(self, post: Post) -> bool:
        """Tell whether the letters of a post's card can be drawn on this machine."""
        words = self.words(post)
        if not needs_shaping(f"{words.title} {words.site} {words.author}") or can_shape():
            return True
        self._warn(
            "no card is drawn for titles in scripts whose letters join, such as Arabic or Hindi: "
            "this Pillow has no Raqm; the wheels that pip installs have it"
        )
        return False

    def card(self, post: Post) -> Card | None:
        """Give a post's card, drawn where it is not kept; None where it cannot be drawn."""
        if not self.can_draw(post):
            return None
        subject = f"card:{self.recipe(post)}"
        with self._drawing:  # fonts are for one thread at a time
            data = self._cache.load(str(self._cache.facts(subject).get("digest", "")))
            if data is None:
                try:
                    data = self._draw(post)
                except Exception as error:  # a card is not worth a post
                    log.exception("the card of %s could not be drawn", post.source)
                    self._warn(f"{post.source}: its card cannot be drawn: {error}")
                    return None
                self._cache.note(subject, {"digest": self._cache.keep(data)})
        path, url = self.where(post.url)
        return Card(path, url, self.alt(post), data)

    def recipe(self, post: Post) -> str:
        """Give another word whenever a post has another card."""
        return recipe(self.words(post), self._look, self._fonts)

    def alt(self, post: Post) -> str:
        """Give the alternative text: what stands on the card."""
        words = self.words(post)
        return " \u2013 ".join(dict.fromkeys(each for each in (words.title, words.site) if each))

    def words(self, post: Post) -> Words:
        """Give what stands on a post's card."""
        authors = post.authors or ((self._site.author,) if self._site.author else ())
        return Words(
            title=" ".join((post.title or post.summary or self._site.title).split()),
            site=self._site.title,
            author=", ".join(author.name for author in authors),
            date=dates.spell(_day(post.published, self._site.timezone), post.language),
            language=post.language,
        )

    @cached_property
    def made_by(self) -> str:
        """Give another word whenever a card could be another, though its post is the same."""
        enabled = self._config.cards.enabled
        made_of = (enabled, self._site, self._config.feeds_url, self._fonts)
        return recipe(Words("", "", "", "", ""), self._look, repr(made_of))

    def _hung(self, post: Post) -> Card | None:
        """Give a card that is in its place, where networks fetch it from."""
        card = self.card(post)
        if card and self.publishes:
            try:
                self._put(self._config.feeds.output / card.path, card.data)
            except OSError as error:
                self._warn(f"{card.path}: cannot be written: {error.strerror or error}")
                return None
        return card

    def _draw(self, post: Post) -> bytes:
        words = self.words(post)
        missing = draw.left_out(words, self._look)
        if missing:
            self._warn(
                f"{post.source}: no font has {missing}, and the card leaves it out: name a font "
                "that has it in cards.fonts"
            )
        return draw.draw(words, self._look)

    @cached_property
    def _look(self) -> Look:
        """Read how cards look; a file that cannot be used costs a warning, not the cards."""
        settings = self._config.cards
        fonts = []
        for path in settings.fonts:
            try:
                held(path)
                fonts.append(path)
            except NoFont as error:
                self._warn(f"cards.fonts: {path} is left out: {error}")
        logo = None
        if settings.logo:
            try:
                logo = read_logo(settings.logo)
            except NoLogo as error:
                self._warn(f"cards.logo: {settings.logo} is left out: {error}")
        return Look(
            settings.template,
            rgb(settings.background),
            rgb(settings.text),
            rgb(settings.accent),
            logo,
            tuple(fonts),
        )

    @cached_property
    def _fonts(self) -> str:
        """Give a digest of the site's own fonts."""
        state = hashlib.sha256()
        for path in self._look.fonts:
            state.update(hashlib.sha256(path.read_bytes()).digest())
        return state.hexdigest()

    def _warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)


def read_logo(path: Path) -> bytes:
    """Read a logo that can be drawn.

    Raises:
        NoLogo: it cannot be read, or not be drawn.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise NoLogo(f"it is larger than {LARGEST:,} bytes")
        data = path.read_bytes()
    except OSError as error:
        raise NoLogo(error.strerror or str(error)) from error
    fitted(data, 1, 1)
    return data


def _day(published: datetime, zone: str) -> datetime:
    return published.astimezone(ZoneInfo(zone))
