from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fakes.records import Records
from syndicate import config, content
from syndicate.model import Finding, Post, PostRecord

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Look:
    """A scan with everything in it read, so that it can be compared."""

    posts: tuple[Post, ...]
    records: tuple[PostRecord, ...]
    findings: tuple[Finding, ...]


@dataclass
class Folder:
    """A content folder that a test fills, and looks at through the room's front door."""

    path: Path
    site: config.SiteConfig = field(
        default_factory=lambda: config.SiteConfig(title="Site", url="https://example.org")
    )
    permalink: str = "/blog/{slug}/"
    ledger: Records = field(default_factory=Records)

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def scan(self, now: datetime = NOW) -> Look:
        """Look at the folder without knowing anything of it but what the ledger says."""
        with content.open_cache(Path("nowhere"), writes=False) as cache:
            return look(self.look(cache, now))

    def look(self, cache: content.Cache, now: datetime = NOW) -> content.Scan:
        settings = config.Content(dir=self.path, permalink=self.permalink)
        return content.scan(settings, self.site, self.ledger, now, cache)

    def cache(self) -> AbstractContextManager[content.Cache]:
        return content.open_cache(self.path.parent / "state" / "content.db")

    def keep(self, scan: Look) -> None:
        """Do what the ledger does with the records of a scan."""
        self.ledger.keep_posts(scan.records)

    def post(self, matter: str, body: str = "Body.", name: str = "post.md") -> Post:
        """Give the one post that this front matter makes."""
        self.write(name, f"---\n{matter}\n---\n\n{body}\n")
        scan = self.scan()
        assert len(scan.posts) == 1, scan.findings
        return scan.posts[0]


def look(scan: content.Scan) -> Look:
    posts = [scan.load(each) for each in scan.outlines(held=True)]
    return Look(tuple(each for each in posts if each), tuple(scan.records), scan.findings)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    path = tmp_path / "content"
    path.mkdir()
    return Folder(path)


@pytest.fixture
def rendered(folder: Folder) -> Callable[[str], str]:
    def render(body: str) -> str:
        return content.render(folder.post("date: 2025-06-08", body))

    return render
