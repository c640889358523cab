"""`webhook`: what those who write receivers are given."""

from __future__ import annotations

import io
import json
import os
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.networks.webhook_keys import (
    SharedKey,
    new_pair,
    new_shared,
    signed_headers,
    signing_key,
    verifying_key,
)


class TestKeys:
    def test_a_secret_that_an_endpoint_takes(self, say):
        said = say("webhook", "keygen", config=False)
        assert said.code == 0
        assert isinstance(signing_key(said.out.strip()), SharedKey)

    def test_a_pair_whose_halves_belong_together(self, say):
        secret, public = say("webhook", "keygen", "--asymmetric", config=False).out.split()
        assert signing_key(secret).public == verifying_key(public)

    def test_no_two_are_the_same(self, say):
        for options in ((), ("--asymmetric",)):
            first, second = (say("webhook", "keygen", *options, config=False).out for _ in "12")
            assert first != second

    def test_for_a_machine(self, say):
        alone = say("webhook", "keygen", "--json", config=False).json
        assert list(alone) == ["secret"]
        pair = say("webhook", "keygen", "--asymmetric", "--json", config=False).json
        assert list(pair) == ["secret", "public_key"]
        assert str(signing_key(pair["secret"]).public) == pair["public_key"]


@pytest.fixture
def keys(tmp_path, monkeypatch):
    """References to a shared secret, to a pair, and the public key of the pair."""
    shared, pair = new_shared(), new_pair()
    monkeypatch.setenv("SHARED", str(shared))
    (tmp_path / "pair").write_text(f"{pair}\n")
    return {"shared": "env:SHARED", "pair": f"file:{tmp_path / 'pair'}", "public": str(pair.public)}


@pytest.fixture
def webhook(say, monkeypatch):
    """Runs one of the commands, with bytes on its standard input."""

    def run(*arguments, given=b""):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))
        return say("webhook", *map(str, arguments), config=False)

    return run


@pytest.fixture
def request_file(webhook, keys, tmp_path):
    """A sample as a whole request in a file, signed with both keys."""
    path = tmp_path / "request"
    said = webhook("sample", "--secret", keys["shared"], "--secret", keys["pair"])
    assert said.code == 0
    path.write_bytes(said.out.encode())
    return path


class TestVerifying:
    @pytest.mark.parametrize("name", ["shared", "pair", "public"])
    def test_a_sample_is_believed_by_each_of_its_keys(self, webhook, keys, request_file, name):
        said = webhook("verify", "--headers", request_file, "--secret", keys[name])
        assert (said.code, said.err) == (0, "")
        assert "right  webhook-signature: signature" in said.out
        assert f"was made with {keys[name]}" in said.out
        assert said.out.endswith("The event is to be believed.\n")

    def test_from_the_standard_input(self, webhook, keys, request_file):
        given = request_file.read_bytes()
        said = webhook("verify", "--headers", "-", "--secret", keys["shared"], given=given)
        assert said.code == 0
        head, _, body = given.partition(b"\n\n")
        path = request_file.with_name("headers")
        path.write_bytes(b"POST /hook HTTP/1.1\r\n" + head.replace(b"\n", b"\r\n") + b"\r\n")
        ask = ("verify", "--headers", path, "--body", "-", "--secret", keys["shared"])
        assert webhook(*ask, given=body).code == 0
        assert webhook(*ask, given=body + b" ").code == 3

    def test_a_request_with_the_line_breaks_of_http(self, webhook, keys, request_file):
        head, _, body = request_file.read_bytes().partition(b"\n\n")
        request_file.write_bytes(head.replace(b"\n", b"\r\n") + b"\r\n\r\n" + body + b"\n\n")
        said = webhook("verify", "--headers", request_file, "--secret", keys["shared"])
        assert said.code == 3, "what comes after the body's end belongs to it"
        request_file.write_bytes(head.replace(b"\n", b"\r\n") + b"\r\n\r\n" + body)
        said = webhook("verify", "--headers", request_file, "--secret", keys["shared"])
        assert said.code == 0

    def test_header_fields_in_json_as_receivers_log_them(self, webhook, keys, tmp_path):
        event = webhook("sample", "--json", "--secret", keys["pair"]).json
        (tmp_path / "body").write_bytes(event["body"].encode())
        for headers in (event["headers"], {k.title(): [v] for k, v in event["headers"].items()}):
            (tmp_path / "headers").write_text(json.dumps(headers))
            said = webhook(
                *("verify", "--headers", tmp_path / "headers", "--body", tmp_path / "body"),
                *("--secret", keys["public"], "--json"),
            )
            assert said.code == 0
            assert said.json["ok"] is True

    def test_for_a_machine(self, webhook, keys, request_file):
        request_file.write_bytes(request_file.read_bytes() + b"\n")
        said = webhook("verify", "--json", "--headers", request_file, "--secret", keys["shared"])
        assert said.code == 3
        assert said.json["ok"] is False
        assert said.json["findings"][-1] == {
            "subject": "body",
            "verdict": "wrong",
            "message": "it was changed: a line break was added at its end; keep the bytes as they "
            "arrive, and verify them before anything else",
        }

    def test_an_old_event_and_the_tolerance(self, webhook, keys, tmp_path):
        then = datetime.now(UTC) - timedelta(hours=1)
        fields = signed_headers([signing_key(os.environ["SHARED"])], "msg_1", then, b"{}")
        head = "".join(f"{name}: {value}\n" for name, value in fields.items())
        ask = ("verify", "--headers", "-", "--secret", keys["shared"])
        said = webhook(*ask, given=f"{head}\n{{}}".encode())
        assert said.code == 3
        assert "wrong  webhook-timestamp: too old;" in said.out
        said = webhook(*ask, "--tolerance", "2h", given=f"{head}\n{{}}".encode())
        assert said.code == 0

    def test_no_secret_is_ever_printed(self, webhook, keys, request_file):
        every = [part for name in keys for part in ("--secret", keys[name])]
        for body in (b"", b"else"):
            request_file.write_bytes(request_file.read_bytes() + body)
            said = webhook("verify", "-v", "--headers", request_file, *every)
            for secret in (os.environ["SHARED"], (request_file.parent / "pair").read_text()):
                assert secret.strip()[6:30] not in said.out + said.err


