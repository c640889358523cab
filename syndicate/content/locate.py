"""A parsed post → its permalink, by our configuration or by the site's generator."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from syndicate.content import generators, slugs, urls
from syndicate.content.generators import Generator
from syndicate.content.generators.base import DEFAULT, slug_of
from syndicate.content.parse import Parsed
from syndicate.content.report import Report
from syndicate.model import Author, Finding, Kind, Severity

if TYPE_CHECKING:
    from syndicate import config  # pydantic costs more than this whole room


@dataclass(frozen=True, slots=True)
class Locator:
    """Tells where posts are on the web.

    A post's own address wins, then the pattern of our configuration, then the generator's way.
    Its ``repr`` says all that an address depends on beside the post.
    """

    site: str
    timezone: str
    pattern: str | None
    generator: Generator

    @classmethod
    def of(cls, content: config.Content, site: config.SiteConfig, generator: Generator) -> Self:
        """Set one up by the configuration."""
        pattern = content.permalink or (DEFAULT if generator.name == "plain" else None)
        return cls(site.url, site.timezone, pattern, generator)

    def __call__(self, parsed: Parsed, report: Report) -> tuple[Parsed, str]:
        """Give a post with what its place tells of it, and its permalink."""
        page = self.generator.page(parsed, ZoneInfo(self.timezone))
        own = self.generator.own(page)
        url = slugs.given(self.site, own) if own else None
        parsed = self.generator.amend(page)
        if any(author.url or author.avatar for author in parsed.authors):
            parsed = replace(parsed, authors=tuple(map(self._author, parsed.authors)))
        if url:
            return parsed, url
        url = self._by_rule(parsed, page)
        if parsed.address and re.search("[/:{]", parsed.address):
            report.warn(
                f'the permalink "{parsed.address[:80]}" cannot be worked out; taken for {url}',
                Kind.PERMALINK,
                understood=url,
            )
        return parsed, url

    def _by_rule(self, parsed: Parsed, page: generators.Page) -> str:
        """Give the address of a post that claims none, or none that could be."""
        if self.pattern is None:
            return self._at(page)
        parts = {
            "slug": slug_of(parsed),
            "path": slugs.stem_of(parsed.source),
            "category": slugs.slugify(parsed.categories[0]) if parsed.categories else "",
        }
        local = parsed.published.astimezone(page.local.tzinfo)
        return slugs.permalink(self.site, self.pattern, parts, local)

    def _at(self, page: generators.Page) -> str:
        """Give the address by the generator; signs of a name are no fragment and no query."""
        path = self.generator.path(page).replace("#", "%23").replace("?", "%3F")
        return slugs.at(self.site, path)

    def _author(self, author: Author) -> Author:
        """Make an author's addresses absolute; what leads nowhere goes."""
        home = f"{self.site}/"
        url, avatar = author.url and urls.web(home, author.url), author.avatar
        return replace(author, url=url or None, avatar=(avatar and urls.web(home, avatar)) or None)


def inputs(content: config.Content) -> tuple[Path, ...]:
    """Give the files and folders that reading the content depends on."""
    said = generators.find(content.dir, content.dialect).settings.files
    return (content.dir, *map(Path, said))


def told(folder: Path, dialect: str) -> Mapping[str, Any]:
    """Give what the site's generator says of the site, as keys of ``[site]``."""
    said = generators.find(folder, dialect).told()
    keys = ("title", "url", "language", "timezone", "description")
    values: dict[str, Any] = {key: getattr(said, key) for key in keys if getattr(said, key)}
    if said.author:
        facts = {"name": said.author.name, "email": said.author.email, "url": said.author.url}
        values["author"] = {key: each for key, each in facts.items() if each}
    return values


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
    yield Finding(where, None, None, message + advice, Severity.NOTE, Kind.GENERATOR)
