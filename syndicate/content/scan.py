"""The content folder → its posts, and everything that is to be said about them.

What it costs follows what changed: files are looked at (``files``), those that look different are
read and parsed (``reading``, on several processes where they are many: ``workers``), and what they
say is kept (``cache``, ``catalogue``). Posts stay there; one is made whole when it is asked for.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from syndicate.content import files, generators, links
from syndicate.content.catalogue import Catalogue
from syndicate.content.identity import name_all
from syndicate.content.locate import Locator, say
from syndicate.content.parse import Rules
from syndicate.content.reading import Reader, Settings, undescribed
from syndicate.content.report import Report
from syndicate.content.workers import Step, read_all
from syndicate.errors import ContentError
from syndicate.model import Finding, Kind, Outline, Post, PostRecord, Severity

if TYPE_CHECKING:
    from syndicate import config  # pydantic costs more than this whole room
    from syndicate.content.cache import Cache
    from syndicate.ledger import Ledger

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Scan:
    """What a look at the content folder found. It lives as long as its cache is open."""

    now: datetime
    live: int
    """How many posts are out."""
    held: int
    """How many are held back: drafts, future and expired ones."""
    findings: tuple[Finding, ...]
    """What to look at, by file and line; an error means that the post was left out."""
    next_change: datetime | None
    """When a post comes out or expires next."""
    _catalogue: Catalogue = field(repr=False)
    _cache: Cache = field(repr=False)
    _reader: Reader = field(repr=False)

    def outlines(
        self, *, among: Collection[str] | None = None, held: bool = False
    ) -> Iterator[Outline]:
        """Give the posts that are out, the newest first, then by id.

        Args:
            among: only these, by their ids; all where it is left out.
            held: give drafts, future and expired posts, too.
        """
        return self._catalogue.outlines(None if held else self.now, among)

    def wishing(self) -> Iterator[Outline]:
        """Give the posts that ask for something of their own, drafts and future ones, too."""
        return self._catalogue.wishing()

    def undescribed(self) -> Iterator[Outline]:
        """Give the posts whose image has no alternative text, drafts and future ones, too."""
        return self._catalogue.undescribed()

    def newest(self, count: int) -> list[Post]:
        """Give the newest posts that are out, whole."""
        posts: list[Post] = []
        outlines = self.outlines()
        while len(posts) < count and (outline := next(outlines, None)):
            post = self.load(outline)
            if post is not None:
                posts.append(post)
        return posts

    def live_ids(self) -> Iterator[str]:
        """Give the ids of the posts that are out."""
        return self._catalogue.live_ids(self.now)

    def is_live(self, identity: str) -> bool:
        """Tell whether a post is out."""
        return self._catalogue.is_live(identity, self.now)

    def absence(self, identity: str, source: str) -> str:
        """Say in which way a post was taken back; nothing where it is out, or cannot be told.

        Args:
            identity: the post's id.
            source: its file when it was seen last; one that cannot be read was not taken back.
        """
        found = self._catalogue.held(identity)
        if found is None:
            return "" if self._catalogue.has_source(source) else "its file is gone"
        if found.draft:
            return "it is a draft again"
        return "it has expired" if found.expires and found.expires <= self.now else ""

    def given_ids(self) -> dict[str, str]:
        """Give the ids that posts' own front matter says, by source."""
        return self._catalogue.given_ids()

    def outline(self, identity: str) -> Outline | None:
        """Find a post that is out."""
        return self._catalogue.live(identity, self.now)

    def find(self, name: str, source: str) -> str | None:
        """Give the permalink of the post that another one names; see :func:`links.find`."""
        return links.find(self._catalogue.named, name, source)

    def load(self, outline: Outline) -> Post | None:
        """Make a post whole; None where its file was deleted or spoilt since the look at it."""
        parsed = self._reader.whole(outline.source)
        if parsed is None:
            return None
        image, enclosure = self._reader.media(parsed, outline.url, Report(outline.source))
        return Post(
            id=outline.id,
            url=outline.url,
            source=outline.source,
            digest=parsed.digest,
            published=parsed.published,
            updated=parsed.updated,
            first_seen=outline.first_seen,
            title=parsed.title,
            summary=parsed.summary,
            body=parsed.body,
            body_line=parsed.body_line,
            authors=parsed.authors,
            categories=parsed.categories,
            tags=parsed.tags,
            language=outline.language,
            image=image,
            enclosure=enclosure,
            external_url=self._reader.external(parsed.link),
            draft=parsed.draft,
            expires=parsed.expires,
            wishes=parsed.wishes,
            undescribed=undescribed(parsed, image),
        )

    @property
    def records(self) -> Iterator[PostRecord]:
        """Give what is new or has changed, for the ledger to keep."""
        return self._catalogue.fresh()

    def keep(self, stamp: str) -> None:
        """Keep what was found for the next time; ``stamp`` is the ledger's, now that it knows."""
        self._catalogue.no_longer_fresh()
        self._cache.note("ledger", stamp)
        self._cache.commit()


