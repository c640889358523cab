"""What `check endpoints` prints for people: a line for each fact."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from syndicate.model import Fact, Health, Level
from syndicate.show import table

LEVELS = {Level.OK: "green", Level.WARNING: "yellow", Level.ERROR: "bold red"}


def health(console: Console, results: Iterable[tuple[str, Health]]) -> None:
    """Print whether the endpoints would take a post, and what else was found out about them."""
    rows = []
    for endpoint, each in results:
        access = Fact("access", each.detail, Level.OK if each.ok else Level.ERROR)
        rows += [
            (endpoint, fact.name, fact.value, Text(fact.level, LEVELS[fact.level]))
            for fact in (access, *each.facts)
        ]
    if rows:
        console.print(table("Endpoint", "Fact", "Value", "", rows=rows))
