"""Hugo: hugo.toml, permalinks by section, leaf bundles, languages in file names."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from syndicate.content import files
from syndicate.content.generators import words
from syndicate.content.generators.base import Generator, Page, Told, fill
from syndicate.content.generators.settings import is_true, lowered
from syndicate.content.parse import Parsed

_DATED = re.compile(r"\d{4}-\d{2}-\d{2}[-_]?(?=.)")
_SLICE = re.compile(r":(sections)\[([^\]]*)\]")


class Hugo(Generator):
    """A Hugo site."""

    name = "hugo"
    title = "Hugo"

    def content_root(self) -> Path:
        """Take ``contentDir``, or that of a language where the posts are in one."""
        texts = [lowered(each).get("contentdir") for each in self._languages.values()]
        folders = [self.root / each for each in texts if isinstance(each, str)]
        inside = [each for each in folders if self.folder.is_relative_to(each)]
        return next(iter(inside), self.root / (self.settings.text("contentDir") or "content"))

    def told(self) -> Told:
        """Give what hugo.toml says."""
        say = self.settings
        language = lowered(self._languages.get(self._default))
        return Told(
            title=say.text("title") or str(language.get("title") or ""),
            url=say.url("baseURL"),
            language=say.language("locale")
            or say.language("languageCode")
            or say.language("defaultContentLanguage")
            or "en",
            timezone=say.zone("timeZone"),
            description=say.text("params", "description") or say.text("params", "subtitle"),
            author=say.person("params", "author") or say.person("author"),
        )

    def pattern(self) -> str:
        """Name the patterns of ``[permalinks]``."""
        said = ", ".join(f"{section}: {each}" for section, each in self._patterns.items())
        return said or ("/:sections/:slug.html" if self._ugly("") else "/:sections/:slug/")

    def is_post(self, path: str) -> bool:
        """Leave out the resources of leaf bundles: what lies beside or below an ``index.md``."""
        folders = path.split("/")[:-1]
        for depth in range(1, len(folders) + 1):
            if self._is_bundle("/".join(folders[:depth])):
                return depth == len(folders) and _is_index(path)
        return True

    def amend(self, page: Page) -> Parsed:
        """Take the language from the file's name (``post.fr.md``) or its content folder."""
        return page.in_language(self._split(page)[1])

    def own(self, page: Page) -> str | None:
        """Give ``url``, which may hold the tokens of a permalink and be relative."""
        given = page.parsed.address
        if not given or "://" in given:
            return given
        path = "/" + self._filled(given, page).lstrip("/")
        return path if "." in path else f"{path.rstrip('/')}/"

    def path(self, page: Page) -> str:
        """Give the address by ``[permalinks]``, or else by the file's place."""
        folders = self._folders(page)
        pattern = self._pattern_for(folders)
        if pattern:
            path = self._filled(pattern, page)
        else:
            segments = [*map(self._spell, folders), self._spell(self._slug_or_name(page))]
            path = "/".join(segments)
        language = self._split(page)[1]
        shown = self.settings.flag("defaultContentLanguageInSubdir") and len(self._languages) > 1
        prefix = f"/{language}/" if language and (shown or language != self._default) else "/"
        path = prefix + path.strip("/")
        ugly = self._ugly(folders[0] if folders else "")
        return path if path.endswith(".html") else path + (".html" if ugly else "/")

    @cached_property
    def _bundles(self) -> dict[str, bool]:
        return {}

    @cached_property
    def _languages(self) -> dict[str, Any]:
        return lowered(self.settings.get("languages"))

    @property
    def _default(self) -> str:
        return self.settings.text("defaultContentLanguage").lower() or "en"

    @cached_property
    def _patterns(self) -> dict[str, str]:
        """The patterns for pages by section; the longest section, the most special, first."""
        table = self.settings.get("permalinks")
        found = dict(_rules(table) if isinstance(table, list) else _sections(table))
        return dict(sorted(found.items(), key=lambda item: -len(item[0])))

    def _is_bundle(self, place: str) -> bool:
        """Tell whether a folder is a leaf bundle; each is looked at once."""
        if place not in self._bundles:
            try:
                names = os.listdir(self.base / place)  # noqa: PTH208 - names are all that is wanted
            except OSError:
                names = []
            self._bundles[place] = any(map(_is_index, names))
        return self._bundles[place]

    def _pattern_for(self, folders: list[str]) -> str | None:
        place = "/".join(folders) + "/"
        for section, pattern in self._patterns.items():
            if place == "/" if section == "" else f"{place}".startswith(f"{section}/"):
                return pattern
        return None

    def _ugly(self, section: str) -> bool:
        value = self.settings.get("uglyURLs")
        return is_true(lowered(value).get(section.lower()) if isinstance(value, dict) else value)

    def _spell(self, text: str) -> str:
        return words.hugo(
            text,
            lower=not self.settings.flag("disablePathToLower"),
            accents=not self.settings.flag("removePathAccents"),
        )

    def _split(self, page: Page) -> tuple[str, str]:
        """Split a file's name into its base and its language; that of the folder counts as well."""
        base, dot, language = page.name.rpartition(".")
        if dot and language.lower() in self._languages:
            return base, language.lower()
        for code, table in self._languages.items():
            folder = lowered(table).get("contentdir")
            if isinstance(folder, str) and self.base == self.root / folder:
                return page.name, code
        return page.name, ""

    def _folders(self, page: Page) -> list[str]:
        """Give the folders above the post; a leaf bundle's own folder is its name."""
        return page.folders[:-1] if self._split(page)[0] == "index" else page.folders

    def _name(self, page: Page) -> str:
        base = self._split(page)[0]
        return page.folders[-1] if base == "index" and page.folders else base

    def _slug(self, page: Page) -> str:
        """Give the slug, which is the dated name's rest where Hugo takes dates from there."""
        dates = self.settings.get("frontmatter", "date")
        by_name = isinstance(dates, list) and ":filename" in dates
        dated = _DATED.match(self._name(page)) if by_name else None
        return page.parsed.slug or (self._name(page)[dated.end() :] if dated else "")

    def _slug_or_name(self, page: Page) -> str:
        return self._slug(page) or self._name(page)

    def _filled(self, pattern: str, page: Page) -> str:
        sections = list(self._sections(page))
        pattern = _SLICE.sub(lambda found: "/".join(_cut(sections, found[2])), pattern)
        path = fill(pattern.replace("\\:", "\0"), self._parts(page, sections)).replace("\0", ":")
        return path.lower() if not self.settings.flag("disablePathToLower") else path

    def _parts(self, page: Page, sections: list[str]) -> dict[str, Callable[[], str]]:
        date, title = page.parsed.written, page.parsed.title or ""
        parts: dict[str, Callable[[], str]] = {
            name: lambda form=form: f"{date:{form}}"  # type: ignore[misc]
            for name, form in (("year", "%Y"), ("month", "%m"), ("day", "%d"))
        }
        return parts | {
            "monthname": lambda: f"{date:%B}",
            "weekday": lambda: f"{date:%w}",
            "weekdayname": lambda: f"{date:%A}",
            "yearday": lambda: str(date.timetuple().tm_yday),
            "section": lambda: self._spell(sections[0]) if sections else "",
            "sections": lambda: "/".join(map(self._spell, sections)),
            "title": lambda: self._spell(title),
            "slug": lambda: self._spell(self._slug(page) or title),
            "slugorfilename": lambda: self._spell(self._slug_or_name(page)),
            "slugorcontentbasename": lambda: self._spell(self._slug_or_name(page)),
            "filename": lambda: self._spell(self._name(page)),
            "contentbasename": lambda: self._spell(self._name(page)),
        }

    def _sections(self, page: Page) -> Iterator[str]:
        """Give the folders that are sections: the first, and those with an ``_index`` file."""
        folders = self._folders(page)
        for depth, folder in enumerate(folders, 1):
            place = self.base.joinpath(*folders[:depth])
            if depth == 1 or any(place.glob("_index.*")):
                yield folder


