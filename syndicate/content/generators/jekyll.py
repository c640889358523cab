"""Jekyll: _config.yml, ``_posts`` at any depth, permalinks with ``:words``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from syndicate.content.generators import words
from syndicate.content.generators.base import Generator, Page, Told, fill
from syndicate.content.generators.settings import as_url, lowered
from syndicate.content.parse import Parsed
from syndicate.content.text import fold

STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
_NAMED = re.compile(r"\d{2,4}-\d{1,2}-\d{1,2}-(?=.)")
_TIMES = {
    "year": "%Y",
    "short_year": "%y",
    "month": "%m",
    "long_month": "%B",
    "day": "%d",
    "y_day": "%j",
    "hour": "%H",
    "minute": "%M",
    "second": "%S",
    "w_year": "%G",
    "week": "%V",
    "w_day": "%u",
    "long_day": "%A",
}


class Jekyll(Generator):
    """A Jekyll site, which GitHub Pages builds as well."""

    name = "jekyll"
    title = "Jekyll"

    def content_root(self) -> Path:
        """Take ``source``, and the folder of the collections in it."""
        source = self.root / self.settings.text("source")
        return source / self.settings.text("collections_dir")

    def told(self) -> Told:
        """Give what _config.yml says; the host may stand in ``CNAME``, as for GitHub Pages."""
        say = self.settings
        url = say.url("url") or self._cname()
        base = say.text("baseurl").strip("/")
        return Told(
            title=say.text("title") or say.text("name"),
            url=as_url(f"{url}/{base}") if url else "",
            language=say.language("lang") or say.language("locale"),
            timezone=say.zone("timezone"),
            description=say.text("description") or say.text("tagline"),
            author=say.person("author"),
        )

    def pattern(self) -> str:
        """Give the pattern of posts: their collection's, that of ``defaults``, or the site's."""
        collection = self.settings.text("collections", "posts", "permalink")
        given = collection or self._default() or self.settings.text("permalink") or "date"
        return STYLES.get(given, given)

    def is_post(self, path: str) -> bool:
        """Take the files of ``_posts`` only, wherever it is; others are pages."""
        return "_posts" in path.split("/")

    def amend(self, page: Page) -> Parsed:
        """Put the folders above ``_posts`` before the categories: ``news/_posts/…``."""
        categories = dict.fromkeys((*self._above(page), *page.parsed.categories))
        return replace(page.parsed, categories=tuple(categories))

    def own(self, page: Page) -> str | None:
        """Give ``permalink``, which may hold the words of a pattern."""
        given = page.parsed.address
        if given and ":" in given and "://" not in given:
            return self._filled(given, page)
        return given

    def path(self, page: Page) -> str:
        """Fill in the site's pattern."""
        return self._filled(self.pattern(), page)

    def _filled(self, pattern: str, page: Page) -> str:
        return "/" + fill(pattern, self._parts(page)).lstrip("/")

    def _parts(self, page: Page) -> dict[str, Callable[[], str]]:
        date, parsed = page.local, page.parsed
        named = _NAMED.sub("", page.name, count=1).rstrip(".")
        slug = parsed.slug or named
        categories = self.amend(page).categories
        parts: dict[str, Callable[[], str]] = {
            name: lambda form=form: f"{date:{form}}"  # type: ignore[misc]
            for name, form in _TIMES.items()
        }
        return parts | {
            "i_month": lambda: str(date.month),
            "i_day": lambda: str(date.day),
            "short_month": f"{date:%b}".upper,
            "short_day": f"{date:%a}".upper,
            "title": lambda: words.jekyll(slug, "pretty", cased=True),
            "slug": lambda: words.jekyll(slug),
            "name": lambda: words.jekyll(page.name),
            "categories": lambda: "/".join(dict.fromkeys(each.lower() for each in categories)),
            "slugified_categories": lambda: "/".join(dict.fromkeys(map(words.jekyll, categories))),
            "collection": lambda: "posts",
            "output_ext": lambda: ".html",
            "path": lambda: page.stem,
        }

    def _above(self, page: Page) -> list[str]:
        folders = page.folders
        return folders[: folders.index("_posts")] if "_posts" in folders else []

    def _default(self) -> str:
        """Find a permalink for posts among the ``defaults`` for front matter."""
        found = ""
        rules = self.settings.get("defaults")
        for rule in rules if isinstance(rules, list) else ():
            scope = lowered(lowered(rule).get("scope"))
            given = lowered(lowered(rule).get("values")).get("permalink")
            about = not scope.get("path") and scope.get("type") in {None, "posts"}
            if about and isinstance(given, str):
                found = given
        return found

    def _cname(self) -> str:
        try:
            host = fold((self.root / "CNAME").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return ""
        return as_url(f"https://{host}")
