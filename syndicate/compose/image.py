"""A hero image → what a network takes: as it is where it fits, else made smaller step by step."""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from syndicate.compose.strip import without_metadata
from syndicate.model import Attachment, Limits, Picture, Post

if TYPE_CHECKING:
    from PIL.Image import Image

QUALITIES = (85, 75, 60)
SCALES = (1.0, 0.75, 0.5, 0.35, 0.25)
"""The steps of the ladder: at each size each quality is tried, best first."""


def attach(post: Post, picture: Picture | None) -> Attachment | None:
    """Attach a post's picture as it is, with the alternative text of its source."""
    if post.image is None or picture is None:
        return None
    return _attachment(picture, post.image.alt or "")


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
    for candidate in _ladder(picture, limits):
        if _is_within(candidate, limits):
            return _attachment(candidate, alt)
    return None


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
    if limits.alt is None or len(alt) <= limits.alt:
        return alt
    return alt[: limits.alt - 1].rstrip() + "…"


def _is_within(picture: Picture, limits: Limits) -> bool:
    return (
        picture.type in limits.image_types
        and (limits.image_bytes is None or picture.length <= limits.image_bytes)
        and (limits.image_pixels is None or picture.width * picture.height <= limits.image_pixels)
        and (limits.image_side is None or max(picture.width, picture.height) <= limits.image_side)
    )


def _ladder(picture: Picture, limits: Limits) -> Iterator[Picture]:
    """Give smaller and smaller versions. Only pictures that can be decoded have any."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - heavy, and most pictures fit

    try:
        with Image.open(io.BytesIO(picture.data)) as source:
            full = _scale(picture, limits)
            # A JPEG is decoded at a fraction of its size where that is enough.
            source.draft("RGB", (round(source.width * full), round(source.height * full)))
            image = ImageOps.exif_transpose(source)
            image.load()
    except Exception:  # noqa: BLE001 - decoders raise anything at all on broken files
        return
    see_through = "transparency" in image.info or image.mode in {"LA", "PA", "RGBA", "RGBa"}
    for scale in SCALES:
        wanted = full * scale
        size = (max(1, int(picture.width * wanted)), max(1, int(picture.height * wanted)))
        smaller = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
        for kind, data in _encode(smaller, see_through, limits):
            yield replace(picture, type=kind, width=size[0], height=size[1], data=data)


def _scale(picture: Picture, limits: Limits) -> float:
    """Give the largest scale, at most 1, at which the picture is within the limits' pixels."""
    scale = 1.0
    if limits.image_pixels:
        scale = min(scale, math.sqrt(limits.image_pixels / (picture.width * picture.height)))
    if limits.image_side:
        scale = min(scale, limits.image_side / max(picture.width, picture.height))
    return scale


def _encode(image: Image, see_through: bool, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """Encode, best first: what is see-through stays so where the network takes such a type."""
    if see_through and "image/png" in limits.image_types:
        yield "image/png", _save(image.convert("RGBA"), "PNG", optimize=True)
    if see_through and "image/webp" in limits.image_types:
        for quality in QUALITIES:
            yield "image/webp", _save(image.convert("RGBA"), "WEBP", quality=quality)
    opaque = _flatten(image) if see_through else image.convert("RGB")
    for quality in QUALITIES:
        yield "image/jpeg", _save(opaque, "JPEG", quality=quality, optimize=True, progressive=True)


def _flatten(image: Image) -> Image:
    """Lay a see-through picture on white."""
    from PIL import Image as Pillow  # noqa: PLC0415

    layer = image.convert("RGBA")
    ground = Pillow.new("RGBA", layer.size, "white")
    return Pillow.alpha_composite(ground, layer).convert("RGB")


def _save(image: Image, form: str, **options: int | bool) -> bytes:
    file = io.BytesIO()
    image.info.pop("exif", None)
    image.save(file, form, **options)
    return file.getvalue()
