"""Real servers of other people, started for the tests, and two of them: a PDS and a Mastodon mock.

Each runs as a process of its own on 127.0.0.1 and is held by a pipe: it prints its address when it
answers, and ends when the pipe closes, even if the test run was killed.
"""

import base64
import hashlib
import hmac
import itertools
import json
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx

HERE = Path(__file__).resolve().parent
REAL = HERE.parents[1] / ".real"
NODE = REAL / "node" / "bin" / "node"
PYTHON = REAL / "venv" / "bin" / "python"
JUDGES = REAL / "judges" / "bin" / "python"
STAMPS = [REAL / f"{name}.stamp" for name in ("npm", "venv", "synapse", "websub", "judges")]

START_LIMIT = 60.0
STOP_LIMIT = 10.0
REQUEST_LIMIT = 20.0


class NotSetUpError(RuntimeError):
    """The servers are not installed: that is a failure, not a reason to skip."""


class StartError(RuntimeError):
    """A server ended, or said nothing within its time; the message has what it complained of."""


def require_setup() -> None:
    if not all(stamp.is_file() for stamp in STAMPS):
        raise NotSetUpError(
            "the real servers are missing: run tests/real/setup.sh (make test-real does)"
        )


@contextmanager
def running(command: list[str | Path], errors: Path) -> Iterator[dict[str, Any]]:
    """Start a server, hand out what it says of itself, and end it by its own process handle."""
    require_setup()
    with (
        errors.open("wb") as log,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
        ) as process,
    ):
        try:
            yield _first_line(process, errors)
        finally:
            _stop(process)


