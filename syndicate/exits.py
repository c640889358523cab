"""The exit codes of the commands; ``docs/commands.md`` lists them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING

from syndicate.errors import (
    ConfigError,
    ContentError,
    DeliveryError,
    FeedError,
    LedgerError,
    Rejected,
    SyndicateError,
    Unauthorized,
)
from syndicate.model import Finding, Gate, Health, Kind, Level, Severity, State

if TYPE_CHECKING:
    from syndicate.adoption import Adoption
    from syndicate.posting import Posted
    from syndicate.report import Plan, Report  # heavy: `--help` would pay for what a run needs


class Exit(IntEnum):
    """What a command's exit code says."""

    OK = 0
    """Nothing failed."""
    BUG = 1
    """Something that should not happen."""
    USAGE = 2
    """The command line or the configuration is wrong; nothing was done."""
    CONTENT = 3
    """Posts were left out, or the content or a feed cannot be published."""
    ATTENTION = 4
    """A delivery is dead or in doubt, or an endpoint is paused: a person is asked."""
    LATER = 5
    """Deliveries failed, or a run was ended early: they are left to the next one."""
    LEDGER = 6
    """The ledger cannot be used, or another process is at work on it."""


def of_error(error: SyndicateError) -> Exit:
    """Give the exit code of an error that ended a command."""
    match error:
        case ConfigError():
            return Exit.USAGE
        case ContentError() | FeedError() | Rejected():
            return Exit.CONTENT
        case Unauthorized():
            return Exit.ATTENTION
        case DeliveryError():
            return Exit.LATER
        case LedgerError():
            return Exit.LEDGER
        case _:
            return Exit.USAGE


def of_report(report: Report) -> Exit:
    """Give the exit code of a run: the first of the codes that applies."""
    if any(finding.severity is Severity.ERROR for finding in report.findings):
        return Exit.CONTENT
    if report.resting or any(each.gate is not Gate.OPEN for each in report.endpoints):
        return Exit.ATTENTION
    if report.stuck or (report.is_cut_short and report.waiting):
        return Exit.LATER
    return Exit.OK


def of_plan(plan: Plan) -> Exit:
    """Give the exit code of a plan: posts that a run would refuse are refused here, too."""
    refused = any(finding.severity is Severity.ERROR for finding in plan.findings)
    return Exit.CONTENT if refused else Exit.OK


def of_posted(posted: Posted) -> Exit:
    """Give the exit code of a post that was sent by hand."""
    if posted.delivery is None or posted.delivery.state is State.DELIVERED:
        return Exit.OK
    is_shut = posted.endpoint is not None and posted.endpoint.gate is not Gate.OPEN
    return Exit.LATER if posted.delivery.state is State.PENDING and not is_shut else Exit.ATTENTION


def of_adoption(adoption: Adoption) -> Exit:
    """Give the exit code of an adoption."""
    from syndicate.adoption import Fate  # noqa: PLC0415

    return Exit.CONTENT if adoption.of(Fate.CONFLICT) else Exit.OK


def of_check(
    findings: Sequence[Finding], health: Sequence[tuple[str, Health]], *, strict: bool = False
) -> Exit:
    """Give the exit code of a check; a strict one takes warnings for errors."""
    if any(finding.kind is Kind.CONFIG for finding in findings):
        return Exit.USAGE
    grave = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    if any(finding.severity in grave for finding in findings):
        return Exit.CONTENT
    bad = {Level.ERROR, Level.WARNING} if strict else {Level.ERROR}
    return Exit.ATTENTION if any(each.level in bad for _, each in health) else Exit.OK
