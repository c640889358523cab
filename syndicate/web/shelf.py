"""The published feeds in memory, and conditional requests for them (RFC 9110 section 13)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.datastructures import Headers
from starlette.responses import Response

from syndicate.feeds import Document

MAX_AGE = 300
"""Seconds for which a reader or a proxy need not ask again."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A document with its validators."""

    document: Document
    etag: str
    modified: datetime | None

    @classmethod
    def of(cls, document: Document) -> Kept:
        """Take the strong validator from the bytes, the date from the content."""
        etag = f'"{hashlib.sha256(document.data).hexdigest()[:32]}"'
        modified = document.modified
        return cls(document, etag, modified and modified.astimezone(UTC).replace(microsecond=0))

    def is_fresh(self, headers: Headers) -> bool:
        """Tell whether the client has these bytes; the tag decides where it is given."""
        if tags := headers.get("if-none-match"):
            given = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
            return "*" in given or self.etag in given
        since = headers.get("if-modified-since")
        if since is None or self.modified is None:
            return False
        try:
            return self.modified <= parsedate_to_datetime(since)
        except (ValueError, TypeError):
            return False  # a date that is none is ignored, and so is one without a zone

    def response(self, headers: Headers) -> Response:
        """Give the answer to a GET or HEAD: the bytes, or 304 without them."""
        answer = {
            "etag": self.etag,
            "cache-control": f"public, max-age={MAX_AGE}",
            # A feed is for everybody: a reader that runs in a browser may fetch it, too.
            "access-control-allow-origin": "*",
        }
        if self.modified:
            answer["last-modified"] = format_datetime(self.modified, usegmt=True)
        if self.is_fresh(headers):
            return Response(status_code=304, headers=answer)
        answer["content-type"] = self.document.type
        return Response(self.document.data, headers=answer)


@dataclass(slots=True)
class Shelf:
    """The documents that are served, by their path; each run puts the current ones there."""

    _kept: dict[str, Kept] = field(default_factory=dict)

    def put(self, documents: Iterable[Document]) -> None:
        """Replace what is served, at once."""
        self._kept = {document.path: Kept.of(document) for document in documents}

    def get(self, path: str) -> Kept | None:
        """Give what is served at a path; None where nothing is."""
        return self._kept.get(path)
