"""Eleventy, Astro and Next.js. Their configuration is a program: it is left alone.

So what they do by convention is what counts here; where a site departs from it,
``content.permalink`` says how.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from syndicate.content.generators import words
from syndicate.content.generators.base import Generator, Page, Told, slug_of
from syndicate.content.text import fold

_INPUTS = {"src", "content", "site", "source", "input", "app"}
"""Folders that a site's sources are usually in, and that no address shows."""
_DATED = re.compile(r".*?\d{4}-\d{2}-\d{2}-(?=.)")
_LIQUID = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}")
_INDEX = "index.html"


class Eleventy(Generator):
    """An Eleventy site: an address is the file's place, or ``permalink``, with its ``{{ }}``."""

    name = "eleventy"
    title = "Eleventy"

    def content_root(self) -> Path:
        """Count from the root; of the folders below it an input folder is not shown."""
        return self.root

    def told(self) -> Told:
        """Give what the usual data files say, which find.py reads."""
        say = self.settings
        return Told(
            title=say.text("title") or say.text("name"),
            url=say.url("url"),
            language=say.language("language") or say.language("lang"),
            description=say.text("description"),
            author=say.person("author"),
        )

    def pattern(self) -> str:
        """Name what Eleventy does by itself."""
        return "/folder/name/"

    def own(self, page: Page) -> str | None:
        """Give ``permalink`` of the post, or of the data files of the folders around it."""
        given = page.parsed.address or _from_data(self.root, page.folders)
        path = given and _liquid(given, _variables(page))
        return "/" + path.lstrip("/").removesuffix(_INDEX) if path else None

    def path(self, page: Page) -> str:
        """Give the file's place; a date in its name stays."""
        folders, last = _shown(page.folders), page.name
        if last != "index" and (not folders or folders[-1] != last):
            folders.append(last)
        return "/" + "".join(f"{each}/" for each in folders)


def _shown(folders: list[str]) -> list[str]:
    """Give the folders without the one that all sources are in, by its usual names."""
    return folders[1:] if folders[:1] and folders[0] in _INPUTS else folders


def _variables(page: Page) -> dict[str, str | None]:
    """Give what a permalink of Eleventy usually asks for."""
    folders, stem = _shown(page.folders), _DATED.sub("", page.name, count=1)
    named = folders[-1] if stem == "index" and folders else stem
    date = page.parsed.written
    return {
        "page.fileSlug": _DATED.sub("", named, count=1),
        "page.filePathStem": "/" + "/".join([*folders, stem]),
        "page.date": date.isoformat(),
        "date": date.isoformat(),
        "title": page.parsed.title,
        "slug": page.parsed.slug or None,
        "category": next(iter(page.parsed.categories), None),
        "lang": page.parsed.language,
    }


def _liquid(template: str, variables: dict[str, str | None]) -> str | None:
    """Fill in ``{{ title | slugify }}``; None where something in it is beyond us."""
    if "{%" in template:
        return None
    unknown = False

    def value(found: re.Match[str]) -> str:
        nonlocal unknown
        name, *filters = (each.strip() for each in found[1].split("|"))
        text = variables.get(name)
        for each in filters:
            act = _FILTERS.get(each)
            text = act(text) if text is not None and act else None
        unknown = unknown or text is None
        return text or ""

    filled = _LIQUID.sub(value, template)
    return None if unknown else filled


_FILTERS: dict[str, Callable[[str], str]] = {
    "slug": words.zola,
    "slugify": words.zola,
    "lower": str.lower,
    "downcase": str.lower,
    "url": str,
    "string": str,
}


def _from_data(base: Path, folders: list[str]) -> str | None:
    """Find a permalink in ``posts/posts.json`` or ``posts/posts.11tydata.json``, nearest first."""
    for depth in range(len(folders), 0, -1):
        folder = base.joinpath(*folders[:depth])
        for suffix in (".11tydata.json", ".json"):
            given = _json(folder / f"{folder.name}{suffix}").get("permalink")
            if isinstance(given, str) and given:
                return fold(given)
    return None


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


class Astro(Generator):
    """An Astro site: a collection's entries below its name, pages by their place."""

    name = "astro"
    title = "Astro"

    def content_root(self) -> Path:
        """Count from the root: the folders below it say what a file is."""
        return self.root

    def pattern(self) -> str:
        """Name the convention."""
        return "/collection/slug/"

    def path(self, page: Page) -> str:
        """Give the address; an entry's own slug stands for its whole id."""
        folders = page.folders
        name = page.name
        if folders[:1] == ["src"]:
            folders = folders[1:]
        if folders[:1] == ["pages"]:
            return _place([*folders[1:], name])
        if folders[:1] in (["content"], ["data"]):
            folders = folders[1:]
        collection, *inner = folders or ["blog"]
        steps = [words.github(each) for each in (*inner, name)]
        return _place([collection, page.parsed.slug] if page.parsed.slug else [collection, *steps])


class NextJs(Generator):
    """A Next.js site: pages by their place, other posts below their folder's name."""

    name = "nextjs"
    title = "Next.js"

    def content_root(self) -> Path:
        """Count from the root: the folders below it say what a file is."""
        return self.root

    def pattern(self) -> str:
        """Name the convention."""
        return "/folder/slug"

    def path(self, page: Page) -> str:
        """Give the address, without a slash at its end, as Next.js does."""
        folders = [each for each in page.folders if not re.fullmatch(r"\(.*\)", each)]
        if folders[:1] == ["src"]:
            folders = folders[1:]
        if folders[:1] == ["app"] and page.name == "page":
            return _place(folders[1:]).rstrip("/") or "/"
        if folders[:1] == ["pages"]:
            return _place([*folders[1:], page.name]).rstrip("/") or "/"
        named = (each.lstrip("_") for each in folders if each not in {*_INPUTS, "data"})
        collection = next(named, "blog")
        return f"/{collection}/{slug_of(page.parsed)}"


def _place(steps: list[str]) -> str:
    """Put steps into a path; an index is its folder."""
    kept = steps[:-1] if steps and steps[-1] == "index" else steps
    return "/" + "".join(f"{each}/" for each in kept)
