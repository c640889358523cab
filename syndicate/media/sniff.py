"""What a picture is, by its bytes: a suffix and a server's header may say anything."""

from __future__ import annotations

import io
import warnings

from syndicate.model import Picture

MAX_PIXELS = 100_000_000
"""More than any camera takes; a file of some kilobytes can claim far more (a bomb)."""

_SWAPPED = {5, 6, 7, 8}
"""The EXIF orientations that turn a picture on its side."""
_ORIENTATION = 0x0112
_ALSO = {"MPO": "image/jpeg"}
"""A phone's photo with a second picture behind the first is a JPEG to everyone who shows it."""


class NoPicture(Exception):
    """The bytes are not a picture that can be sent."""


def sniff(data: bytes, url: str) -> Picture:
    """Tell a picture's type and size from its header; its pixels are not decoded.

    Raises:
        NoPicture: it is none, or none that is safe.
    """
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - heavy, and not always needed

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of large pictures; we count ourselves
            with Image.open(io.BytesIO(data)) as image:
                width, height = image.size
                form = image.format or ""
                kind = _ALSO.get(form) or Image.MIME.get(form, "")
                # The plain method: PNG's own decodes all pixels to look behind them.
                turned = Image.Image.getexif(image).get(_ORIENTATION) in _SWAPPED
    except UnidentifiedImageError:
        raise NoPicture("it is no picture") from None
    except Exception as error:
        # Decoders raise anything at all on broken files.
        raise NoPicture(f"it cannot be read as a picture ({error})") from error
    if not kind.startswith("image/"):
        raise NoPicture("it is no picture")
    if width * height > MAX_PIXELS:
        raise NoPicture(f"it has {width} x {height} pixels; {MAX_PIXELS:,} are the most")
    if turned:
        width, height = height, width
    return Picture(url, kind, width, height, data)
