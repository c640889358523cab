"""The harness itself: that the servers run, and refuse what the real networks refuse."""

import io
from typing import Any

import httpx
import pytest
from PIL import Image

from real import servers
from real.servers import Account, Mastodon, Pds

RKEY = "3m4abcdefgh2a"
STATUSES = "/api/v1/statuses"


def record(text: str) -> dict[str, Any]:
    return {
        "$type": "app.bsky.feed.post",
        "text": text,
        "createdAt": "2026-11-01T09:00:00.000Z",
        "langs": ["en"],
    }


class Client:
    """The few calls of a posting client, in plain HTTP."""

    def __init__(self, pds: Pds, account: Account) -> None:
        self.did = account.did
        self.http = httpx.Client(base_url=f"{pds.url}/xrpc/", timeout=20, trust_env=False)
        login = {"identifier": account.did, "password": account.password}
        self.session = self.post("com.atproto.server.createSession", login).json()
        self.http.headers["Authorization"] = f"Bearer {self.session['accessJwt']}"

    def post(self, method: str, body: dict[str, Any]) -> httpx.Response:
        return self.http.post(method, json=body)

    def put(self, text: str, rkey: str = RKEY) -> httpx.Response:
        post = {"repo": self.did, "collection": "app.bsky.feed.post", "rkey": rkey}
        return self.post(
            "com.atproto.repo.putRecord", {**post, "record": record(text), "swapRecord": None}
        )


@pytest.fixture
def bluesky(pds: Pds):
    client = Client(pds, pds.create_account())
    yield client
    client.http.close()


@pytest.fixture
def author(mastodon: Mastodon):
    headers = {"Authorization": f"Bearer {mastodon.token}"}
    with httpx.Client(base_url=mastodon.url, headers=headers, timeout=20, trust_env=False) as http:
        yield http


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 6), "teal").save(out, "PNG")
    return out.getvalue()


def test_without_setup_the_fixtures_fail_with_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(servers, "STAMPS", (tmp_path / "none",))
    with (
        pytest.raises(servers.NotSetUpError, match=r"run tests/real/setup\.sh"),
        servers.running_pds(tmp_path / "errors.log"),
    ):
        pass


def test_a_server_that_cannot_start_tells_why(tmp_path):
    command = [servers.PYTHON, "-c", "raise SystemExit('no room')"]
    with (
        pytest.raises(servers.StartError, match="no room"),
        servers.running(command, tmp_path / "errors.log"),
    ):
        pass


def test_a_session_names_the_servers_own_address(pds: Pds, bluesky: Client):
    services = bluesky.session["didDoc"]["service"]
    assert [(one["id"], one["serviceEndpoint"]) for one in services] == [("#atproto_pds", pds.url)]


def test_a_handle_resolves_to_its_did(pds: Pds):
    account = pds.create_account("tern.test")
    answer = httpx.get(
        f"{pds.url}/xrpc/com.atproto.identity.resolveHandle",
        params={"handle": "tern.test"},
        trust_env=False,
    )
    assert answer.json() == {"did": account.did}


def test_an_identical_record_put_twice_is_one_record(pds: Pds, bluesky: Client):
    first, second = bluesky.put("Hello, world"), bluesky.put("Hello, world")

    assert [first.status_code, second.status_code] == [200, 200]
    assert first.json()["cid"] == second.json()["cid"]
    assert "commit" in first.json()
    assert "commit" not in second.json()
    [kept] = pds.records(bluesky.did)
    assert kept["uri"] == f"at://{bluesky.did}/app.bsky.feed.post/{RKEY}"
    assert kept["value"] == record("Hello, world")


def test_a_different_record_under_the_same_key_is_refused(bluesky: Client):
    bluesky.put("Hello, world")
    answer = bluesky.put("Hello, moon")
    assert (answer.status_code, answer.json()["error"]) == (400, "InvalidSwap")


def test_a_key_that_is_no_tid_is_refused(bluesky: Client):
    answer = bluesky.put("Hello, world", rkey="hello-world")
    assert answer.status_code == 400
    assert "TID" in answer.json()["message"]


@pytest.mark.parametrize(("graphemes", "status"), [(300, 200), (301, 400)])
def test_a_post_has_at_most_300_graphemes(bluesky: Client, graphemes, status):
    flag = "\N{REGIONAL INDICATOR SYMBOL LETTER N}\N{REGIONAL INDICATOR SYMBOL LETTER O}"
    assert bluesky.put(flag * graphemes).status_code == status


