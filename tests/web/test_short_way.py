"""What is kept is answered while its request is parsed: by the same bytes, in the same order."""

from __future__ import annotations

import asyncio
import re
import socket
from types import SimpleNamespace

import httpx
import pytest
import uvicorn
from uvicorn.server import ServerState

from syndicate.testing.server import serve
from syndicate.web.protocol import Wire, protocol

REQUESTS = [
    {},
    {"accept-encoding": "gzip"},
    {"accept-encoding": "br, gzip"},
    {"accept-encoding": "identity;q=0"},
    {"if-none-match": "*"},
    {"if-match": '"other"'},
    {"if-modified-since": "Fri, 28 Feb 2025 12:00:00 GMT"},
    {"accept": "text/html"},
]


@pytest.mark.parametrize("path", ["/feed.xml", "/feed.json?x=1", "/nothing", "/livez"])
@pytest.mark.parametrize("headers", REQUESTS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_the_short_way_and_the_long_one_end_in_the_same_answer(still, method, headers, path):
    answers = []
    with httpx.Client(base_url=still.long) as long:
        for client in (still, long):
            headers = {"accept-encoding": "identity"} | headers
            answer = client.request(method, path, headers=headers)
            del answer.headers["date"]
            answers.append((answer.status_code, answer.headers.raw, answer.content))
    assert answers[0] == answers[1]


def test_what_is_kept_takes_the_short_way_and_all_else_the_long_one(web, client, monkeypatch):
    paths = []
    others = web.app._others

    async def noted(scope, receive, send):
        paths.append(scope["path"])
        await others(scope, receive, send)

    find = web.shelf.find

    async def noted_find(path):
        paths.append(path)
        return await find(path)

    monkeypatch.setattr(web.shelf, "find", noted_find)
    for _ in range(3):
        assert client.get("/feed.xml").status_code == 200
        assert client.get("/feed.xml", headers={"if-none-match": "*"}).status_code == 304
    assert paths == ["feed.xml"]  # the first look at the disk
    client.head("/feed.xml")
    client.get("/nothing")
    assert paths == ["feed.xml", "feed.xml", "nothing"]


def request(path="/feed.xml", *fields, method="GET", version="1.1", body=""):
    lines = [f"{method} {path} HTTP/{version}", "Host: x", *fields, "", body]
    return "\r\n".join(lines).encode()


LAST = request("/livez", "Connection: close")
ALIVE = (200, b"alive\n")


def exchange(client, sent, *, whole=False):
    """Send bytes over one connection; give the answers, or their heads, that came before its end."""
    address = (client.base_url.host, client.base_url.port)
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall(sent)
        data = b"".join(iter(lambda: connection.recv(65536), b""))
    found = []
    while data:
        head, _, rest = data.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        size = int(length[1]) if length else 0
        found.append(head + b"\r\n" if whole else (int(head.split()[1]), rest[:size]))
        data = rest[size:]
    return found


def test_requests_in_one_packet_are_answered_in_their_order(still):
    feed, missing = still.data["feed.xml"], b"there is no such feed\n"
    sent = request() + request("/nothing") + request() + request("/livez") + request() + LAST
    assert exchange(still, sent) == [
        (200, feed),
        (404, missing),
        (200, feed),
        ALIVE,
        (200, feed),
        ALIVE,
    ]


@pytest.mark.parametrize(
    "sent",
    [
        request("/feed.xml", "Connection: close"),
        request(version="1.0"),
        request("/feed.xml", "Content-Length: 2", "Connection: close", body="hi"),
        request("/feed.xml", "Content-Length: 2", body="hi") + request("/feed.xml", version="1.0"),
        request("/feed.xml", "Expect: 100-continue", "Connection: close"),
        request("/feed%2exml", "Connection: close"),
        request("http://x/feed.xml", "Connection: close"),
    ],
)
def test_requests_that_are_not_plain_are_answered_all_the_same(still, sent):
    found = exchange(still, sent)
    assert found
    assert set(found) == {(200, still.data["feed.xml"])}


def test_an_old_client_is_told_that_the_connection_ends(still):
    """It could keep the connection only by what HTTP/1.0 does not know (RFC 9112, section C.2.2)."""
    for fields in ([], ["Connection: keep-alive"]):
        [head] = exchange(still, request("/feed.xml", *fields, version="1.0"), whole=True)
        assert b"connection: close\r\n" in head


def test_what_is_no_request_is_refused(still):
    [(status, _)] = exchange(still, b"NONSENSE\r\n\r\n")
    assert status == 400


def test_a_client_that_reads_late_gets_everything_and_fills_no_memory(web, client, monkeypatch):
    """Answers wait for the client: what the socket does not take is not written on and on."""
    data = web.publish(body=f"<p>{'x' * 2_000_000}</p>")["feed.xml"]
    client.get("/feed.xml")
    tried = []
    at_once = web.app.at_once

    def noted(url, headers):
        tried.append(url)
        return at_once(url, headers)

    web.app.at_once = noted
    asked = 40
    found = exchange(client, request() * asked + LAST)
    assert found == [(200, data)] * asked + [ALIVE]
    assert len(tried) < asked


def test_a_connection_is_not_idle_while_the_second_request_of_a_packet_is_worked_on(web):
    options = {"http": protocol(web.app), "timeout_keep_alive": 0}
    with serve(web.app, **options) as url, httpx.Client(base_url=url) as client:
        client.get("/feed.xml")  # so that it is kept, where atom.xml takes a look at the disk
        found = exchange(client, request() + request("/atom.xml"))
    assert found == [(200, web.data["feed.xml"]), (200, web.data["atom.xml"])]


def test_a_connection_that_is_not_used_is_closed(web):
    options = {"http": protocol(web.app), "timeout_keep_alive": 0.05}
    with serve(web.app, **options) as url, httpx.Client(base_url=url) as client:
        client.get("/feed.xml")
        assert exchange(client, request() * 2) == [(200, web.data["feed.xml"])] * 2


class Loop:
    """An event loop's clock, by hand, and what it is to call when."""

    def __init__(self):
        self.now = 100.0
        self.calls = []

    def time(self):
        return self.now

    def call_later(self, delay, call):
        self.calls.append((self.now + delay, call))
        return Timer(self.calls, self.calls[-1])

    def advance(self, seconds):
        self.now += seconds
        for each in [each for each in self.calls if each[0] <= self.now]:
            self.calls.remove(each)
            each[1]()


class Timer:
    def __init__(self, calls, call):
        self.calls, self.call = calls, call

    def cancel(self):
        if self.call in self.calls:
            self.calls.remove(self.call)


class Transport:
    """The other end of a connection that takes everything."""

    def __init__(self):
        self.written, self.closed = [], False
        self.write = self.written.append

    def get_extra_info(self, _):
        return None

    def get_write_buffer_size(self):
        return 0

    def is_closing(self):
        return self.closed

    def close(self):
        self.closed = True


@pytest.fixture
def connection(web):
    asyncio.run(web.shelf.find("feed.xml"))
    config = uvicorn.Config(web.app, http=protocol(web.app), timeout_keep_alive=5)
    config.load()
    connection = config.http_protocol_class(config, ServerState(), {}, Loop())
    connection.connection_made(Transport())
    return connection


def test_a_connection_in_use_has_one_timer_and_stays_open(connection):
    loop, transport = connection.loop, connection.transport
    for _ in range(4):
        connection.data_received(request())
        loop.advance(3)
        assert len(loop.calls) == 1
    assert len(transport.written) == 4
    loop.advance(1.9)
    assert not transport.closed
    loop.advance(0.2)
    assert transport.closed
    assert not loop.calls


def test_a_connection_is_not_idle_while_an_answer_is_worked_on(connection):
    loop, transport = connection.loop, connection.transport
    connection.data_received(request())
    connection.cycle = SimpleNamespace(response_complete=False)
    loop.advance(20)
    connection.cycle.response_complete = True
    loop.advance(4.9)
    assert not transport.closed
    loop.advance(0.2)
    assert transport.closed


def test_a_connection_that_is_lost_leaves_no_timer(connection):
    connection.data_received(request())
    connection.connection_lost(None)
    assert not connection.loop.calls


def test_an_answer_is_written_out_once_a_second_and_tells_the_time():
    wire = Wire()
    start = {"type": "http.response.start", "status": 200, "headers": [(b"etag", b'"x"')]}
    now, later = [(b"date", b"now")], [(b"date", b"later")]
    first = wire.bytes_of((start, b"body"), now)
    assert first == b'HTTP/1.1 200 OK\r\ndate: now\r\netag: "x"\r\n\r\nbody'
    assert wire.bytes_of((start, b"body"), now) is first
    assert b"date: later" in wire.bytes_of((start, b"body"), later)
    assert wire.bytes_of((dict(start), b"other"), later).endswith(b"other")
