from __future__ import annotations

import io
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms
from PIL.PngImagePlugin import PngInfo

from fakes.posts import POST
from syndicate import model
from syndicate.compose.decode import _shrink, decode
from syndicate.compose.image import attach, fit, refer
from syndicate.compose.ladder import _flatten
from syndicate.compose.strip import without_metadata
from syndicate.media.sniff import NoPicture, sniff
from syndicate.model import Limits
from syndicate.testing.samples import picture

URL = "https://example.org/hero"
ROOMY = Limits(text=None)
ILLUSTRATED = replace(POST, image=model.Image(URL, alt="A field"))
PLACE = b"52.5200N-13.4050E"
"""What must not get out."""
RESAMPLED = Image.Resampling.LANCZOS


def noise(size, mode="RGB", seed=1):
    random.seed(seed)
    count = size[0] * size[1] * len(mode)
    return Image.frombytes(mode, size, random.randbytes(count))


def encode(image, form="JPEG", **options):
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def exif(orientation=1):
    data = Image.Exif()
    data[0x010E] = PLACE.decode()
    data[0x0112] = orientation
    return data.tobytes()


def blocks(data):
    """Give data as a GIF has it, in one sub-block."""
    return bytes([len(data)]) + data + b"\0"


def fitted(data, **limits):
    return fit(ILLUSTRATED, sniff(data, URL), replace(ROOMY, **limits))


def opened(attachment):
    image = Image.open(io.BytesIO(attachment.data))
    image.load()
    assert image.size == (attachment.width, attachment.height)
    assert Image.MIME[image.format] == attachment.type
    assert attachment.length == len(attachment.data)
    return image


# What fits


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_what_fits_is_the_same_to_the_last_byte(form):
    data = picture(form)
    attachment = fitted(data)
    assert attachment.data == data
    assert attachment.alt == "A field"
    assert attachment.url == URL
    opened(attachment)


def test_what_fits_exactly_fits():
    data = picture("PNG", (40, 20))
    attachment = fitted(data, image_bytes=len(data), image_pixels=800, image_side=40)
    assert attachment.data == data


def test_no_picture_no_image_no_attachment():
    hero = sniff(picture(), URL)
    assert fit(POST, hero, ROOMY) is None
    assert fit(ILLUSTRATED, None, ROOMY) is None
    assert fit(ILLUSTRATED, hero, replace(ROOMY, images=0)) is None
    assert attach(POST, hero) is None
    assert attach(ILLUSTRATED, None) is None


def test_attaching_changes_nothing():
    data = encode(noise((20, 10)), exif=exif())
    attachment = attach(ILLUSTRATED, sniff(data, URL))
    assert (attachment.data, attachment.alt) == (data, "A field")
    assert attach(replace(POST, image=model.Image(URL)), sniff(data, URL)).alt == ""


def test_a_long_alternative_text_is_cut_with_an_ellipsis():
    post = replace(POST, image=model.Image(URL, alt="word " * 10))
    assert fit(post, sniff(picture(), URL), replace(ROOMY, alt=11)).alt == "word word…"
    assert fit(post, sniff(picture(), URL), replace(ROOMY, alt=50)).alt == "word " * 10
    assert fit(post, sniff(picture(), URL), replace(ROOMY, alt=13)).alt == "word word…"


def test_an_alternative_text_is_cut_within_no_grapheme():
    rocketeer = "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{ROCKET}"
    post = replace(POST, image=model.Image(URL, alt=rocketeer * 4))
    alts = {most: fit(post, sniff(picture(), URL), replace(ROOMY, alt=most)).alt for most in (8, 9)}
    assert alts == {8: rocketeer * 2 + "…", 9: rocketeer * 2 + "…"}


# Metadata


