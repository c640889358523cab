"""What a server that speaks Mastodon's API tells of itself: how much it takes. Pure.

https://docs.joinmastodon.org/entities/Instance/, …/entities/V1_Instance/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from syndicate.model import Limits, Unit

RESERVED = 23
"""What a URL counts to Mastodon, whatever its length; its forks have it, too."""
_OWN_VERSION = re.compile(r"v?([2-9]|\d\d+)\.\d+\.\d+(?!\S*\+v?\d)[^\s(]*")
"""``4.4.1``, ``4.3.0-rc.1+glitch``; others begin at 0, name themselves, or add their own number."""
_IMAGES = ("image/jpeg", "image/png", "image/gif")


def read_configuration(instance: Mapping[str, Any]) -> dict[str, Any]:
    """Take the part that is worth keeping from an instance's description, of either version."""
    configuration = _section(instance, "configuration")
    statuses = _section(configuration, "statuses")
    media = _section(configuration, "media_attachments")
    if not _is_mastodon(instance, statuses):
        statuses["characters_reserved_per_url"] = 0
    # Pleroma and Akkoma tell these beside the configuration, or in place of it.
    if "max_toot_chars" in instance:
        statuses.setdefault("max_characters", instance["max_toot_chars"])
    for name, ours in {"upload_limit": "image_size_limit", "description_limit": None}.items():
        if name in instance:
            media.setdefault(ours or name, instance[name])
    return {**configuration, "statuses": statuses, "media_attachments": media}


def is_mastodons_own(configuration: Mapping[str, Any]) -> bool:
    """Tell whether what was kept is of Mastodon itself, or of a fork that counts as it does."""
    return _number(_section(configuration, "statuses"), "characters_reserved_per_url", RESERVED) > 0


def read_limits(configuration: Mapping[str, Any]) -> Limits:
    """Read the limits; what a server does not tell is as in Mastodon itself.

    Other servers name a price of URLs, too, and count the whole text nevertheless: in code points,
    in graphemes or in UTF-16, of which the last is never less than the others. What they take of a
    description and do not tell is less than Mastodon's 1,500: Pixelfed takes 1,000.
    """
    statuses = _section(configuration, "statuses")
    media = _section(configuration, "media_attachments")
    types = media.get("supported_mime_types")
    images = [str(each) for each in types] if isinstance(types, list) else []
    own = is_mastodons_own(configuration)
    return Limits(
        text=_number(statuses, "max_characters", 500) or 500,
        url_cost=_number(statuses, "characters_reserved_per_url", RESERVED) if own else None,
        unit=Unit.GRAPHEMES if own else Unit.UTF_16,
        images=min(1, _number(statuses, "max_media_attachments", 4)),
        image_bytes=_number(media, "image_size_limit", 16 * 1024 * 1024) or None,
        image_pixels=_number(media, "image_matrix_limit", 33_177_600) or None,
        image_types=frozenset(each for each in images if each.startswith("image/"))
        or frozenset(_IMAGES),
        alt=_number(media, "description_limit", 1_500 if own else 1_000) or None,
    )


def _is_mastodon(instance: Mapping[str, Any], statuses: Mapping[str, Any]) -> bool:
    if _number(statuses, "characters_reserved_per_url", RESERVED) != RESERVED:
        return False
    version = instance.get("version")
    if not isinstance(version, str):
        return "max_toot_chars" not in instance
    return _OWN_VERSION.fullmatch(version) is not None


def _section(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    section = data.get(name)
    return dict(section) if isinstance(section, dict) else {}


def _number(section: Mapping[str, Any], name: str, default: int) -> int:
    value = section.get(name)
    return value if isinstance(value, int) and value >= 0 else default
