"""Any order of runs, kills, outages and a person's decisions, beside a model of what may happen."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from fakes.house import House
from fakes.network import Scripted
from fakes.posts import post
from syndicate.delivery import manual
from syndicate.errors import InDoubt, Rejected, Throttled, Unauthorized, Unreachable
from syndicate.model import Guarantee, Receipt, Replay, State

pytestmark = pytest.mark.timeout(300)  # some thousand commits, on a machine that may be busy
HOUR = timedelta(hours=1)
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""A disk would have to be sure of each of thousands of commits."""


class Killed(BaseException):
    """The process is no more: nothing of it runs on."""


class Remote(Scripted):
    """A remote with a memory of its own: what has arrived there, and how often.

    Each answer of its plan says whether the message arrives, and what we hear of it.
    """

    def __init__(self, guarantee: Guarantee, clock) -> None:
        super().__init__()
        self.guarantee = guarantee
        self.clock = clock
        self.plan: list[tuple[bool, BaseException | None]] = []
        self.there: dict[str, int] = {}
        self.keys: dict[str, object] = {}
        self.asked = 0
        self.meanwhile = None

    async def limits(self, wire):
        """What a message is composed for; and a person may do something in the meantime."""
        act, self.meanwhile = self.meanwhile, None
        if act:
            act()
        return await super().limits(wire)

    async def deliver(self, message, key, wire):
        await asyncio.sleep(0)
        arrives, heard = self.plan.pop(0) if self.plan else (True, None)
        self.asked += 1
        if arrives and not self._is_known(key):
            self.there[message.link] = self.there.get(message.link, 0) + 1
            self.keys[key.value] = self.clock.now()
        if heard is not None:
            raise heard
        return Receipt(message.link)

    def _is_known(self, key) -> bool:
        first = self.keys.get(key.value)
        if first is None or self.guarantee.replay is Replay.NONE:
            return False
        window = self.guarantee.window
        return window is None or self.clock.now() < first + window


class LookingRemote(Remote):
    async def look_up(self, message, key, wire):
        return Receipt(message.link) if message.link in self.there else None


GUARANTEES = {
    "idempotent": Guarantee(Replay.IDEMPOTENT),
    "windowed": Guarantee(Replay.IDEMPOTENT_FOR, HOUR),
    "lookup": Guarantee(Replay.NONE, looks_up=True),
    "none": Guarantee(Replay.NONE),
}

ANSWERS = {
    "well": (True, None),
    "unreachable": (False, Unreachable("no connection")),
    "throttled": (False, Throttled("slow down")),
    "refused": (False, Rejected("too long")),
    "token": (False, Unauthorized("who are you?")),
    "lost": (True, InDoubt("the answer was lost")),
    "lost before": (False, InDoubt("the answer was lost")),
    "bug": (True, RuntimeError("unforeseen")),
    "killed": (True, Killed()),
    "killed before": (False, Killed()),
}


