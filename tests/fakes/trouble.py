"""An app that goes wrong where it is told to, and works otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from starlette.responses import JSONResponse, Response


class Trouble:
    """Stands around another ASGI app."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._answers: dict[str, list[Response]] = defaultdict(list)
        self._lost: dict[str, int] = defaultdict(int)
        self._let: dict[str, int] = defaultdict(int)
        self._held: dict[str, tuple[Callable[[], None], bool]] = {}

    def hold(self, path: str, wait: Callable[[], None], *, after: bool) -> None:
        """Wait once, before the work is done or ``after`` it, and answer nothing."""
        self._held[path] = wait, after

    def fail(self, path: str, status: int, body: Any = None, times: int = 1, **headers: str):
        """Answer so, ``times`` over, instead of doing the work."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        body = {"error": "as told"} if body is None else body
        for _ in range(times):
            self._answers[path].append(JSONResponse(body, status, named))

    def let(self, path: str, times: int) -> None:
        """Work so often, before whatever else was told comes."""
        self._let[path] += times

    def answer(self, path: str, response: Response) -> None:
        """Answer with this, once."""
        self._answers[path].append(response)

    def garble(self, path: str, body: bytes) -> None:
        """Answer a 200 with this body."""
        self.answer(path, Response(body, 200, media_type="text/html"))

    def lose(self, path: str, times: int = 1) -> None:
        """Do the work, and break off in mid-answer."""
        self._lost[path] += times

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"]
        if self._let[path]:
            self._let[path] -= 1
            await self._app(scope, receive, send)
            return
        if path in self._held:
            wait, after = self._held.pop(path)
            if after:
                await self._app(scope, receive, _nowhere)
            wait()
        elif self._answers[path]:
            await self._answers[path].pop(0)(scope, receive, send)
        elif self._lost[path]:
            self._lost[path] -= 1
            await self._app(scope, receive, _nowhere)
            await send({"type": "http.response.start", "status": 200, "headers": _PROMISE})
            await send({"type": "http.response.body", "body": b"{", "more_body": False})
        else:
            await self._app(scope, receive, send)


_PROMISE = [(b"content-length", b"100")]


async def _nowhere(message: Any) -> None:
    pass
