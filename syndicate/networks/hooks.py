"""What networks have in common whose whole credential is an address to post to."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from syndicate.errors import Unauthorized
from syndicate.http import Reply
from syndicate.model import Health
from syndicate.networks.base import Wire

ADVICE = "make a new webhook, and put its address where the configuration names it"


async def post(wire: Wire, url: SecretStr, **request: Any) -> Reply:
    """Post to the webhook; its address is in no error, whoever repeats it.

    Raises:
        DeliveryError: as :meth:`syndicate.http.Http.request` does.
    """
    address = url.get_secret_value()
    return await wire.http.request("POST", address, creates=True, hide=[address], **request)


async def change(wire: Wire, method: str, url: SecretStr, number: str, **request: Any) -> Reply:
    """Change or delete one of the webhook's own messages; doing that again does no harm.

    Args:
        wire: the endpoint's connection.
        method: PATCH or DELETE.
        url: the webhook's address.
        number: the message's.
        request: as :meth:`syndicate.http.Http.request` takes it.

    Raises:
        DeliveryError: as :meth:`syndicate.http.Http.request` does.
    """
    address = url.get_secret_value()
    place = f"{address.partition('?')[0]}/messages/{number}"
    return await wire.http.request(method, place, hide=[address], **request)


def check(reply: Reply) -> Reply:
    """Return the reply when it is a success.

    Raises:
        Unauthorized: nothing is there (404): that is the endpoint's fault, not the message's.
        DeliveryError: the kind that the status stands for.
    """
    if reply.status == HTTPStatus.NOT_FOUND:
        raise endpoint_fault(reply, ADVICE)
    return reply.check()


def endpoint_fault(reply: Reply, advice: str) -> Unauthorized:
    """Build the error for a refusal that a person has to mend at the endpoint."""
    return Unauthorized(f"{reply.error().detail}; {advice}", status=reply.status)


async def knock(wire: Wire, url: SecretStr) -> Health:
    """Ask whether somebody is there, where only a message would try the address itself.

    Raises:
        DeliveryError: nobody is, or what is there has moved or ended.
    """
    address = url.get_secret_value()
    reply = await wire.http.request("HEAD", address, hide=[address])
    if reply.has_moved or reply.status == HTTPStatus.GONE:
        raise reply.error()
    host = urlsplit(address).hostname
    detail = f"{host} answers (HTTP {reply.status} to HEAD); the first message tries the address"
    return Health(ok=True, detail=detail)
