"""A server that misbehaves on the socket, where no framework would let it."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import ssl
import struct
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

Behaviour = Callable[["Visit"], Awaitable[None]]
"""What the server does with one connection."""


@dataclass
class Visit:
    """One connection, from the server's end."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def request(self) -> bytes:
        """Read one request to the end of its body; ``Content-Length`` is believed."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        lengths = [
            int(line.partition(b":")[2])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        ]
        return head + await self.reader.readexactly(sum(lengths))

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Throw the connection away; with anything unread in it the client gets an RST."""
        self.writer.transport.abort()


@dataclass
class Faulty:
    """Where the server is, and what it got."""

    port: int
    scheme: str = "http"
    visits: int = 0
    requests: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"


@asynccontextmanager
async def faulty(
    behaviour: Behaviour, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> AsyncIterator[Faulty]:
    """Run a server with one behaviour, in the caller's event loop."""
    under_way: set[asyncio.Task[Any]] = set()

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        under_way.add(asyncio.current_task())
        server.visits += 1
        noted = Visit(reader, writer)
        original = noted.request

        async def request() -> bytes:
            server.requests.append(await original())
            return server.requests[-1]

        noted.request = request
        # The other end goes away whenever it likes, and so does this one, at the test's end.
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await behaviour(noted)
        writer.close()

    listener = await asyncio.start_server(visit, host, 0, ssl=tls)
    server = Faulty(listener.sockets[0].getsockname()[1], "https" if tls else "http")
    try:
        yield server
    finally:
        listener.close()
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


@contextmanager
def misbehaving(behaviour: Behaviour, *, tls: ssl.SSLContext | None = None) -> Iterator[Faulty]:
    """Run a server with one behaviour in a thread of its own, for what runs its own event loop."""
    started: Future[tuple[Faulty, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def main() -> None:
        end = asyncio.Event()
        async with faulty(behaviour, tls=tls) as server:
            started.set_result((server, asyncio.get_running_loop(), end))
            await end.wait()

    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    server, loop, end = started.result(10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join(10)


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """Treat each connection after another; the last behaviour is repeated."""
    rest = list(behaviours)

    async def behave(visit: Visit) -> None:
        await (rest.pop(0) if len(rest) > 1 else rest[0])(visit)

    return behave


def response(status: int = 200, body: bytes = b"{}", **headers: str) -> bytes:
    """The bytes of a whole, proper response."""
    fields = {"content-length": str(len(body))} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def answering(*responses: bytes) -> Behaviour:
    """Answer each request on a connection that stays open; the last answer is repeated."""

    async def behave(visit: Visit) -> None:
        for number in range(1_000):
            await visit.request()
            await visit.send(responses[min(number, len(responses) - 1)])

    return behave


def saying(*parts: bytes, pause: float = 0.0) -> Behaviour:
    """Send bytes after the request, and hang up."""

    async def behave(visit: Visit) -> None:
        await visit.request()
        for part in parts:
            await visit.send(part)
            await asyncio.sleep(pause)

    return behave


async def reset_at_once(visit: Visit) -> None:
    """Reset as soon as the first bytes come in, unread."""
    visit.reader._transport.pause_reading()
    await asyncio.sleep(0.02)
    visit.reset()


async def reset_after_request(visit: Visit) -> None:
    await visit.request()
    visit.reset()


async def hang_up(visit: Visit) -> None:
    await visit.request()


async def silence(visit: Visit) -> None:
    await visit.request()
    await asyncio.sleep(60)


async def drip(visit: Visit) -> None:
    """Send a byte now and then: no pause is long, and there is no end."""
    await visit.request()
    await visit.send(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    for _ in range(1_000):
        await visit.send(b"x")
        await asyncio.sleep(0.02)


async def drip_headers(visit: Visit) -> None:
    """Send a header now and then: the answer does not even begin."""
    await visit.request()
    await visit.send(b"HTTP/1.1 200 OK\r\n")
    for number in range(1_000):
        await visit.send(f"x-{number}: y\r\n".encode())
        await asyncio.sleep(0.02)


async def reset_in_mid_answer(visit: Visit) -> None:
    """Begin an answer, and throw the connection away."""
    await visit.request()
    await visit.send(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
    linger = struct.pack("ii", 1, 0)  # no farewell: the other end gets an RST
    visit.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    visit.reset()


async def endless(visit: Visit) -> None:
    await visit.request()
    await visit.send(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        await visit.send(b"x" * 65_536)


lying = saying(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n" + b"x" * 100)
truncated = saying(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
garbage = saying(b"\0\1\2 this is no HTTP\r\n\r\n")
nothing_but_headers = saying(b"HTTP/1.1 200 OK\r\nx-filler: " + b"x" * 200_000)
gzip_bomb = answering(response(200, gzip.compress(b"0" * 10_000_000), content_encoding="gzip"))
