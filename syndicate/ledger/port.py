"""What a ledger has to do. Whoever writes another one reads this page and passes its tests.

Rules that hold for every method:

- A method is one transaction: it happened wholly, or an error was raised and nothing happened.
- What returned is durable: a power cut after it loses nothing.
- Times go in and come out aware and in UTC.
- Rows are changed by whoever holds the newest *fence* only (see :meth:`Ledger.settle`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from syndicate.model import (
    Attempt,
    Circuit,
    Delivery,
    EndpointState,
    Event,
    Gate,
    Key,
    Message,
    PostRecord,
    Receipt,
    State,
)


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery that is to exist: pending, or at rest from the beginning."""

    subject: str
    endpoint: str
    state: State
    due: datetime
    reason: str = ""
    event: Event = Event.PUBLISHED
    version: str = ""
    """For events that happen again: which state of the subject is meant."""
    message: Message | None = None
    """Where it is known already; otherwise it is composed when the delivery is attempted."""
    receipt: Receipt | None = None
    """Of what was announced, where the delivery is about that."""


@dataclass(frozen=True, slots=True)
class Resting:
    """Where an attempt leaves its delivery."""

    state: State
    due: datetime
    attempts: int
    doubt: bool = False
    receipt: Receipt | None = None
    reason: str = ""
    gate: Gate | None = None
    """What becomes of the endpoint; None leaves it as it is."""
    throttled_until: datetime | None = None
    """The endpoint is to be left alone until then."""
    circuit: Circuit | None = None
    """How the endpoint fares now; None leaves it as it is."""
    anew: bool = False
    """Forget the frozen message: the next attempt composes it from the post as it is then."""
    waiting_since: datetime | None = None
    """It is held back for its page, which is not live, since then."""
    message: Message | None = None
    """What is to be sent in place of what was frozen, where a person has decided that."""


