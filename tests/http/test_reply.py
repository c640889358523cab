"""What a person is told of an answer."""

from __future__ import annotations

import pytest

from syndicate.errors import InDoubt, Unreachable
from syndicate.http import Reply
from syndicate.testing.clock import NOON


def reply(body=b"", status=422, creates=True):
    return Reply(status, {}, body, creates, NOON)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "HTTP 422"),
        (b"no\n  such\tthing", "HTTP 422: no such thing"),
        (b'{"error": "Validation failed"}', "HTTP 422: Validation failed"),
        (
            b'{"error": "ExpiredToken", "message": "Token has expired"}',
            "HTTP 422: ExpiredToken: Token has expired",
        ),
        (b'{"error": "no", "message": "no"}', "HTTP 422: no"),
        (b'{"error": {"code": 1}}', 'HTTP 422: {"error": {"code": 1}}'),
        (b'["a"]', 'HTTP 422: ["a"]'),
        (b"\xff\xfe", "HTTP 422: \N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}"),
        (b"\x1b[2Jgone", "HTTP 422: \N{REPLACEMENT CHARACTER}[2Jgone"),
        (
            b'{"error": "\\u001b]0;title\\u0007"}',
            "HTTP 422: \N{REPLACEMENT CHARACTER}]0;title\N{REPLACEMENT CHARACTER}",
        ),
    ],
)
def test_an_error_is_told_in_the_servers_own_words(body, said):
    assert reply(body).error().detail == said


@pytest.mark.parametrize("body", [b"x" * 60_000, b'{"error": "' + b"x" * 60_000 + b'"}'])
def test_a_long_answer_is_told_in_short(body):
    assert len(reply(body).error().detail) <= len("HTTP 422: ") + 300


@pytest.mark.parametrize(("creates", "expected"), [(True, InDoubt), (False, Unreachable)])
@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 100_000, b"\xff"])
def test_a_success_that_is_not_json_is_no_success(body, creates, expected):
    with pytest.raises(expected, match="is not JSON") as caught:
        reply(body, 200, creates).json()
    assert caught.value.status == 200


@pytest.mark.parametrize(
    ("body", "value"), [(b'{"id": 7}', 7), (b'{"id": null}', None), (b"[]", None), (b"<", None)]
)
def test_a_member_is_read_where_there_is_one(body, value):
    assert reply(body).field("id") == value


def test_a_body_does_not_show_in_a_repr():
    assert "hunter2" not in repr(reply(b"hunter2"))
