"""A post's body → feed-safe HTML."""

from __future__ import annotations

import hashlib
import logging
from html import escape

from syndicate.content import files, markdown, sanitize, templating
from syndicate.content.cache import Cache
from syndicate.model import Post

log = logging.getLogger(__name__)


def render(post: Post) -> str:
    """Render a post's body: nothing in it runs, and all its addresses are absolute.

    Pure, and the same for the same post; it costs some milliseconds, so keep what it gives.
    """
    body = templating.strip(post.body)
    is_html = post.source.lower().endswith(tuple(files.MARKUP))
    return sanitize.sanitize(body if is_html else markdown.to_html(body), post.url)


class Renderer:
    """Renders posts, and keeps what came of it while the post and its address stay the same."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def __call__(self, post: Post) -> str:
        """Give a post's content as HTML, as :func:`render` does."""
        key = hashlib.sha256(f"{post.digest}\n{post.source}\n{post.url}".encode()).hexdigest()
        html = self._cache.html(key)
        if html is not None:
            return html
        try:
            html = render(post)
        except Exception:
            # One body that nobody thought of must not keep a thousand others from the feeds.
            log.exception("%s cannot be rendered: its summary stands in its place", post.source)
            return f"<p>{escape(post.summary)}</p>"
        self._cache.keep_html(key, html)
        return html
