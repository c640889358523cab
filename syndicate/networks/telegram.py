"""Telegram, by a bot.

https://core.telegram.org/bots/api#sendphoto, …#sendmessage, …#html-style
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, SecretStr, field_validator

from syndicate.compose import Parts, Words, disarm, escape_html, fit, shorten, utf16
from syndicate.config import PER_POST, Form, Token, WebUrl, Worded
from syndicate.errors import Rejected
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
    Unit,
)
from syndicate.networks import telegram_answers as answers
from syndicate.networks.base import Wire
from syndicate.networks.telegram_facts import of_chat

log = logging.getLogger(__name__)

TEXT, CAPTION = 4_096, 1_024
"""UTF-16 units, counted without the tags and with each entity as what it stands for."""
_RATIO = 20
"""The most of a photo's longer side by its shorter one."""
_TOKEN = re.compile(r"[A-Za-z0-9:_-]+")


class TelegramOptions(Worded):
    """A channel or group on Telegram, by a bot of your own."""

    edits: ClassVar[tuple[str, ...]] = ("update", "reply")
    deletes: ClassVar[bool] = True

    token: Token = Field(description="The bot's token, from @BotFather.")
    chat: Annotated[
        str,
        Form(
            r"^(@[A-Za-z][A-Za-z0-9_]{3,31}|-?[0-9]{1,20})$",
            "the channel's name with its @, or its number",
            "@mychannel",
            lambda text: f"@{text.strip().rpartition('/')[2]}",
        ),
    ] = Field(
        description="The channel or group: `@name`, or its number such as `-1001234567890`.",
    )
    topic: int | None = Field(None, ge=1, description="The topic of a group that has topics.")
    silent: Annotated[bool, PER_POST] = Field(
        False, description="Whether it arrives without a sound."
    )
    api: WebUrl = Field("https://api.telegram.org", description="Another Bot API server.")
    hashtags: int = Field(3, ge=0, le=20, description="The most hashtags.")

    @field_validator("token")
    @classmethod
    def _is_token(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and not _TOKEN.fullmatch(text):  # it is empty where secrets are not resolved
            raise ValueError("expected a token as @BotFather gives it: digits, a colon, letters")
        return value


class Telegram:
    """Sends the hero image with the words below it, or a text with the link's own preview.

    The Bot API knows no repeated message, and a bot cannot read what it has sent.
    """

    Options = TelegramOptions
    guarantee = Guarantee(Replay.NONE)

    def __init__(self, options: TelegramOptions, site: Site) -> None:
        self._options = options
        self._site = site

    @staticmethod
    def place(options: TelegramOptions) -> str | None:
        """Give the channel's page, where it has a name."""
        return f"https://t.me/{options.chat[1:]}" if options.chat.startswith("@") else None

    async def limits(self, wire: Wire) -> Limits:  # noqa: ARG002
        """Give the Bot API's limits; width and height may be 10,000 pixels in sum."""
        return Limits(
            text=TEXT,
            unit=Unit.UTF_16,
            image_bytes=10_000_000,
            image_side=5_000,
            image_types=frozenset({"image/jpeg", "image/png", "image/webp"}),
        )

    def compose(self, post: Post, html: str, picture: Picture | None, limits: Limits) -> Message:  # noqa: ARG002
        """Compose title, summary, link and hashtags; ``@names`` call nobody."""
        image = fit(post, picture, limits)
        if image and not 1 / _RATIO <= image.width / image.height <= _RATIO:
            image = None
        most = CAPTION if image else limits.text
        said = Words(post, self._site, self._options, disarm)
        parts = said.within(lambda parts: most is None or utf16(parts.text) <= most)
        silent = {"silent": True} if self._options.silent else {}
        return Message.of(
            post,
            parts.text,
            length=utf16(parts.text),
            limit=most,
            image=image,
            payload={"html": _html(parts), **silent},
        )

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:  # noqa: ARG002
        """Send it; a photo that Telegram cannot use does not cost the post."""
        reply = await self._send(message, message.image, wire)
        if message.image and answers.is_about_photo(reply):
            log.warning("the post goes out without its image: %s", reply.error().detail)
            reply = await self._send(message, None, wire)
        return answers.receipt_of(self._check(reply))

    async def reply(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> Receipt:  # noqa: ARG002
        """Send a text that refers to what was announced."""
        to = {"reply_parameters": {"message_id": answers.place_of(receipt)["message_id"]}}
        return answers.receipt_of(self._check(await self._send(message, None, wire, to)))

    async def update(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> None:  # noqa: ARG002
        """Edit the words, which stand below a photo or by themselves; the photo stays.

        Which of both was sent is not known: a photo that Telegram could not use was left out, and
        one that the post has no more stays all the same.
        """
        place = {**answers.place_of(receipt), "parse_mode": "HTML"}
        text = {"text": message.payload["html"], "link_preview_options": _preview(message)}
        edits = {"editMessageCaption": {"caption": _caption(message)}, "editMessageText": text}
        names = sorted(edits, reverse=message.image is None)
        reply = await self._call(wire, names[0], json=place | edits[names[0]])
        if answers.is_of_other_kind(reply):
            reply = await self._call(wire, names[1], json=place | edits[names[1]])
        if not answers.is_unchanged(reply):
            self._check(reply)

    async def delete(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> None:  # noqa: ARG002
        """Delete the message, which bots may do for two days.

        Raises:
            Rejected: it is too late for that.
        """
        reply = await self._call(wire, "deleteMessage", json=answers.place_of(receipt))
        if answers.is_too_late(reply):
            detail = f"{reply.error().detail}; after 48 hours only a person can: delete it by hand"
            raise Rejected(detail, status=reply.status)
        if not answers.is_not_there(reply):
            self._check(reply)

    async def check(self, wire: Wire) -> Health:
        """Ask who we are, what the chat is called, and whether we may post; nothing is sent."""
        bot = answers.result_of(self._check(await self._call(wire, "getMe")))
        place = {"chat_id": self._options.chat}
        chat = answers.result_of(self._check(await self._call(wire, "getChat", json=place)))
        name = chat.get("title") or chat.get("username") or self._options.chat
        who = {**place, "user_id": bot.get("id")}
        member = answers.result_of(self._check(await self._call(wire, "getChatMember", json=who)))
        facts = tuple(of_chat(chat, member))
        return Health(ok=True, detail=f"@{bot.get('username')} for {name!r}", facts=facts)

    async def _send(
        self,
        message: Message,
        image: Attachment | None,
        wire: Wire,
        to: Mapping[str, Any] | None = None,
    ) -> Reply:
        options, html = self._options, message.payload["html"]
        body: dict[str, Any] = {"chat_id": options.chat, "parse_mode": "HTML", **(to or {})}
        if options.topic:
            body["message_thread_id"] = options.topic
        if message.payload.get("silent"):
            body["disable_notification"] = True
        if image is None:
            body |= {"text": html, "link_preview_options": _preview(message)}
            return await self._call(wire, "sendMessage", json=body, creates=True)
        form = {each: "true" if value is True else str(value) for each, value in body.items()}
        name = f"hero.{image.type.partition('/')[2]}"
        return await self._call(
            wire,
            "sendPhoto",
            form={**form, "caption": html},
            files={"photo": FilePart(name, image.type, image.data)},
            creates=True,
        )

    async def _call(self, wire: Wire, method: str, **request: Any) -> Reply:
        """Call a method. The token is a part of the address: no error may tell it."""
        token = self._options.token.get_secret_value()
        url = f"{self._options.api}/bot{token}/{method}"
        return await wire.http.request("POST", url, hide=[token], **request)

    def _check(self, reply: Reply) -> Reply:
        return answers.check(reply, self._options.chat)


def _html(parts: Parts) -> str:
    if parts.body:
        return escape_html(parts.body)
    title = f"<b>{escape_html(parts.title)}</b>" if parts.title else ""
    rest = (escape_html(part) for part in (parts.summary, parts.link, parts.tags))
    return "\n\n".join(part for part in (title, *rest) if part)


def _caption(message: Message) -> str:
    """Give the words as they may stand below a photo, where they were not composed for that."""
    if utf16(message.text) <= CAPTION:
        return str(message.payload["html"])
    link = f"\n\n{message.link}"
    return escape_html(shorten(message.text, lambda text: utf16(text + link) <= CAPTION) + link)


def _preview(message: Message) -> dict[str, Any]:
    return {"url": message.link, "prefer_large_media": True, "show_above_text": True}
