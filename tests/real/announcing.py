"""The real post on a blog of its own, with what the tests of all servers do to it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fakes.images import Gallery
from fakes.site import Blog
from syndicate.testing.samples import picture
from syndicate.testing.server import serve

REAL = Path(__file__).parents[2] / "content/ai-image-generation-technology-breakthroughs.md"
HOSTED = (
    "https://mzcje1drftvqhdku.public.blob.vercel-storage.com/images/1749362718322-temp-image1.png"
)
URL = "https://ada.example/blog/ai-image-generation-technology-breakthroughs/"
TITLE = "AI Image Generation Technology Breakthroughs"
ALT = "A dark blue field"
LOCAL = {"allow_networks": ["127.0.0.0/8"], "backfill": 1, "retries": ["0s", "0s"], "quiet": "0s"}


@contextmanager
def real_post(folder: Path) -> Iterator[Blog]:
    """A blog with the real post alone; its hero is a large picture on a server of this machine."""
    blog = Blog(folder)
    blog.clock.time = datetime.now(UTC)
    gallery = Gallery(hero_png=picture(size=(2400, 1260), colour="navy"))
    with serve(gallery.app) as url:
        text = REAL.read_text().replace(HOSTED, f"{url}/hero.png")
        text = text.replace("\n---\n", f'\nimage_alt: "{ALT}"\n---\n', 1)
        (folder / "content" / REAL.name).write_text(text)
        yield blog


def add_post(blog: Blog, name: str, title: str, *, language: str = "en", **more: Any) -> Path:
    """Write another post, of this very minute."""
    fields = {"title": title, "date": f"{blog.clock.now():%Y-%m-%d %H:%M}", "language": language}
    lines = [
        f"{key}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in {**fields, **more}.items()
    ]
    path = blog.folder / "content" / f"{name}.md"
    path.write_text("\n".join(["---", *lines, "---", "", f"More of {title}.", ""]))
    return path


def forget(blog: Blog) -> None:
    """Leave the ledger as a crash leaves it that comes after the remote's commit."""
    with sqlite3.connect(blog.folder / "state" / "ledger.db") as ledger:
        ledger.execute("UPDATE deliveries SET state = 'sending', receipt_id = NULL")
        ledger.execute("DELETE FROM attempts")
    ledger.close()
