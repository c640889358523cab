"""A blog whose runs are looked at as a person does: by exit code and what is printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fakes.site import NEXT_DOOR, Blog
from syndicate import exits, show
from syndicate.app import open_app
from syndicate.clock import SystemClock
from syndicate.pipeline import Report

QUICK = {"retries": ["0s"] * 5, "max_age": "9999d", **NEXT_DOOR}
"""For processes, which live by the machine's clock."""


class MachineClock(SystemClock):
    """The machine's, which nobody moves on."""

    def tick(self, **length: float) -> None:
        pass


@dataclass
class Told:
    """What a person sees of a run: its exit code and what it prints."""

    code: int
    text: str
    report: Report

    @property
    def warned(self) -> list[str]:
        return list(self.report.warnings)


class Site(Blog):
    """A blog whose runs are looked at as a person does."""

    def go(self, **options: Any) -> Told:
        report = self.run(**options)
        return Told(exits.of_report(report), show.to_text(show.report, report), report)

    def mend(self, endpoint: str) -> None:
        """Do what `syndicate retry --endpoint` does."""
        with open_app(self.config, clock=self.clock) as app:
            app.ledger.open_endpoint(endpoint)

    @property
    def reason(self) -> str:
        [delivery] = self.deliveries()
        return delivery.reason
