from __future__ import annotations

import hashlib
import os
import shutil

import pytest

from syndicate.media import Cache

NOON = 1_772_366_400


def test_bytes_are_kept_under_their_digest(tmp_path):
    digest = Cache(tmp_path / "new").keep(b"bytes")
    assert digest == hashlib.sha256(b"bytes").hexdigest()
    assert Cache(tmp_path / "new").load(digest) == b"bytes"


def test_what_is_there_is_not_written_again(tmp_path):
    cache = Cache(tmp_path)
    digest = cache.keep(b"bytes")
    before = (tmp_path / digest).stat()
    cache.keep(b"bytes")
    assert (tmp_path / digest).stat().st_ino == before.st_ino


@pytest.mark.parametrize("damage", [b"", b"byt", b"others"])
def test_a_damaged_file_counts_as_absent_and_is_mended(tmp_path, damage):
    cache = Cache(tmp_path)
    digest = cache.keep(b"bytes")
    (tmp_path / digest).write_bytes(damage)
    assert cache.load(digest) is None
    cache.keep(b"bytes")
    assert cache.load(digest) == b"bytes"


@pytest.mark.parametrize("digest", ["", "0" * 64, "../../../../../../etc/hostname", "a\0b"])
def test_what_is_not_there_is_none(tmp_path, digest):
    assert Cache(tmp_path).load(digest) is None


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b"7", b"\xff", b"[" * 100_000])
def test_damaged_facts_count_as_none(tmp_path, damage):
    cache = Cache(tmp_path)
    cache.note("subject", {"type": "image/png"})
    assert cache.facts("subject") == {"type": "image/png"}
    [file] = tmp_path.iterdir()
    file.write_bytes(damage)
    assert cache.facts("subject") == {}


def test_facts_about_nothing_are_none(tmp_path):
    assert Cache(tmp_path).facts("subject") == {}


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    cache = Cache(tmp_path / "file" / "cache")
    digest = cache.keep(b"bytes")
    assert cache.load(digest) is None
    cache.note("subject", {})


def test_a_write_that_fails_leaves_nothing_behind(tmp_path):
    cache = Cache(tmp_path)
    digest = hashlib.sha256(b"bytes").hexdigest()
    (tmp_path / digest).mkdir()  # a file cannot be renamed onto a folder
    cache.keep(b"bytes")
    assert [path.name for path in tmp_path.iterdir()] == [digest]


def ages(folder, **days):
    for name, age in days.items():
        os.utime(folder / digest_of(name), (NOON - age * 86_400,) * 2)


def digest_of(word):
    return hashlib.sha256(word.encode() * 10).hexdigest()


def test_what_was_not_used_for_longest_goes_and_facts_stay(tmp_path):
    cache = Cache(tmp_path)
    words = ["a", "b", "c", "d"]
    for word in words:
        cache.keep(word.encode() * 10)
    cache.note("subject", {"type": "image/png"})
    ages(tmp_path, a=1, b=3, c=4, d=2)
    cache.load(digest_of("c"))
    cache.sweep(most=25)
    assert [word for word in words if cache.load(digest_of(word))] == ["a", "c"]
    assert cache.facts("subject") == {"type": "image/png"}


def test_nothing_goes_where_nothing_was_added_or_all_has_room(tmp_path):
    Cache(tmp_path).keep(b"a" * 10)
    Cache(tmp_path).sweep(most=0)
    cache = Cache(tmp_path)
    cache.keep(b"b" * 10)
    cache.sweep(most=20)
    assert len(list(tmp_path.iterdir())) == 2
    cache.sweep(most=0)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_gone_has_nothing_to_sweep(tmp_path):
    cache = Cache(tmp_path / "gone")
    cache.keep(b"bytes")
    shutil.rmtree(tmp_path / "gone")
    cache.sweep(most=0)
