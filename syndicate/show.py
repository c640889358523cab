"""What the commands print for people. Nothing is decided here."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from syndicate.delivery import Hold, Outcome, next_try
from syndicate.feeds import Document
from syndicate.ledger import NewDelivery
from syndicate.model import (
    Delivery,
    EndpointState,
    Event,
    Finding,
    Gate,
    Kind,
    Post,
    Severity,
    State,
)
from syndicate.report import Report
from syndicate.standing import Standing

if TYPE_CHECKING:
    from rich.progress import Progress

    from syndicate.adoption import Adoption, Match

PATIENCE = 1.0
"""Seconds of work without a bar: what is over sooner needs none."""

UNCUT = 1_000
"""The width of what is printed to no terminal: there nothing is wrapped or cut."""

SHOWN = 20
"""How much of a list is printed that may be long."""

STYLES = {
    State.DELIVERED: "green",
    State.PENDING: "yellow",
    State.SENDING: "yellow",
    State.IN_DOUBT: "bold magenta",
    State.DEAD: "bold red",
    State.SKIPPED: "dim",
    State.CANCELLED: "dim",
}
DOINGS: dict[Event, tuple[str, ...]] = {
    Event.PUBLISHED: (),
    Event.CHANGED: (),
    Event.AGAIN: ("[bold]announces[/] it once more",),
    Event.ALERT: ("[bold]alert[/]",),
    Event.UPDATED: ("[bold]changes[/] what is there",),
    Event.REPLIED: ("[bold]replies[/] to what is there",),
    Event.DELETED: ("[bold red]deletes[/] what is there",),
}
SEVERITIES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}


@contextmanager
def progress(console: Console, what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on a terminal while work goes on that takes more than a second."""
    began = monotonic()
    bars: list[Progress] = []

    def step(done: int, of: int) -> None:
        if not console.is_terminal or monotonic() - began < PATIENCE:
            return
        if not bars:
            from rich.progress import Progress  # noqa: PLC0415 - most work is over sooner

            bars.append(Progress(console=console, transient=True, auto_refresh=False))
            bars[0].add_task(what, total=of)
            bars[0].start()
        bars[0].update(bars[0].task_ids[0], completed=done, refresh=True)

    try:
        yield step
    finally:
        for bar in bars:
            bar.stop()


def to_text(show: Callable[..., None], *values: Any, styled: bool = False) -> str:
    """Give what would be printed, without the last line's end."""
    file = io.StringIO()
    show(
        Console(file=file, soft_wrap=True, width=UNCUT, force_terminal=styled, no_color=not styled),
        *values,
    )
    return file.getvalue().removesuffix("\n")


def table(*columns: str, rows: Iterable[Sequence[str | Text]], title: str = "") -> Table:
    """Build a plain table; text from outside is never read as markup."""
    grid = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        grid.add_column(column, overflow="fold")
    for row in rows:
        grid.add_row(*(cell if isinstance(cell, Text) else escape(cell) for cell in row))
    return grid


def name(post: Post | None, subject: str = "") -> str:
    """Name what a delivery is about, for a person."""
    if post is None:
        return subject
    return post.title or post.summary[:60] or post.source


def state(value: State) -> Text:
    """Give a state in its colour."""
    return Text(str(value), STYLES[value])


def time(value: datetime) -> str:
    """Give a time to the second, in UTC."""
    return value.strftime("%Y-%m-%d %H:%M:%SZ")


def documents(documents: Sequence[Document]) -> str:
    """Name documents; those of an archive can be thousands, and are counted."""
    archived = sum(each.archived for each in documents)
    parts = [each.path for each in documents if not each.archived]
    return ", ".join(parts + ([f"{archived} of the archive"] if archived else []))


