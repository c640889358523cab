"""Microsoft Teams, by the webhook of a workflow.

https://learn.microsoft.com/en-us/connectors/teams/#microsoft-teams-webhook
https://adaptivecards.io/explorer/
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any

from pydantic import Field

from syndicate.compose import Parts, Words, is_right_to_left, refer
from syndicate.config import PER_POST, SecretUrl, Worded
from syndicate.http import Reply
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
from syndicate.networks import hooks
from syndicate.networks.base import Wire

LIMITS = Limits(
    text=None,
    text_bytes=8_000,
    image_types=frozenset({"image/png", "image/jpeg", "image/gif"}),
    alt=1_000,
)
WHOLE = 27_000
"""Teams takes 28 kB in all; what a proxy may add needs room, too."""
ADDRESS = 2_000
_COMPUTED = re.compile(r"\{(?=\{(DATE|TIME)\()")
"""Cards put a date in the place of ``{{DATE(…)}}``, even in a run of text."""
_ENDPOINT = {
    "WorkflowTriggerIsNotEnabled": "the workflow is switched off: switch it on",
    "WorkflowNotFound": hooks.ADVICE,
    "TriggerNotFound": hooks.ADVICE,
    "AuthorizationFailed": hooks.ADVICE,
}
"""What Power Automate says of the workflow rather than of the message, and what mends it."""


class TeamsOptions(Worded):
    """A channel or chat on Microsoft Teams, by a workflow."""

    url: SecretUrl = Field(description="The workflow's webhook address.")
    button: Annotated[str, PER_POST] = Field(
        "Read more", min_length=1, max_length=100, description="What the link to the post says."
    )
    hashtags: int = Field(0, ge=0, le=20, description="The most hashtags.")


class Teams:
    """Posts an Adaptive Card with the hero image, which Teams fetches from the site.

    The words are runs of text, in which nothing is markup. A workflow says that it has taken the
    card, and nothing of what became of it.
    """

    Options = TeamsOptions
    guarantee = Guarantee(Replay.NONE)

    def __init__(self, options: TeamsOptions, site: Site) -> None:
        self._options = options
        self._site = site

    async def limits(self, wire: Wire) -> Limits:  # noqa: ARG002
        """Give the limits, which keep a card below 28 kB."""
        return LIMITS

    def compose(self, post: Post, html: str, picture: Picture | None, limits: Limits) -> Message:  # noqa: ARG002
        """Compose the card."""
        image = refer(post, picture, limits)
        if image and len(image.url) > ADDRESS:
            image = None

        def fits(parts: Parts) -> bool:
            size = len(json.dumps(self._body(post, parts, image), ensure_ascii=False).encode())
            most = limits.text_bytes
            return (
                size <= WHOLE
                and len(parts.link) <= ADDRESS
                and (most is None or len(parts.text.encode()) <= most)
            )

        said = Words(post, self._site, self._options)
        parts = said.within(fits, link=not self._options.text)  # the button has it
        return Message.of(
            post,
            parts.text,
            length=len(parts.text),
            limit=limits.text,
            image=image,
            payload={"body": self._body(post, parts, image)},
        )

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:
        """Post the card; any 2xx says that the workflow has it."""
        reply = await hooks.post(wire, self._options.url, json=message.payload["body"])
        code = _code(reply)
        if code in _ENDPOINT:
            raise hooks.endpoint_fault(reply, _ENDPOINT[code])
        hooks.check(reply)
        return Receipt(key.value)

    async def check(self, wire: Wire) -> Health:
        """Ask whether somebody is there: whatever is posted would start the workflow."""
        return await hooks.knock(wire, self._options.url)

    def _body(self, post: Post, parts: Parts, image: Attachment | None) -> dict[str, Any]:
        language = post.language.partition("-")[0].lower()
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.5",
            "lang": language,
            "rtl": is_right_to_left(language),
            "fallbackText": parts.text,
            "body": [*_words(parts, self._site), *([_image(image)] if image else [])],
            "actions": [_action(self._options.button, parts.link)] if parts.link else [],
            "msteams": {"width": "Full"},
        }
        kind = "application/vnd.microsoft.card.adaptive"
        attachment = {"contentType": kind, "contentUrl": None, "content": card}
        return {"type": "message", "attachments": [attachment]}


def _words(parts: Parts, site: Site) -> list[dict[str, Any]]:
    """Give the words as runs of text: a block of text would take them for Markdown.

    What even a run of text computes, a date between two braces, is kept from that.
    """
    runs: list[dict[str, Any]] = [
        {"text": parts.title or site.title, "weight": "Bolder", "size": "Large"},
        {"text": parts.summary},
        {"text": parts.tags, "isSubtle": True},
    ]
    if parts.body:  # a run has no line breaks
        runs = [{"text": line} for line in parts.body.split("\n")]
    return [
        {
            "type": "RichTextBlock",
            "inlines": [{"type": "TextRun", **run, "text": _COMPUTED.sub("{\u200b", run["text"])}],
        }
        for run in runs
        if run["text"]
    ]


def _image(image: Attachment) -> dict[str, Any]:
    return {"type": "Image", "url": image.url, "altText": image.alt, "size": "Stretch"}


def _action(title: str, link: str) -> dict[str, Any]:
    return {"type": "Action.OpenUrl", "title": title, "url": link}


def _code(reply: Reply) -> str:
    """Read the code of Power Automate's errors, ``{"error": {"code": …, "message": …}}``."""
    error = reply.field("error")
    return str(error.get("code")) if isinstance(error, dict) else ""
