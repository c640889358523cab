"""A post's body → feed-safe HTML."""

from __future__ import annotations

from syndicate.content import markdown, sanitize, templating
from syndicate.model import Post


def render(post: Post) -> str:
    """Render a post's body: nothing in it runs, and all its addresses are absolute.

    Pure, and the same for the same post; it costs some milliseconds, so keep what it gives.
    """
    return sanitize.sanitize(markdown.to_html(templating.strip(post.body)), post.url)
