"""A picture is asked for once, judged by its bytes, and never costs a post."""

from __future__ import annotations

import asyncio
import io
import os
from datetime import timedelta

import pytest
from PIL import Image as Pillow

from fakes import faulty as fake
from fakes.faulty import answering, faulty, response
from fakes.images import Gallery
from syndicate.http import Http
from syndicate.media import Cache, MediaStore
from syndicate.media import store as store_module
from syndicate.model import Image, MediaFacts, Picture
from syndicate.testing.clock import FakeClock
from syndicate.testing.samples import picture
from syndicate.testing.server import serve

HOUR = timedelta(hours=1)


class Bench:
    """Opens stores over one cache folder, as one run after another does."""

    def __init__(self, folder, seconds=2.0, ahead=2.0):
        self.cache = Cache(folder)
        self.clock = FakeClock()
        self.seconds, self.ahead = timedelta(seconds=seconds), timedelta(seconds=ahead)
        self.warnings = []

    def run(self, work):
        async def main():
            http = Http(["127.0.0.0/8"], self.seconds)
            store = MediaStore(
                self.cache, http, clock=self.clock.now, timeout=self.ahead, retry=HOUR
            )
            try:
                return await work(store)
            finally:
                self.warnings = store.warnings
                await http.aclose()

        return asyncio.run(main())

    def get(self, image):
        return self.run(lambda store: store.picture(image))


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path / "cache")


def test_a_picture_is_what_its_bytes_say_whatever_the_server_claims(bench):
    gallery = Gallery(a_gif=picture("PNG", (64, 32)))
    with serve(gallery.app) as url:
        found = bench.get(Image(f"{url}/a.gif"))
    assert (found.type, found.width, found.height) == ("image/png", 64, 32)
    assert found.data == gallery.files["a.gif"]
    assert found.url == f"{url}/a.gif"
    assert bench.warnings == []


def test_many_who_ask_at_once_share_one_fetch(bench):
    gallery = Gallery(a_png=picture())
    with serve(gallery.app) as url:

        async def work(store):
            image = Image(f"{url}/a.png")
            others = [Image(image.url, alt=str(number)) for number in range(5)]
            found = await asyncio.gather(*(store.picture(each) for each in [image, *others]))
            return {each.data for each in found}

        assert bench.run(work) == {picture()}
    assert gallery.asked == ["a.png"]


def test_who_gives_up_waiting_does_not_take_the_picture_from_the_others(bench):
    gallery = Gallery(a_png=picture())
    with serve(gallery.app) as url:

        async def work(store):
            impatient = asyncio.create_task(store.picture(Image(f"{url}/a.png")))
            patient = asyncio.create_task(store.picture(Image(f"{url}/a.png")))
            await asyncio.sleep(0)
            impatient.cancel()
            return await patient

        assert bench.run(work).data == picture()


def test_a_later_run_does_not_fetch_again(bench):
    gallery = Gallery(a_png=picture())
    with serve(gallery.app) as url:
        first = bench.get(Image(f"{url}/a.png"))
        second = bench.get(Image(f"{url}/a.png"))
    assert gallery.asked == ["a.png"]
    assert second == first


def test_the_facts_are_known_once_the_picture_is_and_from_the_cache_too(bench):
    gallery = Gallery(a_png=picture("PNG", (64, 32)))
    with serve(gallery.app) as url:
        image = Image(f"{url}/a.png")

        async def work(store):
            before = store.facts(image)
            await store.prefetch([image])
            return before, store.facts(image)

        expected = MediaFacts("image/png", len(picture("PNG", (64, 32))), 64, 32)
        assert bench.run(work) == (None, expected)
        assert bench.run(work) == (None, expected)


def test_pictures_are_fetched_ahead_beside_each_other_and_for_a_bounded_time(tmp_path):
    bench = Bench(tmp_path, ahead=0.3)

    async def work(store):
        loop = asyncio.get_running_loop()
        async with (
            faulty(fake.silence) as mute,
            faulty(answering(response(200, picture()))) as good,
        ):
            slow = [Image(f"{mute.url}/{number}") for number in range(5)]
            began = loop.time()
            await store.prefetch([*slow, Image(good.url)])
            return loop.time() - began, store.facts(Image(good.url)), mute.visits

    seconds, facts, visits = bench.run(work)
    assert 0.2 < seconds < 0.9
    assert facts.type == "image/png"
    assert visits == 5, "all at once, not one after the other"


def test_nothing_to_fetch_ahead_takes_no_time(bench):
    bench.run(lambda store: store.prefetch([]))


def test_what_could_not_be_had_is_left_alone_for_a_while_even_by_later_runs(bench):
    gallery = Gallery()
    with serve(gallery.app) as url:
        image = Image(f"{url}/a.png?token=hush")
        for _ in range(2):
            assert bench.get(image) is None
            assert bench.warnings == ["the picture 127.0.0.1/a.png cannot be had: HTTP 404"]
        assert len(gallery.asked) == 1
        bench.clock.tick(minutes=59)
        bench.get(image)
        assert len(gallery.asked) == 1
        bench.clock.tick(minutes=1)
        gallery.files["a.png"] = picture()
        assert bench.get(image).data == picture()
        assert bench.warnings == []


