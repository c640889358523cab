from __future__ import annotations

import contextlib
import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from syndicate.media.sniff import MAX_PIXELS, NoPicture, sniff
from syndicate.testing.samples import picture


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("PNG", "image/png"),
        ("JPEG", "image/jpeg"),
        ("GIF", "image/gif"),
        ("WEBP", "image/webp"),
        ("AVIF", "image/avif"),
        ("BMP", "image/bmp"),
        ("TIFF", "image/tiff"),
    ],
)
def test_each_type_is_known_by_its_bytes(form, kind):
    found = sniff(picture(form, (30, 20)), "https://x.example/a")
    assert (found.type, found.width, found.height) == (kind, 30, 20)


@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (30, 20)), (3, (30, 20)), (6, (20, 30)), (8, (20, 30))]
)
def test_the_size_is_the_one_that_a_person_sees(orientation, size):
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    Image.new("RGB", (30, 20)).save(file, "JPEG", exif=exif)
    found = sniff(file.getvalue(), "")
    assert (found.width, found.height) == size


def bomb(width, height):
    """A PNG of some bytes that claims to be enormous."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b"")]
    parts = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_a_bomb_is_refused_by_what_it_claims():
    with pytest.raises(NoPicture, match="100,000,000 are the most"):
        sniff(bomb(10_001, 10_000), "")
    with pytest.raises(NoPicture):
        sniff(bomb(100_000, 100_000), "")
    assert sniff(bomb(10_000, 10_000), "").width * 10_000 == MAX_PIXELS


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", "it is an SVG drawing"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- by hand -->\n<SVG/>", "it is an SVG drawing"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "it is a HEIC photo"),
        (b"\0\0\0\x18ftypheix\0\0\0\0mif1heix", "it is a HEIC photo"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "it is a HEIC photo"),
    ],
)
def test_what_no_network_takes_is_called_by_its_name(data, said):
    with pytest.raises(NoPicture, match=f"{said}, which no network takes: name a PNG or JPEG"):
        sniff(data, "")


@pytest.mark.parametrize(
    "data", [b"<!doctype html><p>busy <svg/>", b"\0\0\0\x18ftypmp42", b"<svgs>", b"<!---->" * 99]
)
def test_what_only_resembles_them_is_no_picture(data):
    with pytest.raises(NoPicture, match="it is no picture"):
        sniff(data, "")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        b"<html><body>",
        b"%PDF-1.7\n",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\n",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"\xff\xd8\xff\xe0",
        picture("PNG")[:20],
    ],
)
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(NoPicture):
        sniff(data, "")


@given(
    st.sampled_from([picture(form) for form in ("PNG", "JPEG", "GIF", "WEBP", "TIFF")]),
    st.integers(0, 200),
    st.binary(min_size=1, max_size=8),
)
def test_a_damaged_file_is_a_picture_or_none_but_never_an_error(data, at, damage):
    data = data[:at] + damage + data[at + len(damage) :]
    with contextlib.suppress(NoPicture):
        assert sniff(data, "").type.startswith("image/")
