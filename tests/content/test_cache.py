"""What is read again, what is not, and that the cache can always be thrown away."""

import logging
import os
import sqlite3
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from syndicate import config, content
from syndicate.content import reading, workers
from syndicate.errors import ContentError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DATED = "---\ndate: 2025-06-08\ntitle: {}\n---\nBody.\n"


class Watched:
    """Looks at a folder again and again, and tells which files were opened for it."""

    def __init__(self, folder, monkeypatch):
        self.folder, self.opened, self.parsed = folder, [], []
        read, parse = reading.files.read, reading.parse

        def opened(root, source):
            self.opened.append(source)
            return read(root, source)

        def parsed(source, *rest):
            self.parsed.append(source)
            return parse(source, *rest)

        monkeypatch.setattr(reading.files, "read", opened)
        monkeypatch.setattr(reading, "parse", parsed)

    def write(self, name, text=None):
        """Write a file that has been as it is for long."""
        path = self.folder.write(name, text or DATED.format(name))
        self.age(path)
        return path

    def age(self, path):
        # Nobody can set a status change's time back, so the look is told that it happens later.
        os.utime(path, ns=(0, 0))

    def look(self, now=NOW, keep=True):
        self.opened.clear()
        self.parsed.clear()
        with self.folder.cache() as cache:
            scan = self.folder.look(cache, now)
            self.folder.ledger.keep_posts(scan.records)
            titles = {each.source: each.id for each in scan.outlines(held=True)}
            if keep:
                scan.keep(self.folder.ledger.posts_stamp())
            return titles, [str(each) for each in scan.findings], scan


@pytest.fixture
def watched(folder, monkeypatch):
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() + 10_000_000_000)
    return Watched(folder, monkeypatch)


def test_what_has_not_changed_is_not_even_opened(watched):
    watched.write("a.md")
    watched.write("b.md")
    first, _, _ = watched.look()
    assert watched.parsed == ["a.md", "b.md"]
    again, _, _ = watched.look()
    assert (again, watched.opened) == (first, [])


def test_what_has_changed_is_read_alone(watched):
    watched.write("a.md")
    watched.write("b.md")
    first, _, _ = watched.look()
    watched.write("b.md", DATED.format("Other"))
    watched.write("c.md")
    again, _, _ = watched.look()
    assert watched.parsed == ["b.md", "c.md"]
    assert {source: again[source] for source in first} == first


def test_a_fresh_clone_is_hashed_and_not_parsed(watched):
    path = watched.write("a.md")
    first, _, _ = watched.look()
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data)
    again, _, _ = watched.look()
    assert (again, watched.opened, watched.parsed) == (first, ["a.md"], [])
    watched.look()
    assert watched.opened == []


