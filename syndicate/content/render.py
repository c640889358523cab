"""A post's body → feed-safe HTML."""

from __future__ import annotations

import hashlib
import logging
from html import escape

from syndicate.content import files, markdown, sanitize, templating, urls
from syndicate.content.cache import Cache
from syndicate.content.links import Find, Links
from syndicate.model import Finding, Kind, Post

log = logging.getLogger(__name__)


def render(post: Post, site: str = "", find: Find | None = None) -> str:
    """Render a post's body: nothing in it runs, and all its addresses are absolute.

    Pure, and the same for the same post and the same answers; it costs some milliseconds, so keep
    what it gives.

    Args:
        post: the post.
        site: the site's address; that of the post's host where it is not said.
        find: finds the posts that this one links to by their files or names.
    """
    return _render(post, _links(post, site, find))


class Renderer:
    """Renders posts, and keeps what came of it while the post and its address stay the same.

    Args:
        cache: where it is kept.
        site: the site's address.
        find: finds the posts that a post links to by their files or names.
    """

    def __init__(self, cache: Cache, site: str = "", find: Find | None = None) -> None:
        self._cache, self._site, self._find = cache, site, find
        self._lost: dict[str, dict[str, int | None]] = {}

    def __call__(self, post: Post) -> str:
        """Give a post's content as HTML, as :func:`render` does."""
        known = f"{post.digest}\n{post.source}\n{post.url}\n{self._site}"
        key = hashlib.sha256(known.encode()).hexdigest()
        html = self._cache.html(key)
        if html is not None:
            return html
        links = _links(post, self._site, self._find)
        try:
            html = _render(post, links)
        except Exception:
            # One body that nobody thought of must not keep a thousand others from the feeds.
            log.exception("%s cannot be rendered: its summary stands in its place", post.source)
            return f"<p>{escape(post.summary)}</p>"
        if links.lost:
            self._lost[post.source] = {name: _line(post, name) for name in links.lost}
        if not links.asked:  # what other posts are called changes without this one
            self._cache.keep_html(key, html)
        return html

    @property
    def findings(self) -> list[Finding]:
        """Tell of the links that lead to no post."""
        return [
            Finding(source, line, None, f"{name} leads to no post", kind=Kind.LOST_LINK)
            for source, lost in sorted(self._lost.items())
            for name, line in lost.items()
        ]


def _line(post: Post, text: str) -> int | None:
    """Find the line of a post's file on which something stands for the first time."""
    place = post.body.find(text)
    return None if place < 0 else post.body_line + post.body.count("\n", 0, place)


def _links(post: Post, site: str, find: Find | None) -> Links:
    return Links(post.url, site or urls.origin(post.url), post.source, find, post.title or "")


def _render(post: Post, links: Links) -> str:
    body = templating.resolve(post.body, links)[0]
    suffix = post.source[post.source.rfind(".") :].lower()
    html = body if suffix in files.MARKUP else markdown.to_html(body, links, jsx=suffix == ".mdx")
    return sanitize.sanitize(html, post.url, links.address)
