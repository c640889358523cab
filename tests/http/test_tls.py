"""TLS verifies the name while the address is pinned."""

from __future__ import annotations

import asyncio
import socket
import ssl
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from fakes.faulty import answering, faulty, response
from syndicate.errors import InDoubt, Rejected, Unreachable
from syndicate.http import Http

CA = trustme.CA()
YESTERDAY = datetime.now(UTC) - timedelta(days=1)


def serving(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def trusting(ca=CA):
    context = ssl.create_default_context()
    ca.configure_trust(context)
    return context


def ask(tls, context, host="127.0.0.1"):
    """Post to a TLS server under a name that resolves to this machine."""

    async def main():
        async def here(name, port, **options):
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

        async with faulty(answering(response(200)), tls=tls) as server:
            asyncio.get_running_loop().getaddrinfo = here
            http = Http(["127.0.0.0/8"], timedelta(seconds=2), context=context)
            try:
                url = f"https://{host}:{server.port}/"
                return await http.request("POST", url, creates=True)
            finally:
                await http.aclose()

    return asyncio.run(main())


def test_the_name_is_verified_not_the_address():
    tls = serving(CA.issue_cert("hook.example"))
    assert ask(tls, trusting(), "hook.example").status == 200


@pytest.mark.parametrize(
    ("names", "host"),
    [("other.example", "hook.example"), ("hook.example", "127.0.0.1"), ("10.9.9.9", "127.0.0.1")],
)
def test_a_certificate_for_another_name_is_final(names, host):
    with pytest.raises(Rejected, match=f"the certificate of {host} is for another name"):
        ask(serving(CA.issue_cert(names)), trusting(), host)


@pytest.mark.parametrize(
    ("tls", "context"),
    [
        (serving(CA.issue_cert("hook.example", not_after=YESTERDAY)), trusting()),
        (serving(trustme.CA().issue_cert("hook.example")), trusting()),
        (serving(CA.issue_cert("hook.example")), None),
    ],
    ids=["expired", "unknown authority", "the system's authorities"],
)
def test_a_certificate_that_can_be_mended_is_tried_again(tls, context):
    with pytest.raises(Unreachable, match="no connection to hook"):
        ask(tls, context, "hook.example")


def test_a_server_without_tls_is_unreachable_over_https():
    with pytest.raises(Unreachable):
        ask(None, trusting())


def test_a_server_that_wants_our_certificate_answers_nothing():
    """In TLS 1.3 its refusal comes after the request has left: nobody knows what it did with it."""
    tls = serving(CA.issue_cert("127.0.0.1"))
    tls.verify_mode = ssl.CERT_REQUIRED
    CA.configure_trust(tls)
    with pytest.raises(InDoubt):
        ask(tls, trusting())
