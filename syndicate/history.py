"""The archive of the site's own feed: ledger, content and feeds, brought together for it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from syndicate import content, feeds, program
from syndicate.config import Config
from syndicate.ledger import Ledger
from syndicate.media import MediaStore
from syndicate.model import Image, Site

NOTES = ".archive"
"""Where the pages' notes are kept among the ledger's sessions; no endpoint can have this name."""
_NO_PART = {"archive", "by", "limit", "max_loss", "named", "output", "page"}
"""Settings of feeds that do not bear on a page of the archive."""


@dataclass(frozen=True, slots=True)
class History:
    """The archive as it has to be, and what it takes to bring it there."""

    config: Config
    site: Site
    ledger: Ledger
    scan: content.Scan
    media: MediaStore
    paging: feeds.Paging

    def publish(self, max_loss: float | None, step: Callable[[], None]) -> list[feeds.Published]:
        """Put all pages in their places; what is right already is not made again.

        Args:
            max_loss: as with the feeds.
            step: is called after each page; it may raise to end the work.

        Returns:
            All pages, without their bytes, the newest first.

        Raises:
            FeedError: a page cannot be written, or the archive has lost too much.
        """
        settings = self.config.feeds
        notes = self.ledger.load_session(NOTES)
        if max_loss is not None:
            feeds.guard(self.paging, notes, max_loss)
        pages = {page.folder: page for page in self.paging.pages}
        kept = {folder: notes[folder] for folder in pages if folder in notes}
        written = set()
        try:
            with closing(self._make(notes, writes=True)) as made:  # its helpers end with it
                for places in made:
                    page = pages[places[0].document.folder]
                    kept[page.folder] = feeds.note(page, places)
                    written |= {each.path for each in places if each.written}
                    step()
        finally:
            if kept != notes:
                self.ledger.save_session(NOTES, kept)
        at = feeds.addresses(settings, self.config.feeds_url, pages, archived=True)
        placed = (feeds.placed(each, self.site.title, settings.output) for each in at)
        return [replace(each, written=each.path in written) for each in placed]

    def changed(self) -> list[feeds.Document]:
        """List the documents that :meth:`publish` would write, without their bytes."""
        made = self._make(self.ledger.load_session(NOTES), writes=False)
        return [each.document for places in made for each in places if each.written]

    def sweep(self) -> None:
        """Remove the pages that are no more, when the feed leads to them no longer."""
        feeds.sweep(self.config.feeds, self.paging)

    def _make(
        self, notes: dict[str, Any], *, writes: bool
    ) -> Generator[list[feeds.Published], None, None]:
        pages = feeds.stale(self.paging, notes, self.config.feeds.output)
        jobs = (self._job(page, writes=writes) for page in pages)
        return feeds.make_all(jobs, sum(len(page.ids) for page in pages))

    def _job(self, page: feeds.Page, *, writes: bool) -> feeds.Job:
        outlines = (self.scan.outline(identity) for identity in page.ids)
        loaded = (self.scan.load(outline) for outline in outlines if outline)
        posts = [post for post in loaded if post]
        settings = self.config.feeds
        return feeds.Job(
            self.site,
            settings,
            self.config.feeds_url,
            feeds.archived_listing(self.site, settings, page, posts),
            content.render,
            self._facts(post.image for post in posts),
            writes=writes,
        )

    def _facts(self, images: Iterable[Image | None]) -> dict[str, Any]:
        found = {image.url: self.media.known(image) for image in images if image}
        return {url: facts for url, facts in found.items() if facts}


def lay_out(
    config: Config, site: Site, ledger: Ledger, scan: content.Scan, *, writes: bool
) -> feeds.Paging | None:
    """Tell which post stands where; None where the site has no archive.

    Args:
        config: whether it has one, and how large its pages are.
        site: the site.
        ledger: has the ordinals; posts that came out get theirs.
        scan: has the posts.
        writes: False leaves the ledger as it is.
    """
    settings = config.feeds
    if not settings.archive:
        return None
    ordinals = ledger.ordinals()
    if any(identity not in ordinals for identity in scan.live_ids()):
        new = feeds.number(ordinals, (post.id for post in scan.outlines()))
        if writes:
            ledger.keep_ordinals(new)
        ordinals |= new
    return feeds.paginate(
        scan.outlines(),
        ordinals,
        size=settings.archive_size or settings.limit,
        least=settings.limit,
        made_by=_made_by(config, site),
    )


def _made_by(config: Config, site: Site) -> str:
    """Give another word whenever a page would be another, though its posts are the same."""
    parts: Sequence[str] = (
        program.fingerprint(),
        repr(site),
        config.feeds_url,
        config.feeds.model_dump_json(exclude=_NO_PART),
        config.content.model_dump_json(),
    )
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
