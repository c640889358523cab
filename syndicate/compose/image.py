"""A hero image → what a network takes: as it is where it fits, else made smaller step by step."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from syndicate.compose.ladder import ladder, recipe
from syndicate.compose.strip import without_metadata
from syndicate.compose.text import shorten
from syndicate.model import Attachment, Limits, Picture, Post


def attach(post: Post, picture: Picture | None) -> Attachment | None:
    """Attach a post's picture as it is, with the alternative text of its source."""
    if post.image is None or picture is None:
        return None
    return _attachment(picture, post.image.alt or "")


def refer(post: Post, picture: Picture | None, limits: Limits) -> Attachment | None:
    """Attach a post's picture for a network that fetches it itself, from the site.

    Returns:
        None where there is no picture, or none that the network shows as it is.
    """
    if post.image is None or picture is None or not _is_within(picture, limits):
        return None
    return _attachment(replace(picture, url=post.image.url), _alt(post.image.alt or "", limits))


def fit(post: Post, picture: Picture | None, limits: Limits) -> Attachment | None:
    """Attach a post's picture within a network's limits.

    What fits is not encoded again, but its metadata (where it was taken, and with what) goes.
    Otherwise it is turned upright, made smaller, then coarser, never larger. An animation that
    does not fit becomes its first frame.

    Returns:
        None where there is no picture, or no step of the ladder fits.
    """
    if post.image is None or picture is None or not limits.images:
        return None
    alt = _alt(post.image.alt or "", limits)
    clean = without_metadata(picture)
    if clean is not None and _is_within(clean, limits):
        return _attachment(clean, alt)
    if picture.renditions:
        smaller = picture.renditions.rendition(recipe(limits), lambda: _smaller(picture, limits))
    else:
        smaller = _smaller(picture, limits)
    return _attachment(smaller, alt) if smaller else None


def _smaller(picture: Picture, limits: Limits) -> Picture | None:
    """Give the best version that is within the limits."""
    return next((each for each in ladder(picture, limits) if _is_within(each, limits)), None)


def _attachment(picture: Picture, alt: str) -> Attachment:
    return Attachment(
        url=picture.url,
        alt=alt,
        type=picture.type,
        width=picture.width,
        height=picture.height,
        length=picture.length,
        digest=hashlib.sha256(picture.data).hexdigest(),
        data=picture.data,
    )


def _alt(alt: str, limits: Limits) -> str:
    most = limits.alt
    return alt if most is None else shorten(alt, lambda text: len(text) <= most)


def _is_within(picture: Picture, limits: Limits) -> bool:
    return (
        picture.type in limits.image_types
        and (limits.image_bytes is None or picture.length <= limits.image_bytes)
        and (limits.image_pixels is None or picture.width * picture.height <= limits.image_pixels)
        and (limits.image_side is None or max(picture.width, picture.height) <= limits.image_side)
    )
