"""What a card says and how it looks; from this it is drawn, and by this it is known again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple, dataclass, field
from pathlib import Path

WIDTH, HEIGHT = 1200, 630
"""What networks show whole: 1.91 to 1."""
EDITION = 1
"""Counts up when cards are drawn in another way: then all are drawn anew."""
SOFTWARE = "syndicate"
MARK = b"tEXtSoftware\0" + SOFTWARE.encode()
"""Stands near the top of each card's file: one without it is somebody else's."""

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Look:
    """How the cards of a site look."""

    template: str = "plain"
    background: Colour = (251, 250, 247)
    text: Colour = (28, 27, 31)
    accent: Colour = (47, 91, 214)
    logo: bytes | None = field(default=None, repr=False)
    """A picture's bytes."""
    fonts: tuple[Path, ...] = ()
    """The site's own, asked before ours."""


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on a card."""

    title: str
    site: str
    author: str
    date: str
    language: str


def recipe(words: Words, look: Look, fonts: str) -> str:
    """Give another word whenever another card would be drawn.

    Args:
        words: what stands on it.
        look: how it looks.
        fonts: the digest of the site's own fonts.
    """
    logo = hashlib.sha256(look.logo).hexdigest() if look.logo else ""
    colours = (look.background, look.text, look.accent)
    made_of = [EDITION, *astuple(words), look.template, *colours, logo, fonts]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()


def blend(over: Colour, under: Colour, share: float) -> Colour:
    """Mix two colours."""
    red, green, blue = (
        round(a * share + b * (1 - share)) for a, b in zip(over, under, strict=True)
    )
    return red, green, blue
