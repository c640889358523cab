"""Content: a folder of files → posts, and a post → feed-safe HTML.

What changed is found by ``files`` (which are posts, and their state) and ``catalogue`` (what the
``cache`` knows of them). A file that did goes, in ``reading``, through ``text`` (bytes → text),
``frontmatter`` (text → keys and body), ``fields`` and ``dates`` (any dialect → one shape),
``parse`` (all of these, pure), ``generators``, ``locate`` and ``slugs`` (where it is on the web)
and ``media`` (files beside it). Which post it is, ``identity`` tells; ``scan`` puts all of this
together. ``render`` runs ``templating``, ``markdown`` and ``sanitize``.
"""

from syndicate.content.cache import Cache, open_cache
from syndicate.content.locate import inputs, told
from syndicate.content.render import Renderer, render
from syndicate.content.scan import LivePosts, Scan, scan
from syndicate.content.workers import Step

__all__ = [
    "Cache",
    "LivePosts",
    "Renderer",
    "Scan",
    "Step",
    "inputs",
    "open_cache",
    "render",
    "scan",
    "told",
]
