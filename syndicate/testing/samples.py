"""Posts that a network has to cope with, and pictures made on the spot."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from functools import cache

from PIL import Image as Pillow

from syndicate.model import Image, Key, Picture, Post
from syndicate.testing.clock import NOON

KEY = Key("msg_0123456789abcdef", NOON)

POST = Post(
    id="tag:example.org,2026-02-28:hello",
    url="https://example.org/blog/hello/",
    source="hello.md",
    digest="0" * 64,
    published=NOON - timedelta(hours=1),
    updated=NOON - timedelta(hours=1),
    first_seen=NOON,
    title="Hello",
    summary="A first post.",
    body="A first post.\n",
    tags=("greeting",),
    categories=("News",),
    language="en",
)
"""One with nothing special about it."""


@cache
def picture(form: str = "PNG", size: tuple[int, int] = (64, 32), colour: str = "teal") -> bytes:
    """Give the bytes of a picture of one colour."""
    file = io.BytesIO()
    Pillow.new("RGB", size, colour).save(file, form)
    return file.getvalue()


HERO = Picture("https://example.org/hero.png", "image/png", 64, 32, picture())
LARGE = Picture(
    "https://example.org/large.bmp", "image/bmp", 400, 300, picture("BMP", (400, 300), "navy")
)
"""Of a type that hardly any network takes as it is."""
ALT = "A teal field, \N{WOMAN}\N{ZERO WIDTH JOINER}\N{ROCKET} in it"

POSTS = {
    "plain": POST,
    "no title": replace(POST, title=None),
    "no summary": replace(POST, summary=""),
    "no tags": replace(POST, tags=()),
    "nothing but a link": replace(POST, title=None, summary="", tags=()),
    "much too long": replace(POST, title="A title " * 100, summary="words and words " * 500),
    "one long word": replace(POST, title=None, summary="x" * 5_000),
    "many tags": replace(POST, tags=tuple(f"tag number {number}" for number in range(200))),
    "emoji": replace(
        POST,
        title="\N{WOMAN}\N{ZERO WIDTH JOINER}\N{ROCKET}" * 400,
        summary="\U0001f1e9\U0001f1ea" * 400,
    ),
    "right to left": replace(
        POST, title="שלום עולם", summary="مرحبا بالعالم " * 100, language="he"
    ),
    "long link": replace(POST, url="https://example.org/" + "long-" * 40, summary="w " * 1000),
    "illustrated": replace(POST, image=Image(HERO.url, alt=ALT)),
    "without alt": replace(POST, image=Image(HERO.url)),
    "long alt": replace(POST, image=Image(HERO.url, alt="alt " * 2_000)),
    "long alt of emoji": replace(
        POST, image=Image(HERO.url, alt="\N{WOMAN}\N{ZERO WIDTH JOINER}\N{ROCKET}" * 2_000)
    ),
}
"""By what is special about them."""
