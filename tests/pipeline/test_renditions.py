"""One picture for many endpoints, from the file to the requests."""

from __future__ import annotations

import json

from PIL import Image

from fakes.discord import PATH, Discord
from fakes.site import NEXT_DOOR
from fakes.webhook import SECRET
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


def test_posts_that_share_a_file_have_it_at_their_own_addresses(blog, receiver, monkeypatch):
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    blog.endpoint("out", "folder", dir="out", backfill=3)
    blog.hook(f"{receiver.url}/hook", backfill=3)
    (blog.folder / "content" / "p.png").write_bytes(picture())
    names = ["one", "two", "three"]
    for name in names:
        blog.post(name, image="p.png")
    planned = json.loads(blog.command("plan", "--json", HOOK_SECRET=SECRET).stdout)["deliveries"]
    urls = sorted(each["message"]["image"]["url"] for each in planned)
    assert urls == sorted(2 * [f"https://ada.example/blog/{name}/p.png" for name in names])
    blog.run()
    assert sorted(each.message.image.url for each in blog.deliveries()) == urls


def test_why_a_picture_cannot_be_made_smaller_is_told(blog, monkeypatch):
    blog.post(image="large.png", image_alt="A field")
    Image.new("1", (6_000, 6_000)).save(blog.folder / "content" / "large.png")
    discord = Discord()
    with serve(discord.app) as url:
        monkeypatch.setenv("DISCORD", f"{url}{PATH}")
        blog.endpoint("chat", "discord", url="env:DISCORD", backfill=1, **NEXT_DOOR)
        planned, report = blog.plan(), blog.run()
    assert planned.warnings == report.warnings
    [warning] = report.warnings
    assert "(it is of 36,000,000 pixels; 32,000,000 at most are decoded" in warning
    assert blog.states() == {"chat": "delivered"}
