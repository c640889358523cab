"""Content codings: RFC 9110, section 12.5.3."""

from __future__ import annotations

import gzip

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.web.negotiate import CODINGS, codings

READ = {"br": brotli.decompress, "gzip": gzip.decompress}

TAKEN = [
    (None, "identity"),
    ("", "identity"),
    ("identity", "identity"),
    ("gzip", "gzip"),
    ("x-gzip", "gzip"),
    ("GZIP", "gzip"),
    ("br", "br"),
    ("gzip, deflate, br, zstd", "br"),
    ("gzip, deflate", "gzip"),
    ("deflate", "identity"),
    ("*", "br"),
    ("gzip;q=1.0, br;q=0.5", "gzip"),
    ("gzip; q=0.5 , br ; q=0.6", "br"),
    ("gzip;q=0.5, identity;q=1", "identity"),
    ("gzip;q=0.001", "gzip"),
    ("gzip;q=0", "identity"),
    ("br;q=0, *", "gzip"),
    ("br;q=0, gzip;q=0, *;q=0.1", "identity"),
    ("gzip, *;q=0", "gzip"),
    ("identity;q=0, gzip", "gzip"),
    ("identity;q=0, *", "br"),
    ("gzip;q=high", "identity"),
    ("gzip;q=2", "identity"),
    ("gzip;level=9", "gzip"),
    ("gzip;q=0, gzip", "identity"),
    (",,gzip,", "gzip"),
    ("deflate, " * 100 + "gzip", "gzip"),
    ("identity;q=0", None),
    ("*;q=0", None),
    ("identity;q=0, deflate", None),
    ("identity;q=0, br;q=0, gzip;q=0", None),
]


@pytest.mark.parametrize(("accepted", "coding"), TAKEN)
def test_the_client_gets_the_coding_that_it_likes_best(still, accepted, coding):
    request = still.build_request("GET", "/feed.xml")
    del request.headers["accept-encoding"]
    if accepted is not None:
        request.headers["accept-encoding"] = accepted
    answer = still.send(request, stream=True)
    body = b"".join(answer.iter_raw())
    answer.close()
    assert "Accept-Encoding" in answer.headers["vary"]
    if coding is None:
        assert answer.status_code == 406
        assert b"Accept-Encoding" in body
        return
    assert answer.status_code == 200
    assert answer.headers.get("content-encoding", "identity") == coding
    assert int(answer.headers["content-length"]) == len(body)
    assert READ.get(coding, bytes)(body) == still.data["feed.xml"]


def test_codings_make_a_feed_smaller(still):
    sizes = [
        int(still.head("/feed.xml", headers={"accept-encoding": coding}).headers["content-length"])
        for coding in ("br", "gzip", "identity")
    ]
    assert sizes == sorted(set(sizes))


@given(st.text(st.characters(max_codepoint=255), max_size=400))
def test_any_field_is_understood_or_ignored(text):
    taken = codings(text.encode("latin-1"))
    assert len(set(taken)) == len(taken)
    assert set(taken) <= set(CODINGS)