def with_metadata():
    photo, drawing = noise((40, 30)), noise((40, 30), "RGBA")
    about = PngInfo()
    about.add_text("Comment", PLACE.decode())
    about.add_itxt("XML:com.adobe.xmp", PLACE.decode())
    animated = [noise((16, 16), seed=seed) for seed in (2, 3, 4)]
    jpeg = encode(photo, exif=exif(), comment=PLACE, xmp=PLACE)
    xmp = b"\x21\xff\x0bXMP DataXMP" + PLACE + b"\1" + bytes(reversed(range(256))) + b"\0"
    text = b"\x21\x01\x0c" + bytes(12) + blocks(PLACE)
    gif = encode(
        animated[0], "GIF", save_all=True, append_images=animated[1:], duration=[40, 90, 90], loop=3
    )
    return {
        "jpeg": jpeg,
        "progressive": encode(photo, exif=exif(), progressive=True),
        "restarts": encode(photo, exif=exif(), restart_marker_blocks=1),
        "film behind": jpeg + b"\0\0\0\x18ftypmp42" + PLACE,
        "second picture": encode(photo, "MPO", save_all=True, append_images=[photo], exif=exif()),
        "png": encode(drawing, "PNG", exif=exif(), pnginfo=about),
        "behind png": encode(drawing, "PNG") + PLACE,
        "webp": encode(photo, "WEBP", exif=exif(), xmp=PLACE),
        "webp with alpha": encode(drawing, "WEBP", lossless=True, exif=exif()),
        "animated webp": encode(
            photo.resize((16, 16)), "WEBP", save_all=True, append_images=animated[:2], exif=exif()
        ),
        "gif": encode(drawing.convert("RGB"), "GIF", comment=PLACE),
        "animated gif": gif.replace(b"\x21\xf9", xmp + text + b"\x21\xf9", 1)[:-1]
        + b"\x21\xfe"
        + blocks(PLACE)
        + b";"
        + PLACE,
        "avif": encode(photo, "AVIF", exif=exif()),
    }


METADATA = with_metadata()


@pytest.mark.parametrize("data", METADATA.values(), ids=METADATA)
def test_metadata_goes(data):
    assert PLACE in data
    types = ROOMY.image_types | {"image/avif"}
    attachment = fitted(data, image_types=types)
    assert PLACE not in attachment.data
    image = opened(attachment)
    assert not image.getexif()
    with Image.open(io.BytesIO(data)) as before:
        frames = getattr(before, "n_frames", 1)
        assert getattr(image, "n_frames", 1) == (frames if before.format != "MPO" else 1)


def test_an_animated_gif_stays_one():
    with Image.open(io.BytesIO(METADATA["animated gif"])) as before:
        after = opened(fitted(METADATA["animated gif"]))
        assert after.n_frames == before.n_frames == 3
        assert after.info["loop"] == before.info["loop"] == 3
        for number in range(3):
            before.seek(number)
            after.seek(number)
            assert after.info["duration"] == before.info["duration"] == [40, 90, 90][number]
            assert after.tobytes() == before.tobytes()


@pytest.mark.parametrize("name", [name for name in METADATA if name != "avif"])
def test_and_no_pixel_with_it(name):
    before = Image.open(io.BytesIO(METADATA[name]))
    after = opened(fitted(METADATA[name]))
    assert after.format == before.format.replace("MPO", "JPEG")
    assert after.mode == before.mode
    assert after.tobytes() == before.tobytes()


def test_a_picture_that_is_too_large_by_its_metadata_alone_fits():
    data = encode(noise((40, 30)), comment=b"x" * 60_000)
    attachment = fitted(data, image_bytes=len(data) - 60_000)
    assert opened(attachment).tobytes() == Image.open(io.BytesIO(data)).tobytes()


