"""Recognising a site's generator by the files at its root. Nothing is run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from syndicate.content import files as on_disk
from syndicate.content.generators import settings
from syndicate.content.generators.base import Generator
from syndicate.content.generators.hugo import Hugo
from syndicate.content.generators.javascript import Astro, Eleventy, NextJs
from syndicate.content.generators.jekyll import Jekyll
from syndicate.content.generators.obsidian import Obsidian
from syndicate.content.generators.pelican import Pelican
from syndicate.content.generators.settings import Settings
from syndicate.content.generators.zola import Zola

KINDS: dict[str, type[Generator]] = {
    kind.name: kind
    for kind in (Hugo, Jekyll, Zola, Pelican, Eleventy, Astro, NextJs, Obsidian, Generator)
}
FARTHEST = 6
"""How many folders, from the content folder upwards, may be the root of its site."""

_HUGO = re.compile(r"(?:hugo|config)\.(?:toml|yaml|yml|json)")
_JEKYLL = ("_config.yml", "_config.yaml", "_config.toml")
_PELICAN = ("pelicanconf.py", "publishconf.py")
_ELEVENTY = re.compile(r"\.eleventy\.js|eleventy\.config\.(?:js|cjs|mjs|ts|mts)")
_ASTRO = re.compile(r"astro\.config\.(?:js|cjs|mjs|ts|mts)")
_NEXT = re.compile(r"next\.config\.(?:js|cjs|mjs|ts|mts)")
_DATA = ("_data", "src/_data", "content/_data")
_METADATA = ("metadata.json", "site.json", "meta.json")


def find(folder: Path, dialect: str = "auto") -> Generator:
    """Give the generator of a content folder.

    Args:
        folder: the content folder.
        dialect: a generator's name, or ``auto`` for whichever is found first, upwards.
    """
    if dialect == "plain":
        return Generator(folder, folder, Settings())
    for root in _upwards(folder):
        for name, found in _at(root, dialect):
            return KINDS[name](folder, root, found)
    kind = KINDS.get(dialect, Generator)
    return kind(folder, _guess(folder), Settings())


def _upwards(folder: Path) -> Iterator[Path]:
    """Give the folder and those above it, as far as a site may reach.

    A repository's root is the last. Neither the file system's root nor the home folder can be a
    site: whatever lies there is about something else.
    """
    home = Path.home() if "HOME" in os.environ else None
    for root in (folder, *folder.parents)[:FARTHEST]:
        if root in {root.parent, home}:
            return
        yield root
        if os.path.exists(root / ".git"):  # noqa: PTH110 - Path.exists raises where we may not look
            return


def _at(root: Path, dialect: str) -> Iterator[tuple[str, Settings]]:
    """Give the generators that a folder is the root of, with what their configuration says."""
    try:
        names = set(os.listdir(root))  # noqa: PTH208 - names are all that is wanted
    except OSError:
        return
    wanted = [dialect] if dialect != "auto" else list(KINDS)
    for name in wanted:
        found = _MARKS[name](root, names) if name in _MARKS else None
        if found is not None:
            yield name, found


def _zola(root: Path, names: set[str]) -> Settings | None:
    files = [root / name for name in ("zola.toml", "config.toml") if name in names]
    found = settings.read(files[:1])
    return found if found.get("base_url") is not None else None


def _hugo(root: Path, names: set[str]) -> Settings | None:
    """Read hugo.toml, an older config.toml, or the files of ``config/_default``."""
    named = sorted(filter(_HUGO.fullmatch, names), key=lambda name: name.startswith("config"))
    found = settings.read([root / name for name in named[:1]])
    sure = bool(named) and named[0] in {"hugo.toml", "hugo.yaml", "hugo.yml"}
    ours = sure or found.get("baseURL") is not None
    parts = root / "config" / "_default"
    if os.path.isdir(parts):  # noqa: PTH112 - likewise
        return _hugo_parts(parts, [root / name for name in named[:1]] if ours else [])
    return found if ours else None


def _hugo_parts(parts: Path, first: list[Path]) -> Settings:
    """Read a folder of files, each named for the table that it holds."""
    files = sorted(each for each in parts.iterdir() if each.suffix in {".toml", ".yaml", ".json"})
    whole = [each for each in files if each.stem in {"hugo", "config"}]
    found = settings.read([*first, *whole])
    tables = {each.stem: settings.read([each]) for each in files if each not in whole}
    values = {name.lower(): table.values for name, table in tables.items() if table.values}
    return Settings(
        {**found.values, **values},
        found.files + tuple(each for table in tables.values() for each in table.files),
        found.findings + tuple(each for table in tables.values() for each in table.findings),
    )


def _jekyll(root: Path, names: set[str]) -> Settings | None:
    files = [root / name for name in _JEKYLL if name in names]
    found = settings.read(files[:1])
    # Hexo's configuration bears the same name.
    return found if files and found.get("new_post_name") is None else None


def _pelican(root: Path, names: set[str]) -> Settings | None:
    files = [root / name for name in _PELICAN if name in names]
    return settings.read(files) if _PELICAN[0] in names else None


def _eleventy(root: Path, names: set[str]) -> Settings | None:
    if not any(map(_ELEVENTY.fullmatch, names)):
        return None
    data = (root / folder / name for folder in _DATA for name in _METADATA)
    return settings.read([path for path in data if on_disk.is_file(path)][:1])


def _astro(_: Path, names: set[str]) -> Settings | None:
    return Settings() if any(map(_ASTRO.fullmatch, names)) else None


def _next(_: Path, names: set[str]) -> Settings | None:
    return Settings() if any(map(_NEXT.fullmatch, names)) else None


def _obsidian(_: Path, names: set[str]) -> Settings | None:
    return Settings() if ".obsidian" in names else None


_MARKS = {
    "hugo": _hugo,
    "jekyll": _jekyll,
    "zola": _zola,
    "pelican": _pelican,
    "eleventy": _eleventy,
    "astro": _astro,
    "nextjs": _next,
    "obsidian": _obsidian,
}


def _guess(folder: Path) -> Path:
    """Take a root for a generator that is named and left no configuration: above its folder."""
    for each in (folder, *folder.parents)[:FARTHEST]:
        if each.name in {"content", "src", "_posts", "posts"} and each.parent != each:
            outer = each.parent
            return outer.parent if outer.name == "src" else outer
    return folder
