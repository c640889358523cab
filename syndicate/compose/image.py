"""A hero image → what a network takes: as it is where it fits, else made smaller step by step."""

from __future__ import annotations

import hashlib
import io
import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from syndicate.compose.strip import without_metadata
from syndicate.compose.text import shorten
from syndicate.model import Attachment, Limits, Picture, Post

if TYPE_CHECKING:
    from PIL.Image import Image

SCALES = (1.0, 0.75, 0.5, 0.35, 0.25)
QUALITIES = (85, 75, 60)
ENCODINGS: dict[str, Sequence[Mapping[str, Any]]] = {
    "image/jpeg": [
        {"format": "JPEG", "quality": quality, "optimize": True, "progressive": True}
        for quality in QUALITIES
    ],
    "image/webp": [{"format": "WEBP", "quality": quality} for quality in QUALITIES],
    "image/png": [{"format": "PNG", "optimize": True}],
}
"""The steps of the ladder: at each size each encoding is tried, best first."""
LONGEST = {"image/jpeg": 65_500, "image/webp": 16_383}
"""The longest side that an encoder takes (libjpeg's own limit; RFC 9649, section 2.5)."""
DECODED = 32_000_000
"""The most pixels that are put into memory, several times four bytes each; a small file can claim
far more. A larger JPEG is halved while it is decoded."""
_GAP = 3
"""How much larger than wanted a picture still is after the quick, coarse reduction."""
_REDUCIBLE = {"RGB", "RGBA", "L", "LA", "CMYK"}
"""Pillow's modes whose pixels can be averaged."""
_DEEP = {"I", "I;16", "I;16B", "I;16L", "I;16N"}
"""Pillow's modes for 16 bits of grey, which it does not bring down to 8 by itself."""


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
    most = limits.alt
    return alt if most is None else shorten(alt, lambda text: len(text) <= most)


def _is_within(picture: Picture, limits: Limits) -> bool:
    return (
        picture.type in limits.image_types
        and (limits.image_bytes is None or picture.length <= limits.image_bytes)
        and (limits.image_pixels is None or picture.width * picture.height <= limits.image_pixels)
        and (limits.image_side is None or max(picture.width, picture.height) <= limits.image_side)
    )


def _ladder(picture: Picture, limits: Limits) -> Iterator[Picture]:
    """Give smaller and smaller versions. Only pictures that can be decoded have any."""
    from PIL.Image import Resampling  # noqa: PLC0415 - heavy, and most pictures fit

    full = _scale(picture, limits)
    image = _decode(picture.data, full)
    if image is None:
        return
    for scale in SCALES:
        width = max(1, int(picture.width * full * scale))
        height = max(1, int(picture.height * full * scale))
        smaller = image
        if image.size != (width, height):
            smaller = image.resize((width, height), Resampling.LANCZOS, reducing_gap=_GAP)
        for kind, data in _encode(smaller, limits, first=scale == SCALES[0]):
            yield replace(picture, type=kind, width=width, height=height, data=data)


def _scale(picture: Picture, limits: Limits) -> float:
    """Give the largest scale, at most 1, at which the picture is within the limits' pixels."""
    scale = 1.0 if picture.width * picture.height <= DECODED else 0.5
    if limits.image_pixels:
        scale = min(scale, math.sqrt(limits.image_pixels / (picture.width * picture.height)))
    longest = [LONGEST.get(kind, math.inf) for kind in ENCODINGS if kind in limits.image_types]
    side = min(limits.image_side or math.inf, max(longest, default=math.inf))
    return min(scale, side / max(picture.width, picture.height))


def _decode(data: bytes, scale: float) -> Image | None:
    """Decode a picture, upright, as RGB or RGBA with nothing beside the pixels but their colours.

    None where that cannot be done, or would take too much memory.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415 - see above

    try:
        # Pillow warns of large pictures; we count ourselves.
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data)) as source:
            # A JPEG is decoded at a fraction of its size where that is enough.
            wanted = (max(1, int(source.width * scale)), max(1, int(source.height * scale)))
            source.draft("RGB", wanted)
            if source.width * source.height > DECODED:
                return None
            ImageOps.exif_transpose(source, in_place=True)
            profile = _profile(source)
            image = _reduce(source, wanted)
            if image.mode in _DEEP:
                image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
            image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    except Exception:  # noqa: BLE001 - decoders raise anything at all on broken files
        return None
    image.info = {"icc_profile": profile} if profile else {}
    return image


def _reduce(image: Image, wanted: tuple[int, int]) -> Image:
    """Bring a picture near the size that is wanted before anything else takes its memory again."""
    factor = int(max(image.size) / max(wanted) / _GAP)
    if factor < 2 or image.mode not in _REDUCIBLE or "transparency" in image.info:  # noqa: PLR2004
        return image
    return image.reduce(factor)


def _profile(image: Image) -> bytes | None:
    """Give the colour profile, where it still holds for RGB: without it, vivid colours turn dull.

    The header names its colour space at byte 16 (ICC.1, 7.2).
    """
    profile = image.info.get("icc_profile")
    return profile if isinstance(profile, bytes) and profile[16:20] == b"RGB " else None


def _encode(image: Image, limits: Limits, *, first: bool) -> Iterator[tuple[str, bytes]]:
    """Encode as what the network takes, best first: what is see-through stays so if it can.

    Where a photo is too large as JPEG, so it is as PNG, which is slow: that is tried once.
    """
    others = limits.image_types & ENCODINGS.keys() - {"image/png"}
    skipped = "image/png" if others and image.mode == "RGB" and not first else None
    for kind in ENCODINGS if image.mode == "RGB" else reversed(ENCODINGS):
        taken = kind in limits.image_types and kind != skipped
        if not taken or max(image.size) > LONGEST.get(kind, math.inf):
            continue
        layer = _flatten(image) if kind == "image/jpeg" else image
        for settings in ENCODINGS[kind]:
            file = io.BytesIO()
            try:
                layer.save(file, icc_profile=image.info.get("icc_profile"), **settings)
            except Exception:  # noqa: BLE001, S112 - a step that fails is one that does not fit
                continue
            yield kind, file.getvalue()


def _flatten(image: Image) -> Image:
    """Lay a see-through picture on white."""
    from PIL import Image as Pillow  # noqa: PLC0415 - see above

    if image.mode == "RGB":
        return image
    ground = Pillow.new("RGB", image.size, "white")
    ground.paste(image, mask=image)
    return ground
