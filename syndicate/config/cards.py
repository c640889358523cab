"""The table ``[cards]``: pictures that are drawn for posts without one."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from syndicate.config.base import Model
from syndicate.config.colours import READABLE, Colour, contrast, rgb
from syndicate.config.values import FilePath


class Cards(Model):
    """Social cards: pictures of a post's title, 1200 by 630 pixels, drawn by `syndicate`."""

    enabled: Literal["off", "auto", "always"] = Field(
        "off",
        description="`auto` draws one for each post without a hero image, and in place of one that "
        "cannot be had; `always` for every post, also in place of its hero image.",
    )
    template: Literal["plain", "poster"] = Field(
        "plain", description="Letters on a light ground, or light letters on the accent's colour."
    )
    background: Colour = Field("#fbfaf7", description="The ground; on a poster, the letters.")
    text: Colour = Field("#1c1b1f", description="The letters; on a poster, nothing.")
    accent: Colour = Field("#2f5bd6", description="What stands out; on a poster, the ground.")
    logo: FilePath | None = Field(
        None,
        description="A PNG, JPEG, WebP or GIF to stand before the site's title; its first letter "
        "where not said.",
    )
    fonts: list[FilePath] = Field(
        [], description="TrueType or OpenType files that are asked for letters before ours."
    )

    @property
    def files(self) -> list[FilePath]:
        """The files that a card is drawn with."""
        return [*self.fonts, *([self.logo] if self.logo else [])]

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        """Refuse colours that people with weak eyes, or in the sun, cannot tell apart."""
        ground = rgb(self.background)
        for key in ("text", "accent") if self.template == "plain" else ("accent",):
            found = contrast(rgb(getattr(self, key)), ground)
            if found < READABLE:
                raise ValueError(
                    f"{key} {getattr(self, key)} on background {self.background} has a contrast of "
                    f"{found:.1f} to 1, and {READABLE} is the least that can be read (WCAG AA): "
                    "make one of them darker, or the other lighter"
                )
        return self
