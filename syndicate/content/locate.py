"""A parsed post → its permalink, by our configuration or by the site's generator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from syndicate import config
from syndicate.content import generators, slugs
from syndicate.content.generators import Generator
from syndicate.content.generators.base import DEFAULT, slug_of
from syndicate.content.identity import Located
from syndicate.content.parse import Parsed
from syndicate.model import Finding, Severity


class Locator:
    """Tells where posts are on the web.

    A post's own address wins, then the pattern of our configuration, then the generator's way.

    Raises:
        ContentError: our pattern cannot be filled in.
    """

    def __init__(
        self, content: config.Content, site: config.SiteConfig, generator: Generator
    ) -> None:
        self._pattern = content.permalink or (DEFAULT if generator.name == "plain" else None)
        if self._pattern:
            slugs.check_pattern(self._pattern)
        self._site, self._generator = site.url, generator
        self._zone = ZoneInfo(site.timezone)

    def __call__(self, parsed: Parsed) -> Located:
        """Give a post with its permalink, and with what its place tells beside that."""
        page = self._generator.page(parsed, self._zone)
        parsed = self._generator.amend(page)
        own = self._generator.own(page)
        url = slugs.given(self._site, own) if own else None
        if url:
            return Located(parsed, url)
        if self._pattern is None:
            return Located(parsed, slugs.at(self._site, self._generator.path(page)))
        parts = {
            "slug": slug_of(parsed),
            "path": slugs.stem_of(parsed.source),
            "category": slugs.slugify(parsed.categories[0]) if parsed.categories else "",
        }
        local = parsed.published.astimezone(self._zone)
        return Located(parsed, slugs.permalink(self._site, self._pattern, parts, local))


def told(folder: Path, dialect: str) -> Mapping[str, Any]:
    """Give what the site's generator says of the site, as keys of ``[site]``."""
    said = generators.find(folder, dialect).told()
    keys = ("title", "url", "language", "timezone", "description")
    values: dict[str, Any] = {key: getattr(said, key) for key in keys if getattr(said, key)}
    return values | ({"author": {"name": said.author}} if said.author else {})


def say(
    generator: Generator, content: config.Content, site: config.SiteConfig
) -> Iterator[Finding]:
    """Tell which generator was recognised, and what was taken from it."""
    yield from generator.settings.findings
    if generator.name == "plain":
        return
    said = generator.told()
    keys = ("title", "url", "language", "timezone", "description")
    taken = [key for key in keys if getattr(said, key) and getattr(said, key) == getattr(site, key)]
    facts = [f"{', '.join(taken)} as it says"] if taken else []
    facts += [] if content.permalink else [f"permalinks as {generator.pattern()}"]
    message = f"read as a site of {generator.title}" + "".join(f"; {fact}" for fact in facts)
    advice = "" if content.dialect != "auto" else '; content.dialect = "plain" ignores it'
    where = next(iter(generator.settings.files), str(generator.root))
    yield Finding(where, None, None, message + advice, Severity.NOTE)
