"""What the commands print for machines, with ``--json``: plain data, times in ISO 8601."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic_core import to_jsonable_python

from syndicate.delivery import Hold, Said
from syndicate.doubts import Doubt
from syndicate.model import (
    Attempt,
    Delivery,
    EndpointState,
    Event,
    Finding,
    Health,
    Kind,
    Level,
    Severity,
)
from syndicate.networks.standard_site import told
from syndicate.report import Plan, Report
from syndicate.standing import Standing

if TYPE_CHECKING:
    from syndicate.adoption import Adoption
    from syndicate.posting import Posted

_ANNOUNCED = {Event.PUBLISHED, Event.AGAIN}


def plan(result: Plan) -> dict[str, Any]:
    """Give a plan for a machine."""
    return {
        "posts": result.posts,
        "held": result.held,
        "feeds": [each.path for each in result.feeds],
        "skipped": dict(result.skipped),
        "findings": [finding(each) for each in result.findings],
        "warnings": list(result.warnings),
        "deliveries": [
            {
                "endpoint": each.line.options.name,
                "network": each.line.options.network,
                "guarantee": str(each.line.network.guarantee),
                "in_doubt": each.line.options.in_doubt,
                "post": each.post and {"id": each.post.id, "url": each.post.url},
                "due": each.due.isoformat(),
                "message": each.message and each.message.to_json(),
                "error": each.error or None,
                "waits": each.waits or None,
                "event": each.event,
                "before": each.before,
                "changes": list(each.changes),
                "options": options(each.said),
            }
            for each in result.deliveries
        ],
        "waiting": len(result.waiting),
        "later": [
            {
                "about": each.about,
                "endpoint": each.endpoint or None,
                "until": each.until and each.until.isoformat(),
                "reason": each.reason,
            }
            for each in result.later
        ],
        "holds": holds(result.holds),
    }


def posted(result: Posted, tries: Iterable[Attempt]) -> dict[str, Any]:
    """Give a post that was sent by hand, or would be."""
    planned, row = result.planned, result.delivery
    return {
        "endpoint": planned.line.options.name,
        "post": planned.post and {"id": planned.post.id, "url": planned.post.url},
        "message": planned.message and planned.message.to_json(),
        "options": options(planned.said),
        "delivery": row and delivery(row, tries),
    }


def options(said: Mapping[str, Said]) -> dict[str, Any]:
    """Give the options of a message, each with who has set it."""
    return {
        key: {"value": to_jsonable_python(each.value), "by": each.by} for key, each in said.items()
    }


def report(result: Report) -> dict[str, Any]:
    """Give a report for a machine."""
    return {
        "posts": result.posts,
        "held": result.held,
        "feeds": {each.document.path: each.written for each in result.feeds},
        "skipped": dict(result.skipped),
        "findings": [finding(each) for each in result.findings],
        "warnings": list(result.warnings),
        "outcomes": [
            {
                "delivery": each.delivery.id,
                "endpoint": each.delivery.endpoint,
                "subject": each.delivery.subject,
                "event": each.delivery.event,
                "state": each.resting.state,
                "reason": each.resting.reason,
                "url": each.resting.receipt.url if each.resting.receipt else None,
                "sent_as": each.sent_as or None,
            }
            for each in result.outcomes
        ],
        "waiting": len(result.waiting),
        "resting": [delivery(each, ()) for each in result.resting],
        "endpoints": [endpoint(each) for each in result.endpoints],
        "holds": holds(result.holds),
    }


def adoption(result: Adoption, dry_run: bool) -> dict[str, Any]:
    """Give an adoption for a machine."""
    return {
        "dry_run": dry_run,
        "format": result.format,
        "entries": [
            {
                "fate": each.fate,
                "id": each.entry.id,
                "title": each.entry.title,
                "links": list(each.entry.links),
                "source": each.post and each.post.source,
                "former_id": each.post and each.post.id,
                "reason": each.reason or None,
            }
            for each in result.matches
        ],
        "absent": [
            {"source": each.source, "id": each.id, "url": each.url} for each in result.absent
        ],
        "republished": result.republished,
        "warning": result.warning or None,
    }


def check(
    parts: Iterable[str],
    findings: Sequence[Finding],
    kinds: Iterable[tuple[Severity, Kind, int]],
    health: Iterable[tuple[str, Health]],
    code: int,
) -> dict[str, Any]:
    """Give a check for a machine."""
    count = Counter(each.severity for each in findings)
    return {
        "ok": code == 0,
        "parts": sorted(parts),
        "summary": {f"{severity}s": count[severity] for severity in Severity},
        "kinds": [
            {"kind": kind, "severity": severity, "count": number}
            for severity, kind, number in kinds
        ],
        "findings": [finding(each) for each in findings],
        "endpoints": [
            {
                "name": name,
                "ok": each.level is not Level.ERROR,
                "detail": each.detail,
                "facts": [
                    {"fact": fact.name, "value": fact.value, "level": fact.level}
                    for fact in each.facts
                ],
            }
            for name, each in health
        ],
    }


def finding(each: Finding) -> dict[str, Any]:
    """Give a finding for a machine."""
    return {
        "source": each.source,
        "line": each.line,
        "key": each.key,
        "message": each.message,
        "severity": each.severity,
        "kind": each.kind,
        "understood": each.understood,
    }


def endpoint(each: EndpointState) -> dict[str, Any]:
    """Give an endpoint's state for a machine."""
    circuit = each.circuit
    times = {
        "throttled_until": each.throttled_until,
        "circuit_open_until": circuit.until,
        "failing_since": circuit.failing_since,
    }
    return {
        "name": each.name,
        "gate": each.gate,
        **{name: when and when.isoformat() for name, when in times.items()},
        "reason": each.reason,
    }


