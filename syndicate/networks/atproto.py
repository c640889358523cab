"""What the networks of the AT Protocol have in common: sessions that last, and record keys.

https://atproto.com/specs/xrpc, https://atproto.com/specs/tid
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from pydantic import SecretStr

from syndicate.errors import Rejected, Unauthorized, Unreachable
from syndicate.http import Reply
from syndicate.model import Key
from syndicate.networks.base import Wire

ENTRYWAYS = frozenset({"https://bsky.social"})
"""Where accounts log in that live on many servers. Any other service is the account's own."""
_STALE = {"ExpiredToken", "InvalidToken"}
_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEADY = datetime(2020, 1, 1, tzinfo=UTC)


class Account:
    """An account on its server (PDS).

    Log-ins are rationed, so the tokens of one are kept from run to run, and renewed when the
    server calls them stale. Only where that fails, too, is the password used again.
    """

    def __init__(self, service: str, handle: str, password: SecretStr, wire: Wire) -> None:
        self._service = service
        self._handle = handle
        self._password = password
        self._wire = wire

    async def did(self) -> str:
        """Give the account's permanent identifier."""
        return (await self._session())["did"]

    async def tokens(self) -> tuple[str, str]:
        """Give the tokens of the session: that for access, and that which renews it."""
        session = await self._session()
        return session["access"], session["refresh"]

    async def call(self, method: str, name: str, **options: Any) -> Reply:
        """Call an XRPC method as the account.

        Args:
            method: GET for a query, POST for a procedure.
            name: the method's name, such as ``com.atproto.repo.putRecord``.
            options: as :meth:`syndicate.http.Http.request` takes them.

        Raises:
            DeliveryError: the session could not be had, or the request be sent.
        """
        session = await self._session()
        reply = await self._send(session["access"], session["pds"], method, name, **options)
        if _is_stale(reply):
            session = await self._refresh(session)
            reply = await self._send(session["access"], session["pds"], method, name, **options)
        return reply

    async def _send(self, token: str, server: str, method: str, name: str, **options: Any) -> Reply:
        headers = {"authorization": f"Bearer {token}", **options.pop("headers", {})}
        return await self._wire.http.request(
            method, f"{server}/xrpc/{name}", headers=headers, **options
        )

    async def _session(self) -> dict[str, str]:
        """Give the kept session, where it is of the account that is configured now."""
        session = self._wire.session.load()
        return session if session.get("account") == self._name else await self._log_in()

    @property
    def _name(self) -> str:
        return _name(self._handle, self._service)

    async def _log_in(self) -> dict[str, str]:
        reply = await self._wire.http.request(
            "POST",
            f"{self._service}/xrpc/com.atproto.server.createSession",
            json={"identifier": self._handle, "password": self._password.get_secret_value()},
        )
        try:
            reply.check()
        except Rejected as error:  # by whatever name: it is the endpoint that is wrong, not a post
            raise Unauthorized(f"no log-in: {error.detail}", status=error.status) from error
        return self._keep(reply, home(self._service, reply.field("didDoc")))

    async def _refresh(self, session: dict[str, str]) -> dict[str, str]:
        """Renew the tokens; where the one that renews is stale itself, log in."""
        reply = await self._send(
            session["refresh"], session["pds"], "POST", "com.atproto.server.refreshSession"
        )
        if _is_stale(reply):
            return await self._log_in()
        return self._keep(reply.check(), session["pds"])

    def _keep(self, reply: Reply, server: str) -> dict[str, str]:
        names = {"did": "did", "access": "accessJwt", "refresh": "refreshJwt"}
        session = {ours: reply.field(theirs) for ours, theirs in names.items()}
        if not all(value and isinstance(value, str) for value in session.values()):
            # The answer has tokens in it, perhaps: it must not be quoted.
            raise Unreachable("the log-in was answered with no session", status=reply.status)
        session |= {"account": self._name, "pds": server}
        self._wire.session.save(session)
        return session


def known_did(service: str, handle: str, session: Mapping[str, Any]) -> str | None:
    """Give the account's permanent identifier where a kept session is of that account."""
    return session.get("did") if session.get("account") == _name(handle, service) else None


def _name(handle: str, service: str) -> str:
    return f"{handle} {service}"


def home(service: str, document: Any) -> str:
    """Tell where the account's own server is.

    An entryway says so in the account's DID document. Any other service is believed to be that
    server itself: behind a proxy, or in a test, the document may name an address that leads
    nowhere from here.
    """
    entries = document.get("service") if isinstance(document, dict) else None
    if service in ENTRYWAYS and isinstance(entries, list):
        for entry in entries:
            if isinstance(entry, dict) and str(entry.get("id")).endswith("#atproto_pds"):
                endpoint = str(entry.get("serviceEndpoint")).rstrip("/")
                return endpoint if endpoint.startswith("https://") else service
    return service


def tid(key: Key) -> str:
    """Derive a record key: the time of the first attempt, and the key's hash for the clock id.

    53 bits of microseconds and 10 of clock id, in 13 sortable base32 digits.
    """
    microseconds = (key.minted - _EPOCH) // timedelta(microseconds=1)
    return _spell(microseconds, hashlib.sha256(key.value.encode()).digest()[:2])


def steady_tid(name: str) -> str:
    """Derive a record key from a name alone, for what there is one of whenever it is written.

    Its time is drawn from the name as well: some moment of the years from 2020 to 2024, so that no
    server takes it for one of the future.
    """
    digest = hashlib.sha256(name.encode()).digest()
    drawn = int.from_bytes(digest[2:8]) >> 1
    return _spell((_STEADY - _EPOCH) // timedelta(microseconds=1) + drawn, digest[:2])


def _spell(microseconds: int, clock: bytes) -> str:
    """Write a TID down: a time, and ten bits that tell apart what is of one time."""
    number = ((microseconds & (1 << 53) - 1) << 10) | int.from_bytes(clock) & 0x3FF
    return "".join(_DIGITS[(number >> shift) & 31] for shift in range(60, -1, -5))


def _is_stale(reply: Reply) -> bool:
    """Tell whether the token was refused: most servers say so with a 400, and name the reason."""
    return reply.status == HTTPStatus.UNAUTHORIZED or reply.field("error") in _STALE
