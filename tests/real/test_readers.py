"""Feed readers of other people, over the golden sites, through our own server where they ask one."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import feedparser
import pytest
from lxml import etree
from reader import make_reader

from fakes.site import Blog
from feeds.sites import SITES, Example, post
from feeds.test_atom import GRAMMAR
from feeds.test_jsonfeed import SCHEMA
from real.servers import NODE, REAL, NotSetUpError, require_setup
from syndicate.feeds import publish, wants_page
from syndicate.testing.server import serve
from syndicate.web import Application, Rules, Shelf, protocol

SCRIPT = Path(__file__).with_name("readers.mjs")
MANY = 5_000
_COMMENT = re.compile("<!--.*?-->")
"""feedsmith drops comments out of CDATA; nothing that is published has any: they are sanitised away."""
NAMES = ("feed.xml", "atom.xml", "feed.json")
LARGE = Example(posts=tuple(post(number, body=f"<p>№ {number}</p>") for number in range(1, MANY)))
ALL = SITES | {"many": LARGE}


@dataclass
class Published:
    """A site's feeds on the disk, and what the JSON feed says of each entry."""

    name: str
    folder: object
    documents: dict[str, object]
    items: list[dict[str, object]]


@pytest.fixture(scope="module", params=ALL)
def site(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    documents = ALL[request.param].documents(limit=MANY)
    publish(documents, folder)
    items = json.loads((folder / "feed.json").read_bytes())["items"]
    by_path = {each.path: each for each in documents}
    return Published(request.param, folder, by_path, items)


@pytest.fixture
def statuses():
    """What our server has answered with."""
    return []


@pytest.fixture
def url(site, statuses):
    shelf = Shelf(site.folder, Rules(300))
    shelf.put([each.address for each in site.documents.values()])
    app = Application(shelf, list, wants_page)

    async def counting(scope, receive, send):
        async def note(message):
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
            await send(message)

        await app(scope, receive, note)

    with serve(counting) as address:
        yield address


def moment(text):
    """Read a date in either spelling."""
    if text[0].isalpha():
        return parsedate_to_datetime(text).astimezone(UTC)
    return datetime.fromisoformat(text).astimezone(UTC)


def iris(site):
    """Give the ids as Atom spells them: there a bare one is a URN."""
    entries = etree.parse(site.folder / "atom.xml").findall("{*}entry")
    return [entry.findtext("{*}id") for entry in entries]


def test_every_site_has_what_it_is_for(site):
    assert len(site.items) == len(ALL[site.name].posts)
    assert site.name != "many" or len(site.items) == MANY - 1


def test_the_specifications_have_nothing_to_say(site):
    GRAMMAR.assertValid(etree.parse(site.folder / "atom.xml"))
    SCHEMA.validate(json.loads((site.folder / "feed.json").read_bytes()))
    for name in ("feed.xml", "atom.xml"):
        parsed = feedparser.parse((site.folder / name).read_bytes())
        assert parsed.bozo is False
        assert [entry.link for entry in parsed.entries] == [item["url"] for item in site.items]


def node(folder):
    """Give what the parsers in Node make of a folder's three feeds."""
    require_setup()
    command = [NODE, SCRIPT, REAL, *(folder / name for name in NAMES)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def in_node(site):
    return dict(zip(NAMES, node(site.folder), strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_readers_in_node_read_every_entry(site, in_node, name):
    found = in_node[name]
    assert [each["reader"] for each in found] == ["feedsmith", "rss-parser"][: len(found)]
    assert len(found) == 1 if name == "feed.json" else 2
    ids = iris(site) if name == "atom.xml" else [item["id"] for item in site.items]
    for each in found:
        where = f"{each['reader']} on {name} of {site.name}"
        assert each["title"] == site.documents[name].title, where
        entries = each["entries"]
        assert [entry[0] for entry in entries] == ids, where
        assert [entry[1] for entry in entries] == [item["url"] for item in site.items], where
        for item, (_, _, title, date, content) in zip(site.items, entries, strict=True):
            assert moment(date) == moment(item["date_published"]), where
            if name != "atom.xml":  # where a note is called something
                assert (title or None) == item.get("title"), where
            expected = item.get("content_html", "")
            assert _COMMENT.sub("", content or "").strip() == _COMMENT.sub("", expected), where


def test_a_reader_in_node_finds_the_way_into_the_archive(tmp_path):
    blog = Blog(tmp_path)
    feeds = "[feeds]\nlimit = 2\narchive = true"
    blog.config.write_text(blog.config.read_text().replace("[feeds]", feeds))
    for number in range(1, 7):
        blog.post(f"post-{number}", date=f"2026-01-0{number}")
    blog.run(feeds_only=True)
    for folder, older in (("", "3-4"), ("archive/3-4/", "1-2"), ("archive/1-2/", None)):
        for [found, *_], name in zip(node(tmp_path / "public" / folder), NAMES, strict=True):
            url = older and f"https://ada.example/archive/{older}/{name}"
            assert found.get("older") == url
            assert len(found["entries"]) == 2


@pytest.mark.parametrize("name", ["feed.xml", "atom.xml"])
def test_newsboat_shows_the_right_links(site, url, name, tmp_path):
    program = shutil.which("newsboat")
    if program is None:
        raise NotSetUpError("newsboat is missing: run tests/real/setup.sh")
    (tmp_path / "urls").write_text(f"{url}/{name}\n")
    (tmp_path / "config").write_text("")
    done = subprocess.run(
        [program, "-u", "urls", "-c", "cache.db", "-C", "config", "-x", "reload"],
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(tmp_path / "cache.db")) as db:
        rows = db.execute("SELECT url, enclosure_url FROM rss_item").fetchall()
    assert sorted(link for link, _ in rows) == sorted(item["url"] for item in site.items)
    files = dict(rows)
    for item in site.items:
        for file in item.get("attachments", []):
            assert files[item["url"]] == file["url"]


@pytest.mark.parametrize("name", NAMES)
def test_reader_reads_it_and_then_is_told_that_nothing_has_changed(site, url, statuses, name):
    address = f"{url}/{name}"
    with make_reader(":memory:") as reader:
        reader.add_feed(address)
        reader.update_feed(address)
        feed = reader.get_feed(address)
        assert feed.last_exception is None
        assert feed.title == site.documents[name].title
        links = sorted(entry.link for entry in reader.get_entries())
        assert links == sorted(item["url"] for item in site.items)
        reader.update_feed(address)
        assert reader.get_feed(address).last_exception is None
        assert statuses == [200, 304]


@pytest.mark.parametrize("name", ["feed.xml", "atom.xml"])
def test_feedparser_asks_again_politely(site, url, name):
    address = f"{url}/{name}"
    first = feedparser.parse(address)
    assert (first.status, first.bozo, len(first.entries)) == (200, False, len(site.items))
    assert feedparser.parse(address, etag=first.etag).status == 304
    if site.items:
        assert feedparser.parse(address, modified=first.modified).status == 304


def test_a_changed_feed_is_read_again(tmp_path):
    example = SITES["real"]
    publish(example.documents(), tmp_path)
    shelf = Shelf(tmp_path, Rules(300))
    app = Application(shelf, list, wants_page)
    shelf.put([each.address for each in example.documents()])
    with serve(app, http=protocol(app)) as url, make_reader(":memory:") as reader:
        reader.add_feed(f"{url}/atom.xml")
        reader.update_feed(f"{url}/atom.xml")
        [before] = reader.get_entries()
        edited = replace(example.posts[0], title="Mended", updated=datetime(2025, 7, 1, tzinfo=UTC))
        documents = replace(example, posts=(edited,)).documents()
        publish(documents, tmp_path)
        shelf.put([each.address for each in documents])
        reader.update_feed(f"{url}/atom.xml")
        [after] = reader.get_entries()
    assert html.unescape(after.title) == "Mended"
    assert (after.id, after.link) == (before.id, before.link)