def test_a_failure_of_the_future_is_none(bench):
    gallery = Gallery()
    with serve(gallery.app) as url:
        bench.get(Image(f"{url}/a.png"))
        bench.clock.tick(hours=-48)  # somebody has set the clock right
        bench.get(Image(f"{url}/a.png"))
    assert len(gallery.asked) == 2


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (fake.reset_after_request, "was lost"),
        (fake.truncated, "was lost"),
        (fake.silence, "was lost"),
        (fake.gzip_bomb, "no picture"),
        (answering(response(302, location="http://169.254.169.254/")), "redirects"),
        (answering(response(200, b"<svg xmlns='http://www.w3.org/2000/svg'/>")), "SVG drawing"),
        (answering(response(200, b"<!doctype html><p>busy")), "no picture"),
        (answering(response(200, b"")), "no picture"),
        (answering(response(200, b"\x89PNG\r\n\x1a\n" + b"\0" * 64)), "picture"),
    ],
)
def test_trouble_costs_a_warning(tmp_path, behaviour, reason):
    bench = Bench(tmp_path, seconds=0.3)

    async def work(store):
        async with faulty(behaviour) as server:
            return await store.picture(Image(f"{server.url}/a.png"))

    assert bench.run(work) is None
    [warning] = bench.warnings
    assert warning.startswith("the picture 127.0.0.1/a.png cannot be had: ")
    assert reason in warning


def test_a_picture_may_be_larger_than_an_answer_but_not_without_end(bench, monkeypatch):
    large = picture("BMP", (200, 200))
    gallery = Gallery(a_bmp=large)
    with serve(gallery.app) as url:
        assert bench.get(Image(f"{url}/a.bmp")).length == len(large) > 64 * 1024
        monkeypatch.setattr(store_module, "CAP", len(large) - 1)
        assert bench.get(Image(f"{url}/a.bmp?again")) is None
    assert "is longer than" in bench.warnings[0]


@pytest.mark.parametrize(
    ("kind", "pixels", "is_told"),
    [
        ("image/png", 32_000_001, True),
        ("image/png", 32_000_000, False),
        ("image/jpeg", 99**4, False),
    ],
)
def test_only_what_is_too_large_to_be_decoded_is_told_to_be(bench, kind, pixels, is_told):
    async def work(store):
        store.misfit(Image("https://x/a"), Picture("https://x/a", kind, pixels, 1, b""), "out")

    bench.run(work)
    assert ("at most are decoded" in bench.warnings[0]) is is_told


ODD = [
    "",
    "http://[::1",
    "data:image/png;base64," + "A" * 10_000,
    "ftp://x.example/a.png",
    "https://user:hunter2@x.example/a.png",
    "http://127.1/a.png",
    "https://169.254.169.254/latest/meta-data/",
    "https://\N{SNOWMAN}\ud800/",
    "https://xn--/a.png",
    "http://127.0.0.1:port/",
    "https://localhost:99999/a.png",
]


@pytest.mark.parametrize("url", ODD)
def test_an_odd_address_costs_a_warning_of_bearable_length(bench, url):
    assert bench.get(Image(url)) is None
    [warning] = bench.warnings
    assert len(warning) < 300
    assert "hunter2" not in warning


def test_what_nobody_foresaw_costs_a_warning_too(bench, monkeypatch, caplog):
    def broken(*_):
        raise ZeroDivisionError("a decoder's")

    monkeypatch.setattr(store_module, "sniff", broken)
    gallery = Gallery(hero_png=picture())
    with serve(gallery.app) as url:
        assert bench.get(Image(f"{url}/hero.png")) is None
    [warning] = bench.warnings
    assert "unexpected ZeroDivisionError" in warning
    assert "Traceback" in caplog.text


