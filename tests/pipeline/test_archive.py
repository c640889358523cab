"""The archive of a site's feed through whole runs."""

import json
import sqlite3
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from fakes.site import Blog
from feeds.test_atom import GRAMMAR
from feeds.test_jsonfeed import SCHEMA
from feeds.walk import walk
from syndicate.errors import FeedError, Stopped
from syndicate.feeds import archive

FORMATS = ("feed.xml", "atom.xml", "feed.json")
SITE = "https://ada.example/"


def with_archive(folder: Path, size: int = 3, limit: int = 2) -> Blog:
    blog = Blog(folder)
    feeds = f"[feeds]\nlimit = {limit}\narchive = true\narchive_size = {size}"
    blog.config.write_text(blog.config.read_text().replace("[feeds]", feeds))
    return blog


@pytest.fixture
def blog(tmp_path):
    return with_archive(tmp_path)


def fill(blog, numbers):
    for number in numbers:
        blog.post(f"post-{number:02}", f"Post {number}", f"2026-01-{number:02} 08:00")


def follow(blog, name):
    def fetch(url):
        assert url.startswith(SITE)
        return (blog.folder / "public" / urlsplit(url).path[1:]).read_bytes()

    return walk(SITE + name, fetch)


def published(blog):
    return {
        str(path.relative_to(blog.folder / "public")): path.read_bytes()
        for path in sorted((blog.folder / "public").rglob("*"))
        if path.is_file()
    }


def ids(blog):
    with sqlite3.connect(blog.folder / "state" / "ledger.db") as db:
        found = dict(db.execute("SELECT source, id FROM posts").fetchall())
    db.close()
    return {source: found[source] for source in sorted(found)}


def titles(blog, folder):
    items = json.loads((blog.folder / "public" / folder / "feed.json").read_bytes())["items"]
    return [item["title"] for item in items]


def test_without_the_setting_there_are_no_pages(tmp_path):
    plain = Blog(tmp_path)
    fill(plain, range(1, 30))
    plain.run()
    assert not (tmp_path / "public" / "archive").exists()
    for name in FORMATS:
        assert len(follow(plain, name)) == 1


@pytest.mark.parametrize("name", FORMATS)
def test_the_feed_leads_to_the_oldest_post(blog, name):
    fill(blog, range(1, 13))
    blog.run()
    feed, *pages = follow(blog, name)
    assert (feed.archived, [page.archived for page in pages]) == (False, [True, True, True])
    assert [page.url for page in pages] == [
        f"{SITE}archive/{span}/{name}" for span in ("7-9", "4-6", "1-3")
    ]
    assert {page.links["current"] for page in pages} == {SITE + name}
    if name != "feed.json":
        assert "current" not in feed.links
        newer = [page.links.get("next-archive") for page in pages]
        assert newer == [None, pages[0].url, pages[1].url]
    expected = list(reversed(ids(blog).values()))
    assert [identity for page in (feed, *pages) for identity in page.ids] == expected


def test_pages_are_valid_feeds(blog):
    fill(blog, range(1, 9))
    blog.run()
    folder = blog.folder / "public" / "archive" / "4-6"
    GRAMMAR.assertValid(etree.parse(folder / "atom.xml"))
    SCHEMA.validate(json.loads((folder / "feed.json").read_bytes()))
    for name in ("feed.xml", "atom.xml"):
        parsed = feedparser.parse((folder / name).read_bytes())
        assert parsed.bozo is False
        assert parsed.feed.fh_archive == ""
        assert [entry.title for entry in parsed.entries] == ["Post 6", "Post 5", "Post 4"]
    feed = etree.parse(blog.folder / "public" / "atom.xml").findtext("{*}id")
    assert etree.parse(folder / "atom.xml").findtext("{*}id") == feed


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["write", "write", "delete"]),
            st.sets(st.integers(1, 28), min_size=1, max_size=8),
        ),
        min_size=1,
        max_size=4,
    ),
    st.integers(1, 4),
    st.integers(1, 4),
)
def test_whatever_happens_following_the_feed_gives_each_post_once(
    tmp_path_factory, changes, size, limit
):
    blog = with_archive(tmp_path_factory.mktemp("blog"), size, limit)
    for what, numbers in changes:
        if what == "write":
            fill(blog, numbers)
        else:
            for number in numbers:
                (blog.folder / "content" / f"post-{number:02}.md").unlink(missing_ok=True)
        blog.run(force=True)
        files = {path.name for path in (blog.folder / "content").iterdir()}
        live = sorted(identity for source, identity in ids(blog).items() if source in files)
        walked = {name: follow(blog, name) for name in FORMATS}
        for pages in walked.values():
            assert sorted(identity for page in pages for identity in page.ids) == live
        reached = {urlsplit(page.url).path[1:] for pages in walked.values() for page in pages}
        assert set(published(blog)) - {"feed.html"} == reached


