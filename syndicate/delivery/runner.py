"""Working off the outbox: endpoints beside each other, within one endpoint the oldest first."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import random
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from syndicate.clock import Clock
from syndicate.delivery import naming, outlook
from syndicate.delivery.acts import act, void
from syndicate.delivery.attempt import attempt, first_of
from syndicate.delivery.circuit import WINDOW, Breaker
from syndicate.delivery.line import Line, compose
from syndicate.delivery.live import Pages
from syndicate.delivery.pacing import Hold
from syndicate.delivery.policy import settle
from syndicate.delivery.together import Together
from syndicate.errors import (
    DeliveryError,
    InDoubt,
    Interrupted,
    LedgerError,
    Unreachable,
)
from syndicate.ledger.port import Ledger, Resting
from syndicate.media import MediaStore
from syndicate.model import (
    Attempt,
    Circuit,
    Delivery,
    Event,
    Key,
    Message,
    Post,
    Receipt,
    State,
)
from syndicate.redaction import Redactor

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
"""Longer than any attempt takes; whoever sleeps past it finds its fence outdated."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did to one delivery."""

    delivery: Delivery
    resting: Resting
    post: Post | None
    about: str = ""
    """What to call it where its post is not out any more."""

    @property
    def sent_as(self) -> str:
        """The id under which the remote knows what was sent; see :class:`Delivery`."""
        return replace(self.delivery, receipt=self.resting.receipt).sent_as


