import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.cards.logo import LARGEST, NoLogo, fitted
from syndicate.cards.rack import read_logo
from syndicate.testing.samples import picture

LOGO = picture(size=(120, 60))


def bomb(width, height):
    """A PNG of a few bytes that claims to be that large."""

    def chunk(kind, data):
        return (
            struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))
        )

    head = struct.pack(">LLBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_logo_fills_its_box_as_far_as_its_shape_lets_it(form):
    logo = fitted(picture(form, size=(120, 60)), 180, 60)
    assert (logo.mode, logo.size) == ("RGBA", (120, 60))
    assert fitted(picture(form, size=(1200, 60)), 180, 60).size == (180, 9)


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        ((5_000, 4_000), "5000 x 4000 pixels; 16,000,000 are the most"),
        ((16_000_001, 1), "16000001 x 1 pixels"),
        ((60_000, 60_000), "can be read"),  # Pillow itself refuses it
    ],
)
def test_a_bomb_is_not_opened(size, reason):
    with pytest.raises(NoLogo, match=reason):
        fitted(bomb(*size), 180, 60)


@pytest.mark.parametrize("data", [b"", b"<svg/>", LOGO[:100], picture("TIFF")])
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(NoLogo, match="no PNG, JPEG, WebP or GIF"):
        fitted(data, 180, 60)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(LOGO) - 1), st.binary(min_size=1, max_size=8))
def test_a_broken_logo_is_refused_or_drawn(at, junk):
    try:
        fitted(LOGO[:at] + junk + LOGO[at + len(junk) :], 180, 60)
    except NoLogo:
        return


def test_a_logo_that_is_not_there_or_too_large(tmp_path):
    with pytest.raises(NoLogo, match="No such file"):
        read_logo(tmp_path / "none.png")
    with (tmp_path / "large.png").open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(NoLogo, match="larger than"):
        read_logo(tmp_path / "large.png")