def test_an_avif_without_metadata_is_left_alone():
    data = encode(noise((40, 30)), "AVIF")
    assert fitted(data, image_types=frozenset({"image/avif"})).data == data


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_picture_on_its_side_is_turned(form, orientation):
    upright = Image.new("RGB", (40, 20), "white")
    upright.paste("red", (0, 0, 20, 10))
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    turned = upright.transpose(Image.Transpose(undo))
    attachment = fitted(encode(turned, form, exif=exif(orientation)))
    image = opened(attachment).convert("RGB")
    assert image.size == (40, 20)
    assert not image.getexif()
    red, *white = (image.getpixel(at) for at in ((5, 3), (35, 3), (5, 17), (35, 17)))
    assert red[0] > 200
    assert red[1] < 80
    assert all(min(corner) > 200 for corner in white)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_no_torn_file_is_passed_on_as_whole(form):
    data = encode(noise((30, 20)), form, exif=exif())
    for end in range(0, len(data) - 1, 37):
        torn = model.Picture(URL, f"image/{form.lower()}", 30, 20, data[:end])
        assert without_metadata(torn) is None


@given(
    st.binary(max_size=200),
    st.sampled_from(["image/png", "image/jpeg", "image/webp", "image/gif", "x/y"]),
)
def test_garbage_is_no_picture(data, kind):
    starts = {
        "image/png": b"\x89PNG\r\n\x1a\n",
        "image/jpeg": b"\xff\xd8",
        "image/webp": b"RIFF",
        "image/gif": b"GIF89a",
    }
    for start in (b"", starts.get(kind, b"")):
        rubbish = model.Picture(URL, kind, 1, 1, start + data)
        assert (
            fit(ILLUSTRATED, rubbish, replace(ROOMY, image_types=frozenset({"image/png"}))) is None
        )


# The ladder


def test_a_large_picture_is_made_smaller_and_never_more_than_needed():
    attachment = fitted(encode(noise((800, 400))), image_side=400)
    assert opened(attachment).size == (400, 200)


def test_a_picture_of_too_many_bytes_becomes_coarser_before_it_becomes_smaller():
    data = encode(noise((300, 200)), quality=95)
    attachment = fitted(data, image_bytes=len(data) // 2)
    assert opened(attachment).size == (300, 200)


def test_a_type_that_is_not_taken_becomes_one_that_is():
    data = picture("BMP", (30, 20), "navy")
    assert opened(fitted(data)).format == "JPEG"
    assert opened(fitted(data, image_types=frozenset({"image/webp"}))).format == "WEBP"
    assert opened(fitted(data, image_types=frozenset({"image/png"}))).format == "PNG"
    assert fitted(data, image_types=frozenset({"image/gif"})) is None


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_see_through_stays_so_where_it_can(mode):
    clear = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    clear.paste((255, 0, 0, 255), (0, 0, 100, 100))
    data = encode(clear.convert(mode), "PNG")
    for kind in ("image/png", "image/webp"):
        image = opened(fitted(data, image_side=100, image_types=frozenset({kind, "image/jpeg"})))
        assert image.convert("RGBA").getpixel((90, 25))[3] == 0
    flat = opened(fitted(data, image_side=100, image_types=frozenset({"image/jpeg"})))
    assert min(flat.getpixel((90, 25))) > 240, "on white, not on black"


def test_a_palette_is_no_reason_for_steps():
    ramp = (
        Image.linear_gradient("L").resize((400, 400)).convert("P", palette=Image.Palette.ADAPTIVE)
    )
    image = opened(fitted(encode(ramp, "PNG"), image_side=100)).convert("L")
    assert len(set(image.tobytes())) > 80


def test_a_shade_of_sixteen_bits_that_is_see_through_makes_no_other_one_so():
    data = encode(Image.new("I;16", (40, 20), 117 * 256), "PNG", transparency=117)
    image = decode(data, 0.5)
    assert (image.mode, image.getpixel((5, 5))) == ("RGB", (117,) * 3)


def test_sixteen_bits_of_grey_are_not_all_white():
    data = encode(Image.new("I;16", (40, 20), 0x8000), "PNG")
    assert 120 < opened(fitted(data, image_side=20)).convert("L").getpixel((5, 5)) < 136


def test_colours_keep_their_profile():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encode(noise((100, 50)), icc_profile=profile)
    assert opened(fitted(data)).info["icc_profile"] == profile
    for kind in ("image/jpeg", "image/webp", "image/png"):
        smaller = fitted(data, image_side=50, image_types=frozenset({kind}))
        assert opened(smaller).info["icc_profile"] == profile


def test_a_profile_of_other_colours_goes():
    profile = b"\0" * 16 + b"CMYK" + b"\0" * 108
    data = encode(noise((100, 50), "CMYK"), icc_profile=profile)
    image = opened(fitted(data, image_side=50))
    assert image.mode == "RGB"
    assert "icc_profile" not in image.info


def test_an_animation_that_is_too_large_becomes_its_first_frame():
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "lime")]
    data = encode(frames[0], "GIF", save_all=True, append_images=frames[1:])
    image = opened(fitted(data, image_side=32))
    assert image.getpixel((5, 5))[0] > 240


