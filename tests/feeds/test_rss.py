from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lxml import etree

from feeds.sites import EMPTY, NASTY, PLAIN, REAL, SITES, Example, one, post
from syndicate.feeds.podcast import NAMESPACES
from syndicate.model import Author, Enclosure, Hub, Image, MediaFacts, Site

NS = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
}

HUBS = (
    Hub("WebSub", "https://hub.example/"),
    Hub("rssCloud", "https://cloud.example/pleaseNotify"),
)


def rss(example: Example, **settings):
    return etree.fromstring(example.build(**settings)["feed.xml"].data)


def item(**changes):
    return rss(one(**changes)).find("channel/item")


def find(node, path):
    return node.xpath(path, namespaces=NS)


@pytest.mark.parametrize("name", SITES)
def test_the_declaration_is_the_first_byte_and_the_prefixes_are_ours(name):
    document = SITES[name].build()["feed.xml"]
    assert document.data.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<rss ")
    root = etree.fromstring(document.data)
    prefixes = NS | NAMESPACES if name == "nasty" else NS  # it has an episode
    assert root.nsmap == prefixes
    assert all(element.nsmap == prefixes for element in root.iter())


@pytest.mark.parametrize("name", SITES)
def test_every_feed_has_what_rss_demands(name):
    root = rss(SITES[name])
    assert root.get("version") == "2.0"
    channel = root[0]
    for tag in ("title", "link", "description", "language", "docs", "generator"):
        assert len(channel.findall(tag)) == 1
        assert channel.findtext(tag)
    tags = [child.tag for child in channel]
    assert tags == sorted(tags, key="item".__eq__), "items are last"
    for entry in channel.findall("item"):
        for tag in ("link", "guid", "pubDate", "description"):
            assert len(entry.findall(tag)) == 1
        assert len(entry.findall("enclosure")) <= 1
        assert entry.findall("author") == []
        order = [child.tag for child in entry]
        encoded = f"{{{NS['content']}}}encoded"
        assert encoded not in order or order.index("description") < order.index(encoded)


def test_the_channel_is_of_the_home_page_and_knows_its_own_address():
    channel = rss(REAL)[0]
    assert channel.findtext("link") == "https://fantastic.example/"
    assert [dict(link.attrib) for link in find(channel, "atom:link")] == [
        {"href": "https://example.org/feed.xml", "rel": "self", "type": "application/rss+xml"}
    ]


def test_a_home_page_below_the_root_keeps_its_address():
    assert rss(NASTY)[0].findtext("link") == "https://example.org/blog"


def test_the_channel_was_built_when_its_newest_entry_was_updated():
    assert rss(NASTY)[0].findtext("lastBuildDate") == "Sat, 01 Mar 2025 12:00:00 +0000"
    assert rss(EMPTY)[0].find("lastBuildDate") is None


def test_the_editor_is_named_only_with_an_address():
    assert rss(NASTY)[0].findtext("managingEditor") == "zoe@example.org (Zoë Ed.)"
    assert rss(REAL)[0].find("managingEditor") is None


def test_plain_text_is_escaped_hexadecimally():
    data = one(title="R&D <x> AT&amp;T").build()["feed.xml"].data
    assert b"<title>R&#x26;D &#x3C;x&gt; AT&#x26;amp;T</title>" in data
    assert (
        b"<description>Less &#x3C; more &#x26; more &gt; less</description>"
        in NASTY.build()["feed.xml"].data
    )


def test_a_description_is_html():
    assert (
        item(summary="a < b & <i>c</i>").findtext("description")
        == "a &lt; b &amp; &lt;i&gt;c&lt;/i&gt;"
    )


@pytest.mark.parametrize("body", ["]]>", "a]]>b]]>]]>c", "]]]]>>", "x]]", "]]&gt;"])
def test_content_comes_out_of_its_cdata_as_it_went_in(body):
    entry = item(body=f"<p>{body}</p>")
    assert find(entry, "string(content:encoded)") == f"<p>{body}</p>"


def test_content_stands_in_cdata():
    assert (
        b"<content:encoded><![CDATA[<p>Body 1.</p>]]></content:encoded>"
        in one().build()["feed.xml"].data
    )


def test_a_guid_is_no_permalink_unless_it_is_the_address():
    guid = item().find("guid")
    assert (guid.text, guid.get("isPermaLink")) == ("tag:example.org,2025:1", "false")
    guid = item(id="https://example.org/blog/1/").find("guid")
    assert guid.get("isPermaLink") == "true"


def test_dates_have_english_names_and_the_edit_its_own_element():
    entry = item(
        published=datetime(2024, 2, 29, 23, 59, 59, 999, tzinfo=UTC),
        updated=datetime(2024, 3, 1, 1, tzinfo=UTC),
    )
    assert entry.findtext("pubDate") == "Thu, 29 Feb 2024 23:59:59 +0000"
    assert find(entry, "string(atom:updated)") == "2024-03-01T01:00:00+00:00"


