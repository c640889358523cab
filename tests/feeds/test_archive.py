"""Pages of the archive that are made on several processes."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from feeds.sites import NASTY, PLAIN, post
from syndicate import __version__, content
from syndicate.config import Feeds
from syndicate.errors import FeedError
from syndicate.feeds import Job, Page, archive, archived_listing, make_all

TESTS = Path(__file__).parents[1]


@pytest.fixture
def several(monkeypatch):
    """As on a machine with three processors, where few posts are many."""
    monkeypatch.setattr(archive, "MANY", 1)
    monkeypatch.setattr(archive, "_processors", lambda: 3)
    # The golden files have a version of their own; helpers know the true one alone.
    monkeypatch.setattr("syndicate.feeds.generator.__version__", __version__)


def jobs(output, pages=8, site=PLAIN):
    settings = Feeds(output=output, archive=True)
    for number in range(pages):
        page = Page(number * 2 + 1, number * 2 + 2)
        posts = [post(each, body=f"*{each}*") for each in (page.last, page.first)]
        listing = archived_listing(site, settings, page, posts)
        yield Job(site, settings, "https://example.org", listing, content.render, {})


def files(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def paths(made):
    return {each.document.path for places in made for each in places if each.written}


def test_helpers_make_the_same_pages(several, tmp_path, monkeypatch):
    made = list(make_all(jobs(tmp_path / "here"), 16))
    monkeypatch.setattr(archive, "MANY", 10_000)
    assert paths(make_all(jobs(tmp_path / "alone"), 16)) == paths(made)
    assert files(tmp_path / "here") == files(tmp_path / "alone")
    assert len(made) == 8
    assert not any(each.document.data for places in made for each in places)


def test_a_page_that_cannot_be_written_ends_it_wherever_it_is_made(several, tmp_path):
    (tmp_path / "archive").write_text("somebody's file")
    with pytest.raises(FeedError, match=r"archive/\d+-\d+/feed\.xml: cannot be"):
        list(make_all(jobs(tmp_path), 16))


def test_what_a_helper_leaves_is_made_here(several, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(archive, "_be_helper", os.abort)
    assert len(paths(make_all(jobs(tmp_path), 16))) == 8 * 3
    assert "a helper process ended early" in caplog.text


@pytest.mark.parametrize("error", [OSError("no semaphores"), ImportError("no shared memory")])
def test_where_there_can_be_no_helpers_one_process_does_it(several, tmp_path, monkeypatch, error):
    def refuse(*given):
        raise error

    monkeypatch.setattr(archive, "ProcessPoolExecutor", refuse)
    assert len(paths(make_all(jobs(tmp_path), 16))) == 8 * 3


def test_nothing_to_make_is_nothing(several, tmp_path):
    assert list(make_all([], 0)) == []


def test_what_would_be_written_is_told_and_not_written(tmp_path):
    list(make_all(jobs(tmp_path, 2), 4))
    (tmp_path / "archive" / "1-2" / "atom.xml").unlink()
    before = files(tmp_path)
    would = [replace(job, writes=False) for job in jobs(tmp_path, 2, NASTY.site)]
    assert len(paths(make_all(would, 4))) == 6
    would = [replace(job, writes=False) for job in jobs(tmp_path, 2)]
    assert paths(make_all(would, 4)) == {"archive/1-2/atom.xml"}
    assert files(tmp_path) == before


def test_an_archive_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(FeedError, match="archive: cannot be read: Permission denied"):
        archive.archived(Feeds(output=tmp_path, archive=True), "https://example.org")


def test_a_page_that_cannot_be_removed_is_named(tmp_path, monkeypatch):
    def refuse(path, missing_ok):
        raise PermissionError(13, "Permission denied")

    list(make_all(jobs(tmp_path, 1), 2))
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(FeedError, match=r"archive/1-2/\S+: cannot be removed: Permission denied"):
        archive.sweep(Feeds(output=tmp_path, archive=True), archive.Paging(frozenset(), ()))


HOLD = """
import sys, time
from syndicate.feeds import archive

def main():
    archive._processors = lambda: 3
    with archive._helpers(archive.MANY) as pool:
        for _ in range(2):
            pool.executor.submit(time.sleep, 0.05)
        while not (pids := list(pool.executor._processes)):
            time.sleep(0.01)
        pool.executor.submit(time.sleep, 0).result()
        print(*pids, flush=True)
        time.sleep(60)

if __name__ == "__main__":
    main()
"""


def test_helpers_end_with_a_process_that_was_killed(tmp_path):
    script = tmp_path / "hold.py"
    script.write_text(HOLD)
    process = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(TESTS.parent)},
    )
    helpers = [int(pid) for pid in process.stdout.readline().split()]
    assert helpers
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    process.stdout.close()
    limit = time.monotonic() + 30
    while any(map(runs, helpers)) and time.monotonic() < limit:
        time.sleep(0.02)
    assert not any(map(runs, helpers))


def runs(pid):
    """Tell whether a process is there, and no zombie that nobody has asked about."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
