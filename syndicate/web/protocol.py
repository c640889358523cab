"""The short way: a feed that is kept is answered while its request is being parsed.

uvicorn makes a task, a scope and half a dozen objects of each request; for bytes that lie ready
that is most of the work. So what can be said at once is said at once, in one write, and whatever
is not plain — another address, a body, a pipeline, a client that is slow to read — goes uvicorn's
way, to the same application. Nothing is decided here: :class:`syndicate.web.routes.Application`
does, for both ways.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from syndicate.web.kept import Message
from syndicate.web.routes import Application, Ready

_SLOW = frozenset((b"content-length", b"expect", b"transfer-encoding", b"upgrade"))
"""Fields of requests that are no plain ones."""


class Wire:
    """Answers as they go over the wire. They carry the time, and so are good for a second."""

    def __init__(self) -> None:
        self._defaults: list[tuple[bytes, bytes]] = []
        self._made: dict[int, tuple[Message, bytes]] = {}

    def bytes_of(self, ready: Ready, defaults: list[tuple[bytes, bytes]]) -> bytes:
        """Write an answer out; the same one only once a second.

        Args:
            ready: the answer.
            defaults: uvicorn's own fields, ``Date`` among them: a new list each second.
        """
        if defaults is not self._defaults:
            self._defaults = defaults
            self._made.clear()
        start, body = ready
        # The message is kept beside its bytes: so its id stays its own.
        kept, data = self._made.get(id(start), (None, b""))
        if kept is None:
            fields = [b"%s: %s\r\n" % each for each in (*defaults, *start["headers"])]
            data = b"".join((STATUS_LINE[start["status"]], *fields, b"\r\n", body))
            self._made[id(start)] = (start, data)
        return data


class Connection(HttpToolsProtocol):
    """A connection; it is uvicorn's, but for what can be answered at once."""

    application: ClassVar[Application]
    wire: ClassVar[Wire]

    ready: Ready | None = None
    heard = 0.0
    """When the client said something, by the event loop's clock."""
    idle: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        """Note when the client spoke last."""
        self.heard = self.loop.time()
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """Go the short way where it is open."""
        self.ready = self._at_once()
        if self.ready is None:
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Send what is ready: one write."""
        if self.ready is None:
            super().on_message_complete()
            return
        ready, self.ready = self.ready, None
        self.transport.write(self.wire.bytes_of(ready, self.server_state.default_headers))
        self.server_state.total_requests += 1
        if self.idle is None:
            self.idle = self.loop.call_later(self.timeout_keep_alive, self._close_if_idle)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timer."""
        if self.idle is not None:
            self.idle.cancel()
        super().connection_lost(exc)

    def _at_once(self) -> Ready | None:
        """Give the answer to a plain request when it is its turn and the last one is out."""
        if self._is_busy() or self.transport.is_closing():
            return None
        if self.transport.get_write_buffer_size():
            return None
        parser: Any = self.parser
        if parser.get_method() != b"GET" or parser.get_http_version() != "1.1":
            return None
        if not parser.should_keep_alive() or not _SLOW.isdisjoint(dict(self.headers)):
            return None
        return self.application.at_once(self.url, self.headers)

    def _is_busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _close_if_idle(self) -> None:
        """End a connection that is not used. One timer does, where uvicorn sets one a request.

        That costs a fifth of such a request.
        """
        now, busy = self.loop.time(), self._is_busy()
        self.heard = now if busy else self.heard
        left = self.heard + self.timeout_keep_alive - now
        if busy or left > 0:
            self.idle = self.loop.call_later(left, self._close_if_idle)
        else:
            self.transport.close()


def protocol(application: Application) -> type[HttpToolsProtocol]:
    """Make uvicorn's protocol take the short way where the application can go it."""

    class Bound(Connection):
        pass

    Bound.application, Bound.wire = application, Wire()
    return Bound
