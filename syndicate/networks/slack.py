"""Slack, by an incoming webhook.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

from __future__ import annotations

import logging

from pydantic import Field

from syndicate.config import SecretUrl, Worded
from syndicate.http import Reply
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
from syndicate.networks import hooks, slack_blocks
from syndicate.networks.base import Wire

log = logging.getLogger(__name__)

_ENDPOINT = {
    "action_prohibited": "an administrator has to allow it",
    "channel_is_archived": "unarchive the channel, or make a webhook for another one",
    "channel_not_found": "the channel is gone: make a webhook for another one",
    "invalid_token": hooks.ADVICE,
    "no_active_hooks": hooks.ADVICE,
    "no_service": hooks.ADVICE,
    "no_service_id": hooks.ADVICE,
    "no_team": hooks.ADVICE,
    "posting_to_general_channel_denied": "an administrator has to allow it",
    "team_disabled": hooks.ADVICE,
    "token_revoked": hooks.ADVICE,
    "user_not_found": "the person is gone: make a webhook for a channel",
}
"""What Slack says of the webhook rather than of the message, and what mends it."""
_ALIVE = {"invalid_payload", "no_text", "missing_text_or_fallback_or_attachments"}


class SlackOptions(Worded):
    """A channel on Slack, by an incoming webhook."""

    url: SecretUrl = Field(
        description="The webhook's address, `https://hooks.slack.com/services/…`."
    )
    hashtags: int = Field(0, ge=0, le=20, description="The most hashtags.")


class Slack:
    """Posts title, summary and hero image as blocks; Slack fetches the image from the site.

    Slack answers ``ok`` and nothing else: there is no number of the message, and no way to look.
    """

    Options = SlackOptions
    guarantee = Guarantee(Replay.NONE)

    def __init__(self, options: SlackOptions, site: Site) -> None:
        self._options = options
        self._site = site

    async def limits(self, wire: Wire) -> Limits:  # noqa: ARG002
        """Give the limits of blocks."""
        return slack_blocks.LIMITS

    def compose(self, post: Post, html: str, picture: Picture | None, limits: Limits) -> Message:  # noqa: ARG002
        """Compose the blocks, and the text for notifications."""
        return slack_blocks.compose(post, picture, limits, self._site, self._options)

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:
        """Post it; an image that Slack cannot fetch does not cost the post."""
        body = message.payload["body"]
        reply = await hooks.post(wire, self._options.url, json=body)
        if message.image and reply.text.startswith("invalid_blocks"):
            log.warning("the post goes out without its image: %s", reply.error().detail)
            body = slack_blocks.without_image(body)
            reply = await hooks.post(wire, self._options.url, json=body)
        if _said(reply) in _ENDPOINT:
            raise hooks.endpoint_fault(reply, _ENDPOINT[_said(reply)])
        hooks.check(reply)
        if _said(reply) != "ok":
            raise reply.garbled("is not ok")
        return Receipt(key.value)

    async def check(self, wire: Wire) -> Health:
        """Post nothing at all: Slack says that there is no text, where the webhook is right."""
        reply = await hooks.post(wire, self._options.url, json={"text": ""})
        if _said(reply) in _ALIVE:
            return Health(ok=True, detail="the webhook answers")
        if _said(reply) in _ENDPOINT:
            raise hooks.endpoint_fault(reply, _ENDPOINT[_said(reply)])
        raise hooks.check(reply).garbled("is not what Slack says to nothing")


def _said(reply: Reply) -> str:
    return reply.text.strip()
