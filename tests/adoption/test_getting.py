"""An old feed's bytes: from a file, or from the web with the guard before it."""

from __future__ import annotations

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from syndicate.adoption import fetch
from syndicate.errors import SyndicateError
from syndicate.http import Http
from syndicate.testing.server import serve

LOCAL = ["127.0.0.0/8"]


def get(feed, *networks):
    async def work():
        http = Http(networks)
        try:
            return await fetch(str(feed), http)
        finally:
            await http.aclose()

    return asyncio.run(work())


@pytest.fixture(scope="module")
def site():
    def feed(request):
        return Response(b"<rss/>" + request.headers["accept"].encode())

    app = Starlette(
        routes=[
            Route("/feed", feed),
            Route("/old", lambda _: RedirectResponse("/feed", 301)),
            Route("/round", lambda _: RedirectResponse("/round", 302)),
            Route("/away", lambda _: RedirectResponse("http://10.0.0.1/feed", 302)),
        ]
    )
    with serve(app) as url:
        yield url


def test_a_file_is_read(tmp_path):
    (tmp_path / "feed.xml").write_bytes(b"<rss/>")
    assert get(tmp_path / "feed.xml") == (b"<rss/>", "")


def test_a_url_is_asked_for_feeds_and_redirects_are_followed(site):
    data, url = get(f"{site}/old", *LOCAL)
    assert data.startswith(b"<rss/>application/atom+xml")
    assert url == f"{site}/feed"


@pytest.mark.parametrize(
    ("path", "networks", "complaint"),
    [
        ("/feed", [], "is in no network that allow_networks names; a copy of it in a file does"),
        ("/away", LOCAL, "is in no network that allow_networks names"),
        ("/round", LOCAL, "redirects more than 5 times"),
        ("/none", LOCAL, "/none: HTTP 404: Not Found"),
    ],
)
def test_what_cannot_be_had_is_told(site, path, networks, complaint):
    with pytest.raises(SyndicateError) as caught:
        get(site + path, *networks)
    assert complaint in str(caught.value)


def test_a_file_that_is_none_is_told(tmp_path):
    with pytest.raises(
        SyndicateError, match="there is no such file; expected a feed's path or URL"
    ):
        get(tmp_path)


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(SyndicateError, match="cannot be read: File name too long"):
        get(tmp_path / ("x" * 300))


def test_what_is_too_large_is_refused(site, tmp_path, monkeypatch):
    monkeypatch.setattr("syndicate.adoption.getting.CAP", 3)
    (tmp_path / "feed.xml").write_bytes(b"<rss/>")
    with pytest.raises(SyndicateError, match="larger than 3 bytes"):
        get(tmp_path / "feed.xml")
    with pytest.raises(SyndicateError, match="is longer than 3 bytes"):
        get(f"{site}/feed", *LOCAL)
