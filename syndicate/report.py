"""What a run found and did, and what one would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from syndicate.delivery import Hold, Line, Outcome, Said
from syndicate.feeds import Document, Published
from syndicate.ledger import NewDelivery
from syndicate.model import Delivery, EndpointState, Event, Finding, Message, Post


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found and did."""

    posts: int
    """How many posts are out."""
    held: int
    """How many are held back: drafts, future and expired ones."""
    findings: tuple[Finding, ...]
    feeds: tuple[Published, ...]
    warnings: tuple[str, ...] = ()
    """Hero images that could not be had, and a page whose place is taken."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    """By endpoint, how many posts were recorded as not to be announced."""
    outcomes: tuple[Outcome, ...] = ()
    """What came of each attempt."""
    waiting: tuple[Delivery, ...] = ()
    """What is left for a later run."""
    stuck: tuple[Delivery, ...] = ()
    """Those of them that wait because something failed, and not for their time alone."""
    is_cut_short: bool = False
    """It was ended early, so that what was due may have been left."""
    resting: tuple[Delivery, ...] = ()
    """What needs a person: dead letters and deliveries in doubt."""
    endpoints: tuple[EndpointState, ...] = ()
    holds: Mapping[str, Hold] = field(default_factory=dict)
    """Until when deliveries of an endpoint wait for more than their own time, and why."""
    next_change: datetime | None = None
    """When a post comes out or expires next, by nothing but the time."""

    @property
    def again(self) -> Report:
        """What the next run will report if nothing changes until then."""
        return replace(
            self,
            feeds=tuple(replace(each, written=False) for each in self.feeds),
            skipped=dict.fromkeys(self.skipped, 0),
            outcomes=(),
        )


@dataclass(frozen=True, slots=True)
class Planned:
    """A delivery that a run would attempt: its message, or why there is none."""

    line: Line
    post: Post | None
    due: datetime
    message: Message | None
    error: str = ""
    waits: str = ""
    """What it would wait for, and not go out yet."""
    event: Event = Event.PUBLISHED
    before: str | None = None
    """What an edit or a deletion would find there."""
    changes: tuple[str, ...] = ()
    """With an edit: what of the message would be different, by name."""
    about: str = ""
    """What to call it where its post is not out any more."""
    said: Mapping[str, Said] = field(default_factory=dict)
    """Where each option of the message came from; empty where it is frozen already."""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """What a run would not do yet."""

    about: str
    """The post's file, or a feed's address."""
    endpoint: str
    """Empty for all of them."""
    until: datetime | None
    """None where nobody can tell."""
    reason: str
    asks: bool = False
    """It waits for a person."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do."""

    posts: int
    held: int
    findings: tuple[Finding, ...]
    feeds: tuple[Document, ...]
    """Those whose bytes would change."""
    warnings: tuple[str, ...]
    skipped: Mapping[str, int]
    deliveries: tuple[Planned, ...]
    waiting: tuple[Delivery | NewDelivery, ...] = ()
    """What would not be attempted now."""
    endpoints: tuple[EndpointState, ...] = ()
    holds: Mapping[str, Hold] = field(default_factory=dict)
    later: tuple[HeldBack, ...] = ()
    """Posts, deliveries and deletions that wait, with until when and why."""
