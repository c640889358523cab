"""The requests to a server that speaks Mastodon's API, and what its kin answer otherwise.

https://docs.joinmastodon.org/methods/statuses/, …/methods/accounts/, …/methods/instance/
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from syndicate.errors import DeliveryError, InDoubt, Rejected, Unauthorized
from syndicate.http import Reply
from syndicate.model import Key, Receipt
from syndicate.networks.base import Wire
from syndicate.networks.mastodon_statuses import is_by, is_older, receipt_of

PAGES, PAGE = 25, 40
"""How far back the own statuses are searched: 40 is the most that a server gives at once."""
FEWEST = 20
"""The least that a server gives at once where there is more."""
CAP = 4 * 1024 * 1024
"""The longest answer: a status comes back whole, and some servers take 200,000 characters."""
UNKNOWN = frozenset(
    {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED}
)
"""How servers answer what they do not know."""
NO_IMAGE = 'give the post an image, or have one drawn: `enabled = "auto"` under `[cards]`'
_LATER = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
"""After which the same request may do better."""


class Api:
    """A server as one account sees it, for as long as a delivery takes."""

    def __init__(self, server: str, token: str, wire: Wire) -> None:
        self.server = server
        self.wire = wire
        # Without ``accept`` Pixelfed answers what it refuses with a redirection, or a page.
        self._headers = {"authorization": f"Bearer {token}", "accept": "application/json"}
        self._account: dict[str, Any] = {}

    async def ask(self, method: str, path: str, **options: Any) -> Reply:
        """Send one request; ``options`` as ``Http.request`` takes them."""
        headers = {**self._headers, **options.pop("headers", {})}
        url = f"{self.server}{path}"
        return await self.wire.http.request(method, url, headers=headers, cap=CAP, **options)

    async def instance(self) -> dict[str, Any]:
        """Read what the server says of itself; older ones have the first version only."""
        newer = await self.ask("GET", "/api/v2/instance")
        if (found := _object(newer)) is not None:
            return found
        if newer.status in _LATER:
            raise newer.error()
        older = await self.ask("GET", "/api/v1/instance")
        if (found := _object(older)) is not None:
            return found
        if {newer.status, older.status} <= UNKNOWN:
            told = f"{self.server} does not speak Mastodon's API"
            raise Unauthorized(told, status=older.status)
        decisive = older if newer.status in UNKNOWN else newer
        raise decisive.check().garbled("describes no instance")

    async def account(self) -> dict[str, Any]:
        """Ask whose the token is, once."""
        if not self._account:
            reply = await self.ask("GET", "/api/v1/accounts/verify_credentials")
            account = reply.check().json()
            if not isinstance(account, dict) or not {"id", "acct"} <= account.keys():
                raise reply.garbled("is no account")
            self._account = account
        return self._account

    async def statuses(self, since: datetime) -> AsyncIterator[tuple[Reply, Any]]:
        """Give what the account wrote since then, the newest first.

        Raises:
            InDoubt: the server does not show as many as there are.
        """
        account = await self.account()
        path = f"/api/v1/accounts/{account['id']}/statuses"
        params: dict[str, str | int] = {"limit": PAGE, "exclude_reblogs": "true"}
        seen, reached = set[str](), False
        for _ in range(PAGES):
            reply = await self.ask("GET", path, params=params)
            page = _statuses(reply, reply.check().json())
            new = [each for each in page if str(each["id"]) not in seen]
            seen.update(str(each["id"]) for each in new)
            own = [each for each in new if is_by(each, account["id"])]
            newer = [each for each in own if not is_older(each, since)]
            for status in newer:
                yield reply, status
            # What was taken over from elsewhere may be older, and stand among newer ones.
            reached = reached or len(newer) < len(own)
            if own and not newer:
                return
            if not new:  # the end; or this server, snac, gives the same page whatever is asked
                if reached or len(page) < FEWEST:
                    return
                break
            params["max_id"] = new[-1]["id"]  # a short page need not be the last one
        raise InDoubt(f"among the account's newest {len(seen)} statuses it is not to be found")

    async def answers(self, number: str) -> AsyncIterator[tuple[Reply, Any]]:
        """Give what the account wrote below a status: not every server lists replies."""
        account = await self.account()
        reply = await self.ask("GET", f"/api/v1/statuses/{number}/context")
        if reply.status in UNKNOWN:  # the status itself is not there, so nothing is below it
            return
        context = reply.check().json()
        below = context.get("descendants") if isinstance(context, dict) else None
        for status in _statuses(reply, below):
            if is_by(status, account["id"]):
                yield reply, status

    async def post(self, form: Mapping[str, Any], key: Key, refused: str = "") -> Receipt:
        """Post a status.

        As JSON: Hollo knows true and false and lists only there, and snac parts a form at every
        ``&`` within the text.

        Args:
            form: its members.
            key: of this delivery.
            refused: why its image is not there.
        """
        headers = {"idempotency-key": key.value}
        reply = await self.ask("POST", "/api/v1/statuses", headers=headers, json=form, creates=True)
        said = reply.text.casefold()
        if reply.status == HTTPStatus.BAD_REQUEST and "idempotency key" in said:
            # Pixelfed takes a key once, and does not tell what came of it.
            raise InDoubt(f"this was sent before: {reply.error().detail}", status=reply.status)
        is_forbidden = reply.status == HTTPStatus.FORBIDDEN
        if is_forbidden and "empty status" in said and "media_ids" not in form:
            why = f"it refused this one: {refused}" if refused else NO_IMAGE
            raise Rejected(
                f"this server takes no post without an image: {why}", status=reply.status
            )
        return receipt_of(reply.check(), reply.json())

    async def refuse_what_it_lacks(self, reply: Reply, path: str, what: str) -> None:
        """Tell a server that does not know a request from a status that is not there.

        Raises:
            Rejected: the status is there all the same.
        """
        if reply.status in UNKNOWN and (await self.ask("GET", path)).field("id"):
            raise Rejected(f"this server does not {what} through its API", status=reply.status)


def _object(reply: Reply) -> dict[str, Any] | None:
    """Read a success that is a JSON object; None where it is anything else."""
    if not reply.is_success:
        return None
    try:
        found = reply.json()
    except DeliveryError:
        return None
    return found if isinstance(found, dict) else None


def _statuses(reply: Reply, found: Any) -> list[dict[str, Any]]:
    if not isinstance(found, list):
        raise reply.garbled("is no list of statuses")
    return [each for each in found if isinstance(each, dict) and each.get("id")]
