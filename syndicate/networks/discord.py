"""Discord, by a channel's webhook.

https://docs.discord.com/developers/resources/webhook#execute-webhook
https://docs.discord.com/developers/resources/message#embed-object-embed-limits
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from http import HTTPStatus
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from syndicate.compose import Parts, Words, escape_markdown, fit, measure, shorten
from syndicate.config import PER_POST, Form, SecretUrl, Worded
from syndicate.errors import Gone, Rejected
from syndicate.http import FilePart, Reply
from syndicate.model import (
    Attachment,
    Fact,
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
    Unit,
)
from syndicate.networks import hooks
from syndicate.networks.base import Wire

log = logging.getLogger(__name__)

CONTENT, TITLE, DESCRIPTION, ADDRESS, FOOTER, THREAD = 2_000, 256, 4_096, 2_048, 200, 100
BESIDE = 300
"""The most code points of each part; with these ends an embed stays below its 6,000 in sum."""
_IMAGE_BYTES = 10 * 1024 * 1024 - 16 * 1024
"""10 MiB for the whole request: some of it is the text's."""
_SUPPRESS_EMBEDS = 1 << 2
_UNKNOWN_CHANNEL, _UNKNOWN_MESSAGE, _UNKNOWN_WEBHOOK = 10003, 10008, 10015
_WRONG_PLACE = {_UNKNOWN_CHANNEL, 220001, 220002, 220003}
"""The channel is unknown, or is a forum and was not treated as one, or the other way round."""
_TOO_LARGE = 40005


class DiscordOptions(Worded):
    """A channel on Discord."""

    edits: ClassVar[tuple[str, ...]] = ("update",)
    deletes: ClassVar[bool] = True

    url: SecretUrl = Field(
        description="The webhook's address (Edit channel → Integrations → Webhooks → Copy URL)."
    )
    style: Annotated[Literal["card", "text"], PER_POST] = Field(
        "card", description="A card with title, summary and picture, or plain text."
    )
    thread_id: Annotated[
        str, Form(r"^[0-9]*$", "the number of a thread", "1234567890123456789")
    ] = Field("", description="The thread of the channel to post to, by its number.")
    forum: bool = Field(
        False, description="The channel is a forum: each post opens a thread of its title."
    )
    hashtags: int = Field(0, ge=0, le=20, description="The most hashtags.")

    @field_validator("forum")
    @classmethod
    def _either_thread_or_forum(cls, value: bool, info: ValidationInfo) -> bool:
        if value and info.data.get("thread_id"):
            raise ValueError("posts go to one thread_id, or open threads; leave out one of the two")
        return value