@dataclass(slots=True)
class Runner:
    """Delivers what is due.

    Args:
        ledger: held by this process alone while it runs.
        clock: the time.
        media: where hero images come from, and where fitted ones are kept for a retry.
        posts: the posts that are out, by id.
        render: gives a post's content as HTML.
        redact: takes secrets out of what is written down.
        pages: the posts' pages, for endpoints that wait for them.
        only: the one delivery that is meant, by its id, whatever the endpoint's pace; all where
            none is named.
    """

    ledger: Ledger
    clock: Clock
    media: MediaStore
    posts: Mapping[str, Post]
    render: Callable[[Post], str]
    redact: Redactor
    pages: Pages
    outcomes: list[Outcome] = field(default_factory=list)
    only: int | None = None
    tell: Callable[[datetime], Awaitable[Sequence[Line]]] | None = None
    """Enters what somebody has to know by now, and gives the endpoints that are told of it."""
    _turns: dict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    """Each endpoint's: one delivery of it at a time."""
    _telling: asyncio.Lock = field(default_factory=asyncio.Lock)
    _breakers: dict[str, Breaker] = field(default_factory=dict)
    _together: Together = field(init=False)

    def __post_init__(self) -> None:
        self._together = Together(self.ledger)

    async def run(self, lines: Sequence[Line], until: datetime, stop: asyncio.Event) -> None:
        """Work off the outbox until nothing is due before ``until``, or ``stop`` is set.

        Attempts that are under way are brought to their end when ``stop`` is set.
        """
        self.recover(lines)
        results = await asyncio.gather(
            *(self._pump(line, until, stop) for line in lines), return_exceptions=True
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result

    def recover(self, lines: Sequence[Line]) -> None:
        """Settle what a killed run had in hand: its answers are lost.

        What belongs to an endpoint that is not configured now stays as it is, until it is again.
        """
        configured = {line.options.name: line for line in lines}
        for delivery in self.ledger.interrupted():
            line = configured.get(delivery.endpoint)
            if line is not None:
                outcome = Interrupted("the process ended before the answer came")
                self._settle(line, delivery, outcome, self.clock.now())

    async def _pump(self, line: Line, until: datetime, stop: asyncio.Event) -> None:
        """Work off one endpoint."""
        while not stop.is_set():
            await self._drain(line, stop)
            now = self.clock.now()
            due = self._next_due(line, now)
            if due is None or due > until:
                return
            if due > now:
                await self._tell_meanwhile(now, stop)
            await first_of(self.clock.sleep_until(due), stop.wait())

    async def _drain(self, line: Line, stop: asyncio.Event) -> None:
        """Deliver what is due now to one endpoint."""
        taken: Delivery | None = None
        async with self._turns[line.options.name]:
            while not stop.is_set():
                delivery = taken or self._claim(line, self.clock.now())
                if delivery is None:
                    return
                taken = await self._deliver(line, delivery, stop)

    async def _tell_meanwhile(self, now: datetime, stop: asyncio.Event) -> None:
        """Tell what somebody has to know while an endpoint waits: the run may go on for long."""
        if self.tell is None or self._telling.locked():
            return
        async with self._telling:
            for line in await self.tell(now):
                if not self._turns[line.options.name].locked():  # else it goes out on its way
                    await self._drain(line, stop)

    def _claim(self, line: Line, now: datetime) -> Delivery | None:
        held = self._held(line, now) is not None
        return self.ledger.claim(line.options.name, now, LEASE, doubtful=held, only=self.only)

    def _held(self, line: Line, now: datetime) -> Hold | None:
        if self.only is not None:
            return None
        return outlook.held(self.ledger, line.options, line.zone, now)

    def _next_due(self, line: Line, now: datetime) -> datetime | None:
        if self.only is not None:
            return self.ledger.next_due(line.options.name, now, only=self.only)
        return outlook.next_due(self.ledger, line.options, line.zone, now)

    async def _deliver(
        self, line: Line, delivery: Delivery, stop: asyncio.Event
    ) -> Delivery | None:
        """Freeze the message, write the intent, try, and write down what came of it.

        The endpoint's next delivery may have been taken along: that saves a transaction.
        """
        started = self.clock.now()
        ready = await self._ready(line, delivery, started)
        if ready is None:
            return None
        delivery, message = ready
        key = delivery.key or Key(idempotency_key(delivery), started)
        if message.image:
            self.media.keep(message.image.data)
        self._breaker(delivery.endpoint, started)  # while the ledger can be asked
        intended = await self._together.write(lambda: self.ledger.intend(delivery, message, key))
        if intended is None:
            log.info("delivery %d was taken out of our hands while it was composed", delivery.id)
            return None
        try:
            await self._together.share()
        except LedgerError as error:
            # Nobody else knows of the intent, so nothing has left, nor may it.
            calm = Resting(State.PENDING, started, delivery.attempts, delivery.doubt)
            self.ledger.settle(intended, replace(calm, reason=str(error)), None)
            raise
        todo = act(line.network, delivery)
        result = await attempt(
            todo, message, key, line.wire, self.clock, doubt=delivery.doubt, stop=stop
        )

        resting, record = self._judge(line, intended, result, started)

        def finish() -> tuple[bool, Delivery | None]:
            settled = self.ledger.settle(intended, resting, record)
            return settled, None if stop.is_set() else self._claim(line, self.clock.now())

        settled, taken = await self._together.write(finish)
        self._note(intended, resting, settled=settled)
        return taken

    async def _ready(
        self, line: Line, delivery: Delivery, started: datetime
    ) -> tuple[Delivery, Message] | None:
        """Give the delivery and its message, frozen; None where it was settled without a try."""
        guarantee = act(line.network, delivery).guarantee
        post = self.posts.get(delivery.subject)
        if delivery.doubt and not guarantee.may_replay(delivery.key, started):
            # It was due in time, then the machine was off or the endpoint shut; or it is only sent
            # again because that is wanted, which nobody wants of what was taken back meanwhile.
            repeats = line.policy.may_repeat(guarantee, delivery.key, started)
            if not repeats or void(replace(delivery, doubt=False), line.options, post):
                self._doubt(line, delivery, started)
                return None
        if reason := void(delivery, line.options, post):
            self._cancel(delivery, started, reason)
            return None
        if await self._waits_for_page(line, delivery, post):
            return None
        if delivery.message is None and post:
            delivery = replace(delivery, composed_from=post.digest)
        try:
            message = await self._message(line, delivery, post)
        except DeliveryError as error:
            # Nothing has left in this attempt, whatever the limits' endpoint or the picture did.
            calm = Unreachable(error.detail, status=error.status, until=error.until)
            outcome = calm if isinstance(error, InDoubt) else error
            self._settle(line, delivery, outcome, started)
            return None
        if message is None:
            self._cancel(delivery, started, "nothing is known of what was to be sent")
            return None
        return delivery, message

    async def _waits_for_page(self, line: Line, delivery: Delivery, post: Post | None) -> bool:
        """Hold a delivery back while the post's page is not as the endpoint wants it."""
        if not line.options.require_live or post is None:
            return False
        resting = await self.pages.hold(line.options, delivery, post)
        if resting is None:
            return False
        resting = replace(resting, reason=self.redact(resting.reason))
        self.ledger.settle(delivery, resting, None)
        self.outcomes = [each for each in self.outcomes if each.delivery.id != delivery.id]
        self.outcomes.append(Outcome(delivery, resting, post))
        return True

    async def _message(self, line: Line, delivery: Delivery, post: Post | None) -> Message | None:
        """Give the frozen message, or compose it; None where there is nothing to say any more."""
        frozen = delivery.message
        if frozen and frozen.image is None:
            return frozen
        if frozen and frozen.image:
            data = self.media.load(frozen.image.digest)
            if data is not None:
                return replace(frozen, image=replace(frozen.image, data=data))
        anew = await compose(line, post, self.render, self.media) if post else None
        if frozen is None:
            return anew
        # The cache is disposable: the image was fitted anew, or the message goes without one.
        return replace(frozen, image=anew.image if anew else None)

    def _doubt(self, line: Line, delivery: Delivery, now: datetime) -> None:
        reason = "an earlier try may have arrived, and it is too late to repeat it"
        resting = line.policy.in_the_end(now, delivery.attempts, reason)
        self.ledger.settle(delivery, resting, None)
        self.outcomes.append(Outcome(delivery, resting, self.posts.get(delivery.subject)))

    def _cancel(self, delivery: Delivery, now: datetime, reason: str) -> None:
        resting = Resting(State.CANCELLED, now, delivery.attempts, reason=reason)
        self.ledger.settle(delivery, resting, None)
        about = naming.about(self.ledger, delivery)
        self.outcomes.append(Outcome(delivery, resting, None, about))

    def _settle(
        self, line: Line, delivery: Delivery, outcome: Receipt | DeliveryError, started: datetime
    ) -> None:
        resting, record = self._judge(line, delivery, outcome, started)
        settled = self.ledger.settle(delivery, resting, record)
        self._note(delivery, resting, settled=settled)

    def _judge(
        self, line: Line, delivery: Delivery, outcome: Receipt | DeliveryError, started: datetime
    ) -> tuple[Resting, Attempt]:
        """Decide where an outcome leaves a delivery; nothing is written yet."""
        now = self.clock.now()
        roll = random.uniform(-1, 1)  # noqa: S311 - spreads retries, guards nothing
        guarantee = act(line.network, delivery).guarantee
        resting = settle(delivery, outcome, guarantee, line.policy, now, roll=roll)
        resting = replace(resting, reason=self.redact(resting.reason))
        record = Attempt(delivery.id, started, now, *self._words(outcome))
        if not isinstance(outcome, Interrupted):
            resting = self._breaker(delivery.endpoint, now).turn(resting, record)
        return resting, record

    def _note(self, delivery: Delivery, resting: Resting, *, settled: bool) -> None:
        if settled:
            self.outcomes.append(Outcome(delivery, resting, self.posts.get(delivery.subject)))
        else:
            log.warning("delivery %d was taken over by another process", delivery.id)

    def _breaker(self, endpoint: str, now: datetime) -> Breaker:
        if endpoint not in self._breakers:
            state = self.ledger.endpoint(endpoint)
            attempts = self.ledger.attempts_since(endpoint, now - WINDOW)
            circuit = state.circuit if state else Circuit()
            self._breakers[endpoint] = Breaker(circuit, deque(attempts))
        return self._breakers[endpoint]

    def _words(self, outcome: Receipt | DeliveryError) -> tuple[str, int | None, str]:
        if isinstance(outcome, Receipt):
            return "delivered", None, outcome.url or outcome.id
        return type(outcome).__name__, outcome.status, self.redact(outcome.detail)


def idempotency_key(delivery: Delivery) -> str:
    """Derive a delivery's key from what identifies it, so that even a lost ledger gives the same.

    Never from the content, the file's time or the network's host: an edited post is the same
    delivery, and two accounts on one server are two.
    """
    identity = f"{delivery.subject}\n{delivery.endpoint}"
    if delivery.event is not Event.PUBLISHED:  # what happens more than once
        identity += f"\n{delivery.event}\n{delivery.version}"
    return "msg_" + hashlib.sha256(identity.encode()).hexdigest()[:32]
