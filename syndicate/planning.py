"""Deliveries as a plan shows them: composed as a run would, and what would keep them back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from syndicate.delivery import Line, Pages, compose, layers
from syndicate.delivery.acts import void
from syndicate.delivery.follow import before
from syndicate.errors import DeliveryError
from syndicate.ledger import Ledger, NewDelivery
from syndicate.media import MediaStore
from syndicate.model import Delivery, Post
from syndicate.report import Planned


@dataclass(frozen=True, slots=True)
class Foresight:
    """What a run has at hand.

    Args:
        posts: the posts that are out, by id.
        render: gives a post's content as HTML.
        media: where hero images come from.
        pages: the posts' pages.
        ledger: knows what was told before.
    """

    posts: Mapping[str, Post]
    render: Callable[[Post], str]
    media: MediaStore
    pages: Pages
    ledger: Ledger

    async def plan(self, line: Line, due: Sequence[Delivery | NewDelivery]) -> list[Planned]:
        """Tell what a run would do about an endpoint's deliveries.

        Args:
            line: the endpoint.
            due: those that are in the outbox, and those that a run would enter, some in place of
                older ones.
        """
        fresh = {(each.subject, each.event) for each in due if isinstance(each, NewDelivery)}
        return [
            await self._planned(line, each)
            for each in due
            if isinstance(each, NewDelivery) or (each.subject, each.event) not in fresh
        ]

    async def _planned(self, line: Line, each: Delivery | NewDelivery) -> Planned:
        post = self.posts.get(each.subject)
        shown = before(self.ledger, each.event, each.endpoint, each.subject)
        reason = void(each, line.options, post) if isinstance(each, Delivery) else ""
        if reason:
            return Planned(line, post, each.due, None, reason, event=each.event, before=shown)
        if each.message:
            return Planned(line, post, each.due, each.message, event=each.event, before=shown)
        if post is None:
            return Planned(line, None, each.due, None, "nothing is known of what was to be sent")
        said = layers(post, line.options).said
        try:
            message = await compose(line, post, self.render, self.media)
        except DeliveryError as error:
            return Planned(line, post, each.due, None, error.detail, said=said)
        waits = await self.pages.missing(line.options, post)
        return Planned(line, post, each.due, message, waits=waits, said=said)