def standing(result: Standing, tries: Callable[[int], Iterable[Attempt]]) -> dict[str, Any]:
    """Give where deliveries stand for a machine; ``tries`` gives the attempts of one, by its id."""
    return {
        "deliveries": [
            {**delivery(each, tries(each.id)), "follows": result.follows(each) or None}
            for each in result.deliveries
        ],
        "older": result.older,
        "endpoints": _endpoints(result),
        "holds": holds(result.holds),
    }


def _endpoints(result: Standing) -> list[dict[str, Any]]:
    """Give what is known of each endpoint; one that took part in no run has no state yet."""
    states = {each.name: endpoint(each) for each in result.endpoints}
    accounts = {
        each.name: {
            "name": each.name,
            "network": each.network,
            "guarantee": str(each.guarantee),
            "in_doubt": each.in_doubt,
        }
        for each in result.accounts
    }
    return [states.get(each, {}) | accounts.get(each, {}) for each in {**states, **accounts}]


def doubt(each: Doubt, tries: Iterable[Attempt]) -> dict[str, Any]:
    """Give a delivery in doubt for a machine, with what was sent and where to look for it."""
    return {
        **delivery(each.delivery, tries),
        "about": each.about,
        "network": each.network or None,
        "sent": each.sent and each.sent.isoformat(),
        "text": each.text,
        "link": each.link,
        "look_at": list(each.places),
        "commands": each.commands,
    }


def holds(found: Mapping[str, Hold]) -> dict[str, Any]:
    """Give what endpoints wait for, for a machine."""
    return {
        name: {"until": each.until.isoformat(), "reason": each.reason}
        for name, each in found.items()
    }


def delivery(each: Delivery, tries: Iterable[Attempt]) -> dict[str, Any]:
    """Give a delivery and its attempts for a machine."""
    return {
        "id": each.id,
        "subject": each.subject,
        "event": each.event,
        "endpoint": each.endpoint,
        "state": each.state,
        "due": each.due.isoformat(),
        "attempts": each.attempts,
        "doubt": each.doubt,
        "reason": each.reason,
        "url": each.receipt.url if each.receipt else None,
        "sent_as": each.sent_as or None,
        "document": told(each.message, each.receipt) if each.event in _ANNOUNCED else None,
        "history": [
            {
                "started": attempt.started.isoformat(),
                "finished": attempt.finished.isoformat(),
                "outcome": attempt.outcome,
                "status": attempt.status,
                "detail": attempt.detail,
            }
            for attempt in tries
        ],
    }
