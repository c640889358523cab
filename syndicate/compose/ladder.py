"""A picture → smaller and coarser versions of it, the best first."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from syndicate.compose.decode import decode
from syndicate.model import Limits, Picture

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
MADE = 3840 * 2160
"""The most pixels of a picture that is made anew: a whole 4K screen, and what Mastodon keeps."""
ENOUGH = 6_000_000
"""A JPEG is halved while it is decoded as long as so many pixels are left: that saves three
quarters of the memory, and is no different to look at."""


def ladder(picture: Picture, limits: Limits) -> Iterator[Picture]:
    """Give smaller and smaller versions. Only pictures that can be decoded have any."""
    from PIL.Image import Resampling  # noqa: PLC0415 - heavy, and most pictures fit

    full = _scale(picture, limits)
    image = decode(picture.data, full)
    if image is None:
        return
    for scale in SCALES:
        width = max(1, int(picture.width * full * scale))
        height = max(1, int(picture.height * full * scale))
        smaller = image
        if image.size != (width, height):
            smaller = image.resize((width, height), Resampling.LANCZOS)
        for kind, data in _encode(smaller, limits, first=scale == SCALES[0]):
            yield replace(picture, type=kind, width=width, height=height, data=data)


def recipe(limits: Limits) -> str:
    """Give another word whenever other limits could make something else of a picture."""
    most = limits.image_bytes, limits.image_pixels, limits.image_side
    return json.dumps([sorted(limits.image_types), *most])


def _scale(picture: Picture, limits: Limits) -> float:
    """Give the largest scale, at most 1, at which the picture is within the limits and ours."""
    pixels = picture.width * picture.height
    scale = min(1.0, math.sqrt(min(MADE, limits.image_pixels or MADE) / pixels))
    if picture.type == "image/jpeg":
        by = max((by for by in (2, 4, 8) if pixels / by**2 >= ENOUGH), default=1)
        scale = min(scale, 1 / by)
    longest = [LONGEST.get(kind, math.inf) for kind in ENCODINGS if kind in limits.image_types]
    side = min(limits.image_side or math.inf, max(longest, default=math.inf))
    return min(scale, side / max(picture.width, picture.height))


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
