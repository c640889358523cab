"""A post's body → feed-safe HTML."""

from __future__ import annotations

from syndicate.content import files, markdown, sanitize, templating
from syndicate.model import Post


def render(post: Post) -> str:
    """Render a post's body: nothing in it runs, and all its addresses are absolute.

    Pure, and the same for the same post; it costs some milliseconds, so keep what it gives.
    """
    body = templating.strip(post.body)
    is_html = post.source.lower().endswith(tuple(files.MARKUP))
    return sanitize.sanitize(body if is_html else markdown.to_html(body), post.url)
