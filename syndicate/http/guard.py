"""Connections that are checked after DNS, with the checked address pinned.

A check before the connection is no check: the name can resolve to another address a moment later
(DNS rebinding). So the guard stands where the socket is opened: it resolves, judges each address,
and connects to the very address that it judged. TLS still verifies the host's name.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import sys
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from typing import Any

import httpcore
import httpx

from syndicate.errors import Rejected
from syndicate.http.addresses import Address, Network, is_allowed, is_odd_spelling, is_public
from syndicate.http.progress import under_way

if find_spec("sniffio") is None:
    # With each of its locks httpcore tries to import what tells asyncio from others; to search the
    # disk for it and find nothing takes a fifth of a request's time. So it is known to be missing.
    sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]

MAX_CONNECTIONS = 10
"""httpx's pool collapses above about ten connections; each endpoint has a client of its own."""


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections to permitted addresses only.

    Args:
        allowed: networks that the configuration names.
        public: whether the public internet is permitted beside them.
    """

    def __init__(self, allowed: Sequence[Network], *, public: bool) -> None:
        self._allowed = allowed
        self._public = public
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first permitted address of ``host`` that answers.

        Raises:
            Rejected: no address of the host is permitted, or it is a number in disguise.
            httpcore.ConnectError: the name does not resolve, or nobody answers.
            httpcore.ConnectTimeout: it took too long.
        """
        if is_odd_spelling(host):
            raise Rejected(f"the host {host} is refused: write the address in full")
        try:
            async with asyncio.timeout(timeout):
                addresses = self._permitted(host, await _resolve(host, port))
        except TimeoutError:
            raise httpcore.ConnectTimeout(f"the name {host} was not resolved in time") from None
        failure: Exception | None = None
        for address in addresses:
            try:
                return WatchedStream(
                    await self._inner.connect_tcp(
                        str(address), port, timeout, local_address, socket_options
                    )
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"{host} has no address")

    def _permitted(self, host: str, addresses: Sequence[Address]) -> list[Address]:
        permitted = [
            address
            for address in addresses
            if is_allowed(address, self._allowed) or (self._public and is_public(address))
        ]
        if addresses and not permitted:
            kind = "plain http:// to " if not self._public else ""
            raise Rejected(
                f"{kind}{host} ({addresses[0]}) is refused: it is in no network that "
                "allow_networks names"
            )
        return permitted


async def _resolve(host: str, port: int) -> list[Address]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, OverflowError) as error:  # a port beyond 65535 overflows
        raise httpcore.ConnectError(f"the name {host} does not resolve: {error}") from None
    # A scope (``fe80::1%eth0``) is never public and matters to nobody here.
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


class WatchedStream(httpcore.AsyncNetworkStream):
    """A connection that tells the request under way when its first bytes go out.

    httpcore's own ``trace`` tells that too, among a dozen other things that take their time.

    Args:
        inner: the connection itself; a handshake's bytes pass below, and are no request's.
    """

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Read up to so many bytes."""
        return await self._inner.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Write a part of a request: from now on, it can have arrived."""
        progress = under_way.get()
        if progress is not None:
            progress.sending = True
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
    ) -> httpcore.AsyncNetworkStream:
        """Encrypt what follows."""
        inner = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        return WatchedStream(inner)

    def get_extra_info(self, info: str) -> Any:
        """Tell of the connection, by httpcore's names."""
        return self._inner.get_extra_info(info)


class GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport, with a connection pool that opens its sockets through the guard."""

    def __init__(self, backend: GuardedBackend, context: ssl.SSLContext) -> None:
        super().__init__(verify=context, trust_env=False)
        # httpx offers no parameter for the network backend; the pool is the one it would build.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=MAX_CONNECTIONS,
            keepalive_expiry=2.0,  # a stale connection would turn a sure failure into a doubt
            network_backend=backend,
        )
