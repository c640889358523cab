"""How long a server asks to wait, in all the ways in which servers say it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.http.waiting import CAP, FLOOR, retry_at
from syndicate.testing.clock import NOON

EPOCH = int(NOON.timestamp())
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)

HEADERS = [
    ({}, None),
    ({"retry-after": "60"}, MINUTE),
    ({"retry-after": " 60 "}, MINUTE),
    ({"retry-after": "0.5"}, SECOND),
    ({"retry-after": "90.5"}, timedelta(seconds=90.5)),
    ({"retry-after": "0"}, SECOND),
    ({"retry-after": "86401"}, DAY),
    ({"retry-after": "315360000"}, DAY),
    ({"retry-after": str(EPOCH + 60)}, MINUTE),
    ({"retry-after": str((EPOCH + 60) * 1000)}, DAY),
    ({"retry-after": "1e300"}, DAY),
    ({"retry-after": "-1"}, None),
    ({"retry-after": "-1e300"}, None),
    ({"retry-after": "inf"}, None),
    ({"retry-after": "nan"}, None),
    ({"retry-after": ""}, None),
    ({"retry-after": "a while"}, None),
    ({"retry-after": "60, 60"}, None),
    ({"retry-after": "Sun, 01 Mar 2026 12:01:00 GMT"}, MINUTE),
    ({"retry-after": "Sunday, 01-Mar-26 12:01:00 GMT"}, MINUTE),
    ({"retry-after": "Sun Mar  1 12:01:00 2026"}, MINUTE),
    ({"retry-after": "2026-03-01T12:01:00Z"}, MINUTE),
    ({"retry-after": "2026-03-01T13:01:00+01:00"}, MINUTE),
    ({"retry-after": "2026-03-01T12:01:00"}, MINUTE),
    ({"retry-after": "Sun, 01 Mar 2036 12:01:00 GMT"}, DAY),
    ({"retry-after": "Sun, 01 Mar 2020 12:01:00 GMT"}, None),
    ({"retry-after": "9999-99-99"}, None),
    ({"x-ratelimit-reset": "2026-03-01T12:01:00.000Z"}, MINUTE),
    ({"x-ratelimit-reset": str(EPOCH + 60)}, MINUTE),
    ({"x-ratelimit-reset": "60"}, MINUTE),
    ({"ratelimit-reset": str(EPOCH + 60)}, MINUTE),
    ({"ratelimit-reset": str(EPOCH - 60)}, None),
    ({"x-ratelimit-reset": "60", "x-ratelimit-remaining": "0"}, MINUTE),
    ({"x-ratelimit-reset": "60", "x-ratelimit-remaining": "299"}, None),
    ({"ratelimit-reset": "60", "ratelimit-remaining": "3"}, None),
    ({"retry-after": "60", "x-ratelimit-reset": "600"}, MINUTE),
    ({"retry-after": "junk", "x-ratelimit-reset": "60"}, MINUTE),
    ({"retry-after": "-1", "x-ratelimit-reset": "60"}, MINUTE),
]

BODIES = [
    (b'{"retry_after": 60}', MINUTE),
    (b'{"retry_after": 60.25}', timedelta(seconds=60.25)),
    (b'{"retry_after": "60"}', MINUTE),
    (b'{"retry_after_ms": 60000}', MINUTE),
    (b'{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 1}', SECOND),
    (b'{"ok": false, "parameters": {"retry_after": 60}}', MINUTE),
    (b'{"retry_after": true}', None),
    (b'{"retry_after_ms": true}', None),
    (b'{"retry_after": null}', None),
    (b'{"retry_after": [1]}', None),
    (b'{"retry_after": -3}', None),
    (b'{"retry_after": 1e999}', None),
    (b'{"retry_after": NaN}', None),
    (b'{"retry_after": 1' + b"0" * 400 + b"}", None),
    (b'{"retry_after_ms": 1' + b"0" * 400 + b"}", DAY),
    (b'{"parameters": [60]}', None),
    (b"[60]", None),
    (b"60", None),
    (b"<html>busy</html>", None),
    (b"\xff", None),
    (b"[" * 100_000, None),
    (b"", None),
]


@pytest.mark.parametrize(("headers", "wait"), HEADERS)
def test_headers(headers, wait):
    assert retry_at(headers, b"", NOON) == (wait and NOON + wait)


@pytest.mark.parametrize(("body", "wait"), BODIES, ids=range(len(BODIES)))
def test_bodies(body, wait):
    assert retry_at({}, body, NOON) == (wait and NOON + wait)


def test_the_header_counts_before_the_body():
    assert retry_at({"retry-after": "60"}, b'{"retry_after": 5}', NOON) == NOON + MINUTE


NUMBERS = st.floats().map(str) | st.integers().map(str)
DATES = st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
SAID = NUMBERS | DATES | st.text(max_size=40)


@given(
    st.dictionaries(
        st.sampled_from(["retry-after", "x-ratelimit-reset", "x-ratelimit-remaining"]), SAID
    ),
    st.binary(max_size=80)
    | SAID.map(lambda said: f'{{"retry_after": {said}}}'.encode("utf-8", "replace")),
)
def test_whatever_is_said_the_wait_is_none_or_within_its_bounds(headers, body):
    until = retry_at(headers, body, NOON)
    assert until is None or NOON + FLOOR <= until <= NOON + CAP
