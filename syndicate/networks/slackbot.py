"""Slack, by an app's bot token.

https://docs.slack.dev/reference/methods/chat.postMessage, …/conversations.history, …/auth.test
"""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field

from syndicate.compose import escape_html
from syndicate.config import Form, Token, WebUrl, Worded
from syndicate.errors import InDoubt, Rejected, Throttled, Unauthorized
from syndicate.http import Reply
from syndicate.model import (
    Fact,
    Guarantee,
    Health,
    Key,
    Level,
    Limits,
    Message,
    Picture,
    Post,
    Receipt,
    Replay,
    Site,
    scopes,
)
from syndicate.networks import slack_blocks
from syndicate.networks.base import Wire

log = logging.getLogger(__name__)

EVENT = "post_published"
SKEW = timedelta(minutes=10)
"""By how much Slack's clock may differ from ours."""
PAGES, PAGE, PAGE_CAP = 20, 100, 4 * 1024 * 1024
"""How much of a channel is searched: pages, messages on one, and the bytes of one at most."""
_WAIT = timedelta(minutes=1)
"""Where Slack says that it is too much, but not for how long."""
_LATER = {"ratelimited", "rate_limited"}
_LOST = {"fatal_error", "internal_error", "request_timeout", "service_unavailable"}
"""Slack's own trouble; it may have posted the message all the same."""
_SCOPES = "give the app the scopes chat:write and channels:history, and install it anew"
_ENDPOINT = {
    "access_denied": "an administrator has to allow it",
    "account_inactive": "install the app anew",
    "channel_not_found": "look up the channel's number, and invite the app into it",
    "ekm_access_denied": "an administrator has to allow it",
    "invalid_auth": "put the app's current token where the configuration names it",
    "is_archived": "unarchive the channel, or name another one",
    "missing_scope": _SCOPES,
    "no_permission": _SCOPES,
    "not_allowed_token_type": "the token has to be a bot's (xoxb-…)",
    "not_authed": "put the app's current token where the configuration names it",
    "not_in_channel": "invite the app into the channel: /invite @its-name",
    "org_login_required": "an administrator has to allow it",
    "restricted_action": "an administrator has to allow it",
    "restricted_action_read_only_channel": "an administrator has to allow it",
    "team_access_not_granted": "install the app in this workspace",
    "token_expired": "put the app's current token where the configuration names it",
    "token_revoked": "install the app anew",
}
"""What Slack says of the app or the channel rather than of the message, and what mends it."""


class SlackbotOptions(Worded):
    """A channel on Slack, by an app of your own: what was posted can be found again."""

    token: Token = Field(description="The app's bot token, `xoxb-…`.")
    channel: Annotated[
        str,
        Form(r"^[CDG][A-Z0-9]{6,}$", "a channel's number, not its name", "C0123456789"),
    ] = Field(
        description="The channel's number (its details show it): `C0123456789`.",
    )
    api: WebUrl = Field("https://slack.com/api", description="Another one for GovSlack.")
    hashtags: int = Field(0, ge=0, le=20, description="The most hashtags.")


