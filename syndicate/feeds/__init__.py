"""Posts → bytes: one neutral feed, rendered as RSS 2.0, Atom 1.0 and JSON Feed 1.1.

::

    posts ─ sets ─ resolve ─→ Feed ─┬─ generator + finish ─→ feed.xml, atom.xml   (feedgen, lxml)
                                    ├─ jsonfeed ───────────→ feed.json
                                    └─ page ───────────────→ feed.html, for people   (Jinja2)
                                               └─ check ─ write ─→ the output folder

``catalogue`` lists the feeds of a site that has several. ``paging`` tells which post stands on
which page of the archive; ``archive`` makes these pages, on several processes where they are many.

Every value is settled once, in the neutral :class:`~syndicate.feeds.shape.Feed`, so that the
formats cannot disagree. feedgen, lxml and Jinja2 are imported when a feed is rendered, not before.
"""

from syndicate.feeds.accept import wants_page
from syndicate.feeds.archive import (
    Job,
    archived,
    archived_listing,
    guard,
    make_all,
    note,
    placed,
    stale,
    sweep,
)
from syndicate.feeds.catalogue import catalogue, folders, links
from syndicate.feeds.documents import Address, Document, addresses, build
from syndicate.feeds.paging import Page, Paging, number, paginate
from syndicate.feeds.sets import Listing, listings
from syndicate.feeds.write import Published, are_ours, changed, publish, put, warnings

__all__ = [
    "Address",
    "Document",
    "Job",
    "Listing",
    "Page",
    "Paging",
    "Published",
    "addresses",
    "archived",
    "archived_listing",
    "are_ours",
    "build",
    "catalogue",
    "changed",
    "folders",
    "guard",
    "links",
    "listings",
    "make_all",
    "note",
    "number",
    "paginate",
    "placed",
    "publish",
    "put",
    "stale",
    "sweep",
    "wants_page",
    "warnings",
]
