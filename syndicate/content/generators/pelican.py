"""Pelican: the literals of pelicanconf.py and publishconf.py, which are never run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from string import Formatter
from typing import Any

from syndicate.content import slugs
from syndicate.content.generators import words
from syndicate.content.generators.base import Generator, Page, Told
from syndicate.content.parse import Parsed

_SUBSTITUTIONS = ((r"[^\w\s-]", ""), (r"(?u)\A\s*", ""), (r"(?u)\s*\Z", ""), (r"[-\s]+", "-"))
_NAMED = r"(?P<date>\d{4}-\d{2}-\d{2}).*"


class Pelican(Generator):
    """A Pelican site."""

    name = "pelican"
    title = "Pelican"

    def content_root(self) -> Path:
        """Take ``PATH``."""
        return (self.root / (self.settings.text("PATH") or ".")).absolute()

    def told(self) -> Told:
        """Give what the configuration assigns."""
        say = self.settings
        return Told(
            title=say.text("SITENAME"),
            url=say.url("SITEURL"),
            language=say.language("DEFAULT_LANG"),
            timezone=say.zone("TIMEZONE"),
            description=say.text("SITESUBTITLE") or say.text("SITEDESCRIPTION"),
            author=say.person("AUTHOR"),
        )

    def pattern(self) -> str:
        """Give ``ARTICLE_URL``."""
        return self.settings.text("ARTICLE_URL") or "{slug}.html"

    def is_post(self, path: str) -> bool:
        """Take no pages, and what is in ``ARTICLE_PATHS`` where that is set."""
        pages = _texts(self.settings.get("PAGE_PATHS")) or ["pages"]
        shut = [*pages, *_texts(self.settings.get("ARTICLE_EXCLUDES"))]
        places = _texts(self.settings.get("ARTICLE_PATHS"))
        return not _under(path, shut) and (not places or "" in places or _under(path, places))

    def amend(self, page: Page) -> Parsed:
        """Take the category from the folder where front matter has none."""
        found = page.parsed.categories or tuple(filter(None, [self._category(page)]))
        return replace(page.parsed, categories=found)

    def own(self, page: Page) -> str | None:
        """Give ``Url``, or else ``Save_as``."""
        given = page.parsed.address
        return given and self._filled(given, page)

    def path(self, page: Page) -> str:
        """Fill in ``ARTICLE_URL``, or ``ARTICLE_LANG_URL`` for a translation."""
        language = page.parsed.language or ""
        default = self.settings.text("DEFAULT_LANG") or "en"
        translated = self.settings.text("ARTICLE_LANG_URL") or "{slug}-{lang}.html"
        return self._filled(translated if language not in {"", default} else self.pattern(), page)

    def _filled(self, pattern: str, page: Page) -> str:
        parsed = page.parsed
        author = next(iter(parsed.authors), None) or self.settings.person("AUTHOR")
        category = next(iter(parsed.categories), "") or self._category(page)
        parts: dict[str, str | datetime] = {
            "slug": self._slug(page),
            "date": parsed.written,
            "category": self._spell(category or self.settings.text("DEFAULT_CATEGORY") or "misc"),
            "author": self._spell(author.name if author else ""),
            "lang": parsed.language or self.settings.text("DEFAULT_LANG") or "en",
            "path": page.path,
        }
        return "/" + _format(pattern, parts).lstrip("/")

    def _slug(self, page: Page) -> str:
        """Give the slug: of front matter, of the file's name by its pattern, or of the title."""
        parsed = page.parsed
        if parsed.slug:
            return parsed.slug
        named = self._named(page)
        if named:
            return named
        by_title = self.settings.text("SLUGIFY_SOURCE") != "basename"
        return self._spell((parsed.title or "") if by_title else page.name) or slugs.slugify(
            page.name
        )

    def _named(self, page: Page) -> str:
        """Read a slug out of the file's name, where ``FILENAME_METADATA`` has one."""
        try:
            found = re.match(self.settings.text("FILENAME_METADATA") or _NAMED, page.name)
        except re.error:
            return ""
        return (found.groupdict().get("slug") or "") if found else ""

    def _category(self, page: Page) -> str:
        folder = self.settings.get("USE_FOLDER_AS_CATEGORY") is not False
        return page.folders[-1] if folder and page.folders else ""

    def _spell(self, text: str) -> str:
        given = self.settings.get("SLUG_REGEX_SUBSTITUTIONS")
        pairs = [tuple(map(str, each)) for each in given or () if isinstance(each, tuple | list)]
        return words.pelican(
            text,
            tuple((each[0], each[1]) for each in pairs if len(each) == 2) or _SUBSTITUTIONS,  # noqa: PLR2004
            letters=self.settings.flag("SLUGIFY_USE_UNICODE"),
            cased=self.settings.flag("SLUGIFY_PRESERVE_CASE"),
        )


def _texts(value: Any) -> list[str]:
    several = value if isinstance(value, list | tuple) else [value]
    return [each.strip("/") for each in several if isinstance(each, str)]


def _under(path: str, folders: Iterable[str]) -> bool:
    return any(path.startswith(f"{folder}/") for folder in folders if folder)


def _format(pattern: str, parts: dict[str, str | datetime]) -> str:
    """Fill in ``{slug}`` and ``{date:%Y}``; names that nobody knows say nothing.

    It is no ``str.format``, by which a pattern could reach into the values.
    """
    try:
        pieces = list(Formatter().parse(pattern))
    except ValueError:
        return pattern
    filled = ""
    for text, name, form, _ in pieces:
        value = parts.get(name or "", "")
        filled += text + (
            value.strftime(form or "%Y-%m-%d") if isinstance(value, datetime) else value
        )
    return filled
