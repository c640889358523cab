"""Mastodon, and what speaks its API: GoToSocial, Pleroma, Akkoma, Pixelfed, Takahē, snac, Hollo.

https://docs.joinmastodon.org/methods/statuses/; docs/networks/mastodon.md tells how others differ.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import Field

from syndicate.compose import Words, disarm, fit, fits, measure, thread
from syndicate.config import PER_POST, Threaded, Token, WebUrl
from syndicate.errors import InDoubt, Rejected
from syndicate.model import (
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
from syndicate.networks.mastodon_api import Api
from syndicate.networks.mastodon_facts import of_account, of_application, of_instance
from syndicate.networks.mastodon_instance import is_mastodons_own, read_configuration, read_limits
from syndicate.networks.mastodon_media import upload
from syndicate.networks.mastodon_statuses import answers_to, chain, has_link, receipt_of
from syndicate.networks.server_limits import remember, remembered

log = logging.getLogger(__name__)

SKEW = timedelta(minutes=10)
"""By how much a server's clock may differ from ours."""
OPEN = frozenset({"public", "unlisted"})
"""What every server lists of an account's statuses."""


class _Draft(NamedTuple):
    """A status that can be posted, and why its image is not there."""

    form: dict[str, Any]
    refused: str = ""


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
    """How often it is looked at."""

    def __init__(self, options: MastodonOptions, site: Site) -> None:
        self._options = options
        self._site = site

    @staticmethod
    def place(options: MastodonOptions) -> str:
        """Give the server; whose token it is, only the server knows."""
        return options.server

    async def limits(self, wire: Wire) -> Limits:
        """Give the server's own limits; it is asked once a day."""
        known = remembered(self._options.server, wire)
        if known is None:
            known = self._keep(await self._api(wire).instance(), wire)
        return read_limits(known["configuration"])

    def _keep(self, instance: Mapping[str, Any], wire: Wire) -> dict[str, Any]:
        """Keep the limits that a server tells of."""
        told = {"configuration": read_configuration(instance)}
        return remember(self._options.server, told, wire)

    def compose(self, post: Post, html: str, picture: Picture | None, limits: Limits) -> Message:  # noqa: ARG002
        """Compose title, summary, link and hashtags; the server draws the link's card itself."""
        options = self._options
        warning = measure(options.spoiler_text, replace(limits, url_cost=None))
        room = limits if limits.text is None else replace(limits, text=limits.text - warning)
        said = Words(post, self._site, options, disarm)
        text, *more = thread(
            said, lambda text: fits(text, room), options.thread, numbered=options.numbered
        )
        payload: dict[str, Any] = {"visibility": options.visibility}
        if language := post.language.partition("-")[0]:
            payload["language"] = language
        if options.sensitive or options.spoiler_text:  # as in Mastodon; Pixelfed wants both said
            payload["sensitive"] = True
        if options.spoiler_text:
            payload["spoiler_text"] = options.spoiler_text
        return Message.of(
            post,
            text,
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
        api = self._api(wire)
        there = await self._there(message, key, api) if message.more else []
        first = there[0] if there else await self._post(await self._draft(message, api), key, api)
        last = there[-1] if there else first
        for number, text in list(enumerate(message.more, 2))[max(0, len(there) - 1) :]:
            form = {"status": text, "in_reply_to_id": last.id, **message.payload}
            last = await api.post(form, key.of_part(number))
        return first

    async def reply(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> Receipt:
        """Post the status below the one that was announced."""
        api = self._api(wire)
        draft = await self._draft(message, api)
        return await self._post(
            draft._replace(form={**draft.form, "in_reply_to_id": receipt.id}), key, api
        )

    async def update(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> None:  # noqa: ARG002
        """Edit the status; its visibility can never be another."""
        api, path = self._api(wire), f"/api/v1/statuses/{receipt.id}"
        form = (await self._draft(message, api)).form
        del form["visibility"]
        reply = await api.ask("PUT", path, json=form)
        await api.refuse_what_it_lacks(reply, path, 'edit (`on_edit = "reply"` works)')
        receipt_of(reply.check(), reply.json())

    async def delete(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> None:  # noqa: ARG002
        """Delete the status; one that is not there needs no deleting."""
        api, path = self._api(wire), f"/api/v1/statuses/{receipt.id}"
        reply = await api.ask("DELETE", path)
        await api.refuse_what_it_lacks(reply, path, "delete (do so by hand)")
        if reply.status != HTTPStatus.NOT_FOUND:
            reply.check()

    async def _draft(self, message: Message, api: Api) -> _Draft:
        """Upload the image, and fill in a status; a refused image does not cost the post."""
        form = {"status": message.text, **message.payload}
        if message.image is None:
            return _Draft(form)
        try:
            number = await upload(api, message.image, self.poll, self.polls)
        except Rejected as error:
            log.warning("the post goes out without its image: %s", error.detail)
            return _Draft(form, error.detail)
        return _Draft({**form, "media_ids": [number]})

    async def _post(self, draft: _Draft, key: Key, api: Api) -> Receipt:
        return await api.post(draft.form, key, draft.refused)

    async def look_up(self, message: Message, key: Key, wire: Wire) -> Receipt | None:
        """Search the account's statuses since the first attempt for one that links to the post.

        Whatever is older was posted by somebody else, by hand perhaps. A thread is there when its
        last part is.

        Raises:
            InDoubt: there are so many newer ones that the first attempt's time was not reached, or
                the server may keep such a status to itself.
        """
        there = await self._there(message, key, self._api(wire))
        if not there and not self._lists(message, wire):
            visibility = message.payload["visibility"]
            raise InDoubt(f"not every server lists statuses that are {visibility}: look there")
        return there[0] if len(there) == 1 + len(message.more) else None

    async def look_up_reply(
        self, receipt: Receipt, message: Message, key: Key, wire: Wire
    ) -> Receipt | None:
        """Search likewise, among the replies to the status that was announced."""
        api = self._api(wire)
        for found in (api.statuses(key.minted - SKEW), api.answers(receipt.id)):
            async for reply, status in found:
                if has_link(status, message.link) and answers_to(status) == receipt.id:
                    return receipt_of(reply, status)
        return None

    async def _there(self, message: Message, key: Key, api: Api) -> list[Receipt]:
        """Give what is there of a message, from its first part on."""
        answers: dict[str, list[Any]] = {}
        async for reply, status in api.statuses(key.minted - SKEW):
            if has_link(status, message.link) and not answers_to(status):
                there = chain(reply, status, answers, message.more)
                while len(there) <= len(message.more):
                    async for _, answer in api.answers(there[-1].id):
                        answers.setdefault(answers_to(answer), []).append(answer)
                    before, there = there, chain(reply, status, answers, message.more)
                    if len(there) == len(before):
                        break
                return there
            answers.setdefault(answers_to(status), []).append(status)
        return []

    def _lists(self, message: Message, wire: Wire) -> bool:
        """Tell whether the server surely lists a status of this visibility to its author."""
        known = wire.session.load().get("configuration")
        return message.payload["visibility"] in OPEN or (
            isinstance(known, dict) and is_mastodons_own(known)
        )

    async def check(self, wire: Wire) -> Health:
        """Ask who we are, what the token may, and what the server takes."""
        api = self._api(wire)
        account, instance = await api.account(), await api.instance()
        # Whoever checks wants to know what the limits are now.
        limits = read_limits(self._keep(instance, wire)["configuration"])
        size = "" if limits.image_bytes is None else f", images to {limits.image_bytes:,} bytes"
        reply = await api.ask("GET", "/api/v1/apps/verify_credentials")
        scopes = reply.field("scopes") if reply.status == HTTPStatus.OK else None
        facts = (*of_account(account), *of_application(scopes), *of_instance(instance))
        detail = f"@{account['acct']}, {limits.text} characters{size}"
        return Health(ok=True, detail=detail, facts=facts)

    def _api(self, wire: Wire) -> Api:
        return Api(self._options.server, self._options.token.get_secret_value(), wire)
