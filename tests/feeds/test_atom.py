from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from feeds.sites import NASTY, PLAIN, REAL, SITES, Example, one, post
from syndicate.feeds.generator import EPOCH
from syndicate.model import Author, Hub, Image, MediaFacts, Site

A = {"a": "http://www.w3.org/2005/Atom", "media": "http://search.yahoo.com/mrss/"}
GRAMMAR = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
LANG = "{http://www.w3.org/XML/1998/namespace}lang"

HUBS = (
    Hub("WebSub", "https://hub.example/"),
    Hub("rssCloud", "https://cloud.example/pleaseNotify"),
)


def atom(example: Example, **settings):
    return etree.fromstring(example.build(**settings)["atom.xml"].data)


def find(node, path):
    return node.xpath(path, namespaces=A)


@pytest.mark.parametrize("content", ["full", "summary"])
@pytest.mark.parametrize("name", SITES)
def test_a_feed_is_valid_by_the_grammar_of_rfc_4287(name, content):
    GRAMMAR.assertValid(atom(SITES[name], content=content))


@pytest.mark.parametrize(
    "damage",
    [
        lambda feed: feed.remove(feed.find("a:id", A)),
        lambda feed: feed.append(etree.SubElement(feed, f"{{{A['a']}}}title")),
        lambda feed: feed.find("a:entry/a:updated", A).__setattr__("text", "yesterday"),
        lambda feed: feed.find("a:entry/a:link", A).attrib.pop("href"),
        lambda feed: feed.set("lang", "en"),
        lambda feed: feed.set(LANG, "en_US"),
        lambda feed: feed.find("a:entry/a:title", A).set("type", "plain"),
        lambda feed: etree.SubElement(feed.find("a:entry", A), f"{{{A['a']}}}pubDate"),
    ],
)
def test_the_grammar_refuses_what_is_no_feed(damage):
    feed = atom(REAL)
    damage(feed)
    assert not GRAMMAR.validate(feed)


@pytest.mark.parametrize("name", SITES)
def test_the_rules_beside_the_grammar_hold(name):
    feed = atom(SITES[name])
    assert find(feed, "a:author/a:name/text()")
    for entry in find(feed, "a:entry"):
        assert find(entry, "a:link[@rel='alternate']")
        pages = [
            (link.get("type"), link.get("hreflang"))
            for link in find(entry, "a:link[@rel='alternate']")
        ]
        assert len(pages) == len(set(pages))
    for text in find(feed, "//a:title | //a:subtitle | //a:summary | //a:content"):
        assert text.get("type") in {"text", "html"}
        assert text.text == text.text.strip() != ""
    for href in find(feed, "//a:link/@href | //a:uri/text()"):
        assert href.startswith("https://")
        assert href.isascii()
    assert all(":" in name for name in find(feed, "//a:id/text()"))
    assert len(set(find(feed, "//a:entry/a:id/text()"))) == len(find(feed, "a:entry"))


def test_the_feed_tells_where_it_is_and_what_it_is_of():
    feed = atom(REAL)
    assert [dict(link.attrib) for link in find(feed, "a:link")] == [
        {"href": "https://example.org/atom.xml", "rel": "self", "type": "application/atom+xml"},
        {"href": "https://fantastic.example/", "rel": "alternate", "type": "text/html"},
    ]
    assert find(feed, "a:id/text()") == ["https://fantastic.example/"]
    assert find(feed, "a:subtitle/text()") == ["News of what machines can do."]
    assert dict(find(feed, "a:generator")[0].attrib) == {"version": "1.0"}


def test_a_site_without_a_description_has_no_subtitle():
    assert find(atom(SITES["empty"]), "a:subtitle") == []


