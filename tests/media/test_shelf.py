"""What was made of a picture to fit is made once for all who want the same."""

from __future__ import annotations

import asyncio
import io
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image as Pillow

from syndicate.compose import fit
from syndicate.media import Cache, MediaStore, store
from syndicate.media.sniff import sniff
from syndicate.model import Image, Limits
from syndicate.testing.clock import FakeClock
from syndicate.testing.samples import POST, picture

URL = "https://example.org/hero"
HERO = sniff(picture("BMP", (60, 40)), URL)
OTHER = sniff(picture("BMP", (60, 40), "red"), URL)
SECOND = timedelta(seconds=1)


@pytest.fixture
def encoded(monkeypatch):
    """What was encoded: format and size."""
    saved, save = [], Pillow.Image.save

    def count(image, file, format=None, **options):  # noqa: A002 - Pillow's name
        saved.append((format, image.size))
        save(image, file, format, **options)

    monkeypatch.setattr("PIL.Image.Image.save", count)
    return saved


def fitted(folder, *wanted, heroes=(HERO,)):
    """Fit pictures to several limits in one run, all at the same time."""

    async def main():
        media = MediaStore(Cache(folder), None, clock=FakeClock().now, timeout=SECOND, retry=SECOND)

        def compose(limits, hero):
            return fit(replace(POST, image=Image(hero.url, alt="A field")), hero, limits)

        return await asyncio.gather(
            *(
                media.compose(hero, lambda hero, limits=limits: compose(limits, hero))
                for hero in heroes
                for limits in wanted
            )
        )

    return asyncio.run(main())


def limits(**own):
    return Limits(text=None, **own)


def test_the_same_limits_are_met_once_and_others_by_another_file(tmp_path, encoded):
    found = fitted(tmp_path, *[limits(image_side=30)] * 5, *[limits(image_side=20)] * 5)
    assert [size for _, size in encoded] == [(30, 20), (20, 13)]
    digests = [each.digest for each in found]
    assert digests == [digests[0]] * 5 + [digests[5]] * 5
    assert digests[0] != digests[5]
    for each, side in ((found[0], 30), (found[9], 20)):
        assert Pillow.open(io.BytesIO(each.data)).size[0] == each.width == side


@pytest.mark.parametrize(
    "other",
    [
        {"image_bytes": 2_000},
        {"image_pixels": 1_100},
        {"image_side": 29},
        {"image_types": frozenset({"image/webp"})},
    ],
)
def test_any_limit_of_a_picture_makes_a_rendition_of_its_own(tmp_path, encoded, other):
    common = {"image_bytes": 20_000, "image_pixels": 1_200, "image_side": 30}
    fitted(tmp_path, limits(**common), limits(**{**common, **other}))
    assert len(encoded) == 2


def test_no_limit_of_a_text_does(tmp_path, encoded):
    long, short = fitted(tmp_path, limits(alt=9), replace(limits(alt=5), text=300, images=4))
    assert long.data == short.data
    assert len(encoded) == 1


def test_a_later_run_finds_what_was_made(tmp_path, encoded):
    [before] = fitted(tmp_path, limits(image_side=30))
    [after] = fitted(tmp_path, limits(image_side=30))
    assert after == before
    assert after.data == before.data
    assert len(encoded) == 1


def test_the_same_picture_from_elsewhere_shares_it_and_keeps_its_address(tmp_path, encoded):
    elsewhere = replace(HERO, url="https://example.org/other")
    found = fitted(tmp_path, limits(image_side=30), heroes=(HERO, elsewhere))
    assert [each.url for each in found] == [URL, "https://example.org/other"]
    assert len(encoded) == 1


def test_another_picture_has_its_own(tmp_path, encoded):
    one, two = fitted(tmp_path, limits(image_side=30), heroes=(HERO, OTHER))
    assert one.digest != two.digest
    assert len(encoded) == 2


def test_what_another_version_has_made_is_made_anew(tmp_path, encoded, monkeypatch):
    fitted(tmp_path, limits(image_side=30))
    monkeypatch.setattr("syndicate.program.fingerprint", lambda: "another")
    fitted(tmp_path, limits(image_side=30))
    assert len(encoded) == 2


@pytest.mark.parametrize("notes", ["{}", "[]", '{"digest": "0"}', None])
def test_what_is_lost_or_damaged_is_made_anew(tmp_path, encoded, notes):
    [before] = fitted(tmp_path, limits(image_side=30))
    [file] = tmp_path.glob("*.json")
    known = json.loads(file.read_bytes())
    file.write_text(notes or json.dumps({**known, "width": "wide"}))
    [after] = fitted(tmp_path, limits(image_side=30))
    assert after == before
    assert len(encoded) == 2


def test_what_cannot_be_made_is_tried_once_a_run(tmp_path, encoded):
    hopeless = limits(image_bytes=10)
    assert fitted(tmp_path, hopeless) == [None]
    once = len(encoded)
    assert fitted(tmp_path, hopeless, hopeless) == [None, None]
    assert len(encoded) == 2 * once


def test_of_large_pictures_one_at_a_time_is_made_smaller(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "LARGE", 60 * 40 - 1)
    working, most = [], []

    async def main():
        media = MediaStore(
            Cache(tmp_path), None, clock=FakeClock().now, timeout=SECOND, retry=SECOND
        )

        def compose(hero):
            working.append(hero)
            most.append(len(working))
            with Pillow.open(io.BytesIO(hero.data)) as image:
                image.resize((400, 400)).tobytes()  # others would come in meanwhile
            working.remove(hero)

        heroes = [sniff(picture("BMP", (60, 40), f"#0000{each:02x}"), URL) for each in range(9)]
        await asyncio.gather(*(media.compose(hero, compose) for hero in heroes))

    asyncio.run(main())
    assert most == [1] * 9
