"""A post as Slack's blocks. Pure.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block, …/image-block
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from syndicate.compose import Parts, Words, at_links, escape_html, measure, refer, shorten
from syndicate.config import Worded
from syndicate.model import Limits, Message, Picture, Post, Site, Unit

LIMITS = Limits(
    text=3_000,
    unit=Unit.CODE_POINTS,
    image_types=frozenset({"image/png", "image/jpeg", "image/gif"}),
    alt=2_000,
)
"""The length is that of a section's text; a rich text has none that Slack would name."""
ADDRESS, TITLE = 3_000, 300


def compose(
    post: Post, picture: Picture | None, limits: Limits, site: Site, options: Worded
) -> Message:
    """Compose title with link, summary and hashtags as rich text, and the picture below.

    In a rich text nothing is markup: a ``*`` is a ``*``, and ``<!channel>`` calls nobody. The text
    beside the blocks, which notifications and screen readers use, is markup, and is escaped.
    """
    titled = replace(post, title=shorten(post.title or "", lambda text: len(text) <= TITLE))

    def fits(parts: Parts) -> bool:
        size = measure(parts.text, limits)
        return len(parts.link) <= ADDRESS and (limits.text is None or size <= limits.text)

    parts = Words(titled, site, options).within(fits)
    image = refer(post, picture, limits)
    if image and len(image.url) > ADDRESS:
        image = None
    blocks = [_words(parts)]
    if image:
        alt = image.alt or parts.title or site.title  # Slack has no image without one
        blocks.append({"type": "image", "image_url": image.url, "alt_text": alt})
    return Message.of(
        post,
        parts.text,
        length=measure(parts.text, limits),
        limit=limits.text,
        image=image,
        payload={
            "body": {
                "text": escape_html(parts.text),
                "blocks": blocks,
                "unfurl_links": False,
                "unfurl_media": False,
            }
        },
    )


def without_image(body: dict[str, Any]) -> dict[str, Any]:
    """Give the body without its picture, which Slack could not fetch."""
    return {**body, "blocks": [each for each in body["blocks"] if each["type"] != "image"]}


def _words(parts: Parts) -> dict[str, Any]:
    if parts.body:
        return _section(list(_runs(parts.body, parts.link)))
    words: list[dict[str, Any]] = []
    if parts.title and parts.link:
        words.append(_link(parts.link, parts.title))
    elif parts.title:
        words.append({"type": "text", "text": parts.title, "style": {"bold": True}})
    rest = [{"type": "text", "text": text} for text in (parts.summary, parts.tags) if text]
    if parts.link and not parts.title:
        rest.insert(1 if parts.summary else 0, _link(parts.link))
    for each in rest:
        if words:
            words.append({"type": "text", "text": "\n"})
        words.append(each)
    return _section(words)


def _section(words: list[dict[str, Any]]) -> dict[str, Any]:
    section = {"type": "rich_text_section", "elements": words}
    return {"type": "rich_text", "elements": [section]}


def _runs(text: str, link: str) -> Iterator[dict[str, Any]]:
    """Cut a text at its addresses: in a rich text nothing but a link leads anywhere."""
    for piece, is_link in at_links(text, link):
        yield _link(piece) if is_link else {"type": "text", "text": piece}


def _link(url: str, text: str = "") -> dict[str, Any]:
    named = {"text": text, "style": {"bold": True}} if text else {}
    return {"type": "link", "url": url, **named}