def test_the_hero_image_is_an_enclosure_and_no_second_page():
    image = "https://cdn.example.org/a.png"
    example = Example(
        posts=one(image=Image(image, "Alt")).posts,
        facts={image: MediaFacts("image/webp", 99, 30, 20)},
    )
    entry = find(atom(example), "a:entry")[0]
    assert [dict(link.attrib) for link in find(entry, "a:link")] == [
        {"href": "https://example.org/blog/1/", "rel": "alternate", "type": "text/html"},
        {"href": image, "rel": "enclosure", "type": "image/webp", "length": "99"},
    ]
    assert find(entry, "media:content/@fileSize") == ["99"]
    assert find(entry, "media:content/media:description/text()") == ["Alt"]


def test_an_unknown_length_is_zero_and_the_type_is_the_suffixs():
    entry = find(atom(one(image=Image("https://cdn.example.org/a.png"))), "a:entry")[0]
    assert find(entry, "a:link[@rel='enclosure']/@type") == ["image/png"]
    assert find(entry, "a:link[@rel='enclosure']/@length") == ["0"]


def test_a_link_post_is_related_to_what_it_is_about():
    entry = find(atom(one(external_url="https://elsewhere.example/")), "a:entry")[0]
    assert find(entry, "a:link[@rel='related']/@href") == ["https://elsewhere.example/"]


def test_the_edit_and_the_publication_are_told_apart():
    entry = find(atom(NASTY), "a:entry")[0]
    assert find(entry, "a:published/text()") == ["2025-02-28T12:00:00+00:00"]
    assert find(entry, "a:updated/text()") == ["2025-03-01T12:00:00+00:00"]


def test_terms_have_labels():
    entry = find(atom(one(categories=("ai",), tags=("AI", "Ünï"))), "a:entry")[0]
    assert [dict(term.attrib) for term in find(entry, "a:category")] == [
        {"term": "ai", "label": "ai"},
        {"term": "Ünï", "label": "Ünï"},
    ]


def test_an_entry_names_its_language_where_it_is_another():
    feed = atom(
        Example(
            site=Site("S", "https://example.org", "en"),
            posts=(*one().posts, *one(language="he").posts),
        )
    )
    assert feed.get(LANG) == "en"
    assert [entry.get(LANG) for entry in find(feed, "a:entry")] == [None, "he"]


def test_authors_are_named_with_what_is_known_of_them():
    authors = (Author("Ann"), Author("Eve", "eve@example.org", "https://eve.example"))
    entry = find(atom(one(authors=authors)), "a:entry")[0]
    assert [[child.text for child in author] for author in find(entry, "a:author")] == [
        ["Ann"],
        ["Eve", "eve@example.org", "https://eve.example"],
    ]


def test_where_nobody_is_named_the_site_is_the_author():
    feed = atom(one())
    assert find(feed, "//a:author/a:name/text()") == ["Example", "Example"]


def test_a_note_has_a_label_because_atom_demands_a_title():
    feed = atom(one(title=None, summary="Words " * 40))
    (label,) = find(feed, "a:entry/a:title/text()")
    assert label.startswith("Words Words")
    assert label.endswith("…")
    assert len(label) <= 80


def test_an_id_that_is_no_iri_becomes_the_name_of_one():
    first, second = (find(atom(one(id=name)), "a:entry/a:id/text()") for name in ("bare", "other"))
    assert first[0].startswith("urn:uuid:")
    assert first != second


def test_a_feed_without_entries_was_never_updated():
    assert find(atom(SITES["empty"]), "a:updated/text()") == [EPOCH.isoformat()]


def test_the_feed_has_its_pictures_its_rights_and_its_hubs():
    site = replace(
        PLAIN,
        icon="https://example.org/icon.png",
        logo="https://example.org/logo.png",
        copyright="© Ada & Bo",
    )
    example = Example(site=site, posts=(post(),))
    root = atom(example, hubs=HUBS)
    GRAMMAR.assertValid(root)
    assert root.findtext("a:icon", namespaces=A) == "https://example.org/icon.png"
    assert root.findtext("a:logo", namespaces=A) == "https://example.org/logo.png"
    assert root.findtext("a:rights", namespaces=A) == "© Ada & Bo"
    assert root.find("a:rights", A).get("type") == "text"
    [hub] = root.findall("a:link[@rel='hub']", A)
    assert hub.get("href") == "https://hub.example/"