def report(console: Console, result: Report) -> None:
    """Print what a run did."""
    findings(console, result.findings)
    for warning in result.warnings:
        console.print(f"[yellow]warning[/] {escape(warning)}", highlight=False)
    console.print(f"Posts  {posts(result.posts, result.held)}", highlight=False)
    changed = [each.document for each in result.feeds if each.written]
    kept = len(result.feeds) - len(changed)
    parts = [f"{documents(changed)} written"] if changed else []
    parts += [f"{kept} unchanged"] if kept else []
    console.print(f"Feeds  {' · '.join(parts)}", highlight=False)
    rows = [
        (
            each.delivery.endpoint,
            _told(each),
            state(each.resting.state),
            each.resting.receipt.url or each.sent_as
            if each.resting.receipt
            else each.resting.reason,
        )
        for each in result.outcomes
    ]
    if rows:
        console.print(table("Endpoint", "Post", "State", "Where, or why", rows=rows))
    for endpoint, count in result.skipped.items():
        if count:
            console.print(
                f"Skipped  {count} on {escape(endpoint)}: out before its first run, or too old",
                highlight=False,
            )
    waiting(console, result.waiting, result.holds, result.endpoints)
    if result.resting:
        need = "1 needs" if len(result.resting) == 1 else f"{len(result.resting)} need"
        console.print(f"[bold]{need} you[/]: see `syndicate status`", highlight=False)
    if not changed and not result.outcomes:
        console.print("Nothing changed: nothing written, nothing sent.", highlight=False)


def _told(outcome: Outcome) -> str:
    """Name what a delivery is about, and what was done to it if it was more than announced."""
    delivery = outcome.delivery
    known = outcome.about or (delivery.message.title if delivery.message else "")
    about = name(outcome.post, known or delivery.subject)
    return f"{about} ({delivery.event})" if DOINGS[delivery.event] else about


def posts(out: int, held: int) -> str:
    """Give how many posts are out and how many are held back, in words."""
    return f"{out} out" + (f", {held} held back (draft, future or expired)" if held else "")


def findings(console: Console, found: Iterable[Finding]) -> None:
    """Print what is to be said about the content."""
    for finding in found:
        style = SEVERITIES[finding.severity]
        console.print(f"[{style}]{finding.severity}[/] {escape(str(finding))}", highlight=False)


def checked(
    console: Console, found: Iterable[Finding], kinds: Sequence[tuple[Severity, Kind, int]]
) -> None:
    """Print what is to be said about the content, each with its kind, and how many of each."""
    for each in found:
        style = SEVERITIES[each.severity]
        text = f"[{style}]{each.severity}[/] {escape(f'{each} [{each.kind}]')}"
        console.print(text, highlight=False)
    if kinds:
        rows = [(str(count), severity, kind) for severity, kind, count in kinds]
        console.print(table("Count", "Severity", "Kind", rows=rows))


def waiting(
    console: Console,
    deliveries: Collection[Delivery | NewDelivery],
    holds: Mapping[str, Hold],
    endpoints: Iterable[EndpointState] = (),
) -> None:
    """Print what is left for later, what whole endpoints wait for, and which take nothing."""
    closed = [each for each in endpoints if each.gate is not Gate.OPEN]
    names = {each.name for each in closed}
    if left := [each for each in deliveries if each.endpoint not in names]:
        tries = [next_try(each, holds) for each in left if each.state is State.PENDING]
        following = f", the next from {time(min(tries))}" if tries else ""
        console.print(f"Waiting  {len(left)}{following}", highlight=False)
    for endpoint, hold in holds.items():
        text = f"[yellow]waits[/] {escape(endpoint)}: until {time(hold.until)}"
        console.print(f"{text}, {escape(hold.reason)}", highlight=False)
    for each in closed:
        kept = sum(one.endpoint == each.name for one in deliveries)
        console.print(
            f"[bold red]{each.gate}[/] {escape(each.name)}: {escape(each.reason)}; "
            f"when it is mended: syndicate retry --endpoint {escape(each.name)}"
            f"{f' · {kept} waiting' if kept else ''}",
            highlight=False,
        )


