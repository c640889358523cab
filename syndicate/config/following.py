"""What an endpoint does beside announcing: what it waits for before."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from syndicate.config.values import Span


class Following(BaseModel):
    """The part of an endpoint's options that is about a post's page."""

    announces: ClassVar[bool] = True
    """False for networks that are told of feeds, and of no posts."""

    require_live: bool = Field(
        False,
        description="Whether a post goes out only when its page answers: see "
        "[how delivery works](delivery.md).",
    )
    live_canonical: bool = Field(
        False, description="With `require_live`: the page has to name itself as canonical, too."
    )
    live_image: bool = Field(
        False, description="With `require_live`: the page's `og:image` has to be there, too."
    )
    live_timeout: Span = Field(
        timedelta(hours=24),
        description="With `require_live`: after so long without the page comes the dead letter.",
    )

    @field_validator("require_live")
    @classmethod
    def _has_posts_to_hold(cls, value: bool) -> bool:
        if value and not cls.announces:
            raise ValueError("this network is told of feeds, not of posts; leave it out")
        return value

    @field_validator("live_canonical", "live_image")
    @classmethod
    def _needs_the_gate(cls, value: bool, info: ValidationInfo) -> bool:
        if value and not info.data.get("require_live", True):
            raise ValueError("it is looked at with require_live = true only; set that as well")
        return value
