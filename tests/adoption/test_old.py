"""Old feeds in all formats → ids and addresses; nothing is resolved or fetched for them."""

from __future__ import annotations

import json

import pytest

from syndicate.adoption import OldEntry, read
from syndicate.errors import SyndicateError

BASE = "https://ada.example/feed"
PAGE = "https://ada.example/a"


def rss(item, head='<rss version="2.0">', tail="</rss>"):
    return f"<?xml version='1.0'?>{head}<channel><title>x</title>{item}</channel>{tail}".encode()


def atom(entry, space="http://www.w3.org/2005/Atom", more=""):
    return f'<feed xmlns="{space}"{more}><title>x</title>{entry}</feed>'.encode()


def first(data, base=BASE):
    return read(data, "old", base).entries[0]


@pytest.mark.parametrize(
    ("item", "identity", "links"),
    [
        (f"<guid>{PAGE}</guid>", PAGE, (PAGE,)),
        (f"<guid>urn:1</guid><link>\n {PAGE}\n</link>", "urn:1", (PAGE,)),
        (f"<link>{PAGE}</link>", PAGE, (PAGE,)),
        ("<link>/a</link>", "/a", (PAGE,)),
        (
            "<guid isPermaLink='false'>https://ada.example/?p=1</guid>",
            "https://ada.example/?p=1",
            (),
        ),
        (
            "<guid><![CDATA[https://ada.example/?a=1&b=2]]></guid>",
            "https://ada.example/?a=1&b=2",
            ("https://ada.example/?a=1&b=2",),
        ),
        (
            "<guid>https://ada.example/?a=1&amp;b=2</guid>",
            "https://ada.example/?a=1&b=2",
            ("https://ada.example/?a=1&b=2",),
        ),
        (
            (
                "<link>https://proxy.example/1</link><fb:origLink "
                f"xmlns:fb='http://rssnamespace.org/feedburner/ext/1.0'>{PAGE}</fb:origLink>"
            ),
            "https://proxy.example/1",
            (PAGE, "https://proxy.example/1"),
        ),
        (
            (
                "<guid>1</guid><a:link xmlns:a='http://www.w3.org/2005/Atom' rel='self' href='/s'/>"
                f"<a:link xmlns:a='http://www.w3.org/2005/Atom' href='{PAGE}'/>"
            ),
            "1",
            (PAGE, "https://ada.example/1"),
        ),
        ("<title>nothing else</title>", "", ()),
    ],
)
def test_an_item_of_rss(item, identity, links):
    entry = first(rss(f"<item>{item}</item>"))
    assert (entry.id, entry.links) == (identity, links)


def test_the_title_is_the_items_own():
    item = "<item xmlns:m='urn:m'><m:title>no</m:title><title> A\n b </title><guid>1</guid></item>"
    assert first(rss(item)).title == "A b"
    assert first(rss(f"<item><description>{'long ' * 40}</description></item>")).title.endswith("…")


@pytest.mark.parametrize("version", ["1.0/", "0.9/"])
def test_rdf_names_an_item_by_its_about(version):
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    data = (
        f'<r:RDF xmlns:r="{rdf}" xmlns="http://purl.org/rss/{version}"><channel r:about="{BASE}">'
        f'<title>x</title></channel><item r:about="urn:1"><title>A</title><link>{PAGE}</link></item>'
        "</r:RDF>"
    )
    assert read(data.encode(), "old", BASE).format == "RSS as RDF"
    assert first(data.encode()) == OldEntry("urn:1", (PAGE,), "A")


@pytest.mark.parametrize("space", ["http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"])
def test_an_entry_of_atom(space):
    entry = (
        "<entry><id> tag:ada.example,2020:1 </id><title type='html'>A &amp;amp; b</title>"
        "<link rel='edit' href='/edit'/><link rel='alternate' href='a'/></entry>"
    )
    found = first(atom(entry, space))
    assert found == OldEntry("tag:ada.example,2020:1", (PAGE,), "A &amp; b")


def test_a_relative_address_of_atom_starts_at_its_base():
    entry = "<entry xml:base='2020/'><id>urn:1</id><link href='a'/></entry>"
    found = first(atom(entry, more=" xml:base='https://other.example/blog/'"))
    assert found.links == ("https://other.example/blog/2020/a",)


def test_the_page_of_a_link_post_may_be_its_id_or_only_related():
    entry = (
        "<entry><id>urn:1</id><link href='https://theirs.example/x'/>"
        f"<link rel='related' href='{PAGE}'/></entry>"
    )
    assert first(atom(entry)).links == ("https://theirs.example/x", PAGE)


@pytest.mark.parametrize(
    ("item", "identity", "links"),
    [
        ({"id": "1", "url": PAGE, "title": "A"}, "1", (PAGE, "https://ada.example/1")),
        ({"id": 17, "url": PAGE, "title": "A"}, "17", (PAGE, "https://ada.example/17")),
        ({"url": "a", "title": "A"}, "a", (PAGE,)),
        ({"id": True, "url": None, "external_url": PAGE, "summary": "A"}, "", (PAGE,)),
    ],
)
def test_an_item_of_a_json_feed(item, identity, links):
    data = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item, "no item"]})
    feed = read(b"\xef\xbb\xbf" + data.encode(), "old", BASE)
    assert (feed.format, feed.entries) == ("JSON Feed", (OldEntry(identity, links, "A"),))


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "old: neither XML nor JSON"),
        (b"hello", "old: neither XML nor JSON"),
        (b"<html><body/></html>", "old: <html> is no feed: expected RSS, Atom, RDF or JSON Feed"),
        (b"{", "old: not JSON: "),
        (b'{"a": ' * 100_000, "old: not JSON: "),
        (b"{}", 'old: JSON without a list of "items"'),
    ],
)
def test_what_is_no_feed_is_refused(data, complaint):
    with pytest.raises(SyndicateError) as caught:
        read(data, "old", BASE)
    assert str(caught.value).startswith(complaint)


def test_what_is_not_well_formed_is_read_as_far_as_it_can_be():
    feed = read(rss("<item><title>a&nbsp;b\x0b</title><guid>1</guid></item><item>"), "old", BASE)
    assert [entry.id for entry in feed.entries][:1] == ["1"]
    assert feed.warning.startswith("old is not well-formed XML, and was read as far as it can be: ")
    assert "line 1" in feed.warning
    assert read(rss(""), "old", BASE).warning == ""


def test_no_entity_is_resolved_and_no_file_is_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("top secret")
    doctype = (
        f'<!DOCTYPE rss [<!ENTITY file SYSTEM "{secret.as_uri()}"><!ENTITY a "aaaaaaaaaa">'
        '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    )
    items = (
        "<item><guid>&file;</guid></item><item><guid>x&b;</guid></item>"
        f"<item><guid>ok</guid><link>{PAGE}</link></item>"
    )
    feed = read(rss(items, f'{doctype}<rss version="2.0">'), "old", BASE)
    assert [entry.id for entry in feed.entries] == ["", "", "ok"]
    assert "secret" not in str(feed)


def test_comments_part_no_id():
    assert first(rss("<item><guid>1<!-- one -->2</guid></item>")).id == "12"
