"""What `resolve` prints for people: what is in doubt, where to look, and what to type then."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from syndicate.doubts import Doubt
from syndicate.show import table, time


def doubt(console: Console, each: Doubt) -> None:
    """Print all that is known of one delivery in doubt."""
    row = each.delivery
    network = f" ({each.network})" if each.network else ", which is not configured any more"
    facts = [
        ("Post", each.about),
        ("Endpoint", f"{row.endpoint}{network}"),
        ("Sent", _sent(each)),
        ("Last answer", row.reason),
        ("Look for", each.link or "nothing is known of it"),
        *[("Look at", place) for place in each.places],
    ]
    title = f"Delivery {row.id} may have arrived, and nobody can find out but you"
    console.print(f"[bold]{title}[/]", highlight=False)
    console.print(table("", "", rows=facts))
    if each.text:
        console.print("[bold]The message[/]", highlight=False)
        console.print(escape(each.text), highlight=False)
    console.print(table("What you found", "Type", rows=each.commands.items()))


def doubts(console: Console, found: Sequence[Doubt]) -> None:
    """Print what is in doubt, a line each."""
    if not found:
        console.print("Nothing is in doubt.", highlight=False)
        return
    rows = [
        (
            str(each.delivery.id),
            each.about,
            each.delivery.endpoint,
            _sent(each),
            each.delivery.reason,
            each.places[0] if each.places else each.link or "",
        )
        for each in found
    ]
    columns = ("Id", "Post", "Endpoint", "Sent", "Last answer", "Look at")
    console.print(table(*columns, rows=rows))
    console.print("Its words, and how to settle it: syndicate resolve ID", highlight=False)


def _sent(each: Doubt) -> str:
    return time(each.sent) if each.sent else "unknown"
