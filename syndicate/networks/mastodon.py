"""Mastodon, and what speaks its API: GoToSocial, Pleroma, Akkoma, Pixelfed, Takahē, Friendica.

https://docs.joinmastodon.org/methods/statuses/, …/media/, …/instance/
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import unquote

from pydantic import Field

from syndicate.compose import Words, disarm, fit, fits, graphemes, measure, thread
from syndicate.config import PER_POST, Threaded, Token, WebUrl
from syndicate.errors import InDoubt, Rejected, Unauthorized, Unreachable
from syndicate.http import FilePart, Reply
from syndicate.model import (
    Attachment,
    Guarantee,
    Health,
    Key,
    Limits,
    Message,
    Picture,
    Post,
    Receipt,
    Replay,
    Site,
)
from syndicate.networks.base import Wire
from syndicate.networks.mastodon_facts import of_account, of_application, of_instance
from syndicate.networks.mastodon_instance import read_configuration, read_limits
from syndicate.networks.mastodon_statuses import answers_to, chain, is_older, links, receipt_of

log = logging.getLogger(__name__)

FRESH = timedelta(days=1)
"""How long a server's limits are believed before it is asked again."""
PAGES, PAGE = 25, 40
"""How far back the own statuses are searched: 40 is the most that a server gives at once."""
SKEW = timedelta(minutes=10)
"""By how much a server's clock may differ from ours."""
PAGE_CAP = 4 * 1024 * 1024
_OK, _NOT_FOUND, _PROCESSING = 200, 404, 206


class MastodonOptions(Threaded):
    """An account on a server that speaks Mastodon's API."""

    edits: ClassVar[tuple[str, ...]] = ("update", "reply")
    deletes: ClassVar[bool] = True

    server: WebUrl = Field(description="The server, such as `https://mastodon.social`.")
    token: Token = Field(
        description="An access token with the scopes `read` and `write` "
        "(Preferences → Development → New application)."
    )
    visibility: Annotated[Literal["public", "unlisted", "private", "direct"], PER_POST] = Field(
        "public", description="Who sees it."
    )
    sensitive: Annotated[bool, PER_POST] = Field(
        False, description="Whether the image is hidden at first."
    )
    spoiler_text: Annotated[str, PER_POST] = Field(
        "", max_length=100, description="A content warning over every post; it counts as text."
    )
    hashtags: int = Field(5, ge=0, le=20, description="The most hashtags.")


