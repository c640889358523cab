"""Zola: config.toml with ``base_url``; a page's address is its place, with a slug at its end."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from syndicate.content.generators import words
from syndicate.content.generators.base import Generator, Page, Told
from syndicate.content.generators.settings import lowered
from syndicate.content.parse import Parsed

_DATED = re.compile(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    r"(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?\s?[-_](?=.)"
)


class Zola(Generator):
    """A Zola site."""

    name = "zola"
    title = "Zola"

    def content_root(self) -> Path:
        """Take ``content``, which Zola does not let one move."""
        return self.root / "content"

    def told(self) -> Told:
        """Give what config.toml says."""
        say = self.settings
        return Told(
            title=say.text("title"),
            url=say.url("base_url"),
            language=say.language("default_language"),
            description=say.text("description"),
            author=say.person("author"),
        )

    def pattern(self) -> str:
        """Name what Zola does; it has no patterns."""
        return "/section/slug/"

    def is_post(self, path: str) -> bool:
        """Take no sections: their files begin with ``_index``."""
        return not path.rpartition("/")[2].startswith("_index.")

    def amend(self, page: Page) -> Parsed:
        """Take the language from the file's name: ``post.fr.md``."""
        return page.in_language(self._split(page)[1])

    def own(self, page: Page) -> str | None:
        """Give ``path``, which stands for the whole address and ends in a slash."""
        given = page.parsed.address
        return f"/{given.strip('/')}/" if given else None

    def path(self, page: Page) -> str:
        """Give the sections, then the slug."""
        name, language = self._split(page)
        folders = page.folders
        if name == "index" and folders:
            *folders, name = folders
        keep = self.settings.flag("slugify", "paths_keep_dates")
        named = name if keep else _DATED.sub("", name, count=1)
        strategy = self.settings.text("slugify", "paths") or "on"
        slug = words.zola(page.parsed.slug or named, strategy)
        default = self.settings.text("default_language") or "en"
        prefix = [language] if language not in {"", default} else []
        return "/" + "/".join([*prefix, *folders, slug]) + "/"

    def _split(self, page: Page) -> tuple[str, str]:
        """Split a file's name into its base and its language; the site's own is not named."""
        base, dot, language = page.name.rpartition(".")
        known: dict[str, Any] = lowered(self.settings.get("languages"))
        return (base, language) if dot and language.lower() in known else (page.name, "")
