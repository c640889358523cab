import errno
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from feeds.sites import EMPTY, REAL, SITES, Example, post
from syndicate.errors import FeedError
from syndicate.feeds import changed, publish, warnings

FILES = ["atom.xml", "feed.html", "feed.json", "feed.xml"]


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def documents():
    return list(REAL.build().values())


def test_documents_are_written_where_they_belong(documents, tmp_path):
    output = tmp_path / "not" / "there" / "yet"
    done = publish(documents, output)
    assert [(one.path, one.written) for one in done] == [
        (output / document.path, True) for document in documents
    ]
    assert [one.path.read_bytes() for one in done] == [document.data for document in documents]
    assert files(output) == FILES


def test_anybody_may_read_them(documents, tmp_path):
    old = os.umask(0o077)
    try:
        done = publish(documents, tmp_path)
    finally:
        os.umask(old)
    assert {stat.S_IMODE(one.path.stat().st_mode) for one in done} == {0o644}


def test_what_has_not_changed_is_not_touched(documents, tmp_path):
    publish(documents, tmp_path)
    for document in documents:
        os.utime(tmp_path / document.path, (1, 1))
    before = {document.path: (tmp_path / document.path).stat() for document in documents}
    done = publish(
        [replace(documents[0], data=documents[0].data + b"\n"), *documents[1:]], tmp_path
    )
    assert [one.written for one in done] == [True, False, False, False]
    for document in documents[1:]:
        after = (tmp_path / document.path).stat()
        assert (after.st_mtime, after.st_ino) == (1, before[document.path].st_ino)


def test_one_unreadable_document_and_nothing_is_written(documents, tmp_path):
    publish(documents, tmp_path)
    fresh = list(EMPTY.build().values())
    fresh[2] = replace(fresh[2], data=b"{")
    with pytest.raises(FeedError, match=r"^feed\.json: the built feed is unreadable"):
        publish(fresh, tmp_path)
    assert [(tmp_path / one.path).read_bytes() for one in documents] == [
        one.data for one in documents
    ]


def test_what_would_be_written_can_be_asked_for(documents, tmp_path):
    assert changed(documents, tmp_path / "none") == documents
    assert files(tmp_path) == []
    publish(documents[1:], tmp_path)
    assert changed(documents, tmp_path) == documents[:1]


