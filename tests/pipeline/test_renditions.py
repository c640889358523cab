"""One picture for many endpoints, from the file to the requests."""

from __future__ import annotations

from PIL import Image

from fakes.discord import PATH, Discord
from syndicate.app import open_app
from syndicate.media import Cache
from syndicate.testing.samples import picture
from syndicate.testing.server import serve


def test_five_endpoints_with_the_same_limits_encode_their_picture_once(blog, monkeypatch):
    saved, save = [], Image.Image.save

    def count(image, file, format=None, **options):  # noqa: A002 - Pillow's name
        saved.append(format)
        save(image, file, format, **options)

    blog.post(image="hero.bmp", image_alt="A field")
    (blog.folder / "content" / "hero.bmp").write_bytes(picture("BMP", (60, 40)))
    discord = Discord()
    monkeypatch.setattr("PIL.Image.Image.save", count)
    with serve(discord.app) as url:
        monkeypatch.setenv("DISCORD", f"{url}{PATH}")
        for number in range(5):
            blog.endpoint(
                f"chat-{number}",
                "discord",
                url="env:DISCORD",
                allow_networks=["127.0.0.0/8"],
                backfill=1,
            )
        blog.plan()
        report = blog.run()
    assert set(blog.states().values()) == {"delivered"}
    assert report.warnings == ()
    assert len({each.message.image.digest for each in blog.deliveries()}) == 1
    assert len(discord.files) == 5
    assert saved == ["JPEG"]


def test_a_run_ends_with_as_many_bytes_as_are_kept(blog, monkeypatch):
    monkeypatch.setattr(Cache.sweep, "__defaults__", (0,))
    blog.post(image="hero.bmp", image_alt="A field")
    (blog.folder / "content" / "hero.bmp").write_bytes(picture("BMP", (60, 40)))
    kept, keep = [], Cache.keep
    monkeypatch.setattr(
        Cache, "keep", lambda cache, data: kept.append(keep(cache, data)) or kept[-1]
    )
    discord = Discord()
    with serve(discord.app) as url:
        monkeypatch.setenv("DISCORD", f"{url}{PATH}")
        blog.endpoint(
            "chat", "discord", url="env:DISCORD", allow_networks=["127.0.0.0/8"], backfill=1
        )
        blog.run()
    assert kept
    with open_app(blog.config) as app:
        assert not [each for each in kept if (app.config.media.cache / each).exists()]