class Outbox(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY)
        self.home = House(Path(self.folder.name), {"retries": ["5s", "1m"]})
        self.remotes = {}
        for name, guarantee in GUARANTEES.items():
            kind = LookingRemote if guarantee.looks_up else Remote
            self.remotes[name] = kind(guarantee, self.home.clock)
        self.home.take(self.remotes)
        self.posts = []
        self.by_hand: set[str] = set()
        """What a person had sent again: that it is there twice is theirs to answer for."""
        self.over: dict[int, int] = {}

    def publish(self):
        self.posts.append(post(len(self.posts)))
        self.home.enter(*self.posts)

    @rule(wait=st.sampled_from([0, 20, 600]))
    def run(self, wait):
        try:
            self.home.run(wait=timedelta(seconds=wait))
        except Killed:
            self.home.reopen()

    @rule(
        name=st.sampled_from(sorted(GUARANTEES)),
        answers=st.lists(st.sampled_from(sorted(ANSWERS)), min_size=1, max_size=3),
        outage=st.sampled_from([0, 2, 9]),
        wait=st.sampled_from([0, 600]),
    )
    def a_post_meets_trouble(self, name, answers, outage, wait):
        gone = ["unreachable"] * outage
        self.remotes[name].plan = [ANSWERS[each] for each in [*answers, *gone]]
        self.publish()
        self.run(wait)

    @rule(
        name=st.sampled_from(sorted(GUARANTEES)),
        first=st.sampled_from(["bug", "killed", "lost"]),
        then=st.sampled_from(sorted(ANSWERS)),
        minutes=st.sampled_from([1, 61]),
    )
    def an_answer_is_lost_and_what_comes_then(self, name, first, then, minutes):
        """What may be there is the hardest to keep right: so it comes often."""
        self.remotes[name].plan = [ANSWERS[first], ANSWERS[then]]
        self.publish()
        self.run(0)
        self.home.clock.tick(minutes=minutes)
        self.run(0)
        self.home.clock.tick(minutes=61)
        self.run(0)

    @rule(name=st.sampled_from(sorted(GUARANTEES)))
    def killed_at_the_intent(self, name):
        """The intent is committed, and not a byte has left."""
        self.publish()
        intend, together = self.home.ledger.intend, self.home.ledger.together
        intended = []

        def take_note(delivery, message, key):
            intended.append(delivery.endpoint)
            return intend(delivery, message, key)

        @contextmanager
        def and_die(burst=""):
            with together():
                yield
            if name in intended:
                raise Killed

        self.home.ledger.intend, self.home.ledger.together = take_note, and_die
        self.run(0)
        self.home.reopen()

    @rule(name=st.sampled_from(sorted(GUARANTEES)))
    def killed_before_the_answer_is_kept(self, name):
        self.publish()
        settle = self.home.ledger.settle

        def die(delivery, resting, attempt):
            if delivery.endpoint == name and attempt:
                raise Killed
            return settle(delivery, resting, attempt)

        self.home.ledger.settle = die
        self.run(0)
        self.home.reopen()

    @rule(
        name=st.sampled_from(sorted(GUARANTEES)),
        by_hand=st.sampled_from([manual.skip, manual.retry]),
        answer=st.sampled_from(["well", "unreachable", "lost", "killed"]),
    )
    def a_person_acts_while_a_message_is_composed(self, name, by_hand, answer):
        """Then nobody may send it any more by what was known before."""
        remote = self.remotes[name]
        remote.plan = [ANSWERS[answer]]
        acted = []

        def act():
            for each in self.home.ledger.deliveries(endpoint=name, states=[State.PENDING]):
                if each.message is None:
                    resting = by_hand(each, self.home.clock.now())
                    if self.home.ledger.settle(each, resting, None):
                        # It may be there already, and go out once more because a person said so.
                        acted.append((each, remote.there.get(self.link(each))))
                    return

        remote.meanwhile = act
        self.publish()
        self.run(0)
        remote.meanwhile = None
        for each, times in acted:
            if by_hand is manual.skip:
                assert self.home.ledger.delivery(each.id).state is State.SKIPPED
                assert remote.there.get(self.link(each)) == times

    @rule(minutes=st.sampled_from([-60, 1, 5, 59, 61, 60 * 24]))
    def time_passes(self, minutes):
        self.home.clock.tick(minutes=minutes)

    @rule(name=st.sampled_from(sorted(GUARANTEES)))
    def open(self, name):
        self.home.ledger.open_endpoint(name)

    @precondition(lambda self: self.of(State.DEAD, State.CANCELLED, State.SKIPPED))
    @rule()
    def send_a_dead_letter_again(self):
        delivery = self.of(State.DEAD, State.CANCELLED, State.SKIPPED)[0]
        if delivery.state is not State.DEAD:  # it was dropped, and may be there
            self.by_hand.add((delivery.endpoint, delivery.subject))
        self.home.ledger.settle(delivery, manual.retry(delivery, self.home.clock.now()), None)

    @precondition(lambda self: self.of(State.IN_DOUBT))
    @rule(said=st.sampled_from(["there", "again", "drop"]))
    def a_person_decides(self, said):
        delivery = self.of(State.IN_DOUBT)[0]
        now = self.home.clock.now()
        if said == "there":
            resting = manual.there(delivery, now, "https://x.example/1")
        elif said == "again":
            self.by_hand.add((delivery.endpoint, delivery.subject))
            resting = manual.again(delivery, now)
        else:
            resting = manual.drop(delivery, now)
        self.home.ledger.settle(delivery, resting, None)

    def of(self, *states):
        return self.home.ledger.deliveries(states=states)

    @invariant()
    def no_delivery_is_lost(self):
        every = {(each.endpoint, each.subject) for each in self.home.ledger.deliveries()}
        assert len(every) == len(self.posts) * len(GUARANTEES)

    @invariant()
    def what_is_delivered_is_there_or_was_said_to_be(self):
        for each in self.of(State.DELIVERED):
            said = each.reason == "found by hand"
            assert said or self.link(each) in self.remotes[each.endpoint].there

    @invariant()
    def nothing_is_there_twice_unless_a_person_sent_it_again(self):
        for each in self.home.ledger.deliveries():
            if (each.endpoint, each.subject) not in self.by_hand:
                assert self.remotes[each.endpoint].there.get(self.link(each), 0) <= 1

    @invariant()
    def what_is_called_dead_is_not_there(self):
        for each in self.of(State.DEAD):
            if (each.endpoint, each.subject) not in self.by_hand:
                assert self.link(each) not in self.remotes[each.endpoint].there

    @invariant()
    def what_is_at_rest_stays_as_it_is(self):
        """Only a person moves it, and who is delivered, nobody."""
        delivered = {each.id for each in self.of(State.DELIVERED)}
        assert self.over.keys() <= delivered
        self.over = dict.fromkeys(delivered, 1)

    def link(self, delivery):
        return next(each.url for each in self.posts if each.id == delivery.subject)

    def teardown(self):
        """When all is well again, everything gets through, or a person is asked."""
        for remote in self.remotes.values():
            remote.plan = []
        for _ in range(4):
            for name in GUARANTEES:
                self.home.ledger.open_endpoint(name)
            self.home.clock.tick(hours=49)
            self.home.run(wait=timedelta(hours=1))
        left = {each.state for each in self.home.ledger.deliveries()}
        assert left <= {State.DELIVERED, State.DEAD, State.IN_DOUBT, State.SKIPPED}
        self.home.ledger.close()
        self.folder.cleanup()


Outbox.TestCase.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)
TestOutbox = Outbox.TestCase
