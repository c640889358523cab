"""Which feeds a site has."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feeds.sites import PLAIN, Example, post
from syndicate.config import Feeds
from syndicate.feeds import listings
from syndicate.feeds.sets import folder_name
from syndicate.model import Author

POSTS = (
    post(1, tags=("Rust", "Open Source"), categories=("News",), authors=(Author("Ada"),)),
    post(2, tags=("rust", "C++"), categories=("Notes",), authors=(Author("Ada"), Author("Bo"))),
    post(3, tags=("C", "open-source"), language="de"),
)


def whole(post):
    return post


def listed(**settings):
    feeds = Feeds(output="/public", **settings)
    return {
        each.folder: [post.source for post in each.posts]
        for each in listings(PLAIN, feeds, POSTS, whole)
    }


def test_a_site_has_one_feed_where_nothing_else_is_wanted():
    assert listed() == {"": ["1.md", "2.md", "3.md"]}
    assert listed(limit=2) == {"": ["1.md", "2.md"]}


def test_each_tag_has_its_feed_and_spellings_that_say_the_same_share_one():
    plus = folder_name("C++")
    assert listed(by=["tag"]) == {
        "": ["1.md", "2.md", "3.md"],
        "tags/c/": ["3.md"],
        f"tags/{plus}/": ["2.md"],
        "tags/open-source/": ["1.md", "3.md"],
        "tags/rust/": ["1.md", "2.md"],
    }


def test_the_limit_is_each_feeds_own():
    assert listed(by=["tag"], limit=1)["tags/rust/"] == ["1.md"]


def test_feeds_by_category_author_and_language():
    found = listed(by=["category", "author", "language", "category"])
    assert list(found)[1:] == [
        "categories/news/",
        "categories/notes/",
        "authors/ada/",
        "authors/bo/",
        "languages/de/",
        "languages/en/",
    ]
    assert found["authors/ada/"] == ["1.md", "2.md"]


def test_a_named_feed_has_what_its_filters_let_pass_as_whole_as_it_says():
    named = {"name": "ada", "title": "By Ada", "authors": ["ada"], "limit": 1, "content": "summary"}
    feeds = Feeds(output="/public", named=[named])
    _, ada = listings(PLAIN, feeds, POSTS, whole)
    assert (ada.folder, ada.title, ada.full) == ("ada/", "By Ada", False)
    assert [post.source for post in ada.posts] == ["1.md"]


def test_a_term_names_the_feed_as_its_newest_post_spells_it():
    feeds = Feeds(output="/public", by=["tag"])
    titles = [each.title for each in listings(PLAIN, feeds, POSTS, whole)]
    assert "Example: Open Source" in titles
    assert "Example: open-source" not in titles


def test_every_feed_has_documents_of_its_own_with_an_id_of_its_own():
    documents = Example(posts=POSTS).build(by=["tag"])
    assert len(documents) == 20
    assert documents["tags/rust/feed.xml"].url == "https://example.org/tags/rust/feed.xml"
    ids = [
        document.data.partition(b"<id>")[2].partition(b"</id>")[0]
        for path, document in documents.items()
        if path.endswith("atom.xml")
    ]
    assert len(set(ids)) == len(ids) == 5


def test_addresses_of_any_script_are_spelled_in_ascii():
    documents = Example(posts=(post(1, tags=("日本語",)),)).build(by=["tag"])
    document = documents["tags/日本語/atom.xml"]
    assert document.url.isascii()
    assert document.url.encode() in document.data


@pytest.mark.parametrize(
    ("term", "name"),
    [
        ("Rust", "rust"),
        ("Image generation", "image-generation"),
        ("  Écoles ", "écoles"),
        ("Straße", "strasse"),
        ("Ελληνικά", "ελληνικά"),
        ("日本 語", "日本-語"),
    ],
)
def test_a_folder_is_named_as_one_would(term, name):
    assert folder_name(term) == unicodedata.normalize("NFC", name)


@given(st.text(min_size=1))
@example("..")
@example("/etc/passwd")
@example("C:\\nul")
@example("x" * 300)
@example("語" * 100)
def test_no_term_leads_out_of_its_folder_or_is_too_long(term):
    name = folder_name(term)
    assert name
    assert not set(name) & set('/\\.:*?"<>|\0\n ')
    assert len(name.encode()) <= 110
    assert not name.startswith("-")


@given(st.text(), st.text())
@example("C", "C++")
@example("+", "-")
@example("a" * 200, "a" * 201)
def test_terms_that_differ_have_folders_that_differ(one, other):
    def words(term):
        return unicodedata.normalize("NFC", term.casefold()).replace("-", " ").split()

    if words(one) != words(other):
        assert folder_name(one) != folder_name(other)
