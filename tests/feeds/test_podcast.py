"""Feeds of episodes."""

from __future__ import annotations

from dataclasses import replace

import feedparser
import pytest
from lxml import etree

from feeds.sites import PLAIN, Example, post
from syndicate.feeds.podcast import NAMESPACES, guid
from syndicate.model import Author, Enclosure, Image, Transcript

EPISODE = Enclosure(
    "https://example.org/1.mp3",
    "audio/mpeg",
    1_234,
    duration=1_830,
    season=2,
    episode=7,
    explicit=True,
    transcript=Transcript("https://example.org/1.vtt", "text/vtt"),
    chapters="https://example.org/1.json",
)
SITE = replace(PLAIN, author=Author("Ada", "ada@example.org"), logo="https://example.org/logo.png")
SHOW = Example(
    site=SITE,
    posts=(
        post(1, enclosure=EPISODE, image=Image("https://example.org/cover.jpg")),
        post(2, enclosure=Enclosure("https://example.org/2.mp3", "audio/mpeg")),
        post(3),
    ),
)


def find(node, path):
    return node.xpath(path, namespaces=NAMESPACES)


def rss(example=SHOW, **podcast):
    document = example.build(podcast=podcast)["feed.xml"]
    return etree.fromstring(document.data)[0]


def test_a_show_is_told_as_apps_list_it():
    channel = rss(categories=["Technology", "Arts / Design"], explicit=True, type="serial")
    assert find(channel, "itunes:author/text()") == ["Ada"]
    assert find(channel, "itunes:explicit/text()") == ["true"]
    assert find(channel, "itunes:type/text()") == ["serial"]
    assert find(channel, "itunes:image/@href") == ["https://example.org/logo.png"]
    assert find(channel, "itunes:category/@text") == ["Technology", "Arts"]
    assert find(channel, "itunes:category/itunes:category/@text") == ["Design"]
    assert find(channel, "itunes:owner/itunes:name/text()") == ["Ada"]
    assert find(channel, "itunes:owner/itunes:email/text()") == ["ada@example.org"]
    assert find(channel, "podcast:guid/text()") == [guid("https://example.org/feed.xml")]


def test_what_is_configured_comes_before_what_the_site_has():
    channel = rss(
        image="https://example.org/cover.png",
        owner={"name": "Studio"},
        guid="917393e3-1b1e-5cef-ace4-edaa54e1f810",
    )
    assert find(channel, "itunes:image/@href") == ["https://example.org/cover.png"]
    assert find(channel, "itunes:owner/itunes:name/text()") == ["Studio"]
    assert find(channel, "itunes:owner/itunes:email") == []
    assert find(channel, "podcast:guid/text()") == ["917393e3-1b1e-5cef-ace4-edaa54e1f810"]


def test_an_episode_is_told_beside_its_enclosure():
    first, second, third = rss().findall("item")
    assert find(first, "itunes:explicit/text()") == ["true"]
    assert find(first, "itunes:duration/text()") == ["1830"]
    assert find(first, "itunes:image/@href") == ["https://example.org/cover.jpg"]
    assert find(first, "itunes:season/text()") == find(first, "podcast:season/text()") == ["2"]
    assert find(first, "itunes:episode/text()") == find(first, "podcast:episode/text()") == ["7"]
    [transcript] = find(first, "podcast:transcript")
    assert dict(transcript.attrib) == {"url": "https://example.org/1.vtt", "type": "text/vtt"}
    [chapters] = find(first, "podcast:chapters")
    assert dict(chapters.attrib) == {
        "url": "https://example.org/1.json",
        "type": "application/json+chapters",
    }
    assert [each.tag.rpartition("}")[2] for each in find(second, "itunes:*|podcast:*")] == [
        "explicit"
    ]
    assert find(second, "itunes:explicit/text()") == ["false"]
    assert find(third, "itunes:*|podcast:*") == []


def test_a_feed_without_episodes_says_nothing_of_it():
    data = Example(site=SITE, posts=(post(1),)).build(podcast={"categories": ["Arts"]})
    assert b"itunes" not in data["feed.xml"].data
    assert b"podcast" not in data["feed.xml"].data


def test_addresses_that_lead_nowhere_are_left_out():
    odd = replace(EPISODE, transcript=Transcript("1.vtt", "text/vtt"), chapters="chapters.json")
    [item] = rss(Example(posts=(post(1, enclosure=odd),))).findall("item")
    assert find(item, "podcast:transcript|podcast:chapters") == []


def test_a_reader_understands_it():
    parsed = feedparser.parse(SHOW.build()["feed.xml"].data)
    assert not parsed.bozo
    assert parsed.entries[0].itunes_duration == "1830"
    assert parsed.feed.image.href == "https://example.org/logo.png"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        # The example of the specification.
        ("https://podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("http://podnews.net/rss/", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
    ],
)
def test_the_shows_identifier_is_the_specifications(url, expected):
    assert guid(url) == expected