def test_a_bomb_is_not_decoded(monkeypatch):
    data = picture("PNG", (300, 200))
    monkeypatch.setattr("syndicate.compose.decode.DECODED", 300 * 200 - 1)
    assert fitted(data, image_side=100) is None
    photo = picture("JPEG", (300, 200))
    assert opened(fitted(photo, image_side=100)).size == (100, 66), "decoded at half its size"


def test_a_photo_of_too_many_pixels_is_taken_at_half_its_size(monkeypatch):
    photo = encode(noise((301, 201)))
    monkeypatch.setattr("syndicate.compose.decode.DECODED", 301 * 201 - 1)
    monkeypatch.setattr("syndicate.compose.ladder.ENOUGH", 300 * 200 / 4)
    image = opened(fitted(photo, image_types=frozenset({"image/webp"})))
    assert image.size == (150, 100)


@pytest.mark.parametrize(("enough", "size"), [(15_001, (300, 200)), (15_000, (150, 100))])
def test_a_photo_is_halved_only_where_enough_of_it_is_left(monkeypatch, enough, size):
    photo = encode(noise((300, 200)))
    monkeypatch.setattr("syndicate.compose.ladder.ENOUGH", enough)
    assert opened(fitted(photo, image_types=frozenset({"image/webp"}))).size == size
    drawing = encode(noise((300, 200)), "PNG")
    only = fitted(drawing, image_types=frozenset({"image/webp"}))
    assert opened(only).size == (300, 200), "only a JPEG saves memory by it"


def test_what_is_made_anew_is_no_larger_than_a_screen(monkeypatch):
    monkeypatch.setattr("syndicate.compose.ladder.MADE", 100 * 50)
    data = encode(noise((200, 100)), "PNG")
    assert opened(fitted(data)).size == (200, 100), "what fits is not made anew"
    assert opened(fitted(data, image_types=frozenset({"image/webp"}))).size == (100, 50)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "CMYK"])
@pytest.mark.parametrize("size", [(70, 233), (128, 500), (33, 65), (300, 12)])
def test_strips_leave_no_seams(mode, size):
    source = noise((300, 700)).convert("P") if mode == "P" else noise((300, 700), mode)
    whole = source.convert("RGBA" if mode == "RGBA" else "RGB").resize(size, RESAMPLED)
    difference = ImageChops.difference(_flatten(_shrink(source, size)), _flatten(whole))
    # Rounding alone; a seam in such noise would be off by a hundred.
    assert max(high for _, high in difference.getextrema()) <= 8


