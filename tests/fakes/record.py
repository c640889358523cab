"""Writes down every request that comes to an app, as JSON that a person can read."""

from __future__ import annotations

import email.policy
import hashlib
import json
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

OF_INTEREST = (
    "authorization",
    "content-type",
    "idempotency-key",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
)


class Recorder:
    """Stands around another ASGI app."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.requests: list[dict[str, Any]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        body = await request.body()
        self.requests.append(told(request, body))

        async def again() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, again, send)


def told(request: Request, body: bytes) -> dict[str, Any]:
    """Describe a request: its address, the headers that matter, what its body says."""
    kind, _, _ = request.headers.get("content-type", "").partition(";")
    headers = {name: request.headers[name] for name in OF_INTEREST if name in request.headers}
    if kind:
        headers["content-type"] = kind
    query = dict(parse_qsl(request.url.query, keep_blank_values=True))
    found = {
        "request": f"{request.method} {request.url.path}",
        "query": query,
        "headers": headers,
        "body": _body(kind, request.headers.get("content-type", ""), body),
    }
    return {name: value for name, value in found.items() if value not in ({}, None)}


def _body(kind: str, content_type: str, body: bytes) -> Any:
    if kind == "application/json":
        return json.loads(body)
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True))
    if kind == "multipart/form-data":
        return {name: _part(part) for name, part in multipart(content_type, body).items()}
    return digest(body) if body else None


def _part(part: Any) -> Any:
    data = part.get_payload(decode=True)
    if part.get_filename():
        about = {"filename": part.get_filename(), "type": part.get_content_type()}
        return {**about, "bytes": digest(data)}
    try:
        return json.loads(data)
    except ValueError:
        return data.decode()


def multipart(content_type: str, body: bytes) -> dict[str, Any]:
    """Give the parts of a multipart form by their names."""
    head = f"Content-Type: {content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode()
    message = BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    assert message.get_content_type() == "multipart/form-data"
    parts = list(message.iter_parts())
    named = {part.get_param("name", header="content-disposition"): part for part in parts}
    assert len(named) == len(parts), "a field is there twice"
    return named


def digest(data: bytes) -> str:
    return f"{len(data)} bytes, SHA-256 {hashlib.sha256(data).hexdigest()[:16]}"