class TestWhatIsAskedWrongly:
    @pytest.mark.parametrize("command", [("sample",), ("verify", "--headers", "-")])
    @pytest.mark.parametrize(
        ("secret", "told"),
        [
            ("whsec_" + "aHVudGVy" * 4, "a secret is named, never written here"),
            ("env:NOT_SET_ANYWHERE", "variable NOT_SET_ANYWHERE is not set"),
            ("env:NO_KEY", "env:NO_KEY: expected whsec_ and 24 to 64 bytes"),
            ("file:/no/such/file", "/no/such/file cannot be read"),
            ("whpk_hunter2", "expected whpk_ and 32 bytes in base64"),
        ],
    )
    def test_a_secret_that_is_none(self, webhook, monkeypatch, command, secret, told):
        monkeypatch.setenv("NO_KEY", "hunter2-hunter2")
        said = webhook(*command, "--secret", secret, given=b"a: b\n\n{}")
        assert said.code == 2
        assert told in plain(said.err)
        assert "hunter2-hunter2" not in said.err
        assert "aHVudGVy" not in said.err

    def test_a_public_key_signs_nothing(self, webhook, keys):
        said = webhook("sample", "--secret", keys["public"])
        assert said.code == 2
        assert "a public key signs nothing" in plain(said.err)

    def test_a_type_that_there_is_not(self, webhook, keys):
        said = webhook("sample", "--secret", keys["shared"], "--type", "post.burnt")
        assert said.code == 2
        assert "post.burnt: expected post.published, post.updated, post.deleted" in plain(said.err)

    @pytest.mark.parametrize(
        ("given", "options", "told"),
        [
            (b"a: b\n\n{}", ("--body", "-"), "the standard input is one"),
            (b"a: b\n", (), "there is no empty line after the header fields"),
            (b"a: b\nwhat?\n\n{}", (), "line 2 of the header fields is not `name: value`"),
            (b"{nothing}\n\n{}", (), "the header fields are not JSON"),
            (b"", ("--body", "/no/such/file"), "/no/such/file cannot be read (No such file"),
        ],
    )
    def test_what_cannot_be_read(self, webhook, keys, given, options, told):
        ask = ("verify", "--headers", "-", "--secret", keys["shared"])
        said = webhook(*ask, *options, given=given)
        assert said.code == 2
        assert told in plain(said.err)


def plain(box):
    """The words in the box that an error is shown in."""
    return " ".join(line.strip("│ ") for line in box.splitlines())
