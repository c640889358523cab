from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from fakes.looking import NOW, Look, look
from fakes.records import Records
from syndicate import config, content
from syndicate.model import Post


@dataclass
class Folder:
    """A content folder that a test fills, and looks at through the room's front door."""

    path: Path
    site: config.SiteConfig = field(
        default_factory=lambda: config.SiteConfig(title="Site", url="https://example.org")
    )
    permalink: str = "/blog/{slug}/"
    hero_from_body: bool = False
    ledger: Records = field(default_factory=Records)

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def scan(self, now: datetime = NOW) -> Look:
        """Look at the folder without knowing anything of it but what the ledger says."""
        return look(self.settings, self.site, self.ledger, now)

    @property
    def settings(self) -> config.Content:
        return config.Content(
            dir=self.path, permalink=self.permalink, hero_from_body=self.hero_from_body
        )

    def look(self, cache: content.Cache, now: datetime = NOW) -> content.Scan:
        return content.scan(self.settings, self.site, self.ledger, now, cache)

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
