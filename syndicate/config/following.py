"""What an endpoint does beside announcing: what it waits for before, and what follows later."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from syndicate.config.values import Duration, Span


class Following(BaseModel):
    """The part of an endpoint's options that is about posts before and after their announcement."""

    announces: ClassVar[bool] = True
    """False for networks that are told of feeds, and of no posts."""
    has_readers: ClassVar[bool] = True
    """False where what is sent is for machines alone: hubs and search engines."""
    edits: ClassVar[tuple[str, ...]] = ()
    """What a network can do about an edit: ``update``, ``reply``."""
    deletes: ClassVar[bool] = False
    """Whether a network can take back what it has announced."""

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

    on_edit: Literal["ignore", "update", "reply"] = Field(
        "ignore",
        description="What becomes of what was announced when its words change: nothing, it is "
        "changed where it stands, or a reply tells of it. See [edits](edits.md).",
    )
    edits_until: Duration = Field(
        timedelta(days=30),
        description="With `on_edit`: how long after the announcement edits are followed.",
    )
    edit_note: str = Field(
        "Updated",
        min_length=1,
        max_length=40,
        description='With `on_edit = "reply"`: what stands before the title.',
    )
    on_delete: Literal["ignore", "delete"] = Field(
        "ignore",
        description="Whether what was announced is deleted when its post is taken back.",
    )

    @field_validator("on_edit")
    @classmethod
    def _can_be_edited(cls, value: str) -> str:
        if value != "ignore" and value not in cls.edits:
            takes = ", ".join(f'"{each}"' for each in ("ignore", *cls.edits))
            raise ValueError(f"this network cannot do that; it takes {takes}")
        return value

    @field_validator("on_delete")
    @classmethod
    def _can_be_deleted(cls, value: str) -> str:
        if value == "delete" and not cls.deletes:
            raise ValueError('this network cannot delete anything; it takes "ignore"')
        return value

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
