"""Which addresses are the public internet's. Pure: nothing is ever connected to here."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.http.addresses import is_allowed, is_odd_spelling, is_public, unwrap

PRIVATE = [
    "0.0.0.0",  # this host
    "10.0.0.1",
    "100.64.0.1",  # shared by carriers
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",  # the clouds' metadata
    "172.16.0.1",
    "172.31.255.255",
    "192.0.2.1",  # documentation
    "192.168.1.1",
    "198.18.0.1",  # benchmarks
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",  # multicast
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",  # translated (RFC 2765)
    "64:ff9b::7f00:1",  # NAT64
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",  # NAT64, local use
    "100::1",  # discard
    "2001:0:4136:e378:8000:63bf:80ff:fffe",  # Teredo of 127.0.0.1
    "2001:db8::1",
    "2002:7f00:1::",  # 6to4
    "2002:a00:1::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "192.0.0.8",
    "192.0.0.170",
    "192.88.99.1",  # a 6to4 relay
    "::ffff:192.88.99.1",
    "3fff::1",  # documentation
    "3fff:fff:ffff::1",
    "ff02::1",
]
PUBLIC = [
    "1.1.1.1",
    "192.0.1.1",
    "192.88.98.1",
    "93.184.216.34",
    "2606:4700:4700::1111",
    "::ffff:93.184.216.34",
    "64:ff9b::5db8:d822",
    "2002:5db8:d822::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_no_way_of_writing_a_private_address_is_public(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_public_in_every_wrapping(address):
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_a_wrapped_address_is_judged_as_the_one_inside(inner):
    number = int(inner)
    wrappings = [
        ipaddress.IPv6Address((0xFFFF << 32) | number),
        ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) | number),
        ipaddress.IPv6Address((0x2002 << 112) | (number << 80)),
    ]
    for wrapped in wrappings:
        assert unwrap(wrapped) == inner
        assert is_public(wrapped) == is_public(inner)


def test_a_teredo_address_leads_to_its_client():
    address = ipaddress.ip_address("2001:0:4136:e378:8000:63bf:80ff:fffe")
    assert unwrap(address) == ipaddress.ip_address("127.0.0.1")


@pytest.mark.parametrize(
    ("address", "networks", "allowed"),
    [
        ("127.0.0.1", ["127.0.0.0/8"], True),
        ("::ffff:127.0.0.1", ["127.0.0.0/8"], True),
        ("10.1.2.3", ["127.0.0.0/8", "10.1.2.3/32"], True),
        ("10.1.2.4", ["127.0.0.0/8", "10.1.2.3/32"], False),
        ("::1", ["127.0.0.0/8"], False),
        ("::1", ["::1/128"], True),
        ("127.0.0.1", [], False),
    ],
)
def test_only_the_named_networks_are_allowed(address, networks, allowed):
    named = [ipaddress.ip_network(each) for each in networks]
    assert is_allowed(ipaddress.ip_address(address), named) is allowed


@pytest.mark.parametrize(
    "host",
    [
        "127.1",
        "127.0.1",
        "0x7f.1",
        "0X7F.0.0.1",
        "2130706433",
        "0",
        "0x7f000001",
        "017700000001",
        "0177.0.0.1",
        "127.0.0.1.",
        "1.2.3.4.5",
        "999.1",
        "256.0.0.1",
        "0x",
    ],
)
def test_numbers_in_disguise_are_odd(host):
    assert is_odd_spelling(host)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "8.8.8.8", "example.org", "0.pool.ntp.org", "1e100.net", "::1", "dead.beef"],
)
def test_plain_addresses_and_names_are_not_odd(host):
    assert not is_odd_spelling(host)
