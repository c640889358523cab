"""A post as a record on Bluesky: its words, and the card or the picture with it. Pure.

The lexicons under https://github.com/bluesky-social/atproto/tree/main/lexicons/app/bsky. What is
composed lacks what only the server knows: the uploaded picture.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from syndicate.compose import find_facets, graphemes, shorten
from syndicate.model import Attachment, Facet, FacetKind, Post, Site

POST = "app.bsky.feed.post"
"""The collection of posts, and what each of them is."""
DESCRIPTION = 300
"""The most graphemes of a card's description; the app shows two lines."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?")
"""A tag that no server can refuse: language, script, region (RFC 5646)."""


def words(text: str, post: Post) -> dict[str, Any]:
    """Give a record's words, with what they stand for and in which language they are."""
    record = {
        "$type": POST,
        "text": text,
        "facets": [_facet(facet) for facet in find_facets(text, post.url)],
        "langs": [post.language] if _LANGUAGE.fullmatch(post.language) else [],
    }
    return {name: value for name, value in record.items() if value != []}


def card(post: Post, site: Site) -> dict[str, Any]:
    """Give the link card. Bluesky fetches nothing itself: what is not here is not shown."""
    return {
        "$type": "app.bsky.embed.external",
        "external": {
            "uri": post.url,
            "title": post.title or site.title,
            "description": shorten(post.summary, lambda text: graphemes(text) <= DESCRIPTION),
        },
    }


def images(image: Attachment) -> dict[str, Any]:
    """Give the picture itself, with its alternative text."""
    ratio = {"width": image.width, "height": image.height}
    return {
        "$type": "app.bsky.embed.images",
        "images": [{"alt": image.alt, "aspectRatio": ratio}],
    }


def completed(record: Mapping[str, Any], blob: Mapping[str, Any] | None) -> dict[str, Any]:
    """Put the uploaded picture into a record: as a card's thumbnail, or as the image itself.

    Without one a card has no thumbnail, and an image is nothing at all: its post has the link.
    """
    embed = record["embed"]
    rest = {name: value for name, value in record.items() if name != "embed"}
    if "external" in embed:
        thumb = {"thumb": blob} if blob else {}
        return {**rest, "embed": {**embed, "external": {**embed["external"], **thumb}}}
    if blob is None:
        return rest
    return {**rest, "embed": {**embed, "images": [{**embed["images"][0], "image": blob}]}}


def picture_of(record: Mapping[str, Any]) -> Any:
    """Give the uploaded picture of a record; None where there is none."""
    embed = record.get("embed", {})
    if "external" in embed:
        return embed["external"].get("thumb")
    return embed["images"][0]["image"] if embed else None


def _facet(facet: Facet) -> dict[str, Any]:
    key = {FacetKind.LINK: "uri", FacetKind.TAG: "tag"}[facet.kind]
    return {
        "index": {"byteStart": facet.start, "byteEnd": facet.end},
        "features": [{"$type": f"app.bsky.richtext.facet#{facet.kind}", key: facet.value}],
    }
