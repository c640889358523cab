import pytest

BACKENDS = ("sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the expected files anew")
    parser.addoption(
        "--ledger",
        choices=BACKENDS,
        default="sqlite",
        help="the database below every ledger; PostgreSQL has to be installed",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about the other database alone."""
    chosen = config.getoption("--ledger")
    about = {item: item.get_closest_marker("only") for item in items}
    left_out = [each for each, marker in about.items() if marker and marker.args != (chosen,)]
    items[:] = [each for each in items if each not in left_out]
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def postgres(request):
    """The server for all tests of this process."""
    from fakes.postgres import Postgres  # noqa: PLC0415 - its driver is an optional package

    server = Postgres()
    yield server
    server.clear()


@pytest.fixture
def database(request, monkeypatch):
    """The URL of a new database, for a ledger; a blog in this test takes it as well."""
    if request.config.getoption("--ledger") == "sqlite":
        return "sqlite:///state/ledger.db"
    server = request.getfixturevalue("postgres")
    url = server.url(server.database())
    monkeypatch.setenv("LEDGER_URL", url)
    return url
