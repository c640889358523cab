"""What it costs to publish every post of a site, beside Hugo: ``make bench-archive``.

Hugo writes one RSS file with all posts, whole; syndicate writes its feed and the archive that it
leads to, as RSS alone and as RSS, Atom and JSON. The posts are those of ``bench/content.py``, and
so is the way of measuring: whole processes, in turns, ratios of medians.

usage: archive.py [--posts 10000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import corpus

import content
from content import WORK, Site, Times

TARGETS = {"cold": 1.3, "one post added": 0.1}
"""The most that the same work, RSS alone, may cost of Hugo's time."""
MEMORY = 150
"""MiB that syndicate may need at most, in its largest process."""

ALL = "site.RegularPages.ByDate.Reverse"
HUGO = content.HUGO.replace('"rss", "json"', '"rss"')
RSS = content.RSS.replace(f"first 20 {ALL}", ALL)
FEEDS = """
[feeds]
output = "feeds"
archive = true
archive_size = 100
formats = {formats}
page = ""
"""
FORMATS = {"RSS": '["rss"]', "RSS, Atom and JSON": '["rss", "atom", "json"]'}


class Archive(Site):
    """A folder with posts that both programs publish whole."""

    def __init__(self, posts: int, hugo: Path) -> None:
        super().__init__(posts, hugo)
        self.folder = WORK / f"archive-{posts}"
        self.files = {"hugo.toml": HUGO, "layouts/home.rss.xml": RSS}

    def configure(self, formats: str) -> None:
        """Have syndicate write these formats, from nothing."""
        assert '[feeds]\noutput = "feeds"\n' in content.SYNDICATE
        text = content.SYNDICATE.replace(
            '\n[feeds]\noutput = "feeds"\n', FEEDS.format(formats=formats)
        )
        (self.folder / "syndicate.toml").write_text(text)
        for path in (self.folder / "content" / "new").glob("*.md"):
            path.unlink()

    def add(self) -> None:
        """Write a post that is newer than all others."""
        self.edits += 1
        number = self.posts + self.edits
        path = self.folder / "content" / "new" / f"note-{number:06d}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(corpus.post(number))

    def check(self) -> None:
        """Both have published every post."""
        theirs = items(self.folder / "public" / "index.xml")
        ours = sum(map(items, (self.folder / "feeds").rglob("feed.xml")))
        posts = sum(1 for _ in (self.folder / "content").rglob("*.md"))
        assert ours == theirs == posts, f"{ours}, {theirs} and {posts} posts"


def items(path: Path) -> int:
    """Count a feed's items; line by line, since a process passes its peak on to its children."""
    with path.open(encoding="utf-8") as file:
        return sum(line.count("<item>") for line in file)


def bench(site: Archive, count: int) -> bool:
    """Print the table; tell whether the targets are met."""
    met = True
    theirs: dict[str, Times] = {name: Times() for name in TARGETS}
    for formats, setting in FORMATS.items():
        site.configure(setting)
        cases = {"cold": (site.forget, max(1, count // 2)), "one post added": (site.add, count)}
        for name, (before, rounds) in cases.items():
            time.sleep(content.SETTLED)
            ours = Times()
            for _ in range(rounds):
                before()
                site.run_syndicate(ours)
                site.run_hugo(theirs[name])
            site.check()
            ratio, peak = ours.median / theirs[name].median, ours.peak / 1024
            if formats == "RSS":
                met = met and ratio <= TARGETS[name] and peak <= MEMORY
            print(
                f"| {site.posts:,} | {name} | {formats} | {ours.median:.2f} s, {peak:.0f} MiB "
                f"| {theirs[name].median:.2f} s, {theirs[name].peak / 1024:.0f} MiB "
                f"| **{ratio:.2f}** | {TARGETS[name]} |",
                flush=True,
            )
    return met


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    site = Archive(asked.posts, content.install_hugo())
    site.build()
    print("| posts | | formats | syndicate | Hugo | ratio | at most |")
    print("|---|---|---|---|---|---|---|")
    sys.exit(0 if bench(site, asked.rounds) else "the targets are not met")


if __name__ == "__main__":
    main()
