"""Metadata out of pictures without touching a pixel: a photo need not tell where it was taken.

What is known to be needed for the picture's looks is kept, anything else goes: a list of what is
dangerous would never be complete. So go what follows the picture in its file, too: a phone puts a
second picture there, or a film.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from syndicate.model import Picture

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_LOOKS = frozenset(
    b"tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs sPLT acTL fcTL fdAT".split()
)
_ANCILLARY = 0x20
"""The bit of a PNG chunk's first letter that says: no decoder needs this."""

_SOI, _SOS, _EOI = b"\xff\xd8", 0xDA, 0xD9
_JPEG_NEXT = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""The marker behind a scan: neither a stuffed byte nor a restart."""
_JPEG_LOOKS = re.compile(
    rb"\xff(?:[\xc0-\xdf]|\xe0..JFIF|\xe2..ICC_PROFILE|\xee..Adobe)", re.DOTALL
)

_WEBP_LOOKS = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_WEBP_METADATA = 0x08 | 0x04
"""The flags of VP8X that announce Exif and XMP."""
_VP8X = 10
"""The bytes of VP8X behind its head: flags, width and height."""

_GIF_SCREEN = 13
"""The bytes of a GIF's signature and screen, before its colours."""
_GIF_IMAGE, _GIF_EXTENSION, _GIF_TRAILER = 0x2C, 0x21, 0x3B
_GIF_LOOKS = re.compile(rb"\x2c|\x3b|\x21\xf9|\x21\xff\x0b(?:NETSCAPE2\.0|ANIMEXTS1\.0)")
"""Pictures, how long each stays, and how often they are repeated."""

_ORIENTATION = 0x0112


def without_metadata(picture: Picture) -> Picture | None:
    """Give the picture without its metadata.

    None where that cannot be done without encoding it again: the metadata turns it (its pixels
    lie on their side), the file is not built as it should be, or its type is not known here.
    """
    strip = _STRIP.get(picture.type)
    if strip is None or not _is_upright(picture.data):
        return None
    data = strip(picture.data)
    return None if data is None else replace(picture, data=data)


def _is_upright(data: bytes) -> bool:
    from PIL import Image  # noqa: PLC0415 - heavy, and posts without a picture do without it

    try:
        # Pillow warns of large pictures; this one is not decoded, and its size is known already.
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data)) as image:
            # The plain method: PNG's own decodes all pixels to look behind them.
            return bool(Image.Image.getexif(image).get(_ORIENTATION, 1) == 1)
    except Exception:  # noqa: BLE001 - decoders raise anything at all on broken files
        return False


def _png(data: bytes) -> bytes | None:
    """Keep the chunks that make the picture (PNG, third edition, 5.3 and 11.3)."""
    kept, name, position = [_PNG], b"", len(_PNG)
    while data.startswith(_PNG) and position + 12 <= len(data) and name != b"IEND":
        name = data[position + 4 : position + 8]
        end = position + 12 + int.from_bytes(data[position : position + 4])
        if not name[0] & _ANCILLARY or name in _PNG_LOOKS:
            kept.append(data[position:end])
        position = end
    return b"".join(kept) if name == b"IEND" and position <= len(data) else None


def _jpeg(data: bytes) -> bytes | None:
    """Keep the segments that make the picture (ITU T.81, B.1.1) up to its end."""
    segments = list(_jpeg_segments(data))
    if not segments or segments[-1] != bytes([0xFF, _EOI]):
        return None
    return _SOI + b"".join(raw for raw in segments if _JPEG_LOOKS.match(raw))


def _jpeg_segments(data: bytes) -> Iterator[bytes]:
    """Give each segment, a scan with its entropy-coded data; stops where the file is torn."""
    position = len(_SOI)
    while data.startswith(_SOI) and data[position : position + 1] == b"\xff":
        marker = data[position + 1] if position + 2 <= len(data) else 0
        if marker == _EOI:
            yield data[position : position + 2]
            return
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4])
        if marker == _SOS:
            following = _JPEG_NEXT.search(data, end)
            end = following.start() if following else len(data) + 1
        if not marker or end > len(data):
            return
        yield data[position:end]
        position = end


def _webp(data: bytes) -> bytes | None:
    """Keep the chunks that make the picture (RFC 9649 section 2.7)."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return None
    kept, position = [b"WEBP"], 12
    stop = min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while position + 8 <= stop:
        size = int.from_bytes(data[position + 4 : position + 8], "little")
        end = position + 8 + size + size % 2
        chunk = bytearray(data[position:end])
        if chunk[:4] == b"VP8X":
            if size < _VP8X:
                return None
            chunk[8] &= ~_WEBP_METADATA
        if bytes(chunk[:4]) in _WEBP_LOOKS:
            kept.append(bytes(chunk))
        position = end
    body = b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body if position == stop else None


def _gif(data: bytes) -> bytes | None:
    """Keep the blocks that make the picture or the animation (GIF89a, 15 to 27)."""
    if data[:6] not in (b"GIF87a", b"GIF89a") or len(data) < _GIF_SCREEN:
        return None
    start = _GIF_SCREEN + _gif_colours(data[10])
    kept, kind, position = [data[:start]], 0, start
    while kind != _GIF_TRAILER:
        end = _gif_block(data, position)
        if end > len(data):
            return None
        kind, raw = data[position], data[position:end]
        if _GIF_LOOKS.match(raw):
            kept.append(raw)
        position = end
    return b"".join(kept)


def _gif_block(data: bytes, position: int) -> int:
    """Tell where a block ends; behind the data's end where it is torn, or no block."""
    head = data[position : position + 10]
    if head[:1] == bytes([_GIF_TRAILER]):
        return position + 1
    if head[:1] == bytes([_GIF_EXTENSION]):
        position += 2
    elif head[:1] == bytes([_GIF_IMAGE]) and len(head) == 10:  # noqa: PLR2004 - the descriptor
        position += len(head) + _gif_colours(head[9]) + 1  # and a byte for the size of the codes
    else:
        return len(data) + 1
    while position < len(data) and data[position]:
        position += 1 + data[position]
    return position + 1


def _gif_colours(flags: int) -> int:
    """Give the bytes of a table of colours."""
    return 3 * 2 ** ((flags & 0x07) + 1) if flags & 0x80 else 0


def _avif(data: bytes) -> bytes | None:
    """Keep an AVIF that has no metadata: its boxes point into each other, nothing can be cut out.

    Metadata are items of the type ``Exif``, or of XMP's media type (ISO/IEC 23008-12, annex A).
    """
    return None if b"Exif" in data or b"application/rdf+xml" in data else data


_STRIP: Mapping[str, Callable[[bytes], bytes | None]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/webp": _webp,
    "image/avif": _avif,
    "image/gif": _gif,
}
