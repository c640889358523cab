"""What a feed is sent with, and what is not sent at all."""

from __future__ import annotations

import http.client
from datetime import timedelta

import httpx
import pytest

from feeds.sites import NOON, Example, one
from syndicate.feeds import Address, publish
from syndicate.testing.server import serve
from syndicate.web import Application, Rules, Shelf
from syndicate.web.dates import newest

UPDATED = "Fri, 28 Feb 2025 12:00:00 GMT"
TYPES = {
    "feed.xml": "application/rss+xml; charset=utf-8",
    "atom.xml": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
}


@pytest.mark.parametrize("path", TYPES)
def test_a_feed_is_served_with_its_type_its_validators_and_what_browsers_and_caches_ask_for(
    still, path
):
    answer = still.get(f"/{path}")
    assert (answer.status_code, answer.content) == (200, still.data[path])
    etag = answer.headers.pop("etag")
    assert len(etag) == 34
    assert etag[0] == etag[-1] == '"'
    assert {name: answer.headers[name] for name in answer.headers if name != "date"} == {
        "server": "uvicorn",
        "content-type": TYPES[path],
        "content-length": str(len(still.data[path])),
        "last-modified": UPDATED,
        "cache-control": "public, max-age=300, stale-if-error=86400",
        "vary": "Accept-Encoding",
        "link": f'<https://hub.example/>; rel="hub", <https://example.org/{path}>; rel="self"',
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "ETag, Link",
        "x-content-type-options": "nosniff",
    }


@pytest.mark.parametrize("coding", ["identity", "gzip", "br", "identity;q=0"])
def test_head_gives_the_same_status_and_headers_and_no_body(still, coding):
    asked = {"accept-encoding": coding}
    head, get = still.head("/feed.xml", headers=asked), still.get("/feed.xml", headers=asked)
    assert head.content == b""
    for headers in (head.headers, get.headers):
        del headers["date"]
    assert (head.status_code, head.headers) == (get.status_code, get.headers)


def test_without_hubs_a_feed_links_to_itself_alone(tmp_path):
    shelf = Shelf(tmp_path, Rules(60))
    documents = one().documents()
    publish(documents, tmp_path)
    shelf.put([each.address for each in documents])
    with serve(Application(shelf, list)) as url:
        assert httpx.get(f"{url}/feed.xml").headers["link"] == (
            '<https://example.org/feed.xml>; rel="self"'
        )


def test_a_query_does_not_make_it_another_feed(still):
    assert still.get("/feed.xml?from=reader").content == still.data["feed.xml"]


def test_a_feed_without_entries_has_no_date(tmp_path):
    for document in Example().documents():
        assert newest(document.type, document.data) is None


@pytest.mark.parametrize("number", range(3))
def test_all_formats_tell_the_newest_update_in_whole_seconds(number):
    when = NOON + timedelta(milliseconds=500)
    document = one(updated=when).documents()[number]
    assert newest(document.type, document.data) == NOON


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("application/rss+xml", b"<lastBuildDate>yesterday</lastBuildDate>"),
        ("application/rss+xml", b"<item><lastBuildDate>x</lastBuildDate>"),
        ("application/atom+xml; charset=utf-8", b"<updated>yesterday</updated>"),
        ("application/feed+json", b"[]"),
        ("application/feed+json", b'{"items": [1]}'),
        ("application/feed+json", b'{"items": [{"date_modified": 1}]}'),
        ("text/html", b"<updated>2025-03-01T12:00:00Z</updated>"),
    ],
)
def test_what_tells_no_date_has_none(kind, data):
    assert newest(kind, data) is None


PATHS = [
    "/",
    "/nothing.xml",
    "/a/b",
    "/secret.txt",
    "/.feed.xml.0123.tmp",
    "/feed.xml/",
    "//feed.xml",
    "/./feed.xml",
    "/../secret.txt",
    "/x/../feed.xml",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e%5csecret.txt",
    "/feed.xml%00",
    "/FEED.XML",
]


@pytest.mark.parametrize("path", PATHS)
def test_only_published_files_are_served_however_one_asks(still, path):
    (still.folder / "secret.txt").write_text("inside the folder")
    (still.folder.parent / "secret.txt").write_text("outside of it")
    # httpx tidies paths up; this sends them as they stand.
    raw = http.client.HTTPConnection(still.base_url.host, still.base_url.port, timeout=30)
    raw.request("GET", path)
    answer = raw.getresponse()
    assert (answer.status, answer.read()) == (404, b"there is no such feed\n")
    raw.close()


def test_what_is_announced_and_not_there_is_not_found(client, web):
    web.shelf.put([Address("later.xml", "https://example.org/later.xml", "application/rss+xml")])
    assert client.get("/later.xml").status_code == 404
    assert client.get("/feed.xml").status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE"])
def test_a_feed_can_only_be_read(still, method):
    answer = still.request(method, "/feed.xml")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert answer.text == "a feed can be read: GET, HEAD, OPTIONS\n"
    assert still.request(method, "/nothing.xml").status_code == 404


def test_a_browser_may_send_conditional_requests_from_any_site(still):
    answer = still.options(
        "/feed.xml",
        headers={
            "origin": "https://reader.example",
            "access-control-request-method": "GET",
            "access-control-request-headers": "if-none-match",
        },
    )
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "If-None-Match" in answer.headers["access-control-allow-headers"]
    assert "GET" in answer.headers["access-control-allow-methods"]


def test_alive_is_whoever_answers(client, web):
    web.trouble.append("everything is broken")
    assert client.get("/livez").status_code == 200


def test_ready_is_whose_work_gets_done(client, web):
    assert client.get("/readyz").text == "ready\n"
    web.trouble += ["the last run failed", "3 deliveries are overdue"]
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (
        503,
        "the last run failed\n3 deliveries are overdue\n",
    )