PEAK = r"""
import pathlib, re, sys
from dataclasses import replace
from syndicate.compose.image import fit
from syndicate.media.sniff import sniff
from syndicate.model import Image, Limits
from syndicate.testing.samples import POST

def peak():
    return int(re.search(r"VmHWM:\s*(\d+)", pathlib.Path("/proc/self/status").read_text())[1])

small, large = (sniff(pathlib.Path(path).read_bytes(), "") for path in sys.argv[1:])
post = replace(POST, image=Image(""))
fit(post, small, Limits(None, image_side=20))
before = peak()
found = fit(post, large, Limits(None, image_side=2000, image_types=frozenset({"image/jpeg"})))
assert found and found.width == 2000
print(peak() - before)
"""
"""Prints how many KiB of memory a picture takes beside all that a small one takes."""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the peak")
@pytest.mark.parametrize(
    ("form", "mode", "bytes_per_pixel"), [("JPEG", "RGB", 2), ("PNG", "RGBA", 7), ("PNG", "P", 3)]
)
def test_a_large_picture_is_in_memory_once_at_most(tmp_path, form, mode, bytes_per_pixel):
    large, small = tmp_path / "large", tmp_path / "small"
    size = (4000, 3000)
    large.write_bytes(encode(Image.new(mode, size), form))
    small.write_bytes(picture("PNG", (60, 40)))
    ran = subprocess.run(
        [sys.executable, "-c", PEAK, str(small), str(large)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert int(ran.stdout) * 1024 < size[0] * size[1] * bytes_per_pixel


def test_a_picture_is_encoded_as_png_once_at_most_where_jpeg_is_taken(monkeypatch):
    def count(image, file, **options):
        saved.append((options["format"], image.size))
        save(image, file, **options)

    save, saved = Image.Image.save, []
    data = encode(noise((80, 40)), "BMP")
    monkeypatch.setattr("PIL.Image.Image.save", count)
    assert fitted(data, image_bytes=100) is None
    assert [size for form, size in saved if form == "PNG"] == [(80, 40)]
    saved.clear()
    assert fitted(data, image_bytes=100, image_types=frozenset({"image/png"})) is None
    assert len(saved) == 5, "where nothing else is taken, it is tried at each size"


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1", "CMYK", "I;16", "LA"])
def test_a_much_smaller_picture_looks_the_same_in_every_mode(mode):
    half = Image.new("RGB", (640, 320), "white")
    half.paste("black", (0, 0, 320, 320))
    grey = half.convert("L").point(lambda value: value * 257, "I").convert("I;16")
    data = encode(grey if mode == "I;16" else half.convert(mode), "TIFF")
    image = opened(fitted(data, image_side=32)).convert("L")
    assert image.size == (32, 16)
    assert image.getpixel((5, 8)) < 30
    assert image.getpixel((27, 8)) > 225


def test_pillows_own_warning_is_no_matter(monkeypatch):
    data = picture("PNG", (300, 200))
    monkeypatch.setattr("PIL.Image.MAX_IMAGE_PIXELS", 50_000)
    assert fitted(data).data == data
    assert opened(fitted(data, image_side=100)).size == (100, 66)


@pytest.mark.parametrize(
    ("kind", "size", "most"),
    [("image/jpeg", (70_000, 2), 65_500), ("image/webp", (17_000, 2), 16_383)],
)
def test_a_picture_is_no_longer_than_its_encoding_can_be(kind, size, most):
    only = fitted(picture("PNG", size), image_types=frozenset({kind}), image_bytes=80)
    assert only is None, "no step has so few bytes, and none is an error"
    attachment = fitted(picture("BMP", size), image_types=frozenset({kind}))
    assert opened(attachment).size == (most, 1)


def test_an_encoding_that_cannot_be_so_long_is_left_out_for_one_that_can():
    data = picture("BMP", (70_000, 2))
    assert opened(fitted(data)).format == "PNG"
    assert opened(fitted(data)).size == (70_000, 2)


def test_a_step_that_fails_is_one_that_does_not_fit(monkeypatch):
    def fail(image, file, **options):
        if options["format"] != "PNG":
            raise OSError("broken data stream")
        save(image, file, **options)

    save = Image.Image.save
    data = picture("BMP")
    monkeypatch.setattr("PIL.Image.Image.save", fail)
    assert fitted(data).type == "image/png"
    assert fitted(data, image_types=frozenset({"image/jpeg", "image/webp"})) is None


@given(
    data=st.sampled_from(
        [picture(form, (30, 20)) for form in ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF")]
        + list(METADATA.values())
    ),
    place=st.floats(0, 1),
    damage=st.binary(max_size=24),
    over=st.integers(0, 24),
    image_types=st.sets(st.sampled_from(["image/jpeg", "image/png", "image/webp", "image/gif"])),
    image_side=st.none() | st.integers(1, 30),
)
@settings(max_examples=300, deadline=None)
def test_a_damaged_picture_fits_or_is_left_out_but_is_never_an_error(
    data, place, damage, over, **limits
):
    at = int(place * len(data))
    try:
        damaged = sniff(data[:at] + damage + data[at + over :], URL)
    except NoPicture:
        return
    attachment = fit(ILLUSTRATED, damaged, replace(ROOMY, image_bytes=100_000, **limits))
    assert attachment is None or attachment.length <= 100_000


@pytest.mark.parametrize("size", [0, 2])
def test_a_webp_whose_head_is_too_short_is_made_anew(size):
    data = picture("WEBP", (30, 20))
    extra = b"VP8X" + size.to_bytes(4, "little") + b"\0" * size
    whole = b"WEBP" + data[12:] + extra
    damaged = b"RIFF" + len(whole).to_bytes(4, "little") + whole
    assert without_metadata(model.Picture(URL, "image/webp", 30, 20, damaged)) is None
    opened(fitted(damaged, image_types=frozenset({"image/jpeg"})))


def test_what_cannot_fit_is_left_out():
    assert fitted(encode(noise((300, 200))), image_bytes=100) is None


@given(
    width=st.integers(1, 300),
    height=st.integers(1, 300),
    mode=st.sampled_from(["RGB", "RGBA", "L"]),
    form=st.sampled_from(["PNG", "WEBP", "TIFF"]),
    image_bytes=st.integers(100, 30_000),
    image_pixels=st.none() | st.integers(100, 50_000),
    image_side=st.none() | st.integers(10, 200),
    image_types=st.sets(st.sampled_from(["image/jpeg", "image/png", "image/webp"]), min_size=1),
)
@settings(max_examples=50, deadline=None)
def test_the_limits_always_hold_and_the_shape_stays(width, height, mode, form, **limits):
    before = noise((width, height), mode)
    attachment = fitted(encode(before, form), **limits)
    if attachment is None:
        return
    after = opened(attachment)
    assert attachment.length <= limits["image_bytes"]
    assert attachment.type in limits["image_types"]
    assert after.width * after.height <= (limits["image_pixels"] or 10**9)
    assert max(after.size) <= (limits["image_side"] or 10**9)
    assert after.width <= width
    assert after.height <= height
    if min(after.size) == 1:  # no side is thinner than that
        return
    # One side, scaled back up by the other's factor, is off by less than a pixel of the result.
    shrunk = max(after.width / width, after.height / height)
    assert abs(after.width - width * shrunk) <= 1
    assert abs(after.height - height * shrunk) <= 1


def test_a_picture_is_referred_to_where_it_can_be_shown_as_it_is():
    hero = model.Picture("file:///hero", "image/png", 64, 32, picture())
    limits = Limits(text=None, image_types=frozenset({"image/png"}), alt=5)
    referred = refer(ILLUSTRATED, hero, limits)
    assert (referred.url, referred.alt, referred.data) == (URL, "A…", hero.data)
    assert refer(ILLUSTRATED, None, limits) is None
    assert refer(POST, hero, limits) is None
    assert refer(ILLUSTRATED, replace(hero, type="image/avif"), limits) is None
