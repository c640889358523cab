"""Deliveries as a plan shows them: composed as a run would, and what would keep them back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from syndicate import content
from syndicate.delivery import Hold, Line, Pages, compose, layers, naming
from syndicate.delivery.acts import void
from syndicate.delivery.changes import changes
from syndicate.delivery.follow import before
from syndicate.delivery.gone import Remover
from syndicate.errors import DeliveryError
from syndicate.ledger import Ledger, NewDelivery
from syndicate.media import MediaStore
from syndicate.model import Delivery, EndpointState, Event, Gate, Post, State
from syndicate.report import HeldBack, Planned


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
        old = before(self.ledger, each.event, each.endpoint, each.subject)
        shown = old.text if old else None
        reason = void(each, line.options, post) if isinstance(each, Delivery) else ""
        if reason:
            name = "" if post else naming.about(self.ledger, each)
            return Planned(
                line, post, each.due, None, reason, event=each.event, before=shown, about=name
            )
        if each.message:
            is_edit = each.event is Event.UPDATED
            differs = changes(old, each.message) if old and is_edit else ()
            return Planned(
                line,
                post,
                each.due,
                each.message,
                event=each.event,
                before=shown,
                changes=differs,
            )
        if post is None:
            name, error = naming.about(self.ledger, each), "nothing is known of what was to be sent"
            return Planned(line, None, each.due, None, error, about=name)
        said = layers(post, line.options).said
        try:
            message = await compose(line, post, self.render, self.media)
        except DeliveryError as error:
            return Planned(line, post, each.due, None, error.detail, said=said)
        waits = await self.pages.missing(line.options, post)
        return Planned(line, post, each.due, message, waits=waits, said=said)


def held_back(
    scan: content.Scan,
    waiting: Iterable[Delivery | NewDelivery],
    holds: Mapping[str, Hold],
    states: Iterable[EndpointState],
    ledger: Ledger,
) -> Iterator[HeldBack]:
    """Tell what a run would leave for later: posts with a future date, and deliveries that wait.

    Args:
        scan: the posts.
        waiting: the deliveries that would not be attempted now.
        holds: until when endpoints wait, by name.
        states: what is known of endpoints: a shut one waits for a person.
        ledger: knows the files that posts had.
    """
    ahead = takewhile(lambda post: post.published > scan.now, scan.outlines(held=True))
    for post in ahead:
        if not post.draft:
            yield HeldBack(post.source, "", post.published, "its date is in the future")
    shut = {each.name: each for each in states if each.gate is not Gate.OPEN}
    waiting = list(waiting)
    gone = (each.subject for each in waiting if scan.outline(each.subject) is None)
    had = naming.sources(ledger, gone)
    for each in waiting:
        found = scan.outline(each.subject)
        about = found.source if found else had.get(each.subject, each.subject)
        if gate := shut.get(each.endpoint):
            yield HeldBack(about, each.endpoint, None, f"{gate.gate}: {gate.reason}", asks=True)
            continue
        if each.state is State.SENDING:
            yield HeldBack(about, each.endpoint, None, "it is being sent, or was cut short")
            continue
        until, reason = each.due, each.reason or "its delay is not over"
        hold = holds.get(each.endpoint)
        if hold and hold.until >= until:
            until, reason = hold.until, hold.reason
        yield HeldBack(about, each.endpoint, until, reason)


def unsure(remover: Remover, lines: Iterable[Line]) -> Iterator[HeldBack]:
    """Tell of deletions that wait for a second run to find the post gone."""
    for line in lines:
        for each in remover.unsure(line):
            source = remover.source(each.subject)
            reason = "the post is gone: it is deleted there when a second run finds that, too"
            yield HeldBack(source, each.endpoint, remover.gone.next_look, reason)
