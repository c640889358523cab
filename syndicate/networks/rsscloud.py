"""rssCloud: the elder of WebSub; WordPress and a number of readers still speak it.

https://www.rssboard.org/rsscloud-interface, https://github.com/rsscloud/rsscloud-server
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from syndicate.config import Endpoint, WebUrl
from syndicate.errors import Rejected
from syndicate.model import Guarantee, Health, Hub, Key, Message, Receipt, Replay, Site
from syndicate.networks.base import Wire
from syndicate.networks.notices import about

REGISTER = "/pleaseNotify"


class RssCloudOptions(Endpoint):
    """An rssCloud server. All feeds name it, and it is told when one of them has changed."""

    announces: ClassVar[bool] = False
    has_readers: ClassVar[bool] = False

    server: WebUrl = Field(description="The server, such as `https://rpc.rsscloud.io`.")


class RssCloud:
    """Tells a server which feed has changed; telling it twice does no harm."""

    Options = RssCloudOptions
    guarantee = Guarantee(Replay.IDEMPOTENT)

    def __init__(self, options: RssCloudOptions, site: Site) -> None:  # noqa: ARG002
        self._server = options.server
        self.hub = Hub("rssCloud", options.server + REGISTER)

    def notice(self, feed: str) -> Message:
        """Say which feed has changed."""
        return about(feed)

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:
        """Ping the server. It answers 200 to a feed that it could not read, too, and says why."""
        reply = await wire.http.request(
            "POST",
            f"{self._server}/ping",
            headers={"accept": "application/json"},
            form={"url": message.link},
            creates=True,
        )
        reply.check()
        if reply.field("success") is False:
            raise Rejected(f"the server says: {reply.field('msg')}", status=reply.status)
        return Receipt(key.value)

    async def check(self, wire: Wire) -> Health:
        """Ask whether somebody is there."""
        reply = await wire.http.request("GET", self._server)
        return Health(ok=True, detail=f"the server answers (HTTP {reply.status} to GET)")
