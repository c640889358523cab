"""Serves the Mastodon mock on a free port of 127.0.0.1, for the tests. Run by .real/venv's Python.

Prints one line of JSON when it answers. It ends on SIGTERM, or when stdin closes, so that it cannot
outlive the test run that started it.
"""

import asyncio
import json
import os
import signal
import socket
import sys
import tempfile
import threading
from typing import Any

import uvicorn
from mastodon_mock.app import create_app
from mastodon_mock.config import MastodonMockConfig, SeedAccount, SeedConfig
from mastodon_mock.db.models import MediaAttachment
from mastodon_mock.serializers.media import serialize_media
from sqlalchemy import select

# Two accounts, because two accounts on one server are two endpoints.
TOKENS = {"author": "author-token", "second": "second-token"}
HANG_LIMIT = 30.0


def configuration(port: int, media: str) -> MastodonMockConfig:
    """The address is named, so that a status's URL leads back to this very server."""
    accounts = [SeedAccount(username=name, access_token=token) for name, token in TOKENS.items()]
    return MastodonMockConfig(
        domain=f"127.0.0.1:{port}",
        url_scheme="http",
        media_storage_path=media,
        seed=SeedConfig(accounts=accounts),
    )


def add_uploads(app: Any) -> None:
    """Mastodon lists no media; a test wants to see what was sent, attached or not.

    The path is one that injected faults leave alone.
    """

    @app.get("/api/v1/_mock/uploads")
    def uploads() -> list[dict[str, Any]]:
        with app.state.session_factory() as session:
            rows = session.scalars(select(MediaAttachment).order_by(MediaAttachment.created_at))
            return [_upload(row) for row in rows]


def _upload(row: MediaAttachment) -> dict[str, Any]:
    owner = str(row.account_id)
    status = None if row.status_id is None else str(row.status_id)
    return {**serialize_media(row), "account_id": owner, "status_id": status}


class LostAnswers:
    """Lets a request do its work, and then keeps the answer back: the worst of all faults.

    The mock's own faults spoil a request before it is carried out, or drop it when the client
    leaves, so none of them leaves a status behind whose answer nobody got.
    """

    def __init__(self, app: Any) -> None:
        self.app = app
        self.path = ""
        self.cut = False
        self.left = 0

    def arm(self, path: str, *, cut: bool, count: int) -> None:
        """`cut` breaks the connection off in the body; else nothing comes until the client goes."""
        self.path, self.cut, self.left = path, cut, count

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """An ASGI application around the other."""
        if not self._takes(scope):
            await self.app(scope, receive, send)
            return
        self.left -= 1
        kept: list[dict[str, Any]] = []

        async def keep(message: dict[str, Any]) -> None:
            kept.append(message)

        await self.app(scope, receive, keep)
        if self.cut:
            await send(kept[0])
            await send({"type": "http.response.body", "body": b"{", "more_body": False})
        else:
            await asyncio.wait_for(receive(), HANG_LIMIT)

    def _takes(self, scope: Any) -> bool:
        return (
            self.left > 0
            and scope["type"] == "http"
            and scope["method"] == "POST"
            and scope["path"] == self.path
        )


def add_lost_answers(app: Any) -> LostAnswers:
    """The switch, on a path that no fault touches."""
    wrapped = LostAnswers(app)

    @app.post("/api/v1/_mock/lost_answers")
    def lose(path: str, count: int, *, cut: bool) -> dict[str, Any]:
        wrapped.arm(path, cut=cut, count=count)
        return {}

    return wrapped


def stop_with_stdin(server: uvicorn.Server) -> None:
    """Wait for the end of stdin on a thread of its own, and then let the server finish."""

    def wait() -> None:
        # Not by sys.stdin: its lock, held by this thread, would spoil the interpreter's exit.
        while os.read(0, 1024):
            pass
        server.should_exit = True

    threading.Thread(target=wait, daemon=True).start()


def main() -> None:
    """The socket listens before the line is printed: whoever reads it can connect at once."""
    # uvicorn passes the signal on when it has shut down: leave by the way that cleans up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="syndicate-mastodon-") as media:
        listener = socket.create_server(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        app = create_app(configuration(port, media))
        add_uploads(app)
        settings = uvicorn.Config(
            add_lost_answers(app),
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=3,
        )
        server = uvicorn.Server(settings)
        stop_with_stdin(server)
        line = {"url": f"http://127.0.0.1:{port}", "port": port, "tokens": TOKENS}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        server.run(sockets=[listener])


if __name__ == "__main__":
    main()