def status(console: Console, result: Standing) -> None:
    """Print where the deliveries stand."""
    gates = {each.name: each.gate for each in result.endpoints if each.gate is not Gate.OPEN}
    rows = [
        (
            str(each.id),
            f"{result.about(each)} ({each.event})" if DOINGS[each.event] else result.about(each),
            each.endpoint,
            state(each.state),
            str(each.attempts),
            gates.get(each.endpoint, time(next_try(each, result.holds)))
            if each.state is State.PENDING
            else "",
            (each.receipt.url or each.sent_as)
            if each.receipt and each.state is State.DELIVERED
            else result.follows(each) or each.reason,
        )
        for each in result.deliveries
    ]
    if rows:
        columns = ("Id", "Post", "Endpoint", "State", "Tries", "Next try", "Last answer")
        console.print(table(*columns, rows=rows))
    elif not result.older:
        console.print("No deliveries.", highlight=False)
    if result.older:
        told = f"{result.older:,} older ones are done with and not shown: --limit shows more"
        console.print(told, highlight=False)
    if result.accounts:
        facts = [(each.name, each.network, each.terms) for each in result.accounts]
        console.print(table("Endpoint", "Network", "After a lost answer", rows=facts))
    waiting(console, (), result.holds, result.endpoints)
    _needs(console, Counter(each.state for each in result.deliveries))


def _needs(console: Console, states: Mapping[State, int]) -> None:
    """Print what to type for what needs somebody."""
    if dead := states[State.DEAD]:
        advice = "syndicate retry ID, or syndicate retry --dead for all"
        console.print(f"[bold red]{dead} dead[/]: {advice}", highlight=False)
    if doubt := states[State.IN_DOUBT]:
        advice = "syndicate resolve shows them, and what to type"
        console.print(f"[bold magenta]{doubt} in doubt[/]: {advice}", highlight=False)


def adoption(console: Console, result: Adoption, dry_run: bool) -> None:
    """Print what became of an old feed's entries, or would become of them."""
    from syndicate.adoption import Fate  # noqa: PLC0415 - all other commands do without

    if result.warning:
        console.print(f"[yellow]warning[/] {escape(result.warning)}", highlight=False)
    console.print(f"Read  {len(result.matches)} entries of {result.format}", highlight=False)
    titles = {
        Fate.ADOPTED: "Ids that would be adopted" if dry_run else "Ids adopted",
        Fate.SAME: "Ids that the posts have already",
        Fate.KEPT: "Other ids in front matter, which win: readers will see these posts anew",
        Fate.CONFLICT: "Not adopted",
        Fate.UNKNOWN: 'Entries that no post is at; if one is, write "id: …" into its front matter',
    }
    for fate, title in titles.items():
        _some(console, title, [_matched(each) for each in result.of(fate)])
    absent = [each.source for each in result.absent]
    _some(console, "Posts that are not in the feed; they keep their ids", absent)
    if result.republished:
        console.print(
            f"[yellow]warning[/] {result.republished} of these posts were in feeds of ours under "
            "the ids that they lose: who reads those sees them once more",
            highlight=False,
        )


def _matched(each: Match) -> str:
    entry, post = each.entry, each.post
    where = post.source if post else entry.title or next(iter(entry.links), "")
    said = f"{where}: {entry.id or 'no id'}"
    if post is None:
        said = " ".join([said, *(link for link in entry.links[:1] if link != entry.id)])
    return f"{said}: {each.reason}" if each.reason else said


def _some(console: Console, title: str, lines: Sequence[str]) -> None:
    """Print how many there are of something, and the first of them."""
    if not lines:
        return
    console.print(f"{title}  {len(lines)}", highlight=False, markup=False)
    for line in lines[:SHOWN]:
        console.print(f"  {line}", highlight=False, markup=False)
    if len(lines) > SHOWN:
        console.print(f"  … and {len(lines) - SHOWN} more; --json lists all", highlight=False)
