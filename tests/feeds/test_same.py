"""RSS, Atom and JSON say the same: a property over posts of any shape."""

import html
import json
import warnings
from datetime import UTC, datetime, timedelta

import feedparser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.sites import NOON, Example, post
from syndicate.model import Author, Enclosure, Image

# No C1 controls and no Latin-1 letters: feedparser "repairs" what could be mis-encoded UTF-8.
TEXT = st.text(
    st.one_of(
        st.sampled_from("ab XYZ09.,:;-_'\"()[]>]]>\t\n\r\x00\x08\x0b\x1f\ufffe\ud800"),
        st.sampled_from("жשלﷺ漢…–🚀👩‍🚀\u200f\u2028"),
    ),
    max_size=40,
)
MARKS = st.sampled_from(["&", "<", " & ", " < ", "]]>", "&amp;", "<Foo>", "<b>x</b>", ""])
WORDS = st.builds("".join, st.lists(TEXT | MARKS, max_size=5))
TITLES = st.builds(
    "".join, st.lists(TEXT | st.sampled_from([" & ", " < ", "]]>", "<b>x</b>"]), max_size=5)
)
BODIES = st.builds("<p>{}</p>".format, WORDS) | st.just("")
NAMES = st.sampled_from(["Ann", "Zoya Ж", "שרה", "O'Neil & <Co>", ""])
TIMES = st.timedeltas(timedelta(days=-20_000), timedelta(days=20_000)).map(NOON.__add__)
IMAGES = st.none() | st.builds(
    Image,
    st.sampled_from(["https://x.example/a.png?b=1&c=2", "https://x.example/é.jpg"]),
    st.none() | WORDS,
)
POSTS = st.builds(
    lambda title, edited, changes: post(
        title=title, updated=changes["published"] + edited, **changes
    ),
    st.none() | TITLES,
    st.timedeltas(timedelta(0), timedelta(days=9)),
    st.fixed_dictionaries(
        {
            "summary": WORDS,
            "body": BODIES,
            "published": TIMES,
            "authors": st.lists(st.builds(Author, NAMES), max_size=1).map(tuple),
            "tags": st.lists(WORDS, max_size=3).map(tuple),
            "language": st.sampled_from(["en", "he", "pt_BR", "?"]),
            "image": IMAGES,
            "enclosure": st.none() | st.just(Enclosure("https://x.example/1.mp3", "audio/mpeg", 3)),
        }
    ),
)


def parse(data: bytes):
    parsed = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    assert parsed.bozo is False
    return parsed.entries[0]


def moments(entry):
    return [
        datetime(*when[:6], tzinfo=UTC).isoformat()
        for when in (entry.published_parsed, entry.updated_parsed)
    ]


def xml_facts(entry, summary: str):
    return {
        "link": entry.link,
        "id": entry.id,
        "dates": moments(entry),
        "summary": summary,
        "content": entry.content[0].value if "content" in entry else None,
        "authors": [author.name for author in entry.authors],
        "tags": [tag.term for tag in entry.get("tags", [])],
        "enclosures": [
            (link.href, link.type, link.get("length", "0")) for link in entry.enclosures
        ],
        "images": [image["url"] for image in entry.get("media_thumbnail", [])],
    }


def json_facts(item):
    files = [
        (file["url"], file["mime_type"], str(file["size_in_bytes"]))
        for file in item.get("attachments", [])
    ]
    image = [item["image"]] if "image" in item else []
    kind = {".png": "image/png", ".jpg": "image/jpeg"}
    return {
        "link": item["url"],
        "id": item["id"],
        "dates": [item["date_published"], item["date_modified"]],
        "summary": item["summary"],
        "content": item.get("content_html"),
        "authors": [author["name"] for author in item["authors"]],
        "tags": item.get("tags", []),
        "enclosures": files or [(url, kind[url.partition("?")[0][-4:]], "0") for url in image],
        "images": image,
    }


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(POSTS)
def test_the_three_formats_say_the_same(one):
    documents = Example(posts=(one,)).build()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rss, atom = parse(documents["feed.xml"].data), parse(documents["atom.xml"].data)
    item = json.loads(documents["feed.json"].data)["items"][0]
    expected = json_facts(item)
    assert xml_facts(rss, html.unescape(rss.summary)) == expected
    assert xml_facts(atom, atom.summary) == expected
    assert rss.get("title") == item.get("title")
    assert atom.title == item.get("title", atom.title) != ""
