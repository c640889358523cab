"""A picture's bytes → its pixels, upright and near the size that is wanted.

A large picture is in memory once: what is done to it, is done to what is left of it, or in strips.
"""

from __future__ import annotations

import io
import math
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

DECODED = 32_000_000
"""The most pixels that are put into memory, four bytes each; a small file can claim far more.
A larger JPEG comes under it by being made smaller while it is decoded."""
_STRIP = 64
"""How many rows of the smaller picture are made at once."""
_REACH = 3
"""How many pixels of the smaller picture Lanczos' filter looks to either side."""
_DEEP = {"I", "I;16", "I;16B", "I;16L", "I;16N"}
"""Pillow's modes for 16 bits of grey, which it does not bring down to 8 by itself."""
_ORIENTATION = 0x0112


def decode(data: bytes, scale: float) -> Image | None:
    """Decode a picture, upright, as RGB or RGBA with nothing beside the pixels but their colours.

    None where that cannot be done, or would take too much memory.

    Args:
        data: the file.
        scale: how large it is to become, at most 1; a pixel is the least of a side.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415 - heavy, and most pictures fit

    try:
        # Pillow warns of large pictures; we count ourselves.
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data)) as source:
            wanted = (max(1, int(source.width * scale)), max(1, int(source.height * scale)))
            # A JPEG is decoded at a fraction of its size where that is enough.
            source.draft("RGB", wanted)
            if source.width * source.height > DECODED:
                return None
            # The plain method: PNG's own decodes all pixels to look behind them.
            turn = Image.Image.getexif(source).get(_ORIENTATION, 1)
            source.load()
            profile = _profile(source)
            image = _shrink(source, wanted)
        image.getexif()[_ORIENTATION] = turn
        ImageOps.exif_transpose(image, in_place=True)
    except Exception:  # noqa: BLE001 - decoders raise anything at all on broken files
        return None
    image.info = {"icc_profile": profile} if profile else {}
    return image


def _shrink(source: Image, size: tuple[int, int]) -> Image:
    """Make a picture smaller, and RGB or RGBA, strip by strip: neither takes its memory again."""
    from PIL import Image  # noqa: PLC0415 - see above

    is_clear = source.has_transparency_data and source.mode not in _DEEP
    mode = "RGBA" if is_clear else "RGB"
    if source.size == size:
        return _plain(source, mode)
    image = Image.new(mode, size)
    rows = source.height / size[1]
    reach = math.ceil(_REACH * max(1.0, rows)) + 1
    for top in range(0, size[1], _STRIP):
        bottom = min(top + _STRIP, size[1])
        above = max(0, int(top * rows) - reach)
        below = min(source.height, math.ceil(bottom * rows) + reach)
        strip = _plain(source.crop((0, above, source.width, below)), mode)
        box = (0, top * rows - above, strip.width, min(bottom * rows - above, strip.height))
        part = strip.resize((size[0], bottom - top), Image.Resampling.LANCZOS, box)
        image.paste(part, (0, top))
    return image


def _plain(image: Image, mode: str) -> Image:
    """Give a picture in a mode that is encoded as it is."""
    if image.mode in _DEEP:
        # Its one shade that is see-through is told in 16 bits, and means another one in 8.
        image.info.pop("transparency", None)
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return image if image.mode == mode else image.convert(mode)


def _profile(image: Image) -> bytes | None:
    """Give the colour profile, where it still holds for RGB: without it, vivid colours turn dull.

    The header names its colour space at byte 16 (ICC.1, 7.2).
    """
    profile = image.info.get("icc_profile")
    return profile if isinstance(profile, bytes) and profile[16:20] == b"RGB " else None