@pytest.mark.parametrize("call", ["os.fsync", "pathlib.Path.replace", "pathlib.Path.chmod"])
def test_a_write_that_fails_leaves_the_old_file(call, documents, tmp_path, monkeypatch):
    publish(documents, tmp_path)

    def fail(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(call, fail)
    with pytest.raises(FeedError) as caught:
        publish(list(EMPTY.build().values()), tmp_path)
    assert (
        str(caught.value) == f"{tmp_path / 'feed.xml'}: cannot be written: No space left on device"
    )
    assert (tmp_path / "feed.xml").read_bytes() == documents[0].data
    assert files(tmp_path) == FILES


def test_a_kill_in_the_middle_leaves_the_old_file(documents, tmp_path, monkeypatch):
    publish(documents, tmp_path)

    def kill(handle):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", kill)
    with pytest.raises(KeyboardInterrupt):
        publish(list(EMPTY.build().values()), tmp_path)
    assert (tmp_path / "feed.xml").read_bytes() == documents[0].data


def test_data_reach_the_disk_before_the_name_and_the_name_before_we_go_on(
    documents, tmp_path, monkeypatch
):
    events = []
    fsync, rename = os.fsync, Path.replace

    def note_sync(handle):
        events.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    def note_rename(path, target):
        assert path.read_bytes() == documents[0].data
        events.append("rename")
        return rename(path, target)

    monkeypatch.setattr("os.fsync", note_sync)
    monkeypatch.setattr("pathlib.Path.replace", note_rename)
    publish(documents[:1], tmp_path)
    assert events == ["file", "rename", "folder"]


def test_what_killed_runs_left_is_swept_and_what_others_write_is_not(documents, tmp_path):
    left, fresh, other = (
        tmp_path / name for name in (".feed.xml.00.tmp", ".feed.xml.11.tmp", ".mine.tmp")
    )
    for path in (left, fresh, other):
        path.write_bytes(b"half")
    for path in (left, other):
        os.utime(path, (1, 1))
    publish(documents[:1], tmp_path)
    assert files(tmp_path) == [".feed.xml.11.tmp", ".mine.tmp", "feed.xml"]


def test_a_folder_where_a_file_should_be_is_an_error(documents, tmp_path):
    (tmp_path / "feed.xml").mkdir()
    for look in (publish, changed):
        with pytest.raises(FeedError, match=r"feed\.xml: cannot be read: Is a directory"):
            look(documents, tmp_path)


@pytest.mark.parametrize(
    "found", [b"", b"<!DOCTYPE html><title>Feeds of ours</title>", b"\xff\x00"]
)
def test_a_page_of_somebody_else_stays(found, documents, tmp_path):
    theirs = tmp_path / "feed.html"
    theirs.write_bytes(found)
    assert [one.path for one in changed(documents, tmp_path)] == [
        "feed.xml",
        "atom.xml",
        "feed.json",
    ]
    done = publish(documents, tmp_path)
    assert theirs.read_bytes() == found
    assert [(one.written, one.foreign) for one in done] == [(True, False)] * 3 + [(False, True)]
    [said] = warnings(done)
    assert said.startswith(f"{theirs} is not ours and stays as it is: ")
    assert '[feeds] page = "NAME.html"' in said


def test_a_page_of_ours_is_replaced_whatever_else_has_changed(documents, tmp_path):
    old = list(SITES["nasty"].build().values())
    done = publish(old, tmp_path)
    assert warnings(done) == []
    publish(documents, tmp_path)
    assert (tmp_path / "feed.html").read_bytes() == documents[3].data != old[3].data


def test_a_page_that_cannot_be_looked_at_is_an_error(documents, tmp_path):
    (tmp_path / "feed.html").mkdir()
    with pytest.raises(FeedError, match=r"feed\.html: cannot be read: Is a directory"):
        publish(documents, tmp_path)


def test_a_file_where_the_folder_should_be_is_an_error(documents, tmp_path):
    output = tmp_path / "public"
    output.write_text("x")
    with pytest.raises(FeedError, match="cannot be read: Not a directory"):
        publish(documents, output)
    assert output.read_text() == "x"


def test_windows_cannot_sync_a_folder(documents, tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr("os.fsync", synced.append)
    monkeypatch.delattr("os.O_DIRECTORY")
    publish(documents[:1], tmp_path)
    assert len(synced) == 1


def of(count):
    return list(Example(posts=tuple(post(number) for number in range(count))).build().values())


def test_a_feed_that_has_lost_too_much_does_not_replace_the_old_one(tmp_path):
    publish(of(10), tmp_path)
    before = (tmp_path / "feed.xml").read_bytes()
    with pytest.raises(FeedError, match=r"feed\.xml would have 4 entries instead of 10; atom"):
        publish(of(4), tmp_path, 0.5)
    assert (tmp_path / "feed.xml").read_bytes() == before
    assert publish(of(5), tmp_path, 0.5)[0].written
    assert publish(of(1), tmp_path)[0].written


def test_a_feed_never_loses_all_its_entries_unasked(tmp_path):
    publish(of(1), tmp_path)
    with pytest.raises(FeedError, match=r"0 entries instead of 1.*--force"):
        publish(of(0), tmp_path, 1)
    publish(of(0), tmp_path)
    assert publish(of(0), tmp_path, 0)[0].written is False


def test_what_was_no_feed_cannot_have_lost_anything(tmp_path):
    for document in of(0):
        (tmp_path / document.path).write_text("<html>")
    assert all(each.written for each in publish(of(0), tmp_path, 0) if each.document.is_feed)
