"""Fixtures that start real third-party servers; a server that is not set up is a failure."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.site import Blog
from real.announcing import real_post
from real.homeserver import Synapse, running_synapse
from real.hub import running_hub
from real.inbox import Inbox, running_inbox
from real.servers import Mastodon, Pds, running_mastodon, running_pds

HERE = Path(__file__).resolve().parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """pytest hands every conftest all the items: mark only those of this folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.real)


@pytest.fixture
def blog(tmp_path: Path) -> Iterator[Blog]:
    """A blog with the real post alone, and nothing to announce it on."""
    with real_post(tmp_path) as blog:
        yield blog


@pytest.fixture(scope="session")
def pds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pds]:
    """One PDS for the whole run: make an account of your own in each test."""
    with running_pds(tmp_path_factory.mktemp("pds") / "errors.log") as server:
        yield server


@pytest.fixture(scope="session")
def mastodon_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mastodon]:
    with running_mastodon(tmp_path_factory.mktemp("mastodon") / "errors.log") as server:
        yield server


@pytest.fixture
def mastodon(mastodon_server: Mastodon) -> Mastodon:
    """The Mastodon mock, empty: no status, no upload, no fault."""
    mastodon_server.reset()
    return mastodon_server


@pytest.fixture(scope="session")
def synapse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synapse]:
    """One homeserver for the whole run: make an account and a room of your own in each test."""
    with running_synapse(tmp_path_factory.mktemp("synapse") / "errors.log") as server:
        yield server


@pytest.fixture(scope="session")
def mail_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inbox]:
    with running_inbox(tmp_path_factory.mktemp("mail")) as inbox:
        yield inbox


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a WebSub hub."""
    with running_hub(tmp_path_factory.mktemp("hub") / "errors.log") as url:
        yield url
