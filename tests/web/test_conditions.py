"""Conditional requests: RFC 9110, section 13."""

from __future__ import annotations

import pytest

UPDATED = "Fri, 28 Feb 2025 12:00:00 GMT"
EARLIER = "Fri, 28 Feb 2025 11:59:59 GMT"
LATER = "Fri, 28 Feb 2025 12:00:01 GMT"
TAG = "the tag of the feed"

MATRIX = [
    # none of them
    ({}, 200),
    # If-None-Match compares weakly, in lists, and `*` is whatever there is
    ({"if-none-match": TAG}, 304),
    ({"if-none-match": f"W/{TAG}"}, 304),
    ({"if-none-match": f'"other", {TAG}'}, 304),
    ({"if-none-match": f'W/"other",W/{TAG},"third"'}, 304),
    ({"if-none-match": "*"}, 304),
    ({"if-none-match": '"other"'}, 200),
    ({"if-none-match": '"*"'}, 200),
    ({"if-none-match": '"a, b"'}, 200),
    ({"if-none-match": "not a tag"}, 200),
    ({"if-none-match": ""}, 200),
    # If-Modified-Since, in each of the three forms of a date; what is none is ignored
    ({"if-modified-since": UPDATED}, 304),
    ({"if-modified-since": LATER}, 304),
    ({"if-modified-since": EARLIER}, 200),
    ({"if-modified-since": "Friday, 28-Feb-25 12:00:00 GMT"}, 304),
    ({"if-modified-since": "Friday, 28-Feb-25 11:59:59 GMT"}, 200),
    ({"if-modified-since": "Fri Feb 28 12:00:00 2025"}, 304),
    ({"if-modified-since": "Fri Feb 28 11:59:59 2025"}, 200),
    ({"if-modified-since": "yesterday"}, 200),
    ({"if-modified-since": ""}, 200),
    ({"if-modified-since": "Fri, 28 Feb 2025 12:00:00"}, 200),
    ({"if-modified-since": "Fri, 28 Feb 99999999999 12:00:00 GMT"}, 200),
    # the tag decides where both are given
    ({"if-none-match": '"other"', "if-modified-since": LATER}, 200),
    ({"if-none-match": TAG, "if-modified-since": EARLIER}, 304),
    # If-Match compares strongly, and comes first
    ({"if-match": TAG}, 200),
    ({"if-match": "*"}, 200),
    ({"if-match": f'"other", {TAG}'}, 200),
    ({"if-match": f"W/{TAG}"}, 412),
    ({"if-match": '"other"'}, 412),
    ({"if-match": TAG, "if-none-match": TAG}, 304),
    ({"if-match": '"other"', "if-none-match": TAG}, 412),
    # If-Unmodified-Since counts where there is no If-Match
    ({"if-unmodified-since": UPDATED}, 200),
    ({"if-unmodified-since": EARLIER}, 412),
    ({"if-unmodified-since": "yesterday"}, 200),
    ({"if-match": TAG, "if-unmodified-since": EARLIER}, 200),
    ({"if-unmodified-since": EARLIER, "if-modified-since": UPDATED}, 412),
]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
@pytest.mark.parametrize(("conditions", "status"), MATRIX)
def test_conditions_decide_what_is_sent(still, method, coding, conditions, status):
    accept = {"accept-encoding": coding}
    etag = still.get("/feed.xml", headers=accept).headers["etag"]
    asked = {name: value.replace(TAG, etag) for name, value in conditions.items()}
    answer = still.request(method, "/feed.xml", headers=accept | asked)
    assert answer.status_code == status
    if status == 304:
        assert answer.content == b""
        assert answer.headers["etag"] == etag
        assert set(answer.headers) == {
            "access-control-allow-origin",
            "access-control-expose-headers",
            "cache-control",
            "date",
            "etag",
            "server",
            "vary",
            "x-content-type-options",
        }
    if status == 412 and method == "GET":
        assert answer.text.startswith("the feed is not the one that")


def test_tags_in_several_lines_are_one_list(still):
    etag = still.get("/feed.xml").headers["etag"]
    lines = [("if-none-match", '"other"'), ("if-none-match", etag)]
    assert still.get("/feed.xml", headers=lines).status_code == 304


def test_a_coding_has_a_tag_of_its_own_which_is_not_good_for_another(still):
    tags = {
        coding: still.get("/feed.xml", headers={"accept-encoding": coding}).headers["etag"]
        for coding in ("identity", "gzip", "br")
    }
    assert len(set(tags.values())) == 3
    asked = {"accept-encoding": "gzip", "if-none-match": tags["br"]}
    assert still.get("/feed.xml", headers=asked).status_code == 200


def test_other_bytes_have_another_tag_and_the_same_bytes_the_same_one(client, web):
    before = client.get("/feed.xml").headers["etag"]
    web.publish(title="Another")
    other = client.get("/feed.xml").headers["etag"]
    web.publish()
    assert client.get("/feed.xml").headers["etag"] == before != other


def test_a_feed_without_a_date_has_only_its_tag(client, web):
    (web.folder / "feed.xml").write_bytes(b"<rss/>")
    web.seconds += 2
    answer = client.get(
        "/feed.xml", headers={"if-modified-since": LATER, "if-unmodified-since": EARLIER}
    )
    assert (answer.status_code, answer.content) == (200, b"<rss/>")
    assert "last-modified" not in answer.headers
