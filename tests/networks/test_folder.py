"""A folder has each message once, wholly, as a person would see it."""

from __future__ import annotations

import asyncio
import errno
import json
import shutil
from dataclasses import replace
from types import SimpleNamespace

import pytest

from fakes.posts import POST
from syndicate.config import Endpoint
from syndicate.errors import Unreachable
from syndicate.model import Image, Key, Limits, Message, Picture, Site
from syndicate.networks import folder as module
from syndicate.networks.folder import Folder, FolderOptions
from syndicate.testing.clock import NOON
from syndicate.testing.samples import picture

SITE = Site("Ada's notes", "https://example.org", "en")
KEY = Key("msg_1", NOON)
HERO = Picture("https://example.org/hero", "image/png", 64, 32, picture())


@pytest.fixture
def out(tmp_path):
    return tmp_path / "new" / "outbox"


@pytest.fixture
def network(out):
    return Folder(FolderOptions(name="out", network="folder", dir=out), SITE)


def compose(network, post=POST, hero=None):
    return network.compose(post, "<p>Hi</p>", hero, Limits(text=None))


def deliver(network, message, key=KEY):
    return asyncio.run(network.deliver(message, key, None))


def test_a_message_becomes_a_folder_that_reads_like_one(network, out):
    post = replace(POST, image=Image(HERO.url, alt="A teal field"))
    message = compose(network, post, HERO)
    receipt = deliver(network, message)
    [folder] = out.iterdir()
    assert folder.name.startswith("2026-03-01-hello-")
    assert (receipt.id, receipt.url) == (folder.name, folder.as_uri())
    assert sorted(path.name for path in folder.iterdir()) == [
        "alt.txt",
        "image.png",
        "link.txt",
        "message.json",
        "message.txt",
    ]
    assert (folder / "message.txt").read_text() == (
        "Hello\n\nA first post.\n\nhttps://example.org/blog/hello/\n\n#greeting\n"
    )
    assert (folder / "link.txt").read_text() == "https://example.org/blog/hello/\n"
    assert (folder / "alt.txt").read_text() == "A teal field\n"
    assert (folder / "image.png").read_bytes() == HERO.data
    raw = json.loads((folder / "message.json").read_text())
    assert Message.from_json(raw, HERO.data) == message


def test_a_message_without_a_picture_has_no_image_and_no_alt(network, out):
    deliver(network, compose(network))
    [folder] = out.iterdir()
    assert {path.suffix for path in folder.iterdir()} == {".txt", ".json"}
    assert not (folder / "alt.txt").exists()


@pytest.mark.parametrize(
    ("kind", "name"),
    [("image/jpeg", "image.jpg"), ("image/webp", "image.webp"), ("image/x-odd", "image.bin")],
)
def test_the_suffix_follows_the_bytes(network, out, kind, name):
    post = replace(POST, image=Image("https://example.org/hero.png"))
    deliver(network, compose(network, post, replace(HERO, type=kind)))
    [folder] = out.iterdir()
    assert (folder / name).exists()


def test_a_second_try_finds_the_first_and_changes_nothing(network, out):
    message = compose(network)
    first = deliver(network, message)
    (out / first.id / "message.txt").write_text("picked up")
    assert deliver(network, message) == first
    assert (out / first.id / "message.txt").read_text() == "picked up"


def test_two_deliveries_of_posts_alike_are_two_folders(network, out):
    message = compose(network)
    deliver(network, message, Key("msg_1", NOON))
    deliver(network, message, Key("msg_2", NOON))
    assert len(list(out.iterdir())) == 2


def test_tries_beside_each_other_end_in_one_folder(network, out):
    message = compose(network)

    async def main():
        return await asyncio.gather(*(network.deliver(message, KEY, None) for _ in range(8)))

    receipts = asyncio.run(main())
    assert len(set(receipts)) == 1
    assert [path.name for path in out.iterdir()] == [receipts[0].id]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        (None, "2026-03-01-note-"),
        ("…", "2026-03-01-note-"),
        ("../../etc/passwd", "2026-03-01-etc-passwd-"),
        ("Ünïcode & Co.", "2026-03-01-ünïcode-co-"),
        ("\N{GOTHIC LETTER AHSA}" * 200, "2026-03-01-" + "\N{GOTHIC LETTER AHSA}" * 25 + "-"),
    ],
)
def test_any_title_makes_a_name_that_a_file_system_takes(network, out, title, name):
    receipt = deliver(network, compose(network, replace(POST, title=title)))
    assert receipt.id[:-8] == name
    assert (out / receipt.id).is_dir()


@pytest.mark.parametrize("key", ["../up", "a/b", "\N{SNOWMAN}" * 100])
def test_a_key_is_never_a_path(network, out, key):
    receipt = deliver(network, compose(network), Key(key, NOON))
    assert [path.name for path in out.iterdir()] == [receipt.id]


def test_a_folder_that_cannot_be_made_is_unreachable(network, out):
    out.parent.write_text("a file is in the way")
    with pytest.raises(Unreachable, match=r"outbox/2026.* cannot be written: Not a directory"):
        deliver(network, compose(network))


def test_a_full_disk_leaves_nothing_half_written(network, out, monkeypatch):
    def full(path, text, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(type(out), "write_text", full)
        with pytest.raises(Unreachable, match="cannot be written: No space left on device"):
            deliver(network, compose(network))
    assert list(out.iterdir()) == []
    deliver(network, compose(network))


def test_checking_tells_whether_the_folder_can_be_written_and_makes_nothing(network, out, tmp_path):
    health = asyncio.run(network.check(None))
    assert health.ok
    assert not out.parent.exists()
    out.parent.write_text("a file is in the way")
    health = asyncio.run(network.check(None))
    assert not health.ok
    assert str(out.parent) in health.detail


def test_a_folder_that_may_not_be_written_is_told(network, tmp_path, monkeypatch):
    monkeypatch.setattr(module.os, "access", lambda path, mode: False)
    assert not asyncio.run(network.check(None)).ok


@pytest.mark.parametrize(("free", "level"), [(99_999_999, "warning"), (100_000_000, "ok")])
def test_a_disk_that_is_nearly_full_is_told(network, monkeypatch, free, level):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free))
    [fact] = asyncio.run(network.check(None)).facts
    assert (fact.name, fact.value, fact.level) == ("space", f"{free // 1000000} MB are free", level)


def test_the_options_extend_those_of_every_endpoint():
    assert issubclass(FolderOptions, Endpoint)
