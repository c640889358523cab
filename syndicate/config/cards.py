"""The table ``[cards]``: pictures that are drawn for posts without one."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

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

    @field_validator("text", "accent")
    @classmethod
    def _can_be_read(cls, value: str, info: ValidationInfo) -> str:
        """Refuse colours that people with weak eyes, or in the sun, cannot tell apart."""
        ground, template = info.data.get("background"), info.data.get("template")
        if ground is None or template is None or (info.field_name, template) == ("text", "poster"):
            return value
        found = contrast(rgb(value), rgb(ground))
        if found < READABLE:
            raise ValueError(
                f"{value} on background {ground} has a contrast of {found:.1f} to 1, and "
                f"{READABLE} is the least that can be read (WCAG AA): make one of them darker, or "
                "the other lighter"
            )
        return value
