"""An answer, and what its status says of the message's fate."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

from syndicate.errors import (
    DeliveryError,
    Gone,
    InDoubt,
    Rejected,
    Throttled,
    Unauthorized,
    Unreachable,
)
from syndicate.http.waiting import retry_at
from syndicate.redaction import Redactor, brief

_KINDS: Mapping[int, type[DeliveryError]] = {
    HTTPStatus.UNAUTHORIZED: Unauthorized,
    HTTPStatus.FORBIDDEN: Unauthorized,
    HTTPStatus.REQUEST_TIMEOUT: Unreachable,
    HTTPStatus.GONE: Gone,
    HTTPStatus.TOO_EARLY: Unreachable,
    HTTPStatus.TOO_MANY_REQUESTS: Throttled,
}
_MOVED = frozenset(
    (
        HTTPStatus.MOVED_PERMANENTLY,
        HTTPStatus.FOUND,
        HTTPStatus.SEE_OTHER,
        HTTPStatus.TEMPORARY_REDIRECT,
        HTTPStatus.PERMANENT_REDIRECT,
    )
)


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer.

    Args:
        status: the HTTP status.
        headers: by lower-case name.
        body: at most the cap that was asked for.
        creates: whether the request creates something, so that a lost answer is a doubt.
        received: when the answer came.
        redact: takes secrets out of what is told of the answer.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    creates: bool
    received: datetime
    redact: Redactor = field(default_factory=Redactor, repr=False)

    @property
    def is_success(self) -> bool:
        """Whether the request was taken (RFC 9110 section 15.3)."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def is_redirection(self) -> bool:
        """Whether the server wants something else to be asked for (section 15.4)."""
        return HTTPStatus.MULTIPLE_CHOICES <= self.status < HTTPStatus.BAD_REQUEST

    @property
    def has_moved(self) -> bool:
        """Whether what was asked for is at another address, which ``location`` names."""
        return self.status in _MOVED

    @property
    def is_error(self) -> bool:
        """Whether the server says that somebody is wrong (sections 15.5 and 15.6)."""
        return self.status >= HTTPStatus.BAD_REQUEST

    @property
    def text(self) -> str:
        """The body as text, whatever is in it."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Read the body as JSON.

        Raises:
            InDoubt: a 2xx to a create that is not JSON: it was taken, and we do not know as what.
            Unreachable: anything else that is not JSON.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise self.garbled("is not JSON") from None

    def garbled(self, what: str) -> DeliveryError:
        """Build the error for a 2xx answer that does not keep what the protocol promises."""
        kind = InDoubt if self.creates else Unreachable
        return kind(f"the answer {what}: {self.excerpt()}", status=self.status)

    def field(self, name: str) -> Any:
        """Read one member of a JSON object; None where the body is something else."""
        try:
            data = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return data.get(name) if isinstance(data, dict) else None

    def excerpt(self) -> str:
        """Give the beginning of the body on one line, for a person."""
        return brief(self.redact(self.text))

    def _said(self) -> str:
        """Give the error in the server's own words, which most put into one of these members."""
        names = ("error", "message", "error_description", "description")
        members = (self.field(name) for name in names)
        words = list(dict.fromkeys(word for word in members if word and isinstance(word, str)))
        return brief(self.redact(": ".join(words))) or self.excerpt()

    def check(self) -> Reply:
        """Return the reply when it is a success.

        Raises:
            DeliveryError: the kind that the status stands for (RFC 9110 section 15).
        """
        if self.is_success:
            return self
        raise self.error()

    def error(self) -> DeliveryError:
        """Translate a status that is no success."""
        detail = f"HTTP {self.status}: {self._said()}".removesuffix(": ")
        until = retry_at(self.headers, self.body, self.received)
        if self.is_redirection:
            target = self.redact(self.headers.get("location", "nowhere")).partition("?")[0]
            return Rejected(f"HTTP {self.status}: redirects to {target}", status=self.status)
        return self._kind(until is not None)(detail, status=self.status, until=until)

    def _kind(self, told_to_wait: bool) -> type[DeliveryError]:
        if self.status in _KINDS:
            return _KINDS[self.status]
        if self.status == HTTPStatus.SERVICE_UNAVAILABLE and told_to_wait:
            return Throttled
        if self.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return InDoubt if self.creates else Unreachable
        return Rejected
