"""What `plan` and `post` print for people: the messages that would go out, and what waits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from rich.console import Console
from rich.markup import escape

from syndicate import show
from syndicate.model import Event, Message, State
from syndicate.report import HeldBack, Plan, Planned

if TYPE_CHECKING:
    from syndicate.posting import Posted


def plan(console: Console, result: Plan, explain: bool = False) -> None:
    """Print what a run would do; and with ``explain``, who has set each option of a message."""
    show.findings(console, result.findings)
    for warning in result.warnings:
        console.print(f"[yellow]warning[/] {escape(warning)}", highlight=False)
    console.print(f"Posts  {show.posts(result.posts, result.held)}", highlight=False)
    changed = show.documents(result.feeds) or "none would change"
    console.print(f"Feeds  {changed}", highlight=False)
    for endpoint, count in result.skipped.items():
        if count:
            console.print(f"Skipped  {count} on {escape(endpoint)}", highlight=False)
    for each in result.deliveries:
        _planned(console, each, explain)
    if not result.deliveries:
        console.print("Nothing to send.", highlight=False)
    _held_back(console, result.later)
    show.waiting(console, result.waiting, result.holds, result.endpoints)


def _held_back(console: Console, held: Sequence[HeldBack]) -> None:
    """Print what waits, until when and why."""
    for later in held[: show.SHOWN]:
        where = later.endpoint or "everywhere"
        until = f"until {show.time(later.until)}" if later.until else "for you" * later.asks
        told = ", ".join(filter(None, (until, escape(later.reason))))
        text = f"[yellow]waits[/] {escape(later.about)} · {escape(where)}: {told}"
        console.print(text, highlight=False)
    if len(held) > show.SHOWN:
        console.print(f"… and {len(held) - show.SHOWN} more; --json lists all", highlight=False)


def _planned(console: Console, each: Planned, explain: bool = False) -> None:
    """Print a message that a run would send, or why there is none."""
    options = each.line.options
    console.print(f"[bold green]──[/] {escape(options.name)} ({options.network})", highlight=False)
    terms = each.line.network.guarantee.terms(options.in_doubt)
    facts = [f"due {show.time(each.due)}", *show.DOINGS[each.event], terms]
    subject = show.name(each.post, each.message.link if each.message else each.about)
    console.print(f"[bold]{escape(subject)}[/] · {' · '.join(facts)}", highlight=False)
    if each.waits:
        console.print(f"[yellow]waits until[/] {escape(each.waits)}", highlight=False)
    if explain and each.said:
        rows = [(key, _option(said.value), said.by) for key, said in each.said.items()]
        console.print(show.table("Option", "Value", "Set by", rows=rows))
    message = each.message
    if message is None:
        console.print(f"[red]cannot be composed now:[/] {escape(each.error)}", highlight=False)
        return
    if each.changes:
        text = "" if "text" in each.changes else "the text stays the same; "
        console.print(f"[dim]{text}changed: {escape(', '.join(each.changes))}[/]", highlight=False)
    if each.before is not None and (not each.changes or "text" in each.changes):
        console.print("[dim]there now:[/]", highlight=False)
        console.print(escape(each.before), highlight=False, style="dim")
        if each.event is not Event.DELETED:
            console.print("[dim]then:[/]", highlight=False)
    if each.event is not Event.DELETED:
        _message(console, message)


def _message(console: Console, message: Message) -> None:
    """Print what would be sent."""
    console.print(escape("\n↳ ".join([message.text, *message.more])), highlight=False)
    limit = "no limit" if message.limit is None else f"of {message.limit}"
    facts = [f"{message.length} {limit}", f"link {message.link}"]
    if message.image:
        image = message.image
        facts.append(f"image {image.type} {image.width}x{image.height}, {image.length:,} bytes")
        facts.append(f"alt “{image.alt}”" if image.alt else "no alt text")
    else:
        facts.append("no image")
    if message.beside:
        facts.append(f"with its {' and its '.join(message.beside)}")
    console.print(f"[dim]{escape(' · '.join(facts))}[/]", highlight=False)


def posted(console: Console, result: Posted) -> None:
    """Print what was sent by hand, or would be."""
    each = result.delivery
    if each is None:
        _planned(console, result.planned, explain=True)
        return
    where = (each.receipt.url or each.sent_as) if each.receipt else each.reason
    row = (each.endpoint, show.name(result.planned.post), show.state(each.state), where)
    console.print(show.table("Endpoint", "Post", "State", "Where, or why", rows=[row]))
    waits = [each] if each.state is State.PENDING else []
    show.waiting(console, waits, {}, [result.endpoint] if result.endpoint else [])


def _option(value: Any) -> str:
    """Give an option's value as one would write it."""
    if isinstance(value, BaseModel):
        value = value.model_dump(exclude_defaults=True)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