def _is_index(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    return name.startswith("index.") and name.endswith(tuple(files.SUFFIXES))


def _sections(table: object) -> Iterator[tuple[str, str]]:
    """Read ``section = pattern``, in the table itself or in that for pages."""
    own = lowered(table)
    for section, pattern in {**own, **lowered(own.get("page"))}.items():
        if isinstance(pattern, str):
            yield section.strip(" /"), pattern


def _rules(rules: list[object]) -> Iterator[tuple[str, str]]:
    """Read a list of ``{pattern, target: {path}}``, as newer versions of Hugo take it."""
    for each in reversed(rules):
        rule = lowered(each)
        target = lowered(rule.get("target"))
        pattern, path = rule.get("pattern"), target.get("path") or ""
        if isinstance(pattern, str) and target.get("kind") in {None, "page"}:
            yield re.sub(r"[/{]*\*.*|[{},].*", "", str(path).lstrip("/{")).strip(" /"), pattern


def _cut(sections: list[str], cut: str) -> list[str]:
    """Read the slice of ``:sections[1:]``, ``:sections[last]``; beyond the ends is nothing."""
    ends = [each.strip().replace("last", str(len(sections) - 1)) for each in cut.split(":")]
    if not all(re.fullmatch(r"\d{0,4}", each) for each in ends):
        return []
    low = int(ends[0] or 0)
    high = low + 1 if len(ends) == 1 else int(ends[1] or len(sections))
    return sections[low:high]
