"""What we sign, judged by the libraries of Standard Webhooks and of Svix, in two languages."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fakes.receivers import assert_receives, receiver
from fakes.webhook import SECRET, documented, requests
from networks.golden import posts
from real import servers
from syndicate.networks.webhook_keys import new_pair, new_shared, verifying_key
from syndicate.networks.webhook_verify import Request, examine
from syndicate.testing.samples import POST

OLD, STRANGE, PAIR = str(new_shared()), str(new_shared()), new_pair()
SHARED = [
    "standardwebhooks (Python)",
    "svix (Python)",
    "standardwebhooks (Node)",
    "svix (Node)",
]
NOBLE = "@noble/curves"
HERE = Path(__file__).parent
COMMANDS = [
    [servers.JUDGES, HERE / "judge_webhooks.py"],
    [servers.NODE, HERE / "judge_webhooks.mjs", servers.REAL],
]


def judge(*asked):
    """What each library says of each (secret, header fields, body)."""
    servers.require_setup()
    events = [
        {"secret": secret, "headers": headers, "body": body.decode()}
        for secret, headers, body in asked
    ]
    told = {}
    for command in COMMANDS:
        done = subprocess.run(
            command,
            input=json.dumps(events),
            capture_output=True,
            text=True,
            check=True,
            timeout=servers.REQUEST_LIMIT,
        )
        told |= json.loads(done.stdout)
    return told


def send(when=timedelta(), post=POST, **secrets):
    return requests(post, datetime.now(UTC) + when, **secrets)


def test_they_believe_all_that_we_send():
    asked = [(SECRET, *each) for post, _ in posts().values() for each in send(post=post)]
    assert len(asked) == 12
    told = judge(*asked)
    for name in SHARED:
        assert told[name] == ["ok"] * 12


def test_they_believe_pairs_as_well():
    asked = [(str(PAIR.public), *each) for each in send(secret=str(PAIR))]
    assert judge(*asked)[NOBLE] == ["ok"] * 3


@pytest.mark.parametrize(
    "secrets",
    [
        {"secret": SECRET, "previous_secret": OLD},
        {"secret": OLD, "previous_secret": SECRET},
    ],
)
def test_while_a_secret_is_changed_they_believe_by_either(secrets):
    [event, *_] = send(**secrets)
    told = judge((SECRET, *event), (OLD, *event), (STRANGE, *event))
    for name in SHARED:
        assert told[name] == ["ok", "ok", "No matching signature found"]


@pytest.mark.parametrize(
    "secrets",
    [
        {"secret": str(PAIR), "previous_secret": SECRET},
        {"secret": SECRET, "previous_secret": str(PAIR)},
    ],
)
def test_a_signature_of_the_other_kind_beside_it_disturbs_none(secrets):
    [event, *_] = send(**secrets)
    told = judge((SECRET, *event), (str(PAIR.public), *event))
    for name in (*SHARED, NOBLE):
        assert told[name] == ["ok"]


CHANGES = {
    "another body": lambda headers, body: (headers, body + b" "),
    "a word in the body": lambda headers, body: (headers, body.replace(b"Hello", b"Hallo")),
    "another id": lambda headers, body: (headers | {"webhook-id": "msg_9"}, body),
    "another time": lambda headers, body: (
        headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 1)},
        body,
    ),
    "no signature": lambda headers, body: (headers | {"webhook-signature": ""}, body),
    "another scheme": lambda headers, body: (
        headers | {"webhook-signature": headers["webhook-signature"].replace("v1", "v2")},
        body,
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_they_refuse_we_refuse(change):
    """And what they believe we believe: `webhook verify` is none of the strict or lax ones."""
    for secret, key in ((SECRET, SECRET), (str(PAIR), str(PAIR.public))):
        [event, *_] = send(secret=secret)
        changed = CHANGES[change](*event)
        told = judge((key, *event), (key, *changed))
        for name in [NOBLE] if secret != SECRET else SHARED:
            good, bad = told[name]
            assert (good, bad != "ok") == ("ok", True), (name, bad)
        assert believes(key, *event)
        assert not believes(key, *changed)


@pytest.mark.parametrize(
    ("when", "says"),
    [
        (timedelta(minutes=-6), "Message timestamp too old"),
        (timedelta(minutes=6), "Message timestamp too new"),
    ],
)
def test_events_of_another_time_are_refused_by_all(when, says):
    [event, *_] = send(when)
    told = judge((SECRET, *event))
    for name in SHARED:
        assert told[name] == [says]
    assert not believes(SECRET, *event)


def believes(key, headers, body):
    request = Request(list(headers.items()), body)
    keys = {"key": verifying_key(key)}
    return examine(request, keys, datetime.now(UTC), timedelta(minutes=5))[0]


@pytest.fixture
def folder(tmp_path):
    """A folder where Node finds its packages."""
    servers.require_setup()
    (tmp_path / "node_modules").symlink_to(servers.REAL / "node_modules")
    return tmp_path


def test_the_server_in_the_docs(folder):
    (folder / "receiver.mjs").write_text(documented("js")[0])
    command = [servers.NODE, folder / "receiver.mjs"]
    with receiver(command, folder, SECRET) as running:
        assert_receives(running, send(secret=OLD, previous_secret=SECRET), POST.url)


def test_the_function_in_the_docs(folder):
    (folder / "genuine.mjs").write_text(documented("js")[1])
    (folder / "ask.mjs").write_text(
        """
import { text } from "node:stream/consumers";
import { isGenuine } from "./genuine.mjs";
const asked = JSON.parse(await text(process.stdin));
const told = asked.map(([headers, body, key]) => isGenuine(headers, Buffer.from(body), key));
console.log(JSON.stringify(told));
"""
    )
    public = str(PAIR.public)
    headers, body = send(secret=SECRET, previous_secret=str(PAIR))[0]
    old = send(timedelta(minutes=-6), secret=str(PAIR))[0]
    bad = [
        *(CHANGES[change](headers, body) for change in CHANGES if change != "another scheme"),
        *(
            ({name: value for name, value in headers.items() if name != left_out}, body)
            for left_out in ("webhook-id", "webhook-timestamp", "webhook-signature")
        ),
        *((headers | {"webhook-signature": text}, body) for text in ("v1a", "v1a,", "v1a,%")),
        old,
    ]
    asked = [(headers, body, public), (headers, body, str(new_pair().public))]
    asked += [(*each, public) for each in bad]
    done = subprocess.run(
        [servers.NODE, folder / "ask.mjs"],
        input=json.dumps([(fields, text.decode(), key) for fields, text, key in asked]),
        capture_output=True,
        text=True,
        check=True,
        timeout=servers.REQUEST_LIMIT,
    )
    assert json.loads(done.stdout) == [True] + [False] * (len(asked) - 1)
