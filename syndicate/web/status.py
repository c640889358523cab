"""The status page: what needs somebody, how each endpoint fares, where deliveries stand.

It tells of posts before they are announced and of what servers have said, so it asks for a password
(Basic, RFC 7617), and is not there where none is configured. Nothing on it can be changed: what is
to be done is done by the commands that it names.
"""

from __future__ import annotations

import asyncio
import hmac
from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from syndicate import pages
from syndicate.delivery import next_try
from syndicate.errors import LedgerError
from syndicate.model import Delivery, EndpointState, Gate, State, Trouble
from syndicate.standing import Account, Standing

NEWEST = 50
"""How many deliveries are shown that are done with."""
WAITING = 200
"""How many are shown that are not."""
_OFF = (
    "the status page is not switched on: name its password in the configuration, such as\n"
    '[server]\nstatus_password = "env:STATUS_PASSWORD"'
)
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="syndicate", charset="UTF-8"'}


@dataclass(frozen=True, slots=True)
class Status:
    """All that the page tells."""

    site: str
    now: datetime
    trouble: Sequence[str]
    """What keeps the daemon from its work."""
    needs: Sequence[Trouble]
    """What needs somebody."""
    accounts: Sequence[Account]
    standing: Standing


class StatusPage:
    """Answers at ``/status``.

    Args:
        password: who knows it sees the page, under any user name; empty for no page.
        look: gives what there is to tell, or raises a LedgerError.
    """

    def __init__(self, password: str, look: Callable[[], Status]) -> None:
        self._password = password.encode()
        self._look = look

    async def __call__(self, request: Request) -> Response:
        """Give the page to those who know the password."""
        if not self._password:
            return PlainTextResponse(f"{_OFF}\n", HTTPStatus.NOT_FOUND)
        if not self._knows(request.headers.get("authorization", "")):
            text = "the password that server.status_password names is needed; any user name will do"
            return PlainTextResponse(f"{text}\n", HTTPStatus.UNAUTHORIZED, _CHALLENGE)
        try:
            body = await asyncio.to_thread(page, self._look())
        except LedgerError as error:
            fields = {"Cache-Control": "no-store"}
            return PlainTextResponse(f"{error}\n", HTTPStatus.SERVICE_UNAVAILABLE, fields)
        return Response(body, media_type="text/html", headers=_fields())

    def _knows(self, field: str) -> bool:
        scheme, _, given = field.partition(" ")
        try:
            _, _, password = b64decode(given.strip(), validate=True).partition(b":")
        except (NoBase64, ValueError):
            return False
        return scheme.lower() == "basic" and hmac.compare_digest(password, self._password)


def page(status: Status) -> bytes:
    """Render the page."""
    states = {each.name: each for each in status.standing.endpoints}
    waiting: list[Delivery] = []
    shown: list[Delivery] = []
    for each in status.standing.deliveries:
        (waiting if each.state in {State.PENDING, State.SENDING} else shown).append(each)
    shown += waiting[:WAITING]
    return (
        pages.environment(__package__)
        .get_template("status.html")
        .render(
            style=Markup(pages.template(__package__, "status.css")),  # noqa: S704 - ours
            status=status,
            time=_time,
            endpoints=[_endpoint(each, states, waiting, status) for each in status.accounts],
            deliveries=[
                _delivery(each, status.standing)
                for each in sorted(shown, key=lambda each: each.id, reverse=True)
            ],
            more=max(0, len(waiting) - WAITING) + status.standing.older,
        )
        .encode()
    )


def _endpoint(
    account: Account,
    states: dict[str, EndpointState],
    waiting: Sequence[Delivery],
    status: Status,
) -> dict[str, Any]:
    state, hold = states.get(account.name), status.standing.holds.get(account.name)
    told = "no run yet" if state is None else str(state.gate)
    if state and state.gate is Gate.OPEN and not state.is_open(status.now):
        told = "waits"
    if hold:
        reason = f"until {_time(hold.until)}, {hold.reason}"
    else:
        reason = state.reason if state and told != Gate.OPEN else ""
    return {
        "account": account,
        "state": "waits" if hold and told == Gate.OPEN else told,
        "reason": reason,
        "waiting": sum(each.endpoint == account.name for each in waiting),
    }


def _delivery(each: Delivery, standing: Standing) -> dict[str, Any]:
    title = each.message.title if each.message else ""
    receipt = each.receipt if each.state is State.DELIVERED else None
    url = receipt.url if receipt else None
    return {
        "row": each,
        "about": title or standing.about(each),
        "source": standing.about(each) if title else "",
        "due": _time(next_try(each, standing.holds)) if each.state is State.PENDING else "",
        "url": url if url and urlsplit(url).scheme in {"http", "https"} else None,
        "answer": receipt.id if receipt else each.reason,
    }


def _time(value: datetime) -> str:
    return value.strftime("%Y-%m-%d %H:%M:%S UTC")


def _fields() -> dict[str, str]:
    style = pages.digest(pages.template(__package__, "status.css"))
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": f"default-src 'none'; style-src '{style}'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