class Slackbot:
    """Posts the same blocks as a webhook does, and can look them up again.

    ``chat.postMessage`` knows no idempotency; but a message carries metadata, in which we put the
    delivery's key, and the channel's history shows them.
    """

    Options = SlackbotOptions
    guarantee = Guarantee(Replay.NONE, looks_up=True)

    def __init__(self, options: SlackbotOptions, site: Site) -> None:
        self._options = options
        self._site = site

    @staticmethod
    def place(options: SlackbotOptions) -> str:
        """Give the channel, in the app."""
        return f"https://slack.com/app_redirect?channel={options.channel}"

    async def limits(self, wire: Wire) -> Limits:  # noqa: ARG002
        """Give the limits of blocks."""
        return slack_blocks.LIMITS

    def compose(self, post: Post, html: str, picture: Picture | None, limits: Limits) -> Message:  # noqa: ARG002
        """Compose the blocks, and the text for notifications."""
        return slack_blocks.compose(post, picture, limits, self._site, self._options)

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:
        """Post it; an image that Slack cannot fetch does not cost the post."""
        body = {
            **message.payload["body"],
            "channel": self._options.channel,
            "metadata": {"event_type": EVENT, "event_payload": {"key": key.value}},
        }
        reply = await self._create(wire, body)
        if message.image and reply.field("error") == "invalid_blocks":
            log.warning("the post goes out without its image: %s", reply.excerpt())
            reply = await self._create(wire, slack_blocks.without_image(body))
        return self._receipt(reply, _judge(reply).field("ts"))

    async def look_up(self, message: Message, key: Key, wire: Wire) -> Receipt | None:
        """Search the channel's messages since the first attempt for ours.

        Raises:
            InDoubt: the app may not read the channel, or there are too many newer ones.
        """
        bot = (await self._ask(wire, "auth.test")).field("bot_id")
        params: dict[str, str | int] = {
            "channel": self._options.channel,
            "oldest": f"{(key.minted - SKEW).timestamp():.6f}",
            "limit": PAGE,
            "include_all_metadata": "true",
        }
        for _ in range(PAGES):
            try:
                reply = await self._ask(wire, "conversations.history", params=params, cap=PAGE_CAP)
            except Unauthorized as error:
                raise InDoubt(f"the channel cannot be searched: {error.detail}") from error
            found = reply.field("messages")
            if not isinstance(found, list):
                raise reply.garbled("is no list of messages")
            for each in found:
                if _is_ours(each, key, bot, message.link):
                    return self._receipt(reply, each.get("ts"))
            cursor = (reply.field("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
            params["cursor"] = cursor
        raise InDoubt(f"among the channel's newest {PAGES * PAGE} messages it is not to be found")

    async def check(self, wire: Wire) -> Health:
        """Ask who we are, what the token may, and whether we can read the channel."""
        reply = await self._ask(wire, "auth.test")
        user, team = reply.field("user"), reply.field("team")
        if not user or not team:
            raise reply.garbled("names nobody")
        detail = f"@{user} in {team}, for the channel {self._options.channel}"
        granted = reply.headers.get("x-oauth-scopes")
        may = [each.strip() for each in (granted or "").split(",") if each.strip()]
        facts = [] if granted is None else [scopes(may, [["chat:write"]], _SCOPES)]
        return Health(True, detail, (*facts, await self._reading(wire)))

    async def _reading(self, wire: Wire) -> Fact:
        """Try whether a message whose answer was lost could be looked for."""
        params: dict[str, str | int] = {"channel": self._options.channel, "limit": 1}
        try:
            await self._ask(wire, "conversations.history", params=params, cap=PAGE_CAP)
        except Unauthorized as error:
            is_there = str(error.detail).startswith(("missing_scope", "no_permission"))
            told = f"{error.detail}; lost messages stay in doubt" if is_there else error.detail
            return Fact("channel", told, Level.WARNING if is_there else Level.ERROR)
        return Fact("channel", "lost messages can be looked up in it")

    async def _create(self, wire: Wire, body: dict[str, Any]) -> Reply:
        return await self._request(wire, "POST", "chat.postMessage", json=body, creates=True)

    async def _ask(self, wire: Wire, method: str, **options: Any) -> Reply:
        return _judge(await self._request(wire, "GET", method, **options))

    async def _request(self, wire: Wire, verb: str, method: str, **options: Any) -> Reply:
        token = self._options.token.get_secret_value()
        return await wire.http.request(
            verb,
            f"{self._options.api}/{method}",
            headers={"authorization": f"Bearer {token}"},
            hide=[token],
            **options,
        )

    def _receipt(self, reply: Reply, number: Any) -> Receipt:
        if not isinstance(number, str) or not number:
            raise reply.garbled("names no message")
        return Receipt(f"{self._options.channel}/{number}")


def _judge(reply: Reply) -> Reply:
    """Return the reply where it is a success: Slack says in a 200, too, what went wrong."""
    if reply.check().field("ok") is True:
        return reply
    said = reply.field("error")
    if not isinstance(said, str):
        raise reply.garbled("is not Slack's")
    if said in _LATER:
        raise Throttled(said, status=reply.status, until=reply.received + _WAIT)
    if said in _LOST:
        raise reply.garbled("tells of trouble")
    if said in _ENDPOINT:
        raise Unauthorized(f"{said}; {_ENDPOINT[said]}", status=reply.status)
    raise Rejected(f"Slack refuses the message: {reply.excerpt()}", status=reply.status)


def _is_ours(message: Any, key: Key, bot: Any, link: str) -> bool:
    """Tell whether a message carries our key; or, where metadata are not shown, our link."""
    if not isinstance(message, dict):
        return False
    metadata = message.get("metadata")
    if isinstance(metadata, dict) and metadata.get("event_type") == EVENT:
        payload = metadata.get("event_payload")
        return isinstance(payload, dict) and payload.get("key") == key.value
    words = json.dumps([message.get("text"), message.get("blocks")], ensure_ascii=False)
    ours = bool(bot) and message.get("bot_id") == bot
    return ours and (link in words or escape_html(link) in words)