class Ledger(Protocol):
    """The store of posts' ids, deliveries, attempts, endpoint states and sessions."""

    is_kept: bool
    """False for the empty one that stands in, for those who only look, where there is none yet."""
    is_shared: bool
    """Whether what was written has to be shared before anything leaves; see :meth:`share`."""

    def lock(self, wait: timedelta) -> AbstractContextManager[None]:
        """Hold the ledger for one run, alone.

        Raises:
            LedgerBusy: another process still held it when ``wait`` had passed.
        """

    def together(self, name: str = "") -> AbstractContextManager[None]:
        """Make one transaction of what this thread does in the block, durable at its end.

        Each transaction costs a write that reaches the disk. Nothing may be awaited in the block.

        Args:
            name: under which :meth:`was_written` knows it, until the next one with a name.

        Raises:
            LedgerAway: the database went away; :meth:`was_written` tells what became of it.
        """

    def was_written(self, name: str) -> bool:
        """Tell whether the transaction of that name, the holder's last one, is durable.

        Raises:
            LedgerAway: the database is still away.
            LedgerError: somebody else holds the ledger by now; what was in flight is theirs.
        """

    def share(self) -> None:
        """Let those who do not share this machine know what was written.

        It may take seconds, and is called beside the event loop.

        Raises:
            LedgerError: they do not know it; nothing that was intended since the last time may
                leave.
        """

    def posts(self) -> list[PostRecord]:
        """Give every post that was ever seen."""

    def find_posts(
        self,
        *,
        ids: Collection[str] = (),
        sources: Collection[str] = (),
        digests: Collection[str] = (),
        urls: Collection[str] = (),
    ) -> list[PostRecord]:
        """Give the posts that have one of these ids, sources, digests or URLs; each once."""

    def posts_stamp(self) -> str:
        """Give a word that changes whenever posts are added or change; empty without any.

        Who copied something of the posts tells by it whether the copy is still right.
        """

    def keep_posts(self, records: Iterable[PostRecord]) -> None:
        """Add posts, or change those that are there (by id)."""

    def adopt(self, ids: Mapping[str, str], known: Iterable[NewDelivery], now: datetime) -> None:
        """Give posts other ids; deliveries, with all that became of them, and ordinals go along.

        Args:
            ids: the new id by the old one; no post has the new one.
            known: deliveries to add besides, of whatever endpoints, as :meth:`add` does; they
                name posts by their new ids.
            now: the time.

        Raises:
            LedgerError: no post has the old id, or another one has the new id.
        """

    def come_out(self, now: datetime, is_out: Callable[[str], bool]) -> None:
        """Note when posts were found to be out for the first time.

        Args:
            now: the time.
            is_out: is asked, by id, of those that never were.
        """

    def out_since(self, ids: Collection[str]) -> dict[str, datetime]:
        """Give when posts were found to be out for the first time; those that never were lack."""

    def once_out(self) -> dict[str, tuple[str, datetime | None]]:
        """Give, by id, the source of every post that ever was out, and since when it is gone."""

    def note_gone(self, ids: Collection[str], now: datetime) -> None:
        """Note that these posts are gone, since ``now`` where it is news; all others are not."""

    def edited(self, endpoint: str, since: datetime) -> list[Delivery]:
        """Give what was announced since a time, of posts whose file is not as it was looked at."""

    def announced(self, endpoint: str, ids: Collection[str]) -> list[Delivery]:
        """Give what was announced of some posts: each delivered, with a receipt."""

    def about(self, endpoint: str, subject: str) -> dict[Event, Delivery]:
        """Give all that an endpoint was told, or is to be told, of one subject."""

    def looked_at(self, delivery: Delivery, digest: str) -> None:
        """Note the file that an announcement was compared with."""

    def ordinals(self) -> dict[str, int]:
        """Give the ordinals that posts have got, by id."""

    def keep_ordinals(self, ordinals: Mapping[str, int]) -> None:
        """Keep ordinals for ever; a post that has one, and an ordinal that is given, are errors."""

    def endpoint(self, name: str) -> EndpointState | None:
        """Give an endpoint's state; None where it never took part in a run."""

    def endpoints(self) -> list[EndpointState]:
        """Give the states of all endpoints that ever took part in a run."""

    def open_endpoint(self, name: str) -> None:
        """Open an endpoint's gate; one that is not known yet is added."""

    def add(self, endpoint: str, deliveries: Iterable[NewDelivery], now: datetime) -> int:
        """Add an endpoint's deliveries that do not exist yet, and the endpoint itself.

        Both in one transaction: an endpoint that is known has its baseline. One that was cancelled,
        or exists for another version of its subject, begins anew, unless it is being sent. Returns
        how many deliveries were new.
        """

    def unplanned(self, endpoint: str, ids: Iterable[str] = ()) -> set[str]:
        """Give the posts, by id, that have no delivery for an endpoint.

        These are all that the ledger knows, and ``ids``. Cancelled deliveries do not count: their
        posts may be back.
        """

    def deliveries(
        self,
        *,
        endpoint: str | None = None,
        states: Collection[State] = tuple(State),
        newest: int | None = None,
    ) -> list[Delivery]:
        """Give deliveries, oldest first; of many the ``newest`` so many."""

    def count(self, *, endpoint: str | None = None, states: Collection[State]) -> int:
        """Count deliveries."""

    def delivery(self, delivery_id: int) -> Delivery | None:
        """Give one delivery."""

    def next_due(
        self, endpoint: str, now: datetime, *, doubtful: bool = False, only: int | None = None
    ) -> datetime | None:
        """Tell when the endpoint has something to do next.

        None where nothing is pending, or its gate is not open. Not before ``throttled_until``, nor
        before the next probe where its circuit is open.

        Raises:
            LedgerError: this run has lost the ledger's lock.

        Args:
            endpoint: its name.
            now: the time; nothing is due before.
            doubtful: ask for deliveries alone that may have arrived.
            only: ask for one delivery, by its id.
        """

    def claim(
        self,
        endpoint: str,
        now: datetime,
        lease: timedelta,
        *,
        doubtful: bool = False,
        only: int | None = None,
    ) -> Delivery | None:
        """Take the endpoint's oldest due delivery, for the length of ``lease``.

        Its fence goes up by one. None where nothing is due, the gate is not open, or the endpoint
        is to be left alone, or this run has lost the ledger's lock. ``doubtful`` takes one alone
        that may have arrived, ``only`` the one of that id.
        """

    def intend(self, delivery: Delivery, message: Message, key: Key) -> Delivery | None:
        """Write down that the message is about to leave. Only after this may a byte leave.

        None where that may not be: the delivery was claimed by somebody else, or settled by a
        person, since we claimed it, or this run has lost the ledger's lock.
        """

    def settle(self, delivery: Delivery, resting: Resting, attempt: Attempt | None) -> bool:
        """Write down where an attempt left a delivery, and the attempt itself.

        What was announced changes along: an edit that was delivered is what the remote shows now,
        and after a deletion it shows nothing. Returns False, and writes the attempt alone, where
        somebody else has claimed the delivery since: a worker that slept past its lease does not
        overrule another's result.
        """

    def interrupted(self) -> list[Delivery]:
        """Give what a run that was killed had in hand; to be asked by the holder of the lock.

        Claims that had not become an intent are given back on the way.
        """

    def attempts(self, delivery_id: int) -> list[Attempt]:
        """Give the tries of a delivery, oldest first."""

    def attempts_since(self, endpoint: str, since: datetime) -> list[Attempt]:
        """Give the tries of an endpoint that ended since a time, oldest first."""

    def begun_since(self, endpoint: str, since: datetime) -> int:
        """Count the deliveries of an endpoint whose first try was since a time."""

    def load_session(self, endpoint: str) -> dict[str, Any]:
        """Give what :meth:`save_session` kept; empty at first."""

    def save_session(self, endpoint: str, data: Mapping[str, Any]) -> None:
        """Keep an endpoint's session: tokens that must survive, limits that were read."""

    def close(self) -> None:
        """Give everything back."""
