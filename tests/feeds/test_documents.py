import pytest

from feeds.sites import EMPTY, NOON, REAL, Example, post
from syndicate.config import Feeds
from syndicate.feeds import addresses
from syndicate.model import Author, Site


def test_documents_know_what_they_are():
    documents = REAL.build()
    assert [(path, document.type) for path, document in documents.items()] == [
        ("feed.xml", "application/rss+xml; charset=utf-8"),
        ("atom.xml", "application/atom+xml; charset=utf-8"),
        ("feed.json", "application/feed+json; charset=utf-8"),
        ("feed.html", "text/html; charset=utf-8"),
    ]
    for path, document in documents.items():
        assert document.url == f"https://example.org/{path}"
        assert (document.title, document.entries) == ("Fantastic AI", 1)
        assert document.modified == REAL.posts[0].updated


def test_a_feed_of_nothing_was_never_modified():
    assert {document.modified for document in EMPTY.build().values()} == {None}


def test_a_feed_is_modified_when_its_newest_update_was():
    old = post(9, updated=NOON)
    assert Example(posts=(post(1), old)).build()["feed.xml"].modified == NOON


def test_only_the_newest_posts_are_rendered():
    rendered = []
    site = Example(posts=tuple(post(number) for number in range(1, 6)))
    documents = site.build(lambda post: rendered.append(post.source) or "<p>x</p>", limit=2)
    assert rendered == ["1.md", "2.md"]
    assert {document.entries for document in documents.values()} == {2}


def test_only_the_formats_asked_for_are_built_once_each_in_their_order():
    documents = REAL.documents(formats=["json", "rss", "json"])
    assert [document.path for document in documents] == ["feed.json", "feed.xml", "feed.html"]


def test_a_feed_knows_its_page():
    pages = {path: document.page for path, document in REAL.build(page="index.html").items()}
    assert pages.pop("index.html") is None
    assert set(pages.values()) == {"index.html"}


def test_there_need_not_be_a_page():
    documents = REAL.build(page="")
    assert [*documents] == ["feed.xml", "atom.xml", "feed.json"]
    assert {document.page for document in documents.values()} == {None}


@pytest.mark.parametrize(
    "url", ["https://example.org", "https://example.org/blog", "https://bücher.example"]
)
def test_a_site_that_says_little_still_has_a_feed(url):
    site = Site("\x00", url, "not a language!", author=Author(" "))
    for document in (
        Example(site=site, posts=(post(title="", summary="", body=""),)).build().values()
    ):
        assert document.title.startswith("https://")
        assert document.title.isascii()


@pytest.mark.parametrize("formats", [["rss", "atom", "json"], ["json"], ["atom", "atom"]])
def test_addresses_are_known_without_building_the_documents(formats):
    built = [each.address for each in REAL.documents(formats=formats)]
    settings = Feeds(output="/public", formats=formats)
    assert addresses(settings, "https://example.org") == built
