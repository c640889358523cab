"""What a server that speaks Mastodon's API tells of itself: how much it takes. Pure.

https://docs.joinmastodon.org/entities/Instance/, …/entities/V1_Instance/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syndicate.model import Limits


def read_configuration(instance: Mapping[str, Any]) -> dict[str, Any]:
    """Take the part that is worth keeping from an instance's description, of either version."""
    configuration = _section(instance, "configuration")
    if "max_toot_chars" in instance:  # Pleroma and its kin, which count a URL in full
        most = {"max_characters": instance["max_toot_chars"], "characters_reserved_per_url": 0}
        configuration.setdefault("statuses", most)
    return configuration


def read_limits(configuration: Mapping[str, Any]) -> Limits:
    """Read the limits; what a server does not tell is as in Mastodon itself."""
    statuses = _section(configuration, "statuses")
    media = _section(configuration, "media_attachments")
    types = media.get("supported_mime_types")
    if not isinstance(types, list):
        types = ["image/jpeg", "image/png", "image/gif"]
    return Limits(
        text=_number(statuses, "max_characters", 500) or 500,
        url_cost=_number(statuses, "characters_reserved_per_url", 23) or None,
        images=min(1, _number(statuses, "max_media_attachments", 4)),
        image_bytes=_number(media, "image_size_limit", 16 * 1024 * 1024) or None,
        image_pixels=_number(media, "image_matrix_limit", 33_177_600) or None,
        image_types=frozenset(kind for kind in types if str(kind).startswith("image/")),
        alt=_number(media, "description_limit", 1_500) or None,
    )


def _section(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    section = data.get(name)
    return dict(section) if isinstance(section, dict) else {}


def _number(section: Mapping[str, Any], name: str, default: int) -> int:
    value = section.get(name)
    return value if isinstance(value, int) and value >= 0 else default
