"""Which addresses may be connected to. Standard library only."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_V4_COMPATIBLE = ipaddress.ip_network("::/96")
_NOT_PUBLIC = [
    ipaddress.ip_network(each)
    for each in (
        "192.0.0.0/24",  # the IETF's own protocols (RFC 6890): no web server is there
        "192.88.99.0/24",  # the old 6to4 relays (RFC 7526)
        "3fff::/20",  # documentation (RFC 9637)
    )
]
"""What ``ipaddress`` of one Python or another takes for global, and IANA's registries do not."""
_NUMERIC = re.compile(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+))*\.?", re.IGNORECASE)


def unwrap(address: Address) -> Address:
    """Give the IPv4 address that an IPv6 one stands for (mapped, 6to4, Teredo, NAT64)."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if address.teredo:
        return address.teredo[1]
    # ``::`` and ``::1`` are addresses of their own, not IPv4 ones in disguise.
    if address in _NAT64 or (address in _V4_COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the public internet's.

    ``is_global`` alone says yes to multicast, and to IPv6 forms that lead to a private IPv4 host.
    """
    inner = unwrap(address)
    return (
        inner.is_global
        and not inner.is_multicast
        and not inner.is_reserved
        and not (isinstance(inner, ipaddress.IPv6Address) and inner.is_site_local)
        and not any(inner.version == each.version and inner in each for each in _NOT_PUBLIC)
    )


def is_allowed(address: Address, networks: Sequence[Network]) -> bool:
    """Tell whether the configuration names a network that has this address."""
    inner = unwrap(address)
    return any(inner.version == network.version and inner in network for network in networks)


def is_odd_spelling(host: str) -> bool:
    """Tell whether a host is a number in disguise: ``127.1``, ``0x7f.1``, ``2130706433``, ``0``."""
    if not _NUMERIC.fullmatch(host):
        return False
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return True
    return False