class LivePosts(Mapping[str, Post]):
    """The posts of a scan that are out, by id; each is read when it is asked for."""

    def __init__(self, scan: Scan) -> None:
        self._scan = scan

    def __getitem__(self, identity: str) -> Post:
        outline = self._scan.outline(identity)
        post = self._scan.load(outline) if outline else None
        if post is None:
            raise KeyError(identity)
        return post

    def __iter__(self) -> Iterator[str]:
        return self._scan.live_ids()

    def __len__(self) -> int:
        return self._scan.live


def scan(  # noqa: PLR0917 - what a look takes
    content: config.Content,
    site: config.SiteConfig,
    ledger: Ledger,
    now: datetime,
    cache: Cache,
    step: Step = lambda done, of: None,  # noqa: ARG005
    *,
    only_looks: bool = False,
) -> Scan:
    """Look at all posts of the content folder, and read those that have changed.

    Args:
        content: where the posts are, and how what they leave open is read.
        site: the site that they belong to.
        ledger: remembers which post is which; nothing is written to it.
        now: when posts that nobody knows yet were seen first.
        cache: what is known of the folder; without it all of it is read.
        step: is told how many files of how many have been read; it may raise to end the work.
        only_looks: posts that claim one id are findings then: nothing is published by them.

    Raises:
        ContentError: there is no such folder, or two posts claim one id.
    """
    generator = generators.find(content.dir, content.dialect)
    settings = Settings(
        content.dir,
        site.url,
        site.language,
        Locator.of(content, site, generator),
        Rules(site.timezone, content.default_time, generator.name),
        content.hero_from_body,
    )
    said = tuple(say(generator, content, site))
    look = partial(_scan, settings, ledger, now, step=step, said=said)
    try:
        found = look(cache)
    except sqlite3.DatabaseError as error:
        cache.reset(error)
        found = look(cache)
    clashes = [str(each) for each in found.findings if each.kind is Kind.SHARED_ID]
    if clashes and not only_looks:
        raise ContentError("\n".join(clashes))
    return found


def _scan(
    settings: Settings,
    ledger: Ledger,
    now: datetime,
    cache: Cache,
    *,
    step: Step,
    said: Sequence[Finding],
) -> Scan:
    catalogue, refused = _read(settings, cache, step)
    if cache.fact("ledger") != ledger.posts_stamp():
        catalogue.forget_ids()
    surprises = name_all(catalogue, ledger, settings.site, now)
    reader = Reader(settings)
    findings = [
        *said,
        *refused,
        *catalogue.findings(),
        *surprises,
        *_one_id_each(catalogue, reader),
        *_one_address_each(catalogue),
    ]
    live, held = catalogue.count(now)
    if not findings and not live + held:
        message = "no post is in this folder: a file such as hello.md, with a date, is expected"
        findings.append(Finding(str(settings.root), None, None, message, kind=Kind.CONTENT))
    return Scan(
        now,
        live,
        held,
        tuple(sorted(findings, key=Finding.place)),
        catalogue.next_change(now),
        catalogue,
        cache,
        reader,
    )


def _read(settings: Settings, cache: Cache, step: Step) -> tuple[Catalogue, list[Finding]]:
    """Read what is new or has changed; give what is known now, and what could not be looked at."""
    catalogue = Catalogue(cache)
    cache.belongs_to(repr(settings))
    refused: list[Finding] = []
    takes = settings.locate.generator.takes
    found = (each for each in files.walk(settings.root, refused) if takes(each.source))
    count = catalogue.see(found, time.time_ns())
    catalogue.keep(read_all(settings, catalogue.asked(), count, step))
    catalogue.settle()
    return catalogue, refused


def _one_id_each(catalogue: Catalogue, reader: Reader) -> Iterator[Finding]:
    """Refuse posts that claim an id which another one claims as well: no reader could tell them."""
    for identity, (first, *others) in catalogue.sharing("id"):
        for other in others:
            key, line = reader.place_of_id(other)
            message = f"{first} claims the same id, {identity}: give one of them another"
            yield Finding(other, line, key, message, Severity.ERROR, Kind.SHARED_ID)


def _one_address_each(catalogue: Catalogue) -> Iterator[Finding]:
    """Warn of posts that share an address: only one of them can be there."""
    for url, (first, *others) in catalogue.sharing("url"):
        for other in others:
            message = f"has the same address as {first}: {url}"
            yield Finding(other, None, None, message, kind=Kind.SHARED_ADDRESS)
