from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from fakes.clock import NOON
from fakes.server import serve
from syndicate.feeds import Document
from syndicate.web import Shelf, create

FEED = Document(
    "feed.xml",
    "https://example.org/feed.xml",
    "application/rss+xml; charset=utf-8",
    "Example",
    1,
    NOON,
    b"<rss/>",
)


@pytest.fixture
def trouble():
    return []


@pytest.fixture
def shelf():
    shelf = Shelf()
    shelf.put([FEED])
    return shelf


@pytest.fixture
def client(shelf, trouble):
    with serve(create(shelf, lambda: trouble)) as url, httpx.Client(base_url=url) as client:
        yield client


def test_a_feed_is_served_with_its_type_and_validators(client):
    answer = client.get("/feed.xml")
    assert (answer.status_code, answer.content) == (200, b"<rss/>")
    assert answer.headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert answer.headers["last-modified"] == "Sun, 01 Mar 2026 12:00:00 GMT"
    assert answer.headers["etag"].startswith('"')
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "max-age" in answer.headers["cache-control"]


def test_head_gives_the_same_headers_and_no_body(client):
    head, get = client.head("/feed.xml"), client.get("/feed.xml")
    assert head.content == b""
    for headers in (head.headers, get.headers):
        del headers["date"]
    assert head.headers == get.headers


def test_a_reader_that_has_the_feed_gets_304(client):
    etag = client.get("/feed.xml").headers["etag"]
    for given in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = client.get("/feed.xml", headers={"if-none-match": given})
        assert (answer.status_code, answer.content) == (304, b""), given
        assert answer.headers["etag"] == etag


def test_other_bytes_have_another_tag(client, shelf):
    etag = client.get("/feed.xml").headers["etag"]
    shelf.put([Document("feed.xml", "", FEED.type, "", 1, NOON, b"<rss>new</rss>")])
    assert client.get("/feed.xml", headers={"if-none-match": etag}).status_code == 200


@pytest.mark.parametrize(
    ("since", "status"),
    [
        ("Sun, 01 Mar 2026 12:00:00 GMT", 304),
        ("Sun, 01 Mar 2026 12:00:01 GMT", 304),
        ("Sun, 01 Mar 2026 11:59:59 GMT", 200),
        ("yesterday", 200),
        ("Sun, 01 Mar 2026 12:00:00", 200),
    ],
)
def test_if_modified_since_is_understood(client, since, status):
    assert client.get("/feed.xml", headers={"if-modified-since": since}).status_code == status


def test_the_tag_decides_where_both_are_given(client):
    headers = {
        "if-none-match": '"other"',
        "if-modified-since": "Sun, 01 Mar 2027 12:00:00 GMT",
    }
    assert client.get("/feed.xml", headers=headers).status_code == 200


def test_a_feed_without_entries_has_no_date(client, shelf):
    shelf.put([Document("feed.xml", "", FEED.type, "", 0, None, b"<rss/>")])
    answer = client.get("/feed.xml", headers={"if-modified-since": "Sun, 01 Mar 2026 12:00:00 GMT"})
    assert answer.status_code == 200
    assert "last-modified" not in answer.headers


def test_fractions_of_a_second_do_not_make_a_feed_newer_than_its_own_date(client, shelf):
    precise = NOON + timedelta(milliseconds=500)
    shelf.put([Document("feed.xml", "", FEED.type, "", 1, precise, b"<rss/>")])
    since = client.get("/feed.xml").headers["last-modified"]
    answer = client.get("/feed.xml", headers={"if-modified-since": since})
    assert answer.status_code == 304


@pytest.mark.parametrize("path", ["/", "/nothing.xml", "/../pyproject.toml", "/a/b"])
def test_what_is_no_feed_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_only_get_and_head_are_answered(client):
    assert client.post("/feed.xml").status_code == 405


def test_alive_is_whoever_answers(client, trouble):
    trouble.append("everything is broken")
    assert client.get("/livez").status_code == 200


def test_ready_is_whose_work_gets_done(client, trouble):
    assert client.get("/readyz").text == "ready\n"
    trouble += ["the last run failed", "3 deliveries are overdue"]
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (
        503,
        "the last run failed\n3 deliveries are overdue\n",
    )
