"""When an endpoint is left alone because it fails. Pure: no clock, no chance, no I/O of its own.

A delivery has its own schedule; the circuit speaks of the endpoint. Where most attempts fail, all
its deliveries wait, and one of them at a time is sent as a probe, until one gets through.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus

from syndicate.errors import InDoubt, Interrupted, Throttled, Unreachable
from syndicate.ledger.port import Resting
from syndicate.model import Attempt, Circuit, Gate

WINDOW = timedelta(minutes=5)
"""How far back attempts are counted."""
LEAST = 10
"""Fewer attempts than these say nothing."""
SHARE = 0.7
"""The share of failed ones that opens the circuit."""
PROBE, LONGEST = timedelta(seconds=30), timedelta(hours=1)
"""The wait before the first probe; it doubles with each that fails, up to the longest."""
HOPELESS = timedelta(hours=120)
"""An endpoint that has failed for so long, with nothing getting through, is disabled."""
FORGOTTEN = timedelta(hours=48)
"""So long after the last failure, longer than any wait of the schedule, a new one begins afresh."""
_FAULTS = {Unreachable.__name__, InDoubt.__name__}


def is_fault(attempt: Attempt) -> bool:
    """Tell whether an attempt failed by the endpoint's fault, and not by its message's.

    To be asked for silence (429) is none: whoever asks is well.
    """
    is_trouble = (attempt.status or 0) >= HTTPStatus.INTERNAL_SERVER_ERROR
    return (is_trouble and attempt.outcome == Throttled.__name__) or attempt.outcome in _FAULTS


def recent(attempts: Iterable[Attempt], now: datetime) -> list[Attempt]:
    """Give the attempts that count at a time; our own end says nothing of the endpoint."""
    return [
        each
        for each in attempts
        if now - each.finished <= WINDOW and each.outcome != Interrupted.__name__
    ]


def after(circuit: Circuit, attempts: Sequence[Attempt], now: datetime) -> Circuit:
    """Give the circuit after an attempt.

    Args:
        circuit: as it was.
        attempts: the endpoint's of late, oldest first; the last one is the one that ended now.
        now: the time.
    """
    if not is_fault(attempts[-1]):
        return Circuit()
    lately = circuit.failed_at is not None and now - circuit.failed_at < FORGOTTEN
    since = circuit.failing_since if lately else None
    probes, until = circuit.probes, circuit.until
    if until is not None or _mostly_fails(attempts, now):
        until = now + min(PROBE * 2**probes, LONGEST)
        probes += 1
    return Circuit(until, probes, since or now, now)


def is_hopeless(circuit: Circuit, now: datetime) -> bool:
    """Tell whether an endpoint has failed for so long that it has to be disabled."""
    return circuit.failing_since is not None and now - circuit.failing_since >= HOPELESS


def _mostly_fails(attempts: Sequence[Attempt], now: datetime) -> bool:
    counted = recent(attempts, now)
    failed = sum(map(is_fault, counted))
    return len(counted) >= LEAST and failed >= SHARE * len(counted)


@dataclass(slots=True)
class Breaker:
    """The circuit of one endpoint while it is being worked off.

    Args:
        circuit: as the ledger knows it.
        attempts: the endpoint's within the window, oldest first.
    """

    circuit: Circuit
    attempts: deque[Attempt]

    def turn(self, resting: Resting, attempt: Attempt) -> Resting:
        """Add to where an attempt leaves its delivery what it says of the endpoint."""
        now = attempt.finished
        while self.attempts and now - self.attempts[0].finished > WINDOW:
            self.attempts.popleft()
        self.attempts.append(attempt)
        circuit = after(self.circuit, self.attempts, now)
        if circuit == self.circuit:
            return resting
        self.circuit = circuit
        if not is_hopeless(circuit, now):
            return replace(resting, circuit=circuit)
        hours = HOPELESS.total_seconds() / 3600
        reason = f"nothing has got through for {hours:g} hours; the last answer: {resting.reason}"
        return replace(resting, circuit=circuit, gate=Gate.DISABLED, reason=reason)
