"""WebSub: a hub fetches a changed feed at once, and sends it to whoever subscribed there.

https://www.w3.org/TR/websub/; how a publisher tells its hub is left open there (section 6), and is
done here as PubSubHubbub 0.4 has it (section 7.1).
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from syndicate.config import Endpoint, ExactUrl
from syndicate.model import Guarantee, Health, Hub, Key, Message, Receipt, Replay, Site
from syndicate.networks.base import Wire
from syndicate.networks.notices import about


class WebSubOptions(Endpoint):
    """A WebSub hub. All feeds name it, and it is told when one of them has changed."""

    announces: ClassVar[bool] = False
    has_readers: ClassVar[bool] = False

    url: ExactUrl = Field(description="The hub, such as `https://pubsubhubbub.appspot.com/`.")


class WebSub:
    """Tells a hub which feed has changed; telling it twice does no harm."""

    Options = WebSubOptions
    guarantee = Guarantee(Replay.IDEMPOTENT)

    def __init__(self, options: WebSubOptions, site: Site) -> None:  # noqa: ARG002
        self._url = options.url
        self.hub = Hub("WebSub", options.url)

    def notice(self, feed: str) -> Message:
        """Say which feed has changed."""
        return about(feed)

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:
        """Tell the hub; older ones look for ``hub.url``, some newer ones for ``hub.topic``."""
        form: dict[str, str | list[str]] = {
            "hub.mode": "publish",
            "hub.url": message.link,
            "hub.topic": message.link,
        }
        reply = await wire.http.request("POST", self._url, form=form, creates=True)
        reply.check()
        return Receipt(key.value)

    async def check(self, wire: Wire) -> Health:
        """Ask whether somebody is there; a hub need not know GET."""
        reply = await wire.http.request("GET", self._url)
        return Health(ok=True, detail=f"the hub answers (HTTP {reply.status} to GET)")