class Mastodon:
    """Posts a status with the hero image.

    The server keeps an ``Idempotency-Key`` for an hour, some servers ignore it, and one has been
    seen to honour it for requests that do not overlap only. So before a replay the account's own
    statuses are searched for the permalink.
    """

    Options = MastodonOptions
    guarantee = Guarantee(Replay.IDEMPOTENT_FOR, timedelta(hours=1), looks_up=True)
    poll: ClassVar[float] = 1.0
    """Seconds between two looks at an upload that the server is working on."""
    polls: ClassVar[int] = 30

    def __init__(self, options: MastodonOptions, site: Site) -> None:
        self._options = options
        self._site = site

    @staticmethod
    def place(options: MastodonOptions) -> str:
        """Give the server; whose token it is, only the server knows."""
        return options.server

    async def limits(self, wire: Wire) -> Limits:
        """Give the server's own limits; it is asked once a day."""
        known = wire.session.load()
        if not self._is_fresh(known, wire.clock()):
            known = self._keep(await self._instance(wire), wire)
        return read_limits(known["configuration"])

    def _keep(self, instance: Mapping[str, Any], wire: Wire) -> dict[str, Any]:
        """Keep the limits that a server tells of."""
        known = {
            "server": self._options.server,
            "read": wire.clock().isoformat(),
            "configuration": read_configuration(instance),
        }
        wire.session.save(known)
        return known

    def compose(self, post: Post, html: str, picture: Picture | None, limits: Limits) -> Message:  # noqa: ARG002
        """Compose title, summary, link and hashtags; the server draws the link's card itself."""
        options = self._options
        warning = graphemes(options.spoiler_text)
        room = limits if limits.text is None else replace(limits, text=limits.text - warning)
        said = Words(post, self._site, options, disarm)
        text, *more = thread(
            said, lambda text: fits(text, room), options.thread, numbered=options.numbered
        )
        payload = {"visibility": options.visibility, "language": post.language.partition("-")[0]}
        if options.sensitive:
            payload["sensitive"] = "true"
        if options.spoiler_text:
            payload["spoiler_text"] = options.spoiler_text
        return Message(
            text=text,
            link=post.url,
            title=post.title or "",
            summary=post.summary,
            language=post.language,
            length=measure(text, limits) + warning,
            limit=limits.text,
            image=fit(post, picture, limits),
            payload=payload,
            more=tuple(more),
        )

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:
        """Upload the image, then post the status, and what follows on it.

        Only the posting can leave a doubt. Of a thread may be there already what an earlier
        attempt came to: that is searched first, and gone on with.
        """
        there = await self._there(message, key, wire) if message.more else []
        first = there[0] if there else await self._post(await self._form(message, wire), key, wire)
        last = there[-1] if there else first
        for number, text in list(enumerate(message.more, 2))[max(0, len(there) - 1) :]:
            form = {"status": text, "in_reply_to_id": last.id, **message.payload}
            last = await self._post(form, key.of_part(number), wire)
        return first

    async def reply(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> Receipt:
        """Post the status below the one that was announced."""
        form = await self._form(message, wire)
        return await self._post({**form, "in_reply_to_id": receipt.id}, key, wire)

    async def update(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> None:  # noqa: ARG002
        """Edit the status; its visibility can never be another."""
        form = await self._form(message, wire)
        del form["visibility"]
        reply = await self._ask(wire, "PUT", f"/api/v1/statuses/{receipt.id}", form=form)
        receipt_of(reply.check(), reply.json())

    async def delete(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> None:  # noqa: ARG002
        """Delete the status; one that is not there needs no deleting."""
        reply = await self._ask(wire, "DELETE", f"/api/v1/statuses/{receipt.id}")
        if reply.status != _NOT_FOUND:
            reply.check()

    async def _form(self, message: Message, wire: Wire) -> dict[str, str | list[str]]:
        """Upload the image, and fill in the form of a status."""
        media = await self._upload(message.image, wire) if message.image else None
        form: dict[str, str | list[str]] = {"status": message.text, **message.payload}
        return form | ({"media_ids[]": [media]} if media else {})

    async def _post(self, form: Mapping[str, Any], key: Key, wire: Wire) -> Receipt:
        headers = {"idempotency-key": key.value}
        reply = await self._ask(
            wire, "POST", "/api/v1/statuses", headers=headers, form=form, creates=True
        )
        return receipt_of(reply.check(), reply.json())

    async def look_up(self, message: Message, key: Key, wire: Wire) -> Receipt | None:
        """Search the account's statuses since the first attempt for one that links to the post.

        Whatever is older was posted by somebody else, by hand perhaps. A thread is there when its
        last part is.

        Raises:
            InDoubt: there are so many newer ones that the first attempt's time was not reached.
        """
        there = await self._there(message, key, wire)
        return there[0] if len(there) == 1 + len(message.more) else None

    async def look_up_reply(
        self, receipt: Receipt, message: Message, key: Key, wire: Wire
    ) -> Receipt | None:
        """Search likewise, among the replies to the status that was announced."""
        link = unquote(message.link)
        async for reply, status in self._since(key.minted - SKEW, wire):
            if link in map(unquote, links(status)) and answers_to(status) == receipt.id:
                return receipt_of(reply, status)
        return None

    async def _there(self, message: Message, key: Key, wire: Wire) -> list[Receipt]:
        """Give what is there of a message, from its first part on."""
        link = unquote(message.link)  # some servers spell an address in ASCII
        answers: dict[str, list[Any]] = {}
        async for reply, status in self._since(key.minted - SKEW, wire):
            if link in map(unquote, links(status)) and not answers_to(status):
                return chain(reply, status, answers, message.more)
            answers.setdefault(answers_to(status), []).append(status)
        return []

    async def _since(self, since: datetime, wire: Wire) -> AsyncIterator[tuple[Reply, Any]]:
        """Give the account's statuses, the newest first."""
        account = await self._account(wire)
        params: dict[str, str | int] = {"limit": PAGE, "exclude_reblogs": "true"}
        for _ in range(PAGES):
            path = f"/api/v1/accounts/{account['id']}/statuses"
            reply = await self._ask(wire, "GET", path, params=params, cap=PAGE_CAP)
            statuses = reply.check().json()
            if not isinstance(statuses, list):
                raise reply.garbled("is no list of statuses")
            for status in statuses:
                if is_older(status, since):
                    return
                yield reply, status
            if not statuses:  # a short page need not be the last one: some servers give fewer
                return
            params["max_id"] = statuses[-1]["id"]
        raise InDoubt(f"among the account's newest {PAGES * PAGE} statuses it is not to be found")

    async def check(self, wire: Wire) -> Health:
        """Ask who we are, what the token may, and what the server takes."""
        account, instance = await self._account(wire), await self._instance(wire)
        # Whoever checks wants to know what the limits are now.
        limits = read_limits(self._keep(instance, wire)["configuration"])
        size = "" if limits.image_bytes is None else f", images to {limits.image_bytes:,} bytes"
        reply = await self._ask(wire, "GET", "/api/v1/apps/verify_credentials")
        application = reply.json() if reply.status == _OK else None
        facts = (*of_account(account), *of_application(application), *of_instance(instance))
        detail = f"@{account['acct']}, {limits.text} characters{size}"
        return Health(ok=True, detail=detail, facts=facts)

    async def _ask(self, wire: Wire, method: str, path: str, **options: Any) -> Reply:
        token = self._options.token.get_secret_value()
        headers = {"authorization": f"Bearer {token}", **options.pop("headers", {})}
        url = f"{self._options.server}{path}"
        return await wire.http.request(method, url, headers=headers, **options)

    async def _account(self, wire: Wire) -> dict[str, Any]:
        reply = await self._ask(wire, "GET", "/api/v1/accounts/verify_credentials")
        account = reply.check().json()
        if not isinstance(account, dict) or not {"id", "acct"} <= account.keys():
            raise reply.garbled("is no account")
        return account

    def _is_fresh(self, known: Mapping[str, Any], now: datetime) -> bool:
        if known.get("server") != self._options.server:
            return False
        return timedelta() <= now - datetime.fromisoformat(known["read"]) < FRESH

    async def _instance(self, wire: Wire) -> dict[str, Any]:
        """Read what the server says of itself; older servers have the first version only."""
        reply = await self._ask(wire, "GET", "/api/v2/instance", cap=PAGE_CAP)
        if reply.status == _NOT_FOUND:
            reply = await self._ask(wire, "GET", "/api/v1/instance", cap=PAGE_CAP)
        if reply.status == _NOT_FOUND:
            server = self._options.server
            raise Unauthorized(f"{server} does not speak Mastodon's API", status=reply.status)
        instance = reply.check().json()
        if not isinstance(instance, dict):
            raise reply.garbled("describes no instance")
        return instance

    async def _upload(self, image: Attachment, wire: Wire) -> str | None:
        """Upload the image and wait until the server has worked on it; None where it refuses it.

        A refused image does not cost the post.
        """
        file = {"file": FilePart(f"image.{image.type.partition('/')[2]}", image.type, image.data)}
        form: dict[str, str | list[str]] = {"description": image.alt}
        reply = await self._ask(wire, "POST", "/api/v2/media", form=form, files=file)
        if reply.status == _NOT_FOUND:
            reply = await self._ask(wire, "POST", "/api/v1/media", form=form, files=file)
        try:
            media = reply.check().json()
            if not isinstance(media, dict) or "id" not in media:
                raise reply.garbled("is no media attachment")
            if media.get("url") is None:
                await self._processed(str(media["id"]), wire)
        except Rejected as error:
            log.warning("the post goes out without its image: %s", error.detail)
            return None
        return str(media["id"])

    async def _processed(self, number: str, wire: Wire) -> None:
        for _ in range(self.polls):
            reply = await self._ask(wire, "GET", f"/api/v1/media/{number}")
            if reply.check().status != _PROCESSING:
                return
            await asyncio.sleep(self.poll)
        raise Unreachable("the server did not finish working on the image in time")
