"""Who does what docs/tutorial.md says gets what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "tutorial.md").read_text()


def blocks(kind):
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


def test_the_steps_lead_to_the_first_announcement(tmp_path):
    """All but the example itself and the environment, which this test runs in already."""
    home, posts = tmp_path / "home", tmp_path / "posts"
    for folder in (home, posts):
        folder.mkdir()
    for number in range(1, 6):
        text = f"---\ntitle: Post {number}\ndate: 2026-01-0{number}\n---\n\nWords.\n"
        (posts / f"{number}.md").write_text(text)
    example, begin, check, plan, announce, again, endpoints = blocks("sh")
    assert example == "make run\n"

    def do(script, folder):
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            ["sh", "-e", "-c", script],
            cwd=folder,
            env={**os.environ, "HOME": str(home), "PATH": path, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    activated, _, rest = begin.partition("\n")
    assert activated == ". .venv/bin/activate"
    do(rest, ROOT)
    site = home / "syndicate"
    config = site / "config" / "syndicate.toml"
    [tables] = blocks("toml")
    old = config.read_text()
    start, end = old.index("[site]"), old.index("[feeds]")
    own = tables.replace("/home/ada/blog/posts", str(posts))
    config.write_text(f"{old[:start]}{own}\n{old[end:]}")
    assert "5 out" in do(plan, site)
    assert "Content: 0 errors" in do(check, site)
    shown = do(plan, site)
    assert [each in shown for each in ("Post 5", "Post 3", "Post 2")] == [True, True, False]
    assert "delivered" in do(announce, site)
    outbox = site / "public" / "outbox"
    assert len(list(outbox.iterdir())) == 3
    [post] = blocks("markdown")
    (posts / "looms.md").write_text(post)
    assert "Looms" in do(again, site)
    [told] = outbox.glob("*looms*")
    assert "#weaving" in (told / "message.txt").read_text().lower()
    assert len(list(outbox.iterdir())) == 4
    assert "outbox" in do(endpoints, site)
