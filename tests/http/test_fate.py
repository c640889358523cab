"""What is known of a message after each kind of trouble, from a real socket."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from datetime import timedelta

import httpx
import pytest

from fakes import faulty as fake
from fakes.faulty import answering, faulty, response
from syndicate.errors import (
    DeliveryError,
    Gone,
    InDoubt,
    Rejected,
    Throttled,
    Unauthorized,
    Unreachable,
)
from syndicate.http import FilePart, Http
from syndicate.testing.clock import NOON


def ask(behaviour, *, creates=True, seconds=20.0, **request):
    """Send one request to a server that behaves so; give the reply, and what the server saw."""

    async def main():
        async with faulty(behaviour) as server:
            http = Http(["127.0.0.0/8"], timedelta(seconds=seconds), clock=lambda: NOON)
            try:
                reply = await http.request("POST", server.url, creates=creates, **request)
            finally:
                await http.aclose()
        return reply, server

    return asyncio.run(main())


LOST = {
    "reset, nothing read": fake.reset_at_once,
    "reset after the request": fake.reset_after_request,
    "hung up": fake.hang_up,
    "truncated": fake.truncated,
    "garbage": fake.garbage,
    "headers without an end": fake.nothing_but_headers,
    "silence": fake.silence,
    "a drip": fake.drip,
    "a body without an end": fake.endless,
}


@pytest.mark.parametrize("behaviour", LOST.values(), ids=LOST)
@pytest.mark.parametrize(("creates", "expected"), [(True, InDoubt), (False, Unreachable)])
def test_a_lost_answer_is_a_doubt_only_where_something_is_created(behaviour, creates, expected):
    with pytest.raises(expected) as caught:
        ask(behaviour, creates=creates, seconds=1.0, json={"text": "hello"})
    assert type(caught.value) is expected


HOSTS = ["127.0.0.1:1", "10.0.0.1", "127.1", "unknown.invalid", "127.0.0.1:port", "[::1"]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("scheme", ["http", "https", "ftp"])
def test_no_error_tells_where_a_request_was_going_beyond_the_host(scheme, host):
    with pytest.raises(DeliveryError) as caught:
        asyncio.run(_get(f"{scheme}://{host}/hooks/hush?token=hush#hush"))
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("behaviour", LOST.values(), ids=LOST)
def test_no_lost_answer_tells_it_either(behaviour):
    async def main():
        async with faulty(behaviour) as server:
            http = Http(["127.0.0.0/8"], timedelta(seconds=1))
            try:
                await http.request("GET", f"{server.url}/hooks/hush?token=hush")
            finally:
                await http.aclose()

    with pytest.raises(
        Unreachable, match=r"^the answer (of 127\.0\.0\.1 was lost|is longer)"
    ) as caught:
        asyncio.run(main())
    assert "hush" not in str(caught.value)


def test_a_refused_connection_leaves_no_doubt():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    async def main():
        http = Http(["127.0.0.0/8"])
        try:
            await http.request("POST", f"http://127.0.0.1:{port}/", creates=True)
        finally:
            await http.aclose()

    with pytest.raises(Unreachable, match=r"no connection to 127\.0\.0\.1"):
        asyncio.run(main())


def test_a_server_that_never_shakes_hands_leaves_no_doubt():
    async def mute(visit):
        await asyncio.sleep(60)

    async def main():
        async with faulty(mute) as server:
            http = Http(["127.0.0.0/8"], timedelta(seconds=0.4))
            try:
                await http.request("POST", f"https://127.0.0.1:{server.port}/", creates=True)
            finally:
                await http.aclose()

    with pytest.raises(Unreachable, match="no connection"):
        asyncio.run(main())


def test_time_that_ran_out_while_connecting_leaves_no_doubt():
    async def main():
        async def never(*args, **options):
            await asyncio.sleep(60)

        asyncio.get_running_loop().getaddrinfo = never
        http = Http(["127.0.0.0/8"], timedelta(seconds=0.1))
        http._timeouts = {}  # only the limit of the whole request is left
        try:
            await http.request("POST", "https://slow.example/", creates=True)
        finally:
            await http.aclose()

    with pytest.raises(Unreachable, match="no connection to slow"):
        asyncio.run(main())


STATUSES = [
    (301, Rejected),
    (302, Rejected),
    (304, Rejected),
    (400, Rejected),
    (401, Unauthorized),
    (402, Rejected),
    (403, Unauthorized),
    (404, Rejected),
    (405, Rejected),
    (408, Unreachable),
    (409, Rejected),
    (410, Gone),
    (413, Rejected),
    (415, Rejected),
    (422, Rejected),
    (425, Unreachable),
    (426, Rejected),
    (429, Throttled),
    (500, InDoubt),
    (502, InDoubt),
    (503, InDoubt),
    (504, InDoubt),
]


@pytest.mark.parametrize(("status", "expected"), STATUSES)
@pytest.mark.parametrize("creates", [True, False])
def test_each_status_has_its_error(status, expected, creates):
    reply, _ = ask(answering(response(status, b"why")), creates=creates)
    if not creates and expected is InDoubt:
        expected = Unreachable
    with pytest.raises(expected) as caught:
        reply.check()
    assert type(caught.value) is expected
    assert caught.value.status == status
    assert caught.value.until is None


@pytest.mark.parametrize("status", [200, 201, 202, 204, 206, 299])
def test_any_2xx_is_a_success(status):
    reply, _ = ask(answering(response(status, b"" if status == 204 else b"{}")))
    assert reply.check().status == status


WAITS = [
    ("120", timedelta(seconds=120)),
    ("0", timedelta(seconds=1)),
    ("Sun, 01 Mar 2026 12:05:00 GMT", timedelta(minutes=5)),
    ("315360000", timedelta(hours=24)),
    ("-5", None),
    ("soon", None),
    ("Sun, 01 Mar 2020 12:05:00 GMT", None),
]


@pytest.mark.parametrize(("said", "wait"), WAITS)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_obeyed_in_all_its_forms(status, said, wait):
    reply, _ = ask(answering(response(status, retry_after=said)))
    error = reply.error()
    assert error.until == (wait and NOON + wait)
    assert type(error) is (Throttled if status == 429 or wait else InDoubt)


def test_a_redirect_is_not_followed():
    async def main():
        async with faulty(answering(response(200))) as inside:
            target = response(302, location=f"{inside.url}/admin?token=hush")
            async with faulty(answering(target)) as server:
                http = Http(["127.0.0.0/8"])
                reply = await http.request("GET", server.url)
                await http.aclose()
        return reply, inside

    reply, inside = asyncio.run(main())
    assert inside.visits == 0
    with pytest.raises(Rejected, match=r"HTTP 302: redirects to http://127.*/admin$") as caught:
        reply.check()
    assert "hush" not in str(caught.value)


def test_a_compressed_answer_is_not_unpacked():
    reply, server = ask(fake.gzip_bomb)
    assert b"accept-encoding: identity" in server.requests[0].lower()
    assert reply.body == b""
    with pytest.raises(InDoubt, match="is not JSON"):
        reply.json()


@pytest.mark.parametrize("coding", ["identity", "Identity", ""])
def test_an_answer_that_says_it_is_not_compressed_is_read(coding):
    reply, _ = ask(answering(response(200, b'{"id": 1}', content_encoding=coding)))
    assert reply.json() == {"id": 1}


def test_a_long_answer_is_an_error_on_success_and_cut_off_on_failure():
    long = b"x" * 1_001
    reply, _ = ask(answering(response(200, long)), cap=1_001)
    assert len(reply.body) == 1_001
    with pytest.raises(InDoubt, match="longer than 1000 bytes"):
        ask(answering(response(200, long)), cap=1_000)
    reply, _ = ask(answering(response(422, long)), cap=1_000)
    assert len(reply.body) == 1_000


def test_a_body_without_an_end_is_not_read_to_the_last_moment():
    with pytest.raises(InDoubt, match="is longer than 65536 bytes"):
        ask(fake.endless, seconds=1.0)


def test_a_connection_is_used_again():
    async def main():
        async with faulty(answering(response(200))) as server:
            http = Http(["127.0.0.0/8"])
            for _ in range(3):
                await http.request("POST", server.url, json={})
            await http.aclose()
            return server

    server = asyncio.run(main())
    assert (server.visits, len(server.requests)) == (1, 3)


def test_proxies_of_the_environment_are_not_used(monkeypatch):
    async def main():
        async with faulty(answering(response(200))) as proxy, faulty(fake.hang_up) as server:
            for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
                monkeypatch.setenv(name, proxy.url)
            http = Http(["127.0.0.0/8"])
            with pytest.raises(Unreachable):
                await http.request("GET", server.url)
            await http.aclose()
            return proxy

    assert asyncio.run(main()).visits == 0


UNSENDABLE = [
    "",
    "https://",
    "//host/path",
    "ftp://127.0.0.1/",
    "data:image/png;base64,AAAA",
    "http://[::1",
    "http://127.0.0.1:port/",
    "http://127.0.0.1/\n",
    "https://xn--/",
    "https://\N{SNOWMAN}\ud800/",
]


@pytest.mark.parametrize("url", UNSENDABLE)
def test_an_address_that_is_none_is_rejected(url):
    with pytest.raises(Rejected, match="cannot be sent"):
        asyncio.run(_get(url))


def test_an_address_with_credentials_is_refused_and_not_repeated():
    with pytest.raises(Rejected, match="user name or password") as caught:
        asyncio.run(_get("http://ada:hunter2@127.0.0.1/"))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("secret", ["hunter2\nx", "hunter2\0", "hunter2\N{SNOWMAN}", "h\xfcnter2"])
def test_a_header_that_cannot_be_sent_is_not_repeated(secret):
    with pytest.raises(Rejected, match="cannot be sent") as caught:
        ask(answering(response(200)), headers={"authorization": f"Bearer {secret}"})
    assert "nter2" not in str(caught.value)
    assert caught.value.__suppress_context__, "a traceback would show it"


async def _get(url):
    http = Http(["127.0.0.0/8"])
    try:
        return await http.request("GET", url)
    finally:
        await http.aclose()


def test_a_body_arrives_as_it_was_given():
    _, server = ask(
        answering(response(200)),
        content="{“é”}".encode(),
        headers={"x-id": "7"},
        params={"wait": "true"},
    )
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /?wait=true HTTP/1.1\r\n")
    assert b"\r\nx-id: 7\r\n" in head.lower()
    assert b"\r\nuser-agent: syndicate/" in head.lower()
    assert body == "{“é”}".encode()


def test_a_form_with_a_file_goes_out_as_multipart():
    file = FilePart("image.png", "image/png", b"\x89PNG")
    _, server = ask(answering(response(200)), form={"description": "ä"}, files={"file": file})
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert b"multipart/form-data" in head
    assert b'name="file"; filename="image.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG' in body
    assert "ä".encode() in body
    assert "PNG" not in repr(file).removeprefix("FilePart(name='image.png', type='image/png'")


SECRET = "aXv3-Qm9_zYt7Lk2PbR5sWd8"


@pytest.mark.parametrize(
    "answer",
    [
        response(400, f"no hook {SECRET}".encode()),
        response(404, json.dumps({"message": f"Unknown {SECRET}"}).encode()),
        response(302, location=f"/hooks/{SECRET}"),
        response(200, f"<html>{SECRET}".encode()),
    ],
    ids=["text", "json", "redirect", "garbled"],
)
def test_no_error_repeats_a_secret_that_the_answer_repeats(answer):
    async def main():
        async with faulty(answering(answer)) as server:
            http = Http(["127.0.0.0/8"])
            url = f"{server.url}/hooks/{SECRET}"
            reply = await http.request("POST", url, creates=True, hide=[url])
            try:
                reply.check().json()
            finally:
                assert SECRET not in repr(reply)
                await http.aclose()

    with pytest.raises(DeliveryError) as caught:
        asyncio.run(main())
    assert SECRET not in caught.value.detail
    assert "[secret]" in caught.value.detail


def test_no_log_tells_where_a_request_went(caplog):
    async def main():
        async with faulty(answering(response())) as server:
            http = Http(["127.0.0.0/8"])
            await http.request("POST", f"{server.url}/hooks/{SECRET}")
            await http.aclose()
            async with httpx.AsyncClient(trust_env=False) as others:
                await others.get(f"{server.url}/public")

    with caplog.at_level(logging.DEBUG):
        asyncio.run(main())
    assert SECRET not in caplog.text
    assert "/public" in caplog.text, "others' requests are logged as ever"
