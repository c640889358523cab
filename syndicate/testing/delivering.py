"""What holds for every network that talks HTTP."""

from __future__ import annotations

import socket
from datetime import timedelta
from http import HTTPStatus

import pytest
from starlette.responses import JSONResponse, Response

from syndicate.errors import (
    DeliveryError,
    Gone,
    InDoubt,
    Rejected,
    Throttled,
    Unauthorized,
    Unreachable,
)
from syndicate.testing.case import SECRET, Case
from syndicate.testing.clock import NOON

STATUSES: list[tuple[int, type[DeliveryError]]] = [
    (HTTPStatus.BAD_REQUEST, Rejected),
    (HTTPStatus.UNAUTHORIZED, Unauthorized),
    (HTTPStatus.FORBIDDEN, Unauthorized),
    (HTTPStatus.NOT_FOUND, Rejected),
    (HTTPStatus.GONE, Gone),
    (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, Rejected),
    (HTTPStatus.UNPROCESSABLE_ENTITY, Rejected),
    (HTTPStatus.TOO_MANY_REQUESTS, Throttled),
    (HTTPStatus.INTERNAL_SERVER_ERROR, InDoubt),
    (HTTPStatus.BAD_GATEWAY, InDoubt),
    (HTTPStatus.SERVICE_UNAVAILABLE, Throttled),
]
"""What the answers to the request that creates are to be taken for."""
_ASKING = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
"""Those that say when to come again."""


class Delivering:
    """One request makes the message, and each way to fail has its error."""

    def test_a_message_is_delivered_and_the_receipt_names_it(self, case: Case) -> None:
        """By one request that holds no secret in its body."""
        with case.answering(case.success) as (url, posted):
            receipt = case.deliver(url)
        assert receipt.id
        assert len(posted) == 1
        assert SECRET.encode() not in b"".join(posted)

    def test_two_deliveries_of_one_message_send_the_same(self, case: Case) -> None:
        """A retry repeats what was frozen."""
        with case.answering(case.success) as (url, posted):
            case.deliver(url, times=2)
        first, second = posted
        assert first == second

    @pytest.mark.parametrize(("status", "expected"), STATUSES)
    def test_each_refusal_has_its_error(
        self, case: Case, status: int, expected: type[DeliveryError]
    ) -> None:
        """With its status, the time that it asks for, and no secret."""
        expected = case.refusals.get(status, expected)
        headers = {"retry-after": "60"} if status in _ASKING else {}
        refusal = JSONResponse({"error": "no"}, status, headers)
        with (
            case.answering(lambda: refusal) as (url, _),
            pytest.raises(expected) as caught,
        ):
            case.deliver(url)
        assert type(caught.value) is expected
        assert caught.value.status == status
        assert caught.value.until == (NOON + timedelta(minutes=1) if headers else None)
        assert SECRET not in caught.value.detail

    def test_a_redirect_is_refused(self, case: Case) -> None:
        """It is not followed: it could lead anywhere."""
        elsewhere = Response(status_code=HTTPStatus.FOUND, headers={"location": "/elsewhere"})
        with case.answering(lambda: elsewhere) as (url, posted), pytest.raises(Rejected):
            case.deliver(url)
        assert len(posted) == 1

    def test_a_server_that_is_not_there_leaves_no_doubt(self, case: Case) -> None:
        """Nothing has left this machine."""
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        with pytest.raises(Unreachable):
            case.deliver(f"http://127.0.0.1:{port}")


class Promising:
    """The answer says what was made; one that does not is no success."""

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b"null"])
    def test_a_success_that_promises_nothing_is_a_doubt(self, case: Case, body: bytes) -> None:
        """It may have been made all the same."""
        with case.answering(lambda: Response(body)) as (url, _), pytest.raises(InDoubt):
            case.deliver(url)
