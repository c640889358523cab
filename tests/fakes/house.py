"""An outbox and what works it off, without the rest: a real ledger, scripted networks."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from fakes.posts import POST, record
from syndicate.config import Endpoint
from syndicate.delivery import Line, Runner
from syndicate.ledger import NewDelivery, open_ledger
from syndicate.model import State
from syndicate.redaction import Redactor
from syndicate.testing.clock import NOON, FakeClock


class Pictures:
    """Keeps fitted images; has no pictures of its own."""

    def __init__(self):
        self.kept = {}
        self.warnings = []

    prefers_cards = False

    async def hero(self, post):
        return post, None

    def keep(self, data):
        self.kept["f" * 64] = data
        return "f" * 64

    def load(self, digest):
        return self.kept.get(digest)


class House:
    """A ledger with one pending delivery a post and endpoint, and a runner over it."""

    def __init__(self, folder, options=None, **networks):
        self.clock = FakeClock()
        self.folder = folder
        self.options = options or {}
        self.ledger = open_ledger("sqlite:///ledger.db", folder)
        self.media = Pictures()
        self.posts = {POST.id: POST}
        self.take(networks)

    def take(self, networks):
        """Deliver to these networks, by the names of their endpoints."""
        self.lines = [
            Line(
                Endpoint.model_validate({"name": name, "network": "scripted", **self.options}),
                network,
                None,
            )
            for name, network in networks.items()
        ]

    def reopen(self):
        """Begin again as another process does: nothing is known but what was committed."""
        self.ledger.close()
        self.ledger = open_ledger("sqlite:///ledger.db", self.folder)

    def enter(self, *posts):
        self.posts = {each.id: each for each in posts or (POST,)}
        self.ledger.keep_posts([record(each) for each in self.posts.values()])
        for line in self.lines:
            new = [NewDelivery(each, line.options.name, State.PENDING, NOON) for each in self.posts]
            self.ledger.add(line.options.name, new, NOON)
        return self

    def run(self, wait=timedelta(), stop=None, redact=None):
        runner = Runner(
            self.ledger,
            self.clock,
            self.media,
            self.posts,
            lambda post: post.body,
            redact or Redactor(),
            None,
        )
        asyncio.run(runner.run(self.lines, self.clock.now() + wait, stop or asyncio.Event()))
        return runner.outcomes

    def states(self):
        return [each.state for each in self.ledger.deliveries()]