def _first_line(process: subprocess.Popen[bytes], errors: Path) -> dict[str, Any]:
    """A pipe has no time limit of its own, so the process is ended when the limit has passed."""
    assert process.stdout is not None
    limit = threading.Timer(START_LIMIT, process.kill)
    limit.start()
    try:
        line = process.stdout.readline()
    finally:
        limit.cancel()
    if not line.startswith(b"{"):
        process.kill()
        process.wait(STOP_LIMIT)
        tail = errors.read_text(errors="replace")[-3000:]
        raise StartError(f"{process.args!r} did not start; exit {process.returncode}: {tail}")
    return json.loads(line)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask by closing stdin, then by SIGTERM, then do not ask."""
    assert process.stdin is not None
    process.stdin.close()
    for harder in (process.terminate, process.kill):
        try:
            process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            harder()
    process.wait(STOP_LIMIT)


class Account(NamedTuple):
    """What a user has: an identity, and an app password made for this client."""

    did: str
    password: str


class Pds:
    """A Bluesky PDS, seen by its owner: makes accounts, and looks at what was posted."""

    def __init__(self, url: str, jwt_secret: str) -> None:
        self.url = url
        self._jwt_secret = jwt_secret.encode()
        self._http = httpx.Client(base_url=f"{url}/xrpc/", timeout=REQUEST_LIMIT, trust_env=False)
        self._owners: dict[str, str] = {}
        self._numbers = itertools.count(1)

    def close(self) -> None:
        self._http.close()

    def create_account(self, handle: str | None = None) -> Account:
        """A handle is `name.test`, of 3 to 18 letters; `blog` and other common words are reserved."""
        handle = handle or f"writer{next(self._numbers)}.test"
        created = self._call(
            "com.atproto.server.createAccount",
            {
                "handle": handle,
                "email": f"{handle}@mail.test",
                "password": f"main password of {handle}",
            },
        )
        did, token = created["did"], created["accessJwt"]
        self._owners[did] = token
        made = self._call("com.atproto.server.createAppPassword", {"name": "syndicate"}, token)
        return Account(did, made["password"])

    def records(self, did: str, collection: str = "app.bsky.feed.post") -> list[dict[str, Any]]:
        """Each has `uri`, `cid` and `value`; the first hundred, in the order they were written."""
        query = {"repo": did, "collection": collection, "limit": 100, "reverse": True}
        answer = self._http.get("com.atproto.repo.listRecords", params=query)
        return answer.raise_for_status().json()["records"]

    def delete_record(self, did: str, rkey: str, collection: str = "app.bsky.feed.post") -> None:
        """Done with the owner's own session, as from another app."""
        record = {"repo": did, "collection": collection, "rkey": rkey}
        self._call("com.atproto.repo.deleteRecord", record, self._owners[did])

    def expired(self, access_jwt: str) -> str:
        """The same session's token, but an hour past its end; the PDS answers 400 ExpiredToken."""
        header, payload, _ = access_jwt.split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        claims["exp"] = int(time.time()) - 3600
        signed = f"{header}.{_base64url(json.dumps(claims).encode())}"
        digest = hmac.new(self._jwt_secret, signed.encode(), hashlib.sha256).digest()
        return f"{signed}.{_base64url(digest)}"

    def _call(self, method: str, body: dict[str, Any], token: str | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = self._http.post(method, json=body, headers=headers)
        if answer.is_error:
            raise AssertionError(f"{method}: {answer.status_code} {answer.text}")
        return answer.json()


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Mastodon:
    """The Mastodon mock with two accounts on it, `author` and `second`."""

    def __init__(self, url: str, tokens: dict[str, str]) -> None:
        self.url = url
        self.tokens = tokens
        self.token = tokens["author"]
        self._http = httpx.Client(base_url=url, timeout=REQUEST_LIMIT, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def reset(self) -> None:
        """Forget all statuses, uploads, keys and faults; the accounts and tokens stay."""
        self._http.post("/api/v1/_mock/reset").raise_for_status()
        self.lose_answers(cut=False, count=0)

    def statuses(self, account: str = "author") -> list[dict[str, Any]]:
        """An account's statuses, newest first, 40 at most; `content` is HTML."""
        me = self._get("/api/v1/accounts/verify_credentials", account)
        return self._get(f"/api/v1/accounts/{me['id']}/statuses?limit=40", account)

    def source(self, status_id: str, account: str = "author") -> str:
        """A status's text just as it was sent."""
        return self._get(f"/api/v1/statuses/{status_id}/source", account)["text"]

    def media(self) -> list[dict[str, Any]]:
        """Every upload, oldest first; `status_id` is None for one that no status uses."""
        return self._http.get("/api/v1/_mock/uploads").raise_for_status().json()

    def media_bytes(self, upload: dict[str, Any]) -> bytes:
        """What was uploaded: the mock keeps it as it came."""
        return self._http.get(upload["url"]).raise_for_status().content

    def fault(
        self, effect: dict[str, Any], *, match: dict[str, Any] | None = None, count: int | None = 1
    ) -> None:
        """Spoil the next `count` requests that match (all of them for None).

        effect: `{"type": "status"|"ratelimit"|"latency"|"malformed"|"timeout", "status", "body",
        "headers", "delay_ms", "truncate"}`; match: `{"methods", "path", "path_regex"}`.
        Only `latency` lets the request through, after the delay, if the client is still there.
        """
        rule = {"effect": effect, "match": match or {}, "count": count}
        self._http.post("/api/v1/_mock/faults", json=rule).raise_for_status()

    def lose_answers(self, path: str = "/api/v1/statuses", *, cut: bool, count: int = 1) -> None:
        """Carry out the next `count` POSTs to the path, but never tell: cut off, or silent."""
        query = {"path": path, "cut": cut, "count": count}
        self._http.post("/api/v1/_mock/lost_answers", params=query).raise_for_status()

    def faults_left(self) -> list[dict[str, Any]]:
        return self._http.get("/api/v1/_mock/faults").raise_for_status().json()

    def _get(self, path: str, account: str) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[account]}"}
        return self._http.get(path, headers=headers).raise_for_status().json()


@contextmanager
def running_pds(errors: Path) -> Iterator[Pds]:
    with running([NODE, HERE / "pds.mjs", REAL], errors) as said:
        pds = Pds(said["url"], said["jwtSecret"])
        try:
            yield pds
        finally:
            pds.close()


@contextmanager
def running_mastodon(errors: Path) -> Iterator[Mastodon]:
    with running([PYTHON, HERE / "mastodon_server.py"], errors) as said:
        mastodon = Mastodon(said["url"], said["tokens"])
        try:
            yield mastodon
        finally:
            mastodon.close()
