"""The guard stands where the socket is opened: after DNS, with the judged address pinned."""

from __future__ import annotations

import asyncio
import socket
from datetime import timedelta

import httpcore
import pytest

from fakes.faulty import answering, faulty, response
from syndicate.errors import Rejected, Unreachable
from syndicate.http import Http
from syndicate.http.guard import GuardedBackend

LOOPBACK = ["127.0.0.0/8"]


def resolve(**names):
    """Replace the running loop's resolver; each name has a list of answers, one a look-up."""
    loop = asyncio.get_running_loop()
    real = loop.getaddrinfo
    asked = []

    async def answer(host, port, **options):
        name = str(host).partition(".")[0]
        if name not in names:
            return await real(host, port, **options)
        asked.append(str(host))
        found = names[name][min(asked.count(str(host)), len(names[name])) - 1]
        if isinstance(found, Exception):
            raise found
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    loop.getaddrinfo = answer
    return asked


async def get(url, allow=LOOPBACK):
    http = Http(allow, timedelta(seconds=2))
    try:
        return await http.request("GET", url)
    finally:
        await http.aclose()


SPELLINGS = ["127.1", "0x7f.1", "2130706433", "0", "017700000001", "999.1"]
ADDRESSES = ["127.0.0.1", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]"]
ADDRESSES += ["[2002:7f00:1::]", "[fec0::1]", "169.254.169.254", "10.0.0.1", "224.0.0.1", "[::1]"]


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", [*SPELLINGS, *ADDRESSES, "localhost"])
def test_nothing_private_is_reached_unless_it_is_named(scheme, host):
    with pytest.raises(Rejected):
        asyncio.run(get(f"{scheme}://{host}:1/", allow=[]))


@pytest.mark.parametrize("host", SPELLINGS)
def test_numbers_in_disguise_are_refused_even_where_the_network_is_allowed(host):
    with pytest.raises(Rejected, match="write the address in full"):
        asyncio.run(get(f"http://{host}:1/"))


def test_numbers_in_disguise_are_refused_before_anybody_is_asked():
    async def main():
        loop = asyncio.get_running_loop()

        async def unexpected(*args, **options):
            raise AssertionError("looked up")

        loop.getaddrinfo = unexpected
        await get("http://999.1/")

    with pytest.raises(Rejected):
        asyncio.run(main())


def test_plain_http_is_refused_even_to_a_public_address():
    # The guard refuses before it connects; nothing leaves this machine.
    with pytest.raises(Rejected, match="plain http"):
        asyncio.run(get("http://93.184.216.34/"))


def test_a_named_network_is_reached_by_name_and_by_address():
    async def main():
        async with faulty(answering(response(200))) as server:
            resolve(hook=[["127.0.0.1"]])
            by_address = await get(server.url)
            by_name = await get(f"http://hook.example:{server.port}/")
            return by_address.status, by_name.status, server.requests[1]

    address, name, request = asyncio.run(main())
    assert (address, name) == (200, 200)
    assert b"\r\nhost: hook.example:" in request.lower(), "the server is told the name"


def test_the_loopback_of_ipv6_is_reached_where_it_is_named():
    async def main():
        async with faulty(answering(response(200)), host="::1") as server:
            return await get(f"http://[::1]:{server.port}/", allow=["::1"])

    assert asyncio.run(main()).status == 200


def test_the_address_that_was_judged_is_the_one_that_is_connected_to():
    """DNS rebinding: the second answer would lead elsewhere, so there must be no second question."""

    async def main():
        async with faulty(answering(response(200))) as server:
            asked = resolve(rebind=[["127.0.0.1"], ["10.0.0.1"]])
            reply = await get(f"http://rebind.example:{server.port}/")
            return reply, asked

    reply, asked = asyncio.run(main())
    assert reply.status == 200
    assert asked == ["rebind.example"]


def test_a_name_that_rebinds_to_a_private_address_is_refused_at_the_next_connection():
    async def main():
        async with faulty(answering(response(200))) as server:
            resolve(rebind=[["127.0.0.1"], ["10.0.0.1"]])
            url = f"http://rebind.example:{server.port}/"
            await get(url)
            await get(url)

    with pytest.raises(Rejected, match=r"rebind\.example \(10\.0\.0\.1\) is refused"):
        asyncio.run(main())


def test_of_several_addresses_only_the_permitted_ones_are_tried():
    async def main():
        async with faulty(answering(response(200))) as server:
            resolve(mixed=[["10.0.0.1", "169.254.169.254", "127.0.0.1"]])
            return await get(f"http://mixed.example:{server.port}/")

    assert asyncio.run(main()).status == 200


def test_the_next_address_is_tried_when_one_does_not_answer():
    async def main():
        async with faulty(answering(response(200))) as server:
            resolve(two=[["127.0.0.9", "127.0.0.1"]])  # nobody listens on the first
            return await get(f"http://two.example:{server.port}/")

    assert asyncio.run(main()).status == 200


@pytest.mark.parametrize(
    "answer",
    [socket.gaierror(-2, "Name or service not known"), UnicodeError("label too long"), []],
    ids=["unknown", "no label", "no address"],
)
def test_a_name_that_does_not_resolve_may_heal(answer):
    async def main():
        async with faulty(answering(response(200))) as server:
            resolve(flaky=[answer, ["127.0.0.1"]])
            url = f"http://flaky.example:{server.port}/"
            with pytest.raises(Unreachable, match=r"no connection to flaky\.example"):
                await get(url)
            return await get(url)

    assert asyncio.run(main()).status == 200


def test_a_slow_resolver_is_given_up():
    async def main():
        async def never(*args, **options):
            await asyncio.sleep(60)

        asyncio.get_running_loop().getaddrinfo = never
        http = Http(LOOPBACK, timedelta(seconds=0.2))
        try:
            await http.request("POST", "https://slow.example/", creates=True)
        finally:
            await http.aclose()

    with pytest.raises(Unreachable, match="not resolved in time"):
        asyncio.run(main())


class Recorder:
    """Stands for the socket layer, so that a test never connects to anybody out there."""

    def __init__(self) -> None:
        self.asked = []

    async def connect_tcp(self, host, port, *rest):
        self.asked.append(host)
        raise httpcore.ConnectError("as the test wants it")


@pytest.mark.parametrize(("public", "reached"), [(True, ["93.184.216.34"]), (False, [])])
def test_the_public_internet_is_reached_over_tls_only(public, reached):
    """The two schemes have a guard each; this is the difference between them."""

    async def main():
        resolve(outside=[["10.0.0.1", "93.184.216.34"]])
        backend = GuardedBackend([], public=public)
        backend._inner = recorder = Recorder()
        with pytest.raises((httpcore.ConnectError, Rejected)):
            await backend.connect_tcp("outside.example", 443, 1.0)
        return recorder.asked

    assert asyncio.run(main()) == reached


def test_https_has_the_guard_that_reaches_the_public_internet_and_http_the_other():
    async def main():
        http = Http()
        pools = {
            scheme: transport._pool._network_backend._public
            for scheme, transport in http._transports.items()
        }
        await http.aclose()
        return pools

    assert asyncio.run(main()) == {"https": True, "http": False}