def test_nothing_was_updated_before_it_was_published():
    entry = item(updated=datetime(1999, 1, 1, tzinfo=UTC))
    assert find(entry, "string(atom:updated)") == "2025-02-28T12:00:00+00:00"


def test_an_author_without_an_address_does_not_vanish():
    entry = item(authors=(Author("Ann"), Author("Eve", "eve@example.org")))
    assert find(entry, "dc:creator/text()") == ["Ann", "Eve"]


def test_the_sites_author_wrote_what_names_nobody():
    example = Example(
        site=Site("S", "https://example.org", "en", author=Author("Zoë")), posts=one().posts
    )
    assert find(rss(example), "//dc:creator/text()") == ["Zoë"]


def test_categories_and_tags_are_one_element_a_term():
    entry = item(categories=("AI", "News"), tags=("ai", "R&D", " "))
    assert find(entry, "category/text()") == ["AI", "News", "R&D"]


def test_a_note_has_no_title():
    entry = item(title=None, summary="", body="<p>Just <b>this</b>.</p>")
    assert entry.find("title") is None
    assert entry.findtext("description") == "Just this."


def test_an_item_in_another_language_says_so():
    assert find(item(), "dc:language") == []
    assert find(item(language="he"), "dc:language/text()") == ["he"]


IMAGE = "https://cdn.example.org/a.png?x=1&y=2"


def test_the_hero_image_is_enclosed_and_described():
    example = Example(
        posts=one(image=Image(IMAGE, "A & B")).posts,
        facts={IMAGE: MediaFacts("image/gif", 5, 3, 4)},
    )
    entry = rss(example).find("channel/item")
    assert dict(entry.find("enclosure").attrib) == {
        "url": IMAGE,
        "length": "5",
        "type": "image/gif",
    }
    (content,) = find(entry, "media:content")
    assert dict(content.attrib) == {
        "url": IMAGE,
        "medium": "image",
        "type": "image/gif",
        "fileSize": "5",
        "width": "3",
        "height": "4",
    }
    assert find(content, "media:description[@type='plain']/text()") == ["A & B"]
    assert dict(find(entry, "media:thumbnail")[0].attrib) == {
        "url": IMAGE,
        "width": "3",
        "height": "4",
    }
    assert find(entry, "media:group") == []


def test_what_is_unknown_of_the_image_is_not_said():
    entry = item(image=Image(IMAGE))
    assert dict(entry.find("enclosure").attrib) == {
        "url": IMAGE,
        "length": "0",
        "type": "image/png",
    }
    assert dict(find(entry, "media:content")[0].attrib) == {
        "url": IMAGE,
        "medium": "image",
        "type": "image/png",
    }
    assert find(entry, "//media:description") == []


def test_audio_is_the_enclosure_and_the_image_stays_media():
    entry = item(
        image=Image(IMAGE, "A"),
        enclosure=Enclosure("https://cdn.example.org/1.mp3", "audio/mpeg", 7),
    )
    assert dict(entry.find("enclosure").attrib) == {
        "url": "https://cdn.example.org/1.mp3",
        "length": "7",
        "type": "audio/mpeg",
    }
    assert find(entry, "media:content/@url") == [IMAGE]


def test_a_summary_feed_has_no_alternative_text_to_be_taken_for_content():
    entry = rss(one(image=Image(IMAGE, "Alt")), content="summary").find("channel/item")
    assert find(entry, "content:encoded | .//media:description") == []
    assert find(entry, "media:thumbnail/@url") == [IMAGE]


def test_the_channel_has_its_picture_its_rights_and_its_hubs():
    site = replace(
        PLAIN,
        icon="https://example.org/icon.png",
        logo="https://example.org/logo.png",
        copyright="© Ada & Bo",
    )
    root = rss(Example(site=site, posts=(post(),)), hubs=HUBS)
    channel = root[0]
    assert channel.findtext("image/url") == "https://example.org/logo.png"
    assert channel.findtext("image/title") == channel.findtext("title")
    assert channel.findtext("image/link") == channel.findtext("link")
    assert channel.findtext("copyright") == "© Ada & Bo"
    hubs = channel.findall("{http://www.w3.org/2005/Atom}link[@rel='hub']")
    assert [dict(hub.attrib) for hub in hubs] == [{"href": "https://hub.example/", "rel": "hub"}]
    assert channel.find("cloud").attrib == {
        "domain": "cloud.example",
        "port": "443",
        "path": "/pleaseNotify",
        "registerProcedure": "",
        "protocol": "https-post",
    }
    assert [child.tag for child in channel][-1] == "item"