def test_a_file_that_was_just_written_is_looked_into_again(watched, monkeypatch):
    path = watched.write("a.md")
    monkeypatch.setattr(time, "time_ns", lambda: path.stat().st_ctime_ns)
    watched.look()
    before = path.stat()
    path.write_text(DATED.format("b.md"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    watched.look()
    assert watched.parsed == ["a.md"]


def test_same_size_and_same_time_do_not_hide_a_change(watched):
    path = watched.write("a.md")
    watched.look()
    path.write_text(DATED.format("b.md"))
    watched.age(path)
    watched.look()
    assert watched.parsed == ["a.md"]


def test_a_deleted_file_is_gone_and_its_id_waits_for_it(watched):
    path = watched.write("a.md")
    watched.write("b.md")
    first, _, _ = watched.look()
    data = path.read_bytes()
    path.unlink()
    assert list(watched.look()[0]) == ["b.md"]
    (watched.folder.path / "moved.md").write_bytes(data)
    assert watched.look()[0]["moved.md"] == first["a.md"]


def test_warnings_are_told_again_without_reading_the_file(watched):
    watched.write("a.md", "---\ndate: 2025-06-08\nupdated: soon\n---\nText.\n")
    watched.write("bad.md", "---\ntitle: [oops\n---\n")
    _, first, _ = watched.look()
    assert len(first) == 2
    assert watched.look()[1] == first
    assert watched.opened == []


def test_a_missing_file_is_sought_anew_each_time(watched):
    watched.write("a.md", '---\ndate: 2025-06-08\naudio: "../../x.mp3"\n---\n')
    _, first, _ = watched.look()
    assert "leads nowhere" in str(first)
    assert watched.look()[1] == first
    assert watched.opened == ["a.md"]


def test_a_setting_that_bears_on_posts_makes_all_be_read_anew(watched):
    watched.write("a.md")
    watched.look()
    watched.folder.permalink = "/{year}/{slug}/"
    _, _, scan = watched.look()
    assert watched.parsed == ["a.md"]
    assert [each.url for each in watched.folder.scan().posts] == ["https://example.org/2025/a/"]
    assert scan.live == 1


def test_another_version_reads_all_anew(watched, monkeypatch):
    watched.write("a.md")
    watched.look()
    monkeypatch.setattr("syndicate.program.fingerprint", lambda: "another")
    watched.look()
    assert watched.parsed == ["a.md"]


@pytest.mark.parametrize("spoil", ["garbage", "truncated", "tables"])
def test_a_broken_cache_is_built_anew(watched, caplog, spoil):
    for number in range(50):
        watched.write(f"{number}.md")
    first, _, _ = watched.look()
    path = watched.folder.path.parent / "state" / "content.db"
    if spoil == "garbage":
        path.write_bytes(b"nonsense" * 1000)
    elif spoil == "truncated":
        path.write_bytes(path.read_bytes()[:8192])
    else:
        with sqlite3.connect(path) as db:
            db.execute("DROP TABLE files")
    with caplog.at_level(logging.WARNING):
        assert watched.look()[0] == first
    assert "is broken and is built anew" in caplog.text
    watched.look()
    assert watched.look()[0] == first
    assert watched.opened == []


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(watched, monkeypatch):
    watched.write("a.md")
    (watched.folder.path.parent / "state").write_text("a file where the folder should be")
    assert list(watched.look()[0]) == ["a.md"]
    assert list(watched.look()[0]) == ["a.md"]


def test_a_run_that_was_killed_leaves_the_cache_as_it_was(watched):
    watched.write("a.md")
    watched.look()
    watched.write("b.md")
    watched.look(keep=False)
    titles, _, _ = watched.look()
    assert watched.parsed == ["b.md"]
    assert list(titles) == ["a.md", "b.md"]


def test_the_ledger_alone_knows_which_post_is_which(watched):
    watched.write("a.md", "---\ndate: 2025-06-08\nid: mine\n---\n")
    watched.write("b.md")
    first, _, _ = watched.look()
    watched.folder.ledger.known.clear()
    watched.folder.ledger.changes = 0
    _, _, scan = watched.look(NOW + timedelta(days=1))
    assert watched.opened == []
    assert {each.source: each.id for each in watched.folder.ledger.known.values()} == first
    assert {each.first_seen for each in watched.folder.ledger.known.values()} == {
        NOW + timedelta(days=1)
    }
    assert scan.live == 2


def test_where_nothing_is_new_the_ledger_is_not_asked(watched):
    watched.write("a.md")
    watched.look()
    asked = watched.folder.ledger.asked
    watched.look()
    assert watched.folder.ledger.asked == asked


def test_two_posts_with_one_id_stop_every_run(watched):
    watched.write("a.md", "---\ndate: 2025-06-08\nid: same\n---\n")
    watched.look()
    watched.write("b.md", "---\ndate: 2025-06-08\nid: same\n---\n")
    for _ in range(2):
        with pytest.raises(ContentError, match=r"b\.md:3: id: a\.md claims the same id"):
            watched.look()


def test_posts_that_share_an_address_are_told_of_each_time(watched):
    watched.write("x/a.md")
    watched.write("y/a.md")
    assert "has the same address as x/a.md" in str(watched.look()[1])
    assert "has the same address as x/a.md" in str(watched.look()[1])


def test_the_time_alone_brings_posts_out_and_takes_them_back(watched):
    watched.write("a.md", "---\ndate: 2026-03-01 13:00\nexpires: 2026-03-01 14:00\n---\n")
    watched.write("draft.md", "---\ndate: 2026-03-01 12:30\ndraft: true\n---\n")
    seen = []
    for hours in (0, 1, 2):
        _, _, scan = watched.look(NOW + timedelta(hours=hours))
        seen.append((scan.live, scan.held, scan.next_change))
    assert seen == [
        (0, 2, NOW + timedelta(hours=1)),
        (1, 1, NOW + timedelta(hours=2)),
        (0, 2, None),
    ]


def test_a_post_that_is_spoilt_after_the_look_is_left_out(watched):
    path = watched.write("a.md")
    with watched.folder.cache() as cache:
        scan = watched.folder.look(cache)
        path.unlink()
        assert scan.newest(5) == []
        posts = content.LivePosts(scan)
        [identity] = posts
        assert (len(posts), posts.get(identity), posts.get("unknown")) == (1, None, None)


def test_a_copy_of_the_cache_is_as_good_and_leaves_it_alone(watched):
    watched.write("a.md")
    watched.look()
    watched.write("b.md")
    path = watched.folder.path.parent / "state" / "content.db"
    before = path.read_bytes()
    watched.parsed.clear()
    with content.open_cache(path, writes=False) as cache:
        assert watched.folder.look(cache).live == 2
    assert watched.parsed == ["b.md"]
    assert path.read_bytes() == before


def test_html_is_rendered_once(watched, monkeypatch):
    watched.write("a.md")
    rendered = []
    module = sys.modules["syndicate.content.render"]
    monkeypatch.setattr(module, "_render", lambda post, _links: rendered.append(post) or "<p>")
    for _ in range(2):
        with watched.folder.cache() as cache:
            scan = watched.folder.look(cache)
            [post] = scan.newest(1)
            assert content.Renderer(cache)(post) == "<p>"
            scan.keep("")
    assert len(rendered) == 1


def test_only_so_much_html_is_kept(folder, monkeypatch):
    monkeypatch.setattr("syndicate.content.cache.HTML_KEPT", 3)
    with folder.cache() as cache:
        for number in range(10):
            cache.keep_html(str(number), "x")
        kept = [key for key in map(str, range(10)) if cache.html(key)]
    assert kept == ["7", "8", "9"]


# Several processes


@pytest.fixture
def many(folder, monkeypatch):
    monkeypatch.setattr(workers, "MANY", 10)
    monkeypatch.setattr(workers, "_SHARE", 5)
    monkeypatch.setattr(workers, "_OWN", 2)
    monkeypatch.setattr(workers, "_processors", lambda: 2)
    for number in range(60):
        folder.write(f"{number}.md", DATED.format(f"T{number}"))
    folder.write("bad.md", "---\ntitle: [oops\n---\n")
    return folder


def test_helpers_read_the_same(many, monkeypatch):
    with_helpers = many.scan()
    monkeypatch.setattr(workers, "_processors", lambda: 1)
    assert many.scan() == with_helpers
    assert len(with_helpers.posts) == 60


def test_helpers_do_read(many, monkeypatch):
    own = []
    rows = workers._rows
    monkeypatch.setattr(
        workers, "_rows", lambda reader, asked: own.extend(asked) or rows(reader, asked)
    )
    monkeypatch.setattr(workers, "_OWN", 0)
    many.scan()
    assert own == []


@pytest.mark.parametrize("command", ["/nowhere/python", "/bin/false"])
def test_without_a_helper_it_is_done_here(many, monkeypatch, command):
    expected = many.scan()
    monkeypatch.setattr(workers.sys, "executable", command)
    assert many.scan() == expected


def test_the_progress_is_told_and_can_end_the_work(many):
    steps = []

    class End(Exception):
        pass

    def step(done, of):
        steps.append((done, of))
        if done > 10:
            raise End

    settings = config.Content(dir=many.path)
    with many.cache() as cache, pytest.raises(End):
        content.scan(settings, many.site, many.ledger, NOW, cache, step)
    assert steps[-1][1] == 61
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
