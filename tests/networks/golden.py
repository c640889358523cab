"""The four posts whose requests are written down, and the comparing of them."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from fakes.looking import look
from fakes.posts import POST
from syndicate import config
from syndicate.model import Image, Picture, Post
from syndicate.testing.samples import picture

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parents[1] / "golden" / "networks"


@cache
def real() -> Post:
    """The post in ``content/``, as it is read by the program."""
    site = config.SiteConfig(title="Fantastic AI", url="https://example.org")
    [post] = look(config.Content(dir=ROOT / "content"), site).posts
    return post


@cache
def posts() -> dict[str, tuple[Post, Picture | None]]:
    """The posts by what is special about them, each with its picture."""
    hero = "https://example.org/hero.png"
    astronaut = "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{ROCKET}"
    long = replace(
        POST,
        title=f"{astronaut} *Brass* & <wheels> " * 20,
        summary=f"{astronaut} weaves_patterns [in](brass) & <steel> at https://example.org/a_b. "
        * 90,
        tags=("C++", "image generation", "weaving"),
        image=Image(hero, alt=f'{astronaut} at a "loom"'),
    )
    bare = replace(POST, title=None, summary="- A note. @ada #1 1. ~ok~", tags=())
    rtl = replace(
        POST,
        title="שלום עולם",
        summary="ברוכים הבאים ל-Example, מכונת האריגה מס׳ 1.",
        language="he",
        tags=("אריגה",),
        image=Image(hero),
    )
    first = real()
    return {
        "real": (first, _picture(first.image.url)),
        "long": (long, _picture(hero)),
        "bare": (bare, None),
        "rtl": (rtl, _picture(hero)),
    }


def _picture(url: str) -> Picture:
    return Picture(url, "image/png", 64, 32, picture())


def compare(name: str, found: Any, update: bool) -> None:
    """Compare what was sent with what is written down; or write it down."""
    text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    path = GOLDEN / f"{name}.json"
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
