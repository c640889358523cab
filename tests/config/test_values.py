"""The kinds of value that a configuration has beside text and numbers."""

from __future__ import annotations

import contextlib
from datetime import time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr, ValidationError

from syndicate.config.values import (
    ClockTime,
    Duration,
    ExactUrl,
    FilePath,
    IpNetwork,
    Secret,
    SecretUrl,
    WebUrl,
    Zone,
)


def read(kind, value, **context):
    class One(BaseModel):
        it: kind

    return One.model_validate({"it": value}, context=context or None).it


def refusal(kind, value, **context):
    with pytest.raises(ValidationError) as caught:
        read(kind, value, **context)
    [error] = caught.value.errors()
    return error["msg"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0s", 0),
        ("90s", 90),
        ("5m", 300),
        ("2h", 7_200),
        ("7d", 604_800),
        ("1w", 604_800),
        ("1h30m", 5_400),
        ("1h 30 m", 5_400),
        (" 5M ", 300),
        ("36500d", 36_500 * 86_400),
        (timedelta(seconds=5), 5),
    ],
)
def test_lengths_of_time(text, seconds):
    assert read(Duration, text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "5", 5, "5x", "m", "-5m", "5m!", "1.5h", None, [], "P1D", "five minutes"]
)
def test_what_is_no_length_of_time(text):
    assert 'such as "90s"' in refusal(Duration, text)


@pytest.mark.parametrize("text", ["36501d", "999999w", "999999w" * 200])
def test_a_length_of_time_ends_before_the_calendar_does(text):
    assert "a hundred years" in refusal(Duration, text)


class TestSecrets:
    def test_the_environment(self, monkeypatch):
        monkeypatch.setenv("TOKEN", " hunter2\n")
        assert read(Secret, "env:TOKEN").get_secret_value() == "hunter2"

    @pytest.mark.parametrize("value", [None, ""])
    def test_a_variable_that_is_not_set(self, monkeypatch, value):
        monkeypatch.delenv("TOKEN", raising=False)
        if value is not None:
            monkeypatch.setenv("TOKEN", value)
        assert "the environment variable TOKEN is not set" in refusal(Secret, "env:TOKEN")

    def test_a_file_beside_the_configuration(self, tmp_path):
        (tmp_path / "token").write_text("hunter2\n")
        assert read(Secret, "file:token", base=tmp_path).get_secret_value() == "hunter2"
        assert read(Secret, f"file:{tmp_path / 'token'}").get_secret_value() == "hunter2"

    @pytest.mark.parametrize(
        ("name", "content", "reason"),
        [
            ("missing", None, "No such file"),
            (".", None, "Is a directory"),
            ("a\0b", None, "not readable"),
            ("token", b"", "is empty"),
            ("token", b"\n \n", "is empty"),
            ("token", b"hunter2\xff", "not readable as text"),
        ],
    )
    def test_a_file_that_has_none(self, tmp_path, name, content, reason):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        message = refusal(Secret, f"file:{name}", base=tmp_path)
        assert reason in message
        assert "hunter2" not in message

    @pytest.mark.parametrize(
        "value", ["hunter2", "env:", "file:", "ENV:X", "", 7, None, ["env:X"], "vault:x"]
    )
    def test_a_secret_itself_is_refused_and_not_repeated(self, value):
        message = refusal(Secret, value)
        assert 'a secret is named, never written here: "env:NAME" or "file:PATH"' in message
        assert "hunter2" not in message

    def test_what_needs_none_leaves_them_alone(self):
        assert read(Secret, "env:NOT_SET_AT_ALL", secrets=False) == SecretStr("")
        assert "never written here" in refusal(Secret, "hunter2", secrets=False)

    def test_a_secret_in_hand_is_kept(self):
        assert read(Secret, SecretStr("hunter2")).get_secret_value() == "hunter2"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("a/b", "/base/a/b"),
        ("../a", "/a"),
        ("./a/../b", "/base/b"),
        ("/x", "/x"),
        (Path("a"), "/base/a"),
    ],
)
def test_paths_start_at_the_configuration(written, found):
    assert read(FilePath, written, base=Path("/base")) == Path(found)


