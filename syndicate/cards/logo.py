"""The site's logo, small enough for a card. A file of a few kilobytes can claim any size."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST = 5 * 1024 * 1024
"""The most bytes of a logo's file."""
PIXELS = 16_000_000
"""The most pixels that are put into memory, four bytes each."""
FORMS = ("PNG", "JPEG", "WEBP", "GIF")


class NoLogo(Exception):
    """The bytes are not a picture that can be drawn."""


def fitted(data: bytes, width: int, height: int) -> Image:
    """Decode a logo, upright and see-through where it is so, no larger than a box.

    Raises:
        NoLogo: it is no picture, or one that takes too much memory.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415 - heavy, and most runs draw nothing

    try:
        # Pillow warns of large pictures; we count ourselves.
        with warnings.catch_warnings(action="ignore"):
            source = Image.open(io.BytesIO(data), formats=FORMS)
            large = source.width * source.height > PIXELS
            image = None if large else ImageOps.exif_transpose(source).convert("RGBA")
    except Exception as error:  # decoders raise anything at all on broken files
        raise NoLogo("it is no PNG, JPEG, WebP or GIF that can be read") from error
    if image is None:
        raise NoLogo(f"it has {source.width} x {source.height} pixels; {PIXELS:,} are the most")
    scale = min(width / image.width, height / image.height)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Image.Resampling.LANCZOS)
