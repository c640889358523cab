"""Content: a folder of files → posts, and a post → feed-safe HTML.

A file goes through ``files`` (which are posts), ``text`` (bytes → text), ``frontmatter`` (text →
keys and body), ``fields`` and ``dates`` (any dialect → one shape), ``parse`` (all of these, pure),
``generators``, ``locate`` and ``slugs`` (where it is on the web), ``media`` (files beside it) and
``identity`` (which post it is);
``scan`` puts them together. ``render`` runs ``templating``, ``markdown`` and ``sanitize``.
"""

from syndicate.content.locate import told
from syndicate.content.render import render
from syndicate.content.scan import Scan, newest_first, scan

__all__ = ["Scan", "newest_first", "render", "scan", "told"]