def test_a_new_post_changes_the_feed_alone(blog):
    fill(blog, range(1, 12))
    blog.run()
    before = published(blog)
    fill(blog, [12])
    blog.run()
    after = published(blog)
    changed = {path for path in after if before.get(path) != after[path]}
    assert changed == {*FORMATS, "feed.html"}


def test_a_page_that_fills_changes_one_link_of_the_page_before(blog):
    fill(blog, range(1, 11))
    blog.run()
    before = published(blog)
    fill(blog, [11])
    report = blog.run()
    after = published(blog)
    changed = {path for path in after if before.get(path) != after[path]}
    assert changed == {
        "feed.html",
        *FORMATS,
        *(f"archive/7-9/{name}" for name in FORMATS),
        "archive/4-6/feed.xml",
        "archive/4-6/atom.xml",
    }
    assert {each.document.path for each in report.feeds if each.written} == changed
    assert set(published(blog)) == {each.document.path for each in report.feeds}


def test_a_post_with_an_old_date_moves_no_other(blog):
    fill(blog, range(2, 13))
    blog.run()
    before = published(blog)
    fill(blog, [1])
    blog.run()
    after = published(blog)
    assert titles(blog, "") == ["Post 12", "Post 11", "Post 1"]
    assert {path for path in after if before[path] != after[path]} == {*FORMATS, "feed.html"}


def test_an_edited_post_changes_its_page(blog):
    fill(blog, range(1, 13))
    blog.run()
    before = published(blog)
    blog.post("post-05", "Post 5, mended", "2026-01-05 08:00")
    blog.run()
    after = published(blog)
    assert titles(blog, "archive/4-6") == ["Post 6", "Post 5, mended", "Post 4"]
    changed = {path for path in after if before[path] != after[path]}
    assert changed == {f"archive/4-6/{name}" for name in FORMATS}


def test_deleted_posts_leave_their_page_and_an_empty_page_goes(blog):
    fill(blog, range(1, 13))
    blog.run()
    (blog.folder / "content" / "post-05.md").unlink()
    blog.run()
    assert titles(blog, "archive/4-6") == ["Post 6", "Post 4"]
    theirs = blog.folder / "public" / "archive" / "1-3" / "notes.txt"
    theirs.write_text("not ours")
    for number in (1, 2, 3, 4, 6):
        (blog.folder / "content" / f"post-{number:02}.md").unlink()
    blog.run()
    assert [page.url for page in follow(blog, "feed.xml")][1:] == [f"{SITE}archive/7-9/feed.xml"]
    left = {path for path in published(blog) if path.startswith("archive/")}
    assert left == {"archive/1-3/notes.txt", *(f"archive/7-9/{name}" for name in FORMATS)}


def test_pages_of_another_size_or_format_go(blog):
    fill(blog, range(1, 13))
    blog.run()
    text = blog.config.read_text()
    blog.config.write_text(text.replace("archive_size = 3", 'archive_size = 5\nformats = ["atom"]'))
    blog.run()
    left = {path for path in published(blog) if path.startswith("archive/")}
    assert left == {"archive/1-5/atom.xml", "archive/6-10/atom.xml"}


