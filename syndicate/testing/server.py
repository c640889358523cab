"""A real server on a real socket, in a thread of this process."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import uvicorn

_PATIENCE = 1
"""Seconds that requests in flight have to come to their end."""


class _Server(uvicorn.Server):
    """uvicorn, which begins and ends at once.

    By itself it looks for its end ten times a second, and then waits another tenth: as long as
    many a test takes that has a server of its own.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()
        self._over = asyncio.Event()

    async def main_loop(self) -> None:
        """Serve until the end is asked for; the ``Date`` of the answers moves on each second."""
        self._loop = asyncio.get_running_loop()
        self.listening.set()
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), 1)

    def end(self) -> None:
        """Ask for the end, from any thread."""
        self.should_exit = True
        self._loop.call_soon_threadsafe(self._over.set)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 - it is uvicorn's
        """Take no more requests; let those in flight end, and break off what takes too long."""
        for server in self.servers:
            server.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                while state.connections or state.tasks:  # noqa: ASYNC110 - uvicorn has no event for it
                    await asyncio.sleep(0.001)
        for task in state.tasks:
            task.cancel()


@contextmanager
def serve(app: Any, **options: Any) -> Iterator[str]:
    """Run an ASGI app on 127.0.0.1 while the block runs, and give its address.

    ``options`` are uvicorn's; with ``ssl_keyfile`` and ``ssl_certfile`` it speaks TLS.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, **options)
    server = _Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.listening.wait(0.05) and thread.is_alive():
            pass
        scheme = "https" if config.is_ssl else "http"
        yield f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        if server.started:
            server.end()
        thread.join(10)
        listener.close()
