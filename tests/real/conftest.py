"""Fixtures that start real third-party servers; a server that is not set up is a failure."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from real.servers import Mastodon, Pds, running_mastodon, running_pds

HERE = Path(__file__).resolve().parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """pytest hands every conftest all the items: mark only those of this folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.real)


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