def test_the_second_run_makes_no_page(blog, monkeypatch):
    fill(blog, range(1, 13))
    blog.run()
    before = published(blog)
    monkeypatch.setattr(archive, "make", lambda job: pytest.fail(f"{job.listing.folder} was made"))
    report = blog.run()
    assert not any(each.written for each in report.feeds)
    assert published(blog) == before


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"<rss/>")])
def test_a_page_that_is_not_as_we_left_it_is_made_again(blog, damage):
    fill(blog, range(1, 13))
    blog.run()
    before = published(blog)
    damage(blog.folder / "public" / "archive" / "4-6" / "feed.xml")
    report = blog.run()
    written = [each.document.path for each in report.feeds if each.written]
    assert written == ["archive/4-6/feed.xml"]
    assert published(blog) == before


def test_other_settings_make_the_pages_again(blog):
    fill(blog, range(1, 13))
    blog.run()
    blog.config.write_text(blog.config.read_text().replace("Ada's notes", "Ada's other notes"))
    blog.run()
    page = blog.folder / "public" / "archive" / "1-3" / "atom.xml"
    assert etree.parse(page).findtext("{*}title") == "Ada's other notes"


def test_a_plan_tells_of_the_pages_and_numbers_no_post(blog):
    fill(blog, range(1, 13))
    plan = blog.plan()
    pages = {f"archive/{span}/{name}" for span in ("1-3", "4-6", "7-9") for name in FORMATS}
    assert {each.path for each in plan.feeds} == {"feed.html", *FORMATS, *pages}
    assert not (blog.folder / "public").exists()
    with sqlite3.connect(blog.folder / "state" / "ledger.db") as db:
        assert db.execute("SELECT count(*) FROM ordinals").fetchone() == (0,)
    db.close()
    blog.run()
    assert blog.plan().feeds == ()


def test_an_archive_that_has_lost_too_much_is_not_published(blog):
    fill(blog, range(1, 25))
    blog.run()
    before = published(blog)
    for number in range(1, 20):
        (blog.folder / "content" / f"post-{number:02}.md").unlink()
    with pytest.raises(FeedError, match=r"archive/ had 21 posts, and there are 5 in all.*--force"):
        blog.run()
    assert published(blog) == before
    blog.run(force=True)
    assert [len(page.ids) for page in follow(blog, "feed.xml")] == [3, 2]
    blog.run()


def test_posts_that_go_to_the_archive_are_no_loss(tmp_path):
    blog = with_archive(tmp_path, size=9, limit=1)
    fill(blog, range(1, 10))
    blog.run()
    assert len(titles(blog, "")) == 9
    fill(blog, [10])
    blog.run()
    assert len(titles(blog, "")) == 1


def test_a_feed_is_not_changed_where_a_page_cannot_be_written(blog):
    fill(blog, range(1, 5))
    blog.run()
    before = published(blog)
    blocked = blog.folder / "public" / "archive"
    blocked.write_text("somebody's file")
    fill(blog, [5])
    with pytest.raises(FeedError, match=r"archive/1-3/feed\.xml: cannot be"):
        blog.run()
    blocked.unlink()
    assert published(blog) == before
    blog.run()
    assert len(follow(blog, "feed.xml")) == 2


def test_a_stopped_run_goes_on_with_the_pages_that_are_left(blog, monkeypatch):
    import asyncio  # noqa: PLC0415

    fill(blog, range(1, 13))
    stop, made, make = asyncio.Event(), [], archive.make

    def stopping(job):
        stop.set()
        made.append(job.listing.folder)
        return make(job)

    monkeypatch.setattr(archive, "make", stopping)
    with pytest.raises(Stopped, match="archive"):
        blog.run(stop=stop)
    assert not (blog.folder / "public" / "feed.xml").exists()
    assert made == ["archive/1-3/"]
    blog.run()
    assert made == ["archive/1-3/", "archive/4-6/", "archive/7-9/"]


def test_other_feeds_have_no_archive(blog):
    blog.config.write_text(blog.config.read_text().replace("limit = 2", 'limit = 2\nby = ["tag"]'))
    fill(blog, range(1, 13))
    blog.run()
    own = follow(blog, "feed.xml")
    assert len(own) == 4
    [tagged] = follow(blog, "tags/brass/feed.xml")
    assert len(tagged.ids) == 2
    listed = json.loads((blog.folder / "public" / "feeds.json").read_bytes())
    assert not [each for each in listed["feeds"] if each["folder"].startswith("archive")]
