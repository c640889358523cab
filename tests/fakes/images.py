"""Small pictures made on the spot, and a server that has them."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


class Gallery:
    """Serves pictures by path, and counts how often it was asked."""

    def __init__(self, **files: bytes) -> None:
        self.files = {name.replace("_", "."): data for name, data in files.items()}
        self.asked: list[str] = []
        self.app = Starlette(routes=[Route("/{name}", self._answer)])

    async def _answer(self, request: Request) -> Response:
        name = request.path_params["name"]
        self.asked.append(name)
        data = self.files.get(name)
        if data is None:
            return Response(status_code=404)
        # The type is a lie on purpose: nobody may trust it.
        return Response(data, media_type="application/octet-stream")
