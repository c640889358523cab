import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from feeds.sites import NASTY, PLAIN, SITES, Example, one, post
from syndicate.model import Author, Enclosure, Hub, Image

SCHEMA = Draft202012Validator(
    json.loads(Path(__file__).with_name("jsonfeed.schema.json").read_text("utf-8"))
)

HUBS = (
    Hub("WebSub", "https://hub.example/"),
    Hub("rssCloud", "https://cloud.example/pleaseNotify"),
)


def feed(example: Example, **settings):
    return json.loads(example.build(**settings)["feed.json"].data)


def item(**changes):
    return feed(one(**changes))["items"][0]


@pytest.mark.parametrize("content", ["full", "summary"])
@pytest.mark.parametrize("name", SITES)
def test_a_feed_is_valid_by_the_schema_of_version_1_1(name, content):
    SCHEMA.validate(feed(SITES[name], content=content))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("author", {"name": "A"}),
        ("id", 5),
        ("url", "/blog/"),
        ("tags", []),
        ("date_published", "2025-01-01"),
        ("authors", [{}]),
        ("summary", " x"),
        ("image", None),
    ],
)
def test_the_schema_refuses_what_the_specification_does(key, value):
    document = feed(one())
    document["items"][0][key] = value
    assert not SCHEMA.is_valid(document)


def test_text_is_written_as_it_is():
    data = NASTY.build()["feed.json"].data
    assert "שלום עולם".encode() in data
    assert "👩‍🚀".encode() in data
    assert b'"R&D"' in data


def test_the_whole_feed():
    assert feed(
        one(
            authors=(
                Author(
                    "Eve", "eve@example.org", "https://eve.example", "https://eve.example/me.png"
                ),
            ),
            tags=("a",),
        )
    ) == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Example",
        "home_page_url": "https://example.org/",
        "feed_url": "https://example.org/feed.json",
        "description": "A site of examples.",
        "language": "en",
        "authors": [{"name": "Example", "url": "https://example.org/"}],
        "items": [
            {
                "id": "tag:example.org,2025:1",
                "url": "https://example.org/blog/1/",
                "title": "Post 1",
                "content_html": "<p>Body 1.</p>",
                "summary": "Summary 1.",
                "date_published": "2025-02-28T12:00:00+00:00",
                "date_modified": "2025-02-28T12:00:00+00:00",
                "authors": [
                    {
                        "name": "Eve",
                        "url": "https://eve.example",
                        "avatar": "https://eve.example/me.png",
                    }
                ],
                "tags": ["a"],
            }
        ],
    }


def test_an_email_address_is_not_in_it():
    assert b"@" not in NASTY.build()["feed.json"].data


def test_a_hero_image_is_the_image_and_no_attachment():
    found = item(image=Image("https://cdn.example.org/a.png"))
    assert found["image"] == "https://cdn.example.org/a.png"
    assert "attachments" not in found


def test_audio_is_an_attachment():
    found = item(
        enclosure=Enclosure("https://cdn.example.org/1.mp3", "audio/mpeg", 7, 60),
        image=Image("https://cdn.example.org/a.png"),
    )
    assert found["attachments"] == [
        {
            "url": "https://cdn.example.org/1.mp3",
            "mime_type": "audio/mpeg",
            "size_in_bytes": 7,
            "duration_in_seconds": 60,
        }
    ]
    assert found["image"] == "https://cdn.example.org/a.png"


def test_what_is_unknown_of_the_audio_is_not_said():
    found = item(enclosure=Enclosure("https://cdn.example.org/1.mp3", "audio/mpeg"))
    assert found["attachments"] == [
        {"url": "https://cdn.example.org/1.mp3", "mime_type": "audio/mpeg"}
    ]


def test_a_summary_is_content_where_there_is_none():
    found = feed(one(), content="summary")["items"][0]
    assert found["content_text"] == found["summary"] == "Summary 1."
    assert "content_html" not in found


def test_a_link_post_names_its_subject():
    assert (
        item(external_url="https://elsewhere.example/")["external_url"]
        == "https://elsewhere.example/"
    )


def test_the_feed_has_its_pictures_and_its_hubs():
    site = replace(PLAIN, icon="https://example.org/icon.png", logo="https://example.org/logo.png")
    found = feed(Example(site=site, posts=(post(),)), hubs=HUBS)
    SCHEMA.validate(found)
    assert found["icon"] == "https://example.org/logo.png"
    assert found["favicon"] == "https://example.org/icon.png"
    assert found["hubs"] == [
        {"type": "WebSub", "url": "https://hub.example/"},
        {"type": "rssCloud", "url": "https://cloud.example/pleaseNotify"},
    ]


def test_a_feed_of_common_posts_stays_below_250_kb():
    # With an archive a feed of twenty grows to 39 posts at most; this is the largest format.
    body = f"<p>{'The engine weaves algebraic patterns. ' * 145}</p>"
    assert 5_500 <= len(body) < 6_000
    posts = tuple(post(number, body=body) for number in range(1, 40))
    assert len(Example(posts=posts).build(limit=39)["feed.json"].data) < 250_000
