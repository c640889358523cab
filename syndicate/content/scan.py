"""The content folder → its posts, and everything that is to be said about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from syndicate import config
from syndicate.content import files, generators, urls
from syndicate.content.identity import Known, Located, identify
from syndicate.content.locate import Locator, say
from syndicate.content.media import Finder
from syndicate.content.parse import Parsed, Reading, Rules, parse
from syndicate.content.report import Report
from syndicate.model import Finding, Post, PostRecord


@dataclass(frozen=True, slots=True)
class Scan:
    """What a look at the content folder found."""

    posts: tuple[Post, ...]
    """Every readable post, drafts and future ones too; the newest first, then by id."""
    records: tuple[PostRecord, ...]
    """What is new or has changed, for the ledger to keep."""
    missing: tuple[PostRecord, ...]
    """Known posts whose file is gone."""
    findings: tuple[Finding, ...]
    """What to look at, by file and line; an error means that the post was left out."""


def scan(
    content: config.Content,
    site: config.SiteConfig,
    known: Sequence[PostRecord],
    now: datetime,
) -> Scan:
    """Read all posts of the content folder.

    Args:
        content: where the posts are, and how what they leave open is read.
        site: the site that they belong to.
        known: what the ledger remembers of posts.
        now: when posts that nobody knows yet were seen first.

    Raises:
        ContentError: there is no such folder, the permalink pattern is wrong, or two posts claim
            one id.
    """
    generator = generators.find(content.dir, content.dialect)
    locate = Locator.of(content, site, generator)
    listing = files.find(content.dir)
    listing = replace(listing, sources=tuple(filter(generator.takes, listing.sources)))
    rules = Rules(site.timezone, content.default_time, generator.name)
    readings = list(_readings(content, rules, listing))
    odd: list[Finding] = []
    posts = [_located(each.parsed, locate, odd) for each in readings if each.parsed]
    remembered = Known.of(known, listing.sources)
    records, surprises = identify(posts, remembered, site.url, now)
    build = _Builder(Finder(content.dir, site.url), site)
    built = [build.post(post, records[post.parsed.source]) for post in posts]
    findings = [
        *listing.findings,
        *(finding for reading in readings for finding in reading.findings),
        *surprises,
        *odd,
        *build.findings,
        *say(generator, content, site),
        *_one_address_each(posts),
    ]
    kept = {record.id for record in records.values()}
    return Scan(
        posts=newest_first(built),
        records=tuple(
            record for record in records.values() if remembered.by_id.get(record.id) != record
        ),
        missing=tuple(record for record in remembered.lost if record.id not in kept),
        findings=tuple(sorted(findings, key=_place)),
    )


def newest_first(posts: Iterable[Post]) -> tuple[Post, ...]:
    """Put posts in the order in which they are published: the newest first, then by id."""
    return tuple(sorted(sorted(posts, key=lambda post: post.id), key=_published, reverse=True))


def _published(post: Post) -> datetime:
    return post.published


def _place(finding: Finding) -> tuple[str, int, str, str]:
    return finding.source, finding.line or 0, finding.key or "", finding.message


def _readings(content: config.Content, rules: Rules, listing: files.Listing) -> Iterator[Reading]:
    for source in listing.sources:
        data = files.read(content.dir, source)
        if isinstance(data, Finding):
            yield Reading(None, (data,))
        else:
            yield parse(source, data, rules)


def _located(parsed: Parsed, locate: Locator, odd: list[Finding]) -> Located:
    report = Report(parsed.source)
    located = Located(*locate(parsed, report))
    odd += report.findings
    return located


def _one_address_each(posts: Iterable[Located]) -> Iterator[Finding]:
    """Warn of posts that share an address: only one of them can be there."""
    sources = defaultdict(list)
    for post in posts:
        sources[post.url].append(post.parsed.source)
    for url, (first, *others) in sources.items():
        for other in others:
            yield Finding(other, None, None, f"has the same address as {first}: {url}")


class _Builder:
    """Makes posts of what was read, and collects what comes up."""

    def __init__(self, media: Finder, site: config.SiteConfig) -> None:
        self.findings: list[Finding] = []
        self._media, self._site = media, site

    def post(self, located: Located, record: PostRecord) -> Post:
        parsed, url = located.parsed, located.url
        report = Report(parsed.source)
        post = Post(
            id=record.id,
            url=url,
            source=parsed.source,
            digest=parsed.digest,
            published=parsed.published,
            updated=parsed.updated,
            first_seen=record.first_seen,
            title=parsed.title,
            summary=parsed.summary,
            body=parsed.body,
            authors=parsed.authors,
            categories=parsed.categories,
            tags=parsed.tags,
            language=parsed.language or self._site.language,
            image=self._media.image(parsed, url, report),
            enclosure=self._media.enclosure(parsed, url, report),
            external_url=self._external(parsed.link),
            draft=parsed.draft,
            expires=parsed.expires,
        )
        self.findings += report.findings
        return post

    def _external(self, link: str | None) -> str | None:
        """Give the page that a link post talks about; a link to the site itself is none."""
        url = urls.web("", link) if link else None
        return url if url and urls.host(url) != urls.host(self._site.url) else None
