"""Mattermost, by an incoming webhook.

https://developers.mattermost.com/integrate/webhooks/incoming/
https://developers.mattermost.com/integrate/reference/message-attachments/
"""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import Field

from syndicate.compose import Parts, Words, escape_markdown, measure, refer
from syndicate.config import Form, SecretUrl, Worded, dashed
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
from syndicate.networks import hooks
from syndicate.networks.base import Wire

LIMITS = Limits(
    text=4_000,
    unit=Unit.CODE_POINTS,
    image_types=frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"}),
    alt=500,
)
"""What every version takes in one message; newer ones part a longer one into several."""
FALLBACK = 500
_MENTION = re.compile(r"(?<![^\W_])@(?=\w)")
"""The server looks for names wherever an ``@`` does not follow a letter or a digit."""
_ENDPOINT = re.compile(
    r"incoming_webhook\.(invalid|disabled|channel|channel_locked|user|permissions)\b"
)
"""The numbers of the errors that speak of the webhook rather than of the message."""
_ADVICE = f"an administrator or the webhook's owner has to look at it, or {hooks.ADVICE}"


class MattermostOptions(Worded):
    """A channel on Mattermost, by an incoming webhook."""

    url: SecretUrl = Field(
        description="The webhook's address, `https://mattermost.example.org/hooks/…`."
    )
    channel: Annotated[
        str,
        Form(
            r"^[a-z0-9_-]*$",
            "a channel's name as its address has it: small letters of English, digits, hyphens "
            "and underscores",
            "town-square",
            dashed,
        ),
    ] = Field(
        "",
        description="Another channel than the webhook's, by its name in addresses: `town-square`.",
    )
    hashtags: int = Field(3, ge=0, le=20, description="The most hashtags.")


class Mattermost:
    """Posts a message attachment, in Markdown, with the hero image.

    Mattermost answers ``ok`` and nothing else: no number of the message, and no way to look.
    """

    Options = MattermostOptions
    guarantee = Guarantee(Replay.NONE)

    def __init__(self, options: MattermostOptions, site: Site) -> None:
        self._options = options
        self._site = site

    async def limits(self, wire: Wire) -> Limits:  # noqa: ARG002
        """Give the limits that all versions keep."""
        return LIMITS

    def compose(self, post: Post, html: str, picture: Picture | None, limits: Limits) -> Message:  # noqa: ARG002
        """Compose the attachment; the picture is a part of its Markdown, with its alternative."""
        image = refer(post, picture, limits)
        if image and len(_image(image)) > (limits.text or LIMITS.text or 0) // 2:
            image = None  # an address that long would leave no room for words

        def fits(parts: Parts) -> bool:
            longest = max(len(_markdown(parts, image)), measure(parts.text, limits))
            return limits.text is None or longest <= limits.text

        parts = Words(post, self._site, self._options).within(fits)
        fallback = " ".join(part for part in (parts.title or parts.summary, parts.link) if part)
        attachment = {"fallback": _harmless(fallback[:FALLBACK]), "text": _markdown(parts, image)}
        body: dict[str, Any] = {"attachments": [attachment]}
        if self._options.channel:
            body["channel"] = self._options.channel
        return Message.of(
            post,
            parts.text,
            length=measure(parts.text, limits),
            limit=limits.text,
            image=image,
            payload={"body": body},
        )

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:
        """Post it; the answer is ``ok``."""
        reply = await hooks.post(wire, self._options.url, json=message.payload["body"])
        if _ENDPOINT.search(str(reply.field("id"))):
            raise hooks.endpoint_fault(reply, _ADVICE)
        if hooks.check(reply).text.strip() != "ok":
            raise reply.garbled("is not ok")
        return Receipt(key.value)

    async def check(self, wire: Wire) -> Health:
        """Ask whether somebody is there; only a message would try the webhook."""
        return await hooks.knock(wire, self._options.url)


def _markdown(parts: Parts, image: Attachment | None) -> str:
    title, link = _words(parts.title), _address(parts.link)
    shown = _image(image) if image else ""
    if parts.body:
        return "\n\n".join(part for part in (_words(parts.body), shown) if part)
    if title:
        title = f"**[{title}]({link})**" if link else f"**{title}**"
    elif link:
        link = f"<{link}>"
    lines = (title, _words(parts.summary), "" if title else link, parts.tags)
    return "\n\n".join(part for part in (*lines, shown) if part)


def _image(image: Attachment) -> str:
    return f"![{_words(image.alt)}]({_address(image.url)})"


def _words(text: str) -> str:
    return escape_markdown(_harmless(text))


def _harmless(text: str) -> str:
    """Keep ``@name`` from calling anybody; within an address it is spelt so that it still leads."""
    return _MENTION.sub("@\u200b", text.replace("/@", "/%40"))


def _address(url: str) -> str:
    """Spell an address so that nothing in it ends the link that it stands in."""
    return re.sub(r"[()<>@\\\"\s]", lambda sign: quote(sign[0]), url)
