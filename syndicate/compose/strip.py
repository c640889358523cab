"""Metadata out of pictures without touching a pixel: a photo need not tell where it was taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from syndicate.model import Picture

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_METADATA = {b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME"}
_SOI, _SOS = b"\xff\xd8", 0xDA
_JPEG_METADATA = {0xE1, 0xED, 0xFE}
"""APP1 (Exif, XMP), APP13 (IPTC), comment. APP2 stays: it is the colour profile."""


def without_metadata(picture: Picture) -> Picture | None:
    """Give the picture without its metadata.

    None where that cannot be done without encoding it again: the metadata turns it (its pixels
    lie on their side), or the file is not built as it should be. Types other than JPEG and PNG
    are given as they are.
    """
    if picture.type == "image/png":
        chunks = list(_png_chunks(picture.data))
        if not chunks or chunks[-1][0] != b"IEND":
            return None
        kept = b"".join(raw for name, raw in chunks if name not in _PNG_METADATA)
        return replace(picture, data=_PNG_SIGNATURE + kept)
    if picture.type == "image/jpeg":
        return _jpeg(picture)
    return picture


def _jpeg(picture: Picture) -> Picture | None:
    segments = list(_jpeg_segments(picture.data))
    if not segments or segments[-1][0] != _SOS:
        return None
    if any(_turns(raw) for marker, raw in segments if marker == 0xE1):  # noqa: PLR2004 - APP1
        return None
    kept = b"".join(raw for marker, raw in segments if marker not in _JPEG_METADATA)
    return replace(picture, data=_SOI + kept)


def _turns(segment: bytes) -> bool:
    """Tell whether an Exif segment has an orientation other than upright."""
    if segment[4:10] != b"Exif\0\0":
        return False
    from PIL.Image import Exif  # noqa: PLC0415 - heavy, and photos alone need it

    exif = Exif()
    try:
        exif.load(segment[4:])
    except Exception:  # noqa: BLE001 - broken Exif is dropped with the rest
        return False
    return bool(exif.get(0x0112, 1) != 1)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give each chunk's name and bytes (PNG, third edition, 5.3); stops where it is torn."""
    position = len(_PNG_SIGNATURE)
    while data.startswith(_PNG_SIGNATURE) and position + 12 <= len(data):
        end = position + 12 + int.from_bytes(data[position : position + 4])
        if end > len(data):
            return
        yield data[position + 4 : position + 8], data[position:end]
        position = end


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Give each segment's marker and bytes (ITU T.81, B.1.1); the last has all from the scan on."""
    position = len(_SOI)
    while data.startswith(_SOI) and data[position : position + 1] == b"\xff":
        marker = data[position + 1] if position + 4 <= len(data) else 0
        if marker == _SOS:
            yield marker, data[position:]
            return
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4])
        if not marker or end > len(data):
            return
        yield marker, data[position:end]
        position = end
