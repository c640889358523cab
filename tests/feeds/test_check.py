from dataclasses import replace

import pytest

from feeds.sites import REAL, SITES
from syndicate.errors import FeedError
from syndicate.feeds.check import check

PATHS = ("feed.xml", "atom.xml", "feed.json", "feed.html")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", SITES)
def test_what_is_whole_passes(name, path):
    check(SITES[name].build()[path])


@pytest.mark.parametrize("path", PATHS)
def test_what_is_cut_off_is_refused(path):
    document = REAL.build()[path]
    with pytest.raises(FeedError, match=rf"^{path}: the built feed is unreadable: "):
        check(replace(document, data=document.data[:-9]))


@pytest.mark.parametrize("path", PATHS)
def test_a_missing_entry_is_noticed(path):
    document = replace(REAL.build()[path], entries=2)
    with pytest.raises(FeedError, match=rf"^{path}: the built feed has 1 entries instead of 2$"):
        check(document)


@pytest.mark.parametrize(
    ("path", "data", "reason"),
    [
        ("feed.xml", b"", "unreadable"),
        ("feed.xml", b"<html/>", "<html> is no feed"),
        ("feed.xml", b"<rss/>", "no title"),
        ("feed.xml", b"<rss><channel><title/></channel></rss>", "no title"),
        ("atom.xml", b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "no title"),
        ("atom.xml", b"<feed><title>T</title></feed>", "<feed> is no feed"),
        ("feed.html", b"", "unreadable"),
        ("feed.html", b"<html></html>\n", "no title"),
        ("feed.json", b"\xff", "unreadable"),
        ("feed.json", b"[]", "no items"),
        ("feed.json", b'{"items": {}}', "no items"),
        ("feed.json", b'{"items": [], "version": "https://jsonfeed.org/version/1.1"}', "no title"),
        ("feed.json", b'{"items": [], "title": "T", "version": "1"}', "no version"),
        (
            "feed.json",
            b'{"items": [{"id": "1"}], "title": "T", "version": "https://jsonfeed.org/version/1.1"}',
            "no id or no content",
        ),
    ],
)
def test_what_is_no_feed_is_refused(path, data, reason):
    document = replace(REAL.build()[path], data=data)
    with pytest.raises(FeedError, match=reason):
        check(document)