def test_a_path_that_goes_through_a_link_is_left_as_it_is(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert read(FilePath, "link/a", base=tmp_path) == tmp_path / "link" / "a"


@pytest.mark.parametrize("value", ["", "a\0b", 7, None, []])
def test_what_is_no_path(value):
    assert "expected a path" in refusal(FilePath, value)


ADDRESSES = [
    "https://x.example",
    "http://127.0.0.1:8000",
    "https://x.example/a?b=c#d",
    "https://[::1]:1",
]


@pytest.mark.parametrize("url", ADDRESSES)
def test_addresses(url):
    assert read(WebUrl, url) == url


def test_a_slash_at_the_end_is_dropped_where_paths_are_put_after_it_and_kept_elsewhere():
    assert read(WebUrl, "https://x.example/blog/") == "https://x.example/blog"
    assert read(ExactUrl, "https://x.example/hook/") == "https://x.example/hook/"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x.example",
        "ftp://x.example",
        "https://",
        "https://[::1",
        "https://x.example:port/",
        "https://x.example/a b",
        "https://x.example/\n",
        "javascript:alert(1)",
        "//x.example",
    ],
)
@pytest.mark.parametrize("kind", [WebUrl, ExactUrl])
def test_what_is_no_address(kind, url):
    assert "expected a URL such as" in refusal(kind, url)


@pytest.mark.parametrize(
    "url", ["https://ada:hunter2@x.example", "https://ada@x.example", "https://:p@x"]
)
def test_an_address_with_credentials(url):
    message = refusal(WebUrl, url)
    assert "user name or password" in message
    assert "hunter2" not in message


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/New_York"])
def test_zones(name):
    assert read(Zone, name) == name


@pytest.mark.parametrize(
    "name", ["", "Europe/Nowhere", "../../etc/passwd", "/etc/passwd", "a\0b", "Europe"]
)
def test_what_is_no_zone(name):
    assert "expected a time zone" in refusal(Zone, name)


@pytest.mark.parametrize(
    ("text", "found"),
    [("09:00", time(9)), ("9:05", time(9, 5)), ("23:59", time(23, 59)), (time(7), time(7))],
)
def test_times_of_day(text, found):
    assert read(ClockTime, text) == found


@pytest.mark.parametrize("text", ["", "9", "24:00", "12:60", "9am", 9, None, "09:00:00"])
def test_what_is_no_time_of_day(text):
    assert 'such as "09:00"' in refusal(ClockTime, text)


@pytest.mark.parametrize(
    ("text", "found"),
    [("127.0.0.1/8", "127.0.0.0/8"), ("10.1.2.3", "10.1.2.3/32"), ("::1", "::1/128")],
)
def test_networks(text, found):
    assert read(IpNetwork, text) == found


@pytest.mark.parametrize("text", ["", "localhost", "127.1", "10.0.0.0/33", "1.2.3.4.5"])
def test_what_is_no_network(text):
    assert "expected an IP network" in refusal(IpNetwork, text)


@pytest.mark.parametrize(
    "kind", [Duration, Secret, FilePath, WebUrl, ExactUrl, Zone, ClockTime, IpNetwork]
)
@settings(deadline=None)
@given(
    value=st.text() | st.integers() | st.floats() | st.booleans() | st.dates() | st.lists(st.text())
)
def test_anything_is_taken_or_refused_and_never_an_error(kind, value):
    class One(BaseModel):
        it: kind

    with contextlib.suppress(ValidationError):
        One.model_validate({"it": value})


class TestSecretAddresses:
    def test_an_address_is_named_like_any_secret(self, monkeypatch):
        monkeypatch.setenv("HOOK", "https://hooks.example/T/hunter2")
        found = read(SecretUrl, "env:HOOK")
        assert found.get_secret_value() == "https://hooks.example/T/hunter2"
        assert "hunter2" not in repr(found)
        assert read(SecretUrl, "env:HOOK", secrets=False) == SecretStr("")

    @pytest.mark.parametrize(
        "address", ["hunter2", "ftp://x.example/hunter2", "https://u:hunter2@x"]
    )
    def test_what_is_no_address_is_refused_and_not_repeated(self, monkeypatch, address):
        monkeypatch.setenv("HOOK", address)
        message = refusal(SecretUrl, "env:HOOK")
        assert "URL" in message
        assert "hunter2" not in message
