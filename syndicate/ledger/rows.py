"""Rows ↔ the nouns of ``syndicate.model``."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import Row

from syndicate.ledger.port import NewDelivery
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


def to_record(row: Row[Any]) -> PostRecord:
    """Read a row of ``posts``."""
    return PostRecord(row.id, row.source, row.digest, row.url, row.first_seen)


def to_endpoint(row: Row[Any]) -> EndpointState:
    """Read a row of ``endpoints``."""
    circuit = Circuit(row.circuit_until, row.probes, row.failing_since, row.failed_at)
    return EndpointState(
        row.name, row.since, Gate(row.gate), row.throttled_until, row.reason, circuit
    )


def to_delivery(row: Row[Any]) -> Delivery:
    """Read a row of ``deliveries``."""
    return Delivery(
        id=row.id,
        subject=row.subject,
        endpoint=row.endpoint,
        state=State(row.state),
        due=row.due,
        attempts=row.attempts,
        fence=row.fence,
        doubt=row.doubt,
        key=None if row.key is None else Key(row.key, row.key_minted),
        message=None if row.message is None else Message.from_json(row.message),
        receipt=None if row.receipt_id is None else Receipt(row.receipt_id, row.receipt_url),
        reason=row.reason,
        event=Event(row.event),
        version=row.version,
        waiting_since=row.waiting_since,
        composed_from=row.composed_from,
        imprint=row.imprint,
    )


def to_attempt(row: Row[Any]) -> Attempt:
    """Read a row of ``attempts``."""
    return Attempt(row.delivery_id, row.started, row.finished, row.outcome, row.status, row.detail)


def plain(record: Any) -> dict[str, Any]:
    """Give a dataclass's fields as they are; asdict() copies each, which takes much longer."""
    return {each.name: getattr(record, each.name) for each in fields(record)}


def begun(new: NewDelivery) -> dict[str, Any]:
    """Give the row of a delivery that nobody has attempted."""
    row = plain(new)
    receipt = row.pop("receipt")
    return {
        **row,
        "message": new.message and new.message.to_json(),
        "attempts": 0,
        "fence": 0,
        "doubt": False,
        "key": None,
        "key_minted": None,
        "receipt_id": receipt and receipt.id,
        "receipt_url": receipt and receipt.url,
        "waiting_since": None,
        "composed_from": None,
        "imprint": None,
    }
