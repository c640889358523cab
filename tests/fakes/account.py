"""A network bound to a fake server, with what the tests of networks do to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from fakes.posts import KEY, MESSAGE, POST
from fakes.record import Recorder
from syndicate import networks
from syndicate.model import Health, Key, Message, Picture, Post, Receipt, Site
from syndicate.testing.bench import Bench
from syndicate.testing.server import serve

SITE = Site("Ada's notes", "https://example.org", "en")
EDIT = Key("msg_2", KEY.minted + timedelta(hours=1))


class Account(Bench):
    """One endpoint, its server, and the requests that have come there."""

    def __init__(
        self, network: str, server: Any, recorder: Recorder, own: Mapping[str, Any]
    ) -> None:
        super().__init__()
        kind = networks.get(network)
        shared = {"name": "main", "network": network, "allow_networks": ["127.0.0.0/8"]}
        self.options = kind.Options.model_validate({**shared, **own})
        self.network: Any = kind(self.options, SITE)
        self.server = server
        self.requests = recorder.requests

    def compose(self, post: Post = POST, hero: Picture | None = None) -> Message:
        limits = self.work(self.network.limits)
        return self.network.compose(post, "<p>Hi</p>", hero, limits)

    def deliver(self, message: Message, key: Key = KEY) -> Receipt:
        return self.work(lambda wire: self.network.deliver(message, key, wire))

    def post(self, post: Post = POST, hero: Picture | None = None) -> Receipt:
        return self.deliver(self.compose(post, hero))

    def look_up(self, message: Message, key: Key = KEY) -> Receipt | None:
        return self.work(lambda wire: self.network.look_up(message, key, wire))

    def update(self, receipt: Receipt, message: Message, key: Key = EDIT) -> None:
        self.work(lambda wire: self.network.update(receipt, message, key, wire))

    def delete(self, receipt: Receipt, message: Message = MESSAGE, key: Key = EDIT) -> None:
        self.work(lambda wire: self.network.delete(receipt, message, key, wire))

    def reply(self, receipt: Receipt, message: Message, key: Key = EDIT) -> Receipt:
        return self.work(lambda wire: self.network.reply(receipt, message, key, wire))

    def look_up_reply(self, receipt: Receipt, message: Message) -> Receipt | None:
        return self.work(lambda wire: self.network.look_up_reply(receipt, message, EDIT, wire))

    def check(self) -> Health:
        return self.work(self.network.check)


@contextmanager
def account(network: str, server: Any, own: Any) -> Iterator[Account]:
    """Serve a fake, and bind a network to it; ``own`` gives its options for an address."""
    recorder = Recorder(server.app)
    with serve(recorder) as url:
        yield Account(network, server, recorder, own(url))