def test_a_deleted_record_is_gone(pds: Pds, bluesky: Client):
    bluesky.put("Hello, world")
    pds.delete_record(bluesky.did, RKEY)
    assert pds.records(bluesky.did) == []


def test_an_expired_session_is_told_from_a_bad_one_and_can_be_refreshed(pds: Pds, bluesky: Client):
    bluesky.http.headers["Authorization"] = f"Bearer {pds.expired(bluesky.session['accessJwt'])}"
    answer = bluesky.put("Hello, world")
    assert (answer.status_code, answer.json()["error"]) == (400, "ExpiredToken")

    refresh = {"Authorization": f"Bearer {bluesky.session['refreshJwt']}"}
    fresh = bluesky.http.post("com.atproto.server.refreshSession", headers=refresh)
    bluesky.http.headers["Authorization"] = f"Bearer {fresh.json()['accessJwt']}"
    assert bluesky.put("Hello, world").status_code == 200


def test_one_idempotency_key_makes_one_status(mastodon: Mastodon, author: httpx.Client):
    upload = author.post(
        "/api/v2/media",
        files={"file": ("sea.png", png(), "image/png")},
        data={"description": "A teal sea"},
    )
    assert upload.status_code == 200
    post = {"status": "Hello, world", "media_ids": [upload.json()["id"]]}
    key = {"Idempotency-Key": "one"}
    first, second = (author.post(STATUSES, json=post, headers=key) for _ in range(2))

    assert first.json()["id"] == second.json()["id"]
    [status] = mastodon.statuses()
    assert mastodon.source(status["id"]) == "Hello, world"
    assert [one["description"] for one in status["media_attachments"]] == ["A teal sea"]
    [kept] = mastodon.media()
    assert kept["status_id"] == status["id"]
    assert mastodon.media_bytes(kept) == png()


def test_two_accounts_on_one_server_are_apart(mastodon: Mastodon, author: httpx.Client):
    author.post(STATUSES, json={"status": "Hello, world"})
    assert len(mastodon.statuses("author")) == 1
    assert mastodon.statuses("second") == []


def test_each_test_finds_the_server_empty(mastodon: Mastodon):
    assert mastodon.statuses() == []
    assert mastodon.media() == []


def test_an_unknown_token_is_refused(mastodon: Mastodon):
    answer = httpx.post(
        f"{mastodon.url}{STATUSES}",
        json={"status": "Hello"},
        headers={"Authorization": "Bearer nobody"},
        trust_env=False,
    )
    assert answer.status_code == 401


def test_a_status_has_at_most_500_characters(author: httpx.Client):
    assert author.post(STATUSES, json={"status": "x" * 501}).status_code == 422


def test_an_injected_fault_spoils_just_so_many_requests(mastodon: Mastodon, author: httpx.Client):
    mastodon.fault(
        {"type": "ratelimit", "headers": {"Retry-After": "7"}},
        match={"methods": ["POST"], "path": STATUSES},
        count=1,
    )
    limited, passed = (author.post(STATUSES, json={"status": "Hello"}) for _ in range(2))
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "7")
    assert passed.status_code == 200
    assert mastodon.faults_left() == []


@pytest.mark.parametrize(
    ("cut", "error"), [(True, httpx.RemoteProtocolError), (False, httpx.ReadTimeout)]
)
def test_a_status_can_be_made_whose_answer_is_lost(
    mastodon: Mastodon, author: httpx.Client, cut, error
):
    mastodon.lose_answers(cut=cut)
    post = {"json": {"status": "Hello"}, "headers": {"Idempotency-Key": "one"}}
    with pytest.raises(error):
        author.post(STATUSES, **post, timeout=2)

    [made] = mastodon.statuses()
    assert author.post(STATUSES, **post).json()["id"] == made["id"]
    assert len(mastodon.statuses()) == 1


def test_a_server_ends_when_its_pipe_is_closed(tmp_path):
    command = [servers.PYTHON, servers.HERE / "mastodon_server.py"]
    with servers.running(command, tmp_path / "errors.log") as said:
        pass
    with pytest.raises(httpx.ConnectError):
        httpx.get(said["url"], trust_env=False)
