"""Looking at a content folder with all that is found in hand, so that it can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fakes.records import Records
from syndicate import config, content
from syndicate.model import Finding, Post, PostRecord

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Look:
    """A scan with everything in it read."""

    posts: tuple[Post, ...]
    records: tuple[PostRecord, ...]
    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, scan: content.Scan) -> Look:
        posts = [scan.load(each) for each in scan.outlines(held=True)]
        return cls(tuple(each for each in posts if each), tuple(scan.records), scan.findings)


def look(
    settings: config.Content,
    site: config.SiteConfig,
    ledger: Records | None = None,
    now: datetime = NOW,
) -> Look:
    """Look at a folder without knowing anything of it but what the ledger says."""
    with content.open_cache(Path("nowhere"), writes=False) as cache:
        return Look.of(content.scan(settings, site, ledger or Records(), now, cache))
