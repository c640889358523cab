"""Lists of feeds."""

from __future__ import annotations

import json

from lxml import etree

from feeds.sites import Example, post
from syndicate.feeds import catalogue, folders, links, publish
from syndicate.feeds.check import check

DOCUMENTS = list(
    Example(posts=(post(1, tags=("A & B",)), post(2))).build(by=["tag"], formats=["atom", "json"], page="").values()
)  # fmt: skip


def test_every_feed_is_in_the_opml_once_in_the_format_named_first():
    opml, _ = catalogue(DOCUMENTS, "Ada's <site>", "https://example.org")
    root = etree.fromstring(opml.data)
    assert (opml.path, opml.url) == ("feeds.opml", "https://example.org/feeds.opml")
    assert root.get("version") == "2.0"
    assert root.findtext("head/title") == "Ada's <site>"
    assert [dict(each.attrib) for each in root.iterfind("body/outline")] == [
        {"type": "rss", "text": "Example", "xmlUrl": "https://example.org/atom.xml"},
        {"type": "rss", "text": "Example: A & B", "xmlUrl": DOCUMENTS[2].url},
    ]


def test_the_index_tells_templates_everything():
    _, index = catalogue(DOCUMENTS, "Ada", "https://example.org")
    first, second = json.loads(index.data)["feeds"]
    assert first["title"] == "Example"
    assert first["documents"][1] == {
        "url": "https://example.org/feed.json",
        "path": "feed.json",
        "type": "application/feed+json",
        "entries": 2,
        "modified": "2025-02-28T12:00:00+00:00",
    }
    assert second["folder"].startswith("tags/a-b-")


def test_lists_can_be_read_back():
    for document in catalogue(DOCUMENTS, "Ada", "https://example.org"):
        check(document)
        assert not document.is_feed


def test_a_pages_head_links_to_each_document():
    head = links((each.title, each.address) for each in DOCUMENTS)
    elements = etree.fromstring(f"<head>{head}</head>".replace('">', '"/>'))
    assert [each.get("href") for each in elements] == [each.url for each in DOCUMENTS]
    assert elements[2].attrib == {
        "rel": "alternate",
        "type": "application/atom+xml",
        "title": "Example: A & B",
        "href": DOCUMENTS[2].url,
    }


def test_the_folders_of_what_was_published_are_known_again(tmp_path):
    assert folders(tmp_path) == [""]
    publish([*DOCUMENTS, *catalogue(DOCUMENTS, "Ada", "https://example.org")], tmp_path)
    assert folders(tmp_path) == ["", DOCUMENTS[2].folder]
    (tmp_path / "feeds.json").write_text("[]")
    assert folders(tmp_path) == [""]


def test_a_feeds_page_is_in_no_list():
    documents = Example(posts=(post(1),)).documents()
    assert [each.entries for each in catalogue(documents, "Ada", "https://example.org")] == [1, 3]
    assert "html" not in links((each.title, each.address) for each in documents)
