"""Posts → bytes: one neutral feed, rendered as RSS 2.0, Atom 1.0 and JSON Feed 1.1.

::

    posts ─ resolve ─→ Feed ─┬─ generator + finish ─→ feed.xml, atom.xml   (feedgen, lxml)
                             └─ jsonfeed ───────────→ feed.json
                                        └─ check ─ write ─→ the output folder

Every value is settled once, in the neutral :class:`~syndicate.feeds.shape.Feed`, so that the
formats cannot disagree. feedgen and lxml are imported when a feed is rendered, not before.
"""

from syndicate.feeds.documents import Address, Document, addresses, build
from syndicate.feeds.write import Published, changed, publish

__all__ = ["Address", "Document", "Published", "addresses", "build", "changed", "publish"]
