"""What the readers of the world make of our feeds."""

import feedparser
import pytest

from feeds.sites import HERO, NASTY, REAL, SITES

XML = ("feed.xml", "atom.xml")
ALL = (*XML, "feed.json")


@pytest.mark.parametrize("path", XML)
@pytest.mark.parametrize("name", SITES)
def test_feedparser_has_nothing_to_say_against_it(name, path):
    parsed = feedparser.parse(SITES[name].build()[path].data)
    assert parsed.bozo is False
    assert parsed.encoding.lower() == "utf-8"
    assert len(parsed.entries) == len(SITES[name].posts)


@pytest.mark.parametrize("path", XML)
def test_feedparser_reads_the_real_post(path):
    parsed = feedparser.parse(REAL.build()[path].data)
    post, entry = REAL.posts[0], parsed.entries[0]
    assert (parsed.feed.title, parsed.feed.link) == (REAL.site.title, "https://fantastic.example/")
    assert (entry.title, entry.link, entry.id) == (post.title, post.url, post.id)
    assert entry.author == "Fantastic AI"
    assert [tag.term for tag in entry.tags] == ["ai", *post.tags[1:]]
    assert entry.summary == post.summary
    assert entry.content[0].type == "text/html"
    assert entry.content[0].value.startswith("<p><img alt=")
    assert "<h2>The Evolution of Generative AI</h2>" in entry.content[0].value
    assert [(file.href, file.type, file.length) for file in entry.enclosures] == [
        (HERO, "image/png", "1482337")
    ]
    assert entry.media_content[0]["url"] == entry.media_thumbnail[0]["url"] == HERO
    assert entry.published_parsed[:6] == entry.updated_parsed[:6] == (2025, 6, 8, 9, 0, 0)


@pytest.mark.parametrize("path", XML)
def test_feedparser_reads_summaries_as_summaries(path):
    parsed = feedparser.parse(NASTY.build(content="summary")[path].data)
    assert not any("content" in entry for entry in parsed.entries)
    assert parsed.entries[5].summary == "Summary 6."


@pytest.mark.parametrize("path", XML)
def test_feedparser_sees_the_audio(path):
    (enclosure,) = feedparser.parse(NASTY.build()[path].data).entries[5].enclosures
    assert (enclosure.href, enclosure.type, enclosure.length) == (
        "https://cdn.example.org/6.mp3",
        "audio/mpeg",
        "1234567",
    )


@pytest.mark.parametrize("path", ALL)
@pytest.mark.parametrize("name", SITES)
def test_reader_reads_it_from_a_file(name, path, tmp_path):
    document = SITES[name].build()[path]
    (tmp_path / path).write_bytes(document.data)
    from reader import make_reader  # noqa: PLC0415 - after the lines above

    with make_reader(":memory:", feed_root=str(tmp_path)) as reader:
        reader.add_feed(path)
        reader.update_feed(path)
        feed = reader.get_feed(path)
        assert feed.title == document.title
        assert feed.last_exception is None
        found = {entry.link: entry for entry in reader.get_entries()}
    for post in SITES[name].posts:
        if post.url.isascii():
            entry = found.pop(post.url)
            assert entry.published == post.published
            assert entry.get_content() is not None
    assert len(found) == (name == "nasty")
