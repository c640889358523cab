"""What a name leads to: nowhere for a while, to a private address, to somebody else's certificate."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
from contextlib import contextmanager

import pytest
import trustme

from fakes.faulty import answering, misbehaving, response
from syndicate.http import client

HOST = "hook.example"


@pytest.fixture
def names(monkeypatch):
    """What the resolver answers to each look-up of the host; the last answer is repeated."""
    answers = []
    real = socket.getaddrinfo

    def look_up(host, port, *rest, **options):
        if host != HOST:
            return real(host, port, *rest, **options)
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(found, Exception):
            raise found
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found, port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return answers


@pytest.fixture
def named(blog, names):
    """A blog whose receiver has a name."""
    with misbehaving(answering(response(200))) as server:
        blog.hook(f"http://{HOST}:{server.port}/hook")
        blog.run()
        blog.post("new")
        blog.server = server
        yield blog


UNKNOWN = socket.gaierror(-3, "Temporary failure in name resolution")


def test_dns_fails_then_heals_within_the_run(named, names):
    """For a moment: it is tried again at once, and nobody hears of it."""
    names[:] = [UNKNOWN, UNKNOWN, "127.0.0.1"]
    assert named.go().code == 0
    [delivery] = named.deliveries()
    assert delivery.attempts == 1
    assert len(named.server.requests) == 1


def test_dns_fails_for_a_day_then_heals(named, names):
    """By the schedule, without a doubt: nothing has left."""
    names[:] = [UNKNOWN]
    told = named.go()
    assert told.code == 5
    assert f"no connection to {HOST}: ConnectError: the name {HOST} does not resolve" in told.text
    for _ in range(24):
        named.clock.tick(hours=1)
        assert named.go().code == 5
    [delivery] = named.deliveries()
    assert (delivery.state, delivery.doubt) == ("pending", False)
    names[:] = ["127.0.0.1"]
    named.clock.tick(hours=24)
    assert named.go().code == 0
    assert len(named.server.requests) == 1


def test_dns_rebinding_to_a_private_address(named, names):
    """The guard judges the address that it connects to, at each connection."""
    named.post("newer", title="Newer")
    names[:] = ["127.0.0.1", "10.0.0.1"]
    named.go()
    named.clock.tick(minutes=1)
    named.post("newest", title="Newest")
    told = named.go()
    assert told.code == 4
    assert f"http:// to {HOST} (10.0.0.1) is refused: it is in no network that" in told.text
    assert len(named.server.requests) == 2


# TLS

CA = trustme.CA()
NOW = dt.datetime.now(dt.UTC)


@contextmanager
def secured(monkeypatch, blog, *certificates):
    """A receiver at HOST that shows the first certificate; then, when asked to, the next one."""
    context = ssl.create_default_context()
    CA.configure_trust(context)
    monkeypatch.setattr(client, "_usual_trust", lambda: context)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificates[0].configure_cert(tls)
    with misbehaving(answering(response(200)), tls=tls) as server:
        blog.hook(f"https://{HOST}:{server.port}/hook")
        blog.run()
        blog.post("new")
        yield server, lambda: certificates[1].configure_cert(tls)


def test_an_expired_certificate_waits_for_a_new_one(blog, names, monkeypatch):
    """Somebody will renew it; until then nothing leaves."""
    names[:] = ["127.0.0.1"]
    old = CA.issue_cert(HOST, not_after=NOW - dt.timedelta(days=1))
    with secured(monkeypatch, blog, old, CA.issue_cert(HOST)) as (server, renew):
        told = blog.go()
        assert told.code == 5
        assert f"no connection to {HOST}: ConnectError: " in told.text
        assert "certificate has expired" in told.text
        assert server.requests == []
        renew()
        blog.clock.tick(hours=1)
        assert blog.go().code == 0
    assert len(server.requests) == 1


def test_a_certificate_for_another_name_is_final(blog, names, monkeypatch):
    """It is somebody else, and waiting does not mend that."""
    names[:] = ["127.0.0.1"]
    with secured(monkeypatch, blog, CA.issue_cert("other.example")) as (server, _):
        told = blog.go()
    assert told.code == 4
    assert f"dead   the certificate of {HOST} is for another name" in told.text
    assert server.requests == []