class TestLocalFiles:
    @pytest.fixture
    def file(self, tmp_path):
        path = tmp_path / "hero.png"
        path.write_bytes(picture())
        return path

    def image(self, path):
        return Image("https://ada.example/hero.png", path=path)

    def test_a_file_is_read_and_nothing_is_fetched(self, bench, file):
        found = bench.get(self.image(file))
        assert found.data == picture()
        assert found.url == "https://ada.example/hero.png"

    def test_a_changed_file_is_read_again(self, bench, file):
        file.write_bytes(picture("BMP"))
        bench.get(self.image(file))
        red = picture("BMP", colour="red")
        assert len(red) == len(picture("BMP"))
        before = file.stat().st_mtime_ns
        file.write_bytes(red)
        os.utime(file, ns=(before, before + 1))
        assert bench.get(self.image(file)).data == red

    def test_a_file_that_was_mended_is_read_at_once(self, bench, file):
        file.write_bytes(b"half a pic")
        assert bench.get(self.image(file)) is None
        assert bench.warnings == ["the picture hero.png cannot be had: it is no picture"]
        file.write_bytes(picture())
        assert bench.get(self.image(file)) is not None

    def test_a_file_that_is_too_large_is_not_read(self, bench, file, monkeypatch):
        monkeypatch.setattr(store_module, "CAP", 10)
        assert bench.get(self.image(file)) is None
        assert "larger than 10 bytes" in bench.warnings[0]

    def test_what_is_no_file_costs_a_warning(self, bench, tmp_path):
        os.mkfifo(tmp_path / "pipe")  # reading it would wait for ever
        for path in (tmp_path, tmp_path / "pipe", tmp_path / "missing", tmp_path / "a\0b"):
            assert bench.get(self.image(path)) is None
            [warning] = bench.warnings
            assert warning.endswith("cannot be had: there is no such file")

    def test_a_file_that_cannot_be_read_costs_a_warning(self, bench, file, monkeypatch):
        def refuse(path):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(type(file), "read_bytes", refuse)
        assert bench.get(self.image(file)) is None
        assert bench.warnings == ["the picture hero.png cannot be had: Permission denied"]


class TestWhatIsKnownWithoutAsking:
    def test_a_file_is_looked_into_once(self, bench, tmp_path, monkeypatch):
        path = tmp_path / "hero.png"
        path.write_bytes(picture())
        image = Image("https://ada.example/hero.png", path=path)

        async def known(store):
            return store.known(image)

        facts = bench.run(known)
        assert (facts.type, facts.length) == ("image/png", len(picture()))
        assert facts.width
        monkeypatch.setattr(store_module, "sniff", lambda data, url: pytest.fail("looked again"))
        assert bench.run(known) == facts

    def test_what_was_fetched_is_known_and_nothing_is_fetched(self, bench):
        gallery = Gallery(hero_png=picture())
        with serve(gallery.app) as url:
            image = Image(f"{url}/hero.png")

            async def known(store):
                return store.known(image)

            assert bench.run(known) is None
            had = bench.get(image)
            assert bench.run(known) == MediaFacts(
                "image/png", len(picture()), had.width, had.height
            )

    @pytest.mark.parametrize("data", [None, b"no picture"])
    def test_of_what_is_no_picture_nothing_is_known(self, bench, tmp_path, data):
        path = tmp_path / "hero.png"
        if data:
            path.write_bytes(data)

        async def known(store):
            return store.known(Image("https://ada.example/hero.png", path=path))

        assert bench.run(known) is None


def test_renditions_are_kept_for_later(bench):
    digest = bench.run(lambda store: _value(store.keep(b"fitted")))
    assert bench.run(lambda store: _value(store.load(digest))) == b"fitted"
    assert bench.run(lambda store: _value(store.load("0" * 64))) is None


async def _value(value):
    return value


def test_a_photo_with_a_second_picture_is_a_jpeg(bench, tmp_path):
    file = io.BytesIO()
    shot = Pillow.new("RGB", (8, 4))
    shot.save(file, "MPO", save_all=True, append_images=[shot])
    (tmp_path / "phone.jpg").write_bytes(file.getvalue())
    assert bench.get(Image("", path=tmp_path / "phone.jpg")).type == "image/jpeg"


@pytest.mark.parametrize(
    "damage",
    [{}, {"width": None}, {"width": "wide"}, {"digest": None}, {"digest": "0" * 64}, {"type": ...}],
)
def test_whatever_somebody_did_to_the_cache_the_picture_is_had_again(bench, damage):
    gallery = Gallery(a_png=picture())
    with serve(gallery.app) as url:
        image = Image(f"{url}/a.png")
        bench.get(image)
        facts = bench.cache.facts(image.url) | damage
        bench.cache.note(image.url, {key: facts[key] for key in facts if facts[key] is not ...})
        assert bench.get(image).data == picture()
    assert len(gallery.asked) == (2 if damage else 1)


@pytest.mark.parametrize("at", [None, 7, "yesterday", "2026-03-01T12:00:00"])
def test_a_damaged_memory_of_a_failure_is_none(bench, at):
    gallery = Gallery(a_png=picture())
    with serve(gallery.app) as url:
        bench.cache.note(f"{url}/a.png", {"failed": "long ago", "at": at})
        assert bench.get(Image(f"{url}/a.png")) is not None


def test_a_cache_that_cannot_be_written_is_only_slower(tmp_path):
    (tmp_path / "cache").write_text("in the way")
    bench = Bench(tmp_path / "cache")
    gallery = Gallery(a_png=picture())
    with serve(gallery.app) as url:
        for _ in range(2):
            assert bench.get(Image(f"{url}/a.png")).data == picture()
    assert len(gallery.asked) == 2
    assert bench.warnings == []
