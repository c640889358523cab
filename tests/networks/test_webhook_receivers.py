"""The receivers in the docs do what the docs say: they believe our events, and nothing else."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

import pytest

from fakes.receivers import assert_receives, receiver
from fakes.webhook import SECRET, documented, requests
from syndicate.networks.webhook_keys import new_pair, new_shared
from syndicate.testing.samples import POST

SERVER, FUNCTION = documented("python")
OLD, PAIR = str(new_shared()), new_pair()


@pytest.mark.parametrize("secret", [SECRET, OLD], ids=["new", "old"])
def test_the_server_in_the_docs(tmp_path, secret):
    program = tmp_path / "receiver.py"
    program.write_text(SERVER)
    told = requests(POST, datetime.now(UTC), secret=SECRET, previous_secret=OLD)
    with receiver([sys.executable, program], tmp_path, secret) as running:
        assert_receives(running, told, POST.url)


class TestTheFunctionInTheDocs:
    @pytest.fixture
    def is_genuine(self):
        names = {}
        exec(FUNCTION, names)
        return names["is_genuine"]

    @pytest.fixture
    def told(self):
        [published, *_] = requests(
            POST, datetime.now(UTC), secret=SECRET, previous_secret=str(PAIR)
        )
        return published

    def test_it_believes_our_events(self, is_genuine, told):
        assert is_genuine(*told, str(PAIR.public))

    def test_it_believes_no_others(self, is_genuine, told):
        headers, body = told
        public = str(PAIR.public)
        assert not is_genuine(headers, body + b" ", public)
        assert not is_genuine(headers | {"webhook-id": "msg_2"}, body, public)
        assert not is_genuine(headers, body, str(new_pair().public))
        for signature in ("", "v1a", "v1a,", "v1a,%", "v1a,AAAA"):
            assert not is_genuine(headers | {"webhook-signature": signature}, body, public)
        for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
            fields = {key: value for key, value in headers.items() if key != name}
            assert not is_genuine(fields, body, public)

    @pytest.mark.parametrize("late", [timedelta(minutes=6), timedelta(minutes=-6)])
    def test_it_believes_none_of_another_time(self, is_genuine, late):
        now = datetime.now(UTC) + late
        [published, *_] = requests(POST, now, secret=str(PAIR))
        assert not is_genuine(*published, str(PAIR.public))
