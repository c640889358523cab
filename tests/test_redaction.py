from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest

from syndicate import clock as clock_module
from syndicate.clock import SystemClock
from syndicate.redaction import MASK, RedactingFormatter, Redactor

SECRET = "pä ss/wörd+1"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"token {SECRET}!", f"token {MASK}!"),
        ("?token=p%C3%A4%20ss%2Fw%C3%B6rd%2B1&n=1", f"?token={MASK}&n=1"),
        (f"{SECRET}{SECRET}", MASK * 2),
        ("nothing to hide", "nothing to hide"),
        ("", ""),
    ],
)
def test_a_secret_is_replaced_in_both_of_its_spellings(text, told):
    assert Redactor([SECRET])(text) == told


def test_a_secret_inside_another_leaves_no_rest_of_it():
    assert Redactor(["hush", "hush-hush"])("hush-hush and hush") == f"{MASK} and {MASK}"


def test_what_is_too_short_to_be_a_secret_tears_no_words_apart():
    assert Redactor(["", "a", "abc"])("abc") == "abc"
    assert Redactor(["abcd"])("abcd") == MASK
    assert Redactor()("abcd") == "abcd"


def test_a_log_line_is_redacted_with_its_arguments_and_its_traceback():
    formatter = RedactingFormatter("%(levelname)s %(message)s", Redactor(["hunter2"]))
    with pytest.raises(ValueError) as caught:
        int("Bearer hunter2")
    failure = (caught.type, caught.value, caught.tb)
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "no %s", ("hunter2",), failure)
    text = formatter.format(record)
    assert text.startswith(f"ERROR no {MASK}\nTraceback")
    assert text.endswith(f"'Bearer {MASK}'")
    assert "hunter2" not in text


def test_the_clock_is_aware_and_in_utc():
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert before <= now <= datetime.now(UTC)


@pytest.mark.parametrize("seconds", [-60, 0, 0.05])
def test_the_clock_waits_until_a_time_and_not_for_one_that_has_been(seconds):
    clock = SystemClock()
    began = clock.now()
    asyncio.run(clock.sleep_until(began + timedelta(seconds=seconds)))
    passed = (clock.now() - began).total_seconds()
    assert max(0, seconds) <= passed < 0.5


def test_the_clock_looks_again_each_minute_because_it_can_be_set(monkeypatch):
    clock = SystemClock()
    start = clock.now()
    times = iter([start, start + timedelta(minutes=1), start + timedelta(hours=3)])
    monkeypatch.setattr(clock, "now", lambda: next(times))
    waits = []

    async def sleep(seconds):
        waits.append(seconds)

    monkeypatch.setattr(clock_module.asyncio, "sleep", sleep)
    asyncio.run(clock.sleep_until(start + timedelta(hours=2)))
    assert waits == [60, 60], "set forward, it does not wait out the two hours"


TOKEN = "aXv3-Qm9_zYt7Lk2PbR5sWd8"


@pytest.mark.parametrize(
    "told",
    [
        "https://discord.com/api/webhooks/1/{}",
        "redirects to https://elsewhere.example/api/webhooks/1/{}?wait=true",
        "no webhook {}",
        "https%3A%2F%2Fdiscord.com%2Fapi%2Fwebhooks%2F1%2F{}",
    ],
)
def test_the_parts_of_a_secret_address_are_secrets_too(told):
    redact = Redactor([f"https://discord.com/api/webhooks/1/{TOKEN}"])
    assert TOKEN not in redact(told.format(TOKEN))
    assert redact("a message about webhooks at discord.com") == (
        "a message about webhooks at discord.com"
    )


def test_what_only_looks_like_an_address_is_hidden_whole():
    assert Redactor(["https://[hunter2"])("at https://[hunter2") == f"at {MASK}"


def test_of_a_databases_address_the_password_is_a_secret_in_each_spelling():
    redact = Redactor(["postgresql://ada:p%40ssword@db/blog?password=an%20other"])
    assert redact("p%40ssword, p@ssword, an%20other, an other") == ", ".join([MASK] * 4)
    assert redact("ada is known to db") == "ada is known to db"
    assert Redactor(["postgresql://ada@[db/blog"])("ada") == "ada"
