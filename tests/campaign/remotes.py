"""Who is told, by what a network can do after a lost answer."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fakes import bluesky, discord, mastodon, matrix, slack, webhook
from syndicate.testing.server import serve

SECRETS = {"secret", "password", "token"}
"""The options that are secrets on all networks that have them."""
ADDRESSED = {"slack", "discord"}
"""The networks whose address is one."""
IDEMPOTENT, WINDOWED, LOOK_UP, NONE = "idempotent", "windowed", "look-up", "none"


@dataclass(frozen=True)
class Remote:
    """A server, and the endpoint that leads to it.

    Args:
        name: the endpoint's.
        kind: what its network can do after a lost answer.
        fake: the server; ``app`` is its ASGI app.
        options: the endpoint's, by the server's address.
        effects: what the public sees of what the server has taken.
    """

    name: str
    kind: str
    fake: Any
    options: Callable[[str], dict[str, str]]
    effects: Callable[[], Iterable[Any]]

    def seen(self, slug: str) -> int:
        """Count what the public sees that tells of a post."""
        return sum(slug in json.dumps(effect).lower() for effect in self.effects())


class Ears:
    """Hears shouts. Those with a key are taken once."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.keys: dict[str, int] = {}
        self.app = Starlette(routes=[Route("/", self._hear, methods=["POST"])])

    async def _hear(self, request: Request) -> Response:
        key = request.headers.get("idempotency-key")
        if key is None or key not in self.keys:
            self.heard.append(await request.json())
            self.keys[key or ""] = len(self.heard)
        return JSONResponse({"id": self.keys[key or ""]})


def crowd() -> list[Remote]:
    """Give one of each, and of the commonest kinds several."""
    hook, pds = webhook.Receiver(), bluesky.Pds()
    keeper, forgetful = mastodon.Mastodon(), mastodon.Mastodon()
    forgetful.forgets_keys = True
    room, whispers, shouts = matrix.Matrix(), Ears(), Ears()
    bot, hooked, channel = slack.Slack(), slack.Slack(), discord.Discord()
    return [
        Remote("hook", IDEMPOTENT, hook, _webhook, hook.events.values),
        Remote("sky", IDEMPOTENT, pds, _bluesky, pds.records.values),
        Remote("whisper", WINDOWED, whispers, _third_party("whisper"), lambda: whispers.heard),
        Remote("toots", WINDOWED, keeper, _mastodon, lambda: keeper.statuses),
        Remote("room", WINDOWED, room, _matrix, lambda: room.events),
        Remote("forgetful", LOOK_UP, forgetful, _mastodon, lambda: forgetful.statuses),
        Remote("bot", LOOK_UP, bot, _slackbot, lambda: bot.messages),
        Remote("slack", NONE, hooked, _slack, lambda: hooked.messages),
        Remote("discord", NONE, channel, _discord, lambda: channel.messages),
        Remote("shout", NONE, shouts, _third_party("shout"), lambda: shouts.heard),
    ]


def _webhook(url: str) -> dict[str, str]:
    return {"network": "webhook", "url": f"{url}/hook", "secret": webhook.SECRET}


def _bluesky(url: str) -> dict[str, str]:
    account = {"handle": bluesky.HANDLE, "password": bluesky.PASSWORD}
    return {"network": "bluesky", "service": url, **account}


def _mastodon(url: str) -> dict[str, str]:
    return {"network": "mastodon", "server": url, "token": mastodon.TOKEN}


def _matrix(url: str) -> dict[str, str]:
    return {"network": "matrix", "server": url, "token": matrix.TOKEN, "room": matrix.ROOM}


def _slackbot(url: str) -> dict[str, str]:
    place = {"channel": slack.CHANNEL, "api": f"{url}/api"}
    return {"network": "slackbot", "token": slack.TOKEN, **place}


def _slack(url: str) -> dict[str, str]:
    return {"network": "slack", "url": f"{url}{slack.PATH}"}


def _discord(url: str) -> dict[str, str]:
    return {"network": "discord", "url": f"{url}{discord.PATH}"}


def _third_party(network: str) -> Callable[[str], dict[str, str]]:
    return lambda url: {"network": network, "url": url}


class Lagging:
    """Stands around a fake: the work takes its time, and is done for those, too, who have gone.

    Args:
        fake: the server.
        most: seconds that it takes at most before the work, and after it.
        chance: how long that is.
        arrived: is told of each request.
    """

    def __init__(
        self, fake: Any, most: float, chance: random.Random, arrived: Callable[[], None]
    ) -> None:
        self._fake, self._most = fake, most
        self._chance, self._arrived = chance, arrived

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            body = await Request(scope, receive).body()
        except ClientDisconnect:  # it was killed in the middle of it: nothing has arrived
            return
        answer: list[Any] = []

        async def again() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def keep(message: Any) -> None:
            answer.append(message)

        self._arrived()
        await self._pause()
        self._fake.now = datetime.now(UTC)  # for those who write the time on what they take
        await self._fake.app(scope, again, keep)
        await self._pause()
        for message in answer:
            await send(message)

    async def _pause(self) -> None:
        await asyncio.sleep(self._chance.uniform(0, self._most))


@contextmanager
def served(
    remotes: Iterable[Remote], most: float, chance: random.Random, arrived: Callable[[], None]
) -> Iterator[dict[str, dict[str, str]]]:
    """Serve the remotes, each at an address of its own; give the endpoints' options by name."""
    with ExitStack() as stack:
        yield {
            each.name: each.options(
                stack.enter_context(serve(Lagging(each.fake, most, chance, arrived)))
            )
            for each in remotes
        }
