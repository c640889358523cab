"""A post's body → feed-safe HTML."""

from __future__ import annotations

import hashlib

from syndicate.content import files, markdown, sanitize, templating
from syndicate.content.cache import Cache
from syndicate.model import Post


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
        if html is None:
            html = render(post)
            self._cache.keep_html(key, html)
        return html
