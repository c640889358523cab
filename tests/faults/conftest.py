from __future__ import annotations

import sys

import pytest

from fakes import brittle
from fakes.process import Daemon, Process
from fakes.scene import MachineClock, Site
from fakes.webhook import SECRET, Receiver
from syndicate import networks
from syndicate.testing.clock import FakeClock
from syndicate.testing.server import serve


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("HOOK_SECRET", SECRET)


@pytest.fixture
def blog(tmp_path, database):
    return Site(tmp_path, database)


@pytest.fixture
def real_time(blog):
    """For what is partly done by processes."""
    blog.clock = MachineClock()


@pytest.fixture
def receiver(blog):
    """A receiver of webhooks, whose clock is the blog's."""
    receiver = Receiver(blog.clock if isinstance(blog.clock, FakeClock) else None)
    with serve(receiver.app) as url:
        receiver.url = f"{url}/hook"
        yield receiver


@pytest.fixture
def broken_networks(tmp_path, monkeypatch):
    """Installs the networks that go wrong from within, here and for processes."""
    site = brittle.install(tmp_path / "third")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("PYTHONPATH", str(site))
    networks._third_party.cache_clear()
    yield
    networks._third_party.cache_clear()
    sys.modules.pop("syndicate_brittle", None)


@pytest.fixture
def start(request):
    """Starts processes over the blog, or another; none outlives its test."""
    started = []

    def begin(*arguments, kind=Process, blog=None, **options):
        blog = blog or request.getfixturevalue("blog")
        started.append(kind(blog, *arguments, **options))
        return started[-1]

    yield begin
    for each in started:
        each.clear()


@pytest.fixture
def daemon(start):
    def begin(*arguments, **options):
        return start(*arguments, kind=Daemon, **options)

    return begin
