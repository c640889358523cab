from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicate import config, content
from syndicate.model import Post, PostRecord

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Folder:
    """A content folder that a test fills, and looks at through the room's front door."""

    path: Path
    site: config.SiteConfig = field(
        default_factory=lambda: config.SiteConfig(title="Site", url="https://example.org")
    )
    permalink: str = "/blog/{slug}/"
    known: tuple[PostRecord, ...] = ()

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def scan(self, now: datetime = NOW) -> content.Scan:
        settings = config.Content(dir=self.path, permalink=self.permalink)
        return content.scan(settings, self.site, self.known, now)

    def keep(self, scan: content.Scan) -> None:
        """Do what the ledger does with the records of a scan."""
        changed = {record.id: record for record in scan.records}
        self.known = (*{**{each.id: each for each in self.known}, **changed}.values(),)

    def post(self, matter: str, body: str = "Body.", name: str = "post.md") -> Post:
        """Give the one post that this front matter makes."""
        self.write(name, f"---\n{matter}\n---\n\n{body}\n")
        scan = self.scan()
        assert len(scan.posts) == 1, scan.findings
        return scan.posts[0]


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