class Discord:
    """Posts an embed with the hero image, or a text. Nobody is mentioned, whatever it says.

    A webhook has no way to say that a message is the same again, nor to list what it has posted:
    after a lost answer somebody has to look.
    """

    Options = DiscordOptions
    guarantee = Guarantee(Replay.NONE)

    def __init__(self, options: DiscordOptions, site: Site) -> None:
        self._options = options
        self._site = site

    async def limits(self, wire: Wire) -> Limits:  # noqa: ARG002 - the same for all servers
        """Give the limits for servers that nobody pays for."""
        options = self._options
        return Limits(
            text=DESCRIPTION if options.style == "card" and not options.text else CONTENT,
            unit=Unit.CODE_POINTS,
            image_bytes=_IMAGE_BYTES,
            image_side=4_096,
            alt=1_024,
        )

    def compose(self, post: Post, html: str, picture: Picture | None, limits: Limits) -> Message:  # noqa: ARG002
        """Compose the body, but for the picture, which goes beside it."""
        card, own = self._options.style == "card", bool(self._options.text)
        if own:
            limits = replace(limits, text=min(limits.text or CONTENT, CONTENT))

        def fits(parts: Parts) -> bool:
            marked = _description(parts) if card and not own else _content(parts)
            longest = max(len(marked), measure(parts.text, limits))
            return len(parts.link) <= ADDRESS and (limits.text is None or longest <= limits.text)

        titled = replace(post, title=shorten(post.title or "", _is_title))
        parts = Words(titled, self._site, self._options).within(fits, link=not (card and own))
        body: dict[str, Any] = {"content": _content(parts)} if own or not card else {}
        if card:
            body["embeds"] = [self._embed(post, parts)]
        if self._options.forum:
            name = post.title or post.summary or self._site.title
            body["thread_name"] = shorten(name, lambda text: len(text) <= THREAD)
        return Message.of(
            post,
            parts.text,
            length=measure(parts.text, limits),
            limit=limits.text,
            image=fit(post, picture, limits),
            payload={"body": {**body, "allowed_mentions": {"parse": []}}},
        )

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:  # noqa: ARG002
        """Post it with its picture; one that is too large for this server stays behind."""
        body = message.payload["body"]
        request = {"params": {"wait": "true", **self._thread()}}
        reply = await hooks.post(wire, self._options.url, **request, **_filled(body, message.image))
        if message.image and _is_too_large(reply):
            log.warning("the post goes out without its image: %s", reply.error().detail)
            reply = await hooks.post(wire, self._options.url, **request, **_filled(body, None))
        number = self._check(reply).field("id")
        if not isinstance(number, str) or not number:
            raise reply.garbled("names no message")
        return Receipt(number)

    async def update(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> None:  # noqa: ARG002
        """Edit the message: all of it, with its picture in place of the old one."""
        body = _edited(message.payload["body"], message.image)
        reply = await self._change(wire, "PATCH", receipt, **_filled(body, message.image))
        if message.image and _is_too_large(reply):
            log.warning("the post stands there without its image: %s", reply.error().detail)
            body = _edited(message.payload["body"], None)
            reply = await self._change(wire, "PATCH", receipt, **_filled(body, None))
        if self._is_gone(reply):
            raise Rejected("the message is not there any more", status=reply.status)
        self._check(reply)

    async def delete(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> None:  # noqa: ARG002
        """Delete the message; one that is not there needs no deleting."""
        reply = await self._change(wire, "DELETE", receipt)
        if not self._is_gone(reply):
            self._check(reply)

    async def _change(self, wire: Wire, method: str, receipt: Receipt, **request: Any) -> Reply:
        # The message that opened a thread in a forum has the thread's own number.
        params = {"thread_id": receipt.id} if self._options.forum else self._thread()
        url = self._options.url
        return await hooks.change(wire, method, url, receipt.id, params=params, **request)

    def _is_gone(self, reply: Reply) -> bool:
        """Tell whether there is no such message; in a forum its thread is gone with it."""
        gone = {_UNKNOWN_MESSAGE} | ({_UNKNOWN_CHANNEL} if self._options.forum else set())
        return reply.field("code") in gone

    def _thread(self) -> dict[str, str]:
        return {"thread_id": self._options.thread_id} if self._options.thread_id else {}

    def _check(self, reply: Reply) -> Reply:
        """Return the reply when it is a success.

        Raises:
            Unauthorized: the webhook, or the place that it posts to, is wrong.
            DeliveryError: the kind that the status stands for.
        """
        if reply.field("code") == _UNKNOWN_WEBHOOK:
            raise Gone(f"the webhook has been deleted; {hooks.ADVICE}", status=reply.status)
        if reply.field("code") in _WRONG_PLACE:
            raise hooks.endpoint_fault(reply, "set forum = true for a forum, or thread_id")
        return hooks.check(reply)

    async def check(self, wire: Wire) -> Health:
        """Ask the webhook for its name; nothing is posted."""
        address = self._options.url.get_secret_value()
        reply = (await wire.http.request("GET", address, hide=[address])).check()
        if not reply.field("channel_id"):
            raise reply.garbled("is no webhook")
        name, channel = reply.field("name"), reply.field("channel_id")
        server = reply.field("guild_id")
        facts = (Fact("server", str(server)),) if server else ()
        return Health(True, f"the webhook {name!r} of the channel {channel}", facts)

    def _embed(self, post: Post, parts: Parts) -> dict[str, Any]:
        site = shorten(self._site.title, lambda text: len(text) <= FOOTER)
        embed = {
            "title": escape_markdown(parts.title or shorten(self._site.title, _is_title)),
            "url": parts.link,
            "description": _description(parts),
            "timestamp": post.published.astimezone(UTC).isoformat(timespec="milliseconds"),
            "footer": {"text": site} if parts.title else None,  # else the title says it
        }
        return {name: value for name, value in embed.items() if value}


def _is_title(text: str) -> bool:
    return len(escape_markdown(text)) <= TITLE


def _description(parts: Parts) -> str:
    if parts.body:  # the words stand above the card
        return escape_markdown(
            shorten(parts.summary, lambda text: len(escape_markdown(text)) <= BESIDE)
        )
    return "\n\n".join(part for part in (escape_markdown(parts.summary), parts.tags) if part)


def _content(parts: Parts) -> str:
    if parts.body:
        return escape_markdown(parts.body)
    title = f"**{escape_markdown(parts.title)}**" if parts.title else ""
    summary = escape_markdown(parts.summary)
    return "\n\n".join(part for part in (title, summary, parts.link, parts.tags) if part)


def _filled(body: Mapping[str, Any], image: Attachment | None) -> dict[str, Any]:
    """Give what a request carries: JSON, or a form with the picture beside it."""
    if image is None:
        return {"json": body}
    name = f"hero.{image.type.partition('/')[2]}"
    return {
        "form": {"payload_json": json.dumps(_with_image(body, name, image), ensure_ascii=False)},
        "files": {"files[0]": FilePart(name, image.type, image.data)},
    }


def _edited(body: Mapping[str, Any], image: Attachment | None) -> dict[str, Any]:
    """Give a body that leaves nothing of what was there: what is not named would stay."""
    kept = {name: value for name, value in body.items() if name != "thread_name"}
    bare: dict[str, Any] = {} if image else {"attachments": []}
    shown = {} if image or "embeds" in body else {"flags": 0}
    return {"content": "", "embeds": [], **kept, **bare, **shown}


def _with_image(body: Mapping[str, Any], name: str, image: Attachment) -> dict[str, Any]:
    """Put the picture into the card; beside a text it stands instead of the link's own card."""
    alt = {"description": image.alt} if image.alt else {}
    attachments = [{"id": 0, "filename": name, **alt}]
    if not body.get("embeds"):
        return {**body, "attachments": attachments, "flags": _SUPPRESS_EMBEDS}
    embed = {**body["embeds"][0], "image": {"url": f"attachment://{name}"}}
    return {**body, "attachments": attachments, "embeds": [embed]}


def _is_too_large(reply: Reply) -> bool:
    is_much = reply.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return is_much or reply.field("code") == _TOO_LARGE
