from __future__ import annotations

from contextlib import contextmanager

import httpx
import pytest

from feeds.sites import one
from syndicate.feeds import publish
from syndicate.testing.server import serve
from syndicate.web import Application, Rules, Shelf, protocol

HUB = "https://hub.example/"


class Web:
    """An output folder, the shelf over it with a clock of its own, and what the daemon has to say."""

    def __init__(self, folder):
        self.folder = folder
        self.seconds = 0.0
        self.trouble = []
        self.shelf = Shelf(folder, Rules(300, (HUB,)), clock=lambda: self.seconds)
        self.app = Application(
            self.shelf, lambda: self.trouble, lambda accept: "text/html" in accept
        )

    def write(self, **changes):
        """Publish the feeds of one post as another process would: the shelf is not told."""
        documents = one(**changes).documents(page="")
        publish(documents, self.folder)
        return {each.path: each.data for each in documents}

    def publish(self, **changes):
        data = self.write(**changes)
        self.shelf.put([each.address for each in one(**changes).documents(page="")])
        return data


@contextmanager
def serving(web):
    # httpx unpacks what is encoded; most tests look at the bytes, so they ask for the plain ones.
    headers = {"accept-encoding": "identity"}
    http = protocol(web.app)  # as the daemon does
    with serve(web.app, http=http) as url, httpx.Client(base_url=url, headers=headers) as client:
        yield client


def published(folder):
    web = Web(folder)
    web.data = web.publish()
    return web


@pytest.fixture
def web(tmp_path):
    return published(tmp_path / "public")


@pytest.fixture
def client(web):
    with serving(web) as client:
        yield client


@pytest.fixture(scope="session")
def still(tmp_path_factory):
    """Feeds that nobody changes: a client for the many tests that only ask, and the bytes."""
    web = published(tmp_path_factory.mktemp("still") / "public")
    with serving(web) as client, serve(web.app) as client.long:
        client.data, client.folder = web.data, web.folder
        yield client
