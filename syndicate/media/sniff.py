"""What a picture is, by its bytes: a suffix and a server's header may say anything."""

from __future__ import annotations

import io
import re
import warnings

from syndicate.model import Picture

MAX_PIXELS = 100_000_000
"""More than any camera takes; a file of some kilobytes can claim far more (a bomb)."""

_SWAPPED = {5, 6, 7, 8}
"""The EXIF orientations that turn a picture on its side."""
_ORIENTATION = 0x0112
_ALSO = {"MPO": "image/jpeg"}
"""A phone's photo with a second picture behind the first is a JPEG to everyone who shows it."""
_BEGINNING = 4_096
"""How many bytes are looked at for what a file is."""
_PROLOGUE = rb"(?:\xef\xbb\xbf)?\s*(?><\?xml.*?\?>\s*|<!--.*?-->\s*|<!doctype svg.*?>\s*)*+"
_SHUNNED = {
    "an SVG drawing": re.compile(_PROLOGUE + rb"<svg[\s/>]", re.DOTALL | re.IGNORECASE),
    "a HEIC photo": re.compile(rb"....ftyp(?:heic|heix|mif1)", re.DOTALL),
}
"""Pictures that people do name, by how their files begin (ISO/IEC 23008-12, annex B)."""


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
        raise NoPicture(_what(data)) from None
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


def _what(data: bytes) -> str:
    """Say what something is that cannot be read."""
    for name, begins in _SHUNNED.items():
        if begins.match(data, 0, _BEGINNING):
            return f"it is {name}, which no network takes: name a PNG or JPEG"
    return "it is no picture"
