"""One file's bytes → what it says. Pure: the same bytes and rules give the same in any process."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from syndicate.content import (
    dates,
    dialect,
    files,
    frontmatter,
    markup,
    slugs,
    summary,
    templating,
    wishes,
)
from syndicate.content.dialect import Picture, Recording
from syndicate.content.fields import Fields
from syndicate.content.report import Report
from syndicate.content.text import decode, fold
from syndicate.model import Author, Finding, Kind, Wishes


@dataclass(frozen=True, slots=True)
class Rules:
    """What of the configuration bears on reading a file."""

    timezone: str
    default_time: time
    dialect: str = "plain"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A post as its file tells it; addresses, files beside it and its id come later."""

    source: str
    digest: str
    published: datetime
    written: datetime
    """The date that permalinks are made of, with the offset that it was given with."""
    updated: datetime
    body: str
    title: str | None = None
    summary: str = ""
    authors: tuple[Author, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str | None = None
    picture: Picture | None = None
    recording: Recording | None = None
    link: str | None = None
    draft: bool = False
    expires: datetime | None = None
    id: str | None = None
    slug: str = ""
    """As front matter gives it; empty where it does not."""
    address: str | None = None
    """A permalink from front matter: absolute, a path, or a pattern of the site's generator."""
    body_line: int = 1
    wishes: Wishes | None = None

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON, so that it can be kept while the file stays as it is."""
        times = {name: getattr(self, name) for name in _TIMES}
        return asdict(self) | {name: when and when.isoformat() for name, when in times.items()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Parsed:
        """Rebuild what :meth:`to_json` gave."""
        return cls(
            **data
            | {name: data[name] and datetime.fromisoformat(data[name]) for name in _TIMES}
            | {name: tuple(data[name]) for name in ("categories", "tags")}
            | {"authors": tuple(Author(**author) for author in data["authors"])}
            | {"picture": data["picture"] and Picture(**data["picture"])}
            | {"recording": data["recording"] and Recording(**data["recording"])}
            | {"wishes": data["wishes"] and Wishes.from_json(data["wishes"])}
        )


_TIMES = ("published", "written", "updated", "expires")


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading one file: the post, or the findings that say why there is none."""

    parsed: Parsed | None
    findings: tuple[Finding, ...] = ()


def parse(source: str, data: bytes, rules: Rules) -> Reading:
    """Read one file. It never raises: a bad post costs that post alone, with its reason.

    Args:
        source: the path within the content folder, with slashes.
        data: the file's bytes.
        rules: how what the file leaves open is read.
    """
    report = Report(source)
    text = decode(data, report)
    try:
        document = frontmatter.read(text)
    except frontmatter.FrontMatterError as error:
        report.refuse(str(error), Kind.FRONT_MATTER, line=error.line)
        return Reading(None, report.findings)
    is_html = source.lower().endswith(tuple(files.MARKUP))
    if is_html and not document.has_header:
        return Reading(None)
    report.header(document.header, document.header_line)
    _report_repeated(document, report)
    times = _Times(Fields(document.values, report, dialect.spaced(rules.dialect)), rules)
    published, expires = times.published(source), times.strictly(*dialect.EXPIRES)
    if published is None or report.refused:
        return Reading(None, report.findings)
    _report_templates(document, report)
    summarise = markup.summarise if is_html else summary.of_body
    parsed = Parsed(
        source=source,
        digest=hashlib.sha256(data).hexdigest(),
        published=published,
        written=times.written(source) or published,
        updated=times.leniently(*dialect.UPDATED) or published,
        expires=expires,
        body=document.body,
        body_line=document.body_line,
        **_told(times.fields, rules.dialect),
        summary=dialect.summary(times.fields) or summarise(document.body),
        wishes=wishes.read(document.values, times.fields, times.local),
    )
    _report_emptiness(parsed, report)
    return Reading(parsed, report.findings)


def place_of_id(source: str, data: bytes) -> tuple[str | None, int | None]:
    """Tell which key of a file that can be read says the post's id, and on which line."""
    report = Report(source)
    document = frontmatter.read(decode(data, report))
    report.header(document.header, document.header_line)
    field = Fields(document.values, report).find(*dialect.ID)
    return (field.key, report.line_of(field.key)) if field else (None, None)


def _report_repeated(document: frontmatter.Document, report: Report) -> None:
    """Warn of keys that stand in front matter more than once: one of them was meant."""
    for each in document.repeated:
        message = "stands here once more, and the last one counts: take one out"
        report.warn(message, Kind.FRONT_MATTER, key=each.key, line=each.line)


def _report_emptiness(post: Parsed, report: Report) -> None:
    """Warn of a post that only has a date: readers would get a bare address."""
    says = post.title or post.summary or post.body.strip()
    if not (says or post.picture or post.recording or post.link or post.draft):
        report.warn(
            "nothing to announce but an address: it has no title and no text; "
            "write them, or draft: true as long as they are missing",
            Kind.EMPTY,
        )


def _told(fields: Fields, generator: str) -> dict[str, Any]:
    """Give what the front matter tells beside the dates."""
    return {
        "title": fields.text(*dialect.TITLE),
        "authors": dialect.authors(fields),
        "categories": fields.terms(*dialect.CATEGORIES),
        "tags": fields.terms(*dialect.TAGS),
        "language": dialect.language(fields),
        "picture": dialect.picture(fields),
        "recording": dialect.recording(fields),
        "link": fields.text(*dialect.LINK),
        "draft": dialect.is_draft(fields),
        "id": fields.text(*dialect.ID),
        "slug": slugs.given_slug(fields.text(*dialect.SLUG) or ""),
        "address": dialect.address(fields, generator),
    }


class _Times:
    """Reads the dates of one post."""

    def __init__(self, fields: Fields, rules: Rules) -> None:
        self.fields = fields
        self._report = fields.report
        self.local = ZoneInfo(rules.timezone), rules.default_time
        self._generator = rules.dialect

    def published(self, source: str) -> datetime | None:
        """Give the date of publication from its keys, or else from the file's name."""
        # Some generators take ``published: false`` for a draft; a flag is no date.
        said = self.fields.said(*dialect.PUBLISHED)
        names = [name for name in said if self.fields.flag(name) is None]
        if names:
            return self.strictly(*names)
        found = dates.from_path(source, *self.local)
        if found is None:
            self._no_date()
        return found

    def written(self, source: str) -> datetime | None:
        """Give the date of the text where it says one beside that of publication, as it stands."""
        field = self.fields.find(*dialect.WRITTEN) or self.fields.find(*dialect.PUBLISHED)
        try:
            if field and isinstance(field.value, str):
                when = dates.read(field.value, *self.local)
                # The offset alone: a zone would not survive being kept as text.
                return when.replace(tzinfo=timezone(when.utcoffset() or timedelta()), fold=0)
        except dates.DateError:
            return None
        return dates.from_path(source, *self.local)

    def _no_date(self) -> None:
        """Say that there is no date. To a site's generator such a file is a page, and no post."""
        advice = 'write "date: 2025-06-08", or begin the file\'s name with 2025-06-08-'
        if self._generator != "plain":
            message = f"no date: taken for a page, and no post; if it is one, {advice}"
            self._report.note(message, Kind.PAGE)
        elif dialect.is_draft(self.fields):
            self._report.warn(f"no date: {advice}", Kind.NO_DATE)
        else:
            self._report.refuse(f"no date: {advice}", Kind.NO_DATE)

    def strictly(self, *names: str) -> datetime | None:
        """Read a date without which the post would go out wrongly: a bad one refuses it."""
        return self._read(names, self._report.refuse)

    def leniently(self, *names: str) -> datetime | None:
        """Read a date that can be done without."""

        def say(message: str, kind: Kind, *, key: str) -> None:
            message += "; the date of publication is taken"
            self._report.warn(message, kind, key=key, understood="published")

        return self._read(names, say)

    def _read(self, names: tuple[str, ...], say: Callable[..., None]) -> datetime | None:
        field = self.fields.find(*names)
        if field is None:
            return None
        try:
            if isinstance(field.value, str):
                return dates.parse(field.value, *self.local)
            say("a date such as 2025-06-08 is expected", Kind.DATE, key=field.key)
        except dates.DateError as error:
            say(str(error), Kind.DATE, key=field.key)
        return None


def _report_templates(document: frontmatter.Document, report: Report) -> None:
    cuts = templating.find(document.body, report.source)
    if cuts:
        line = document.body_line + document.body.count("\n", 0, cuts[0].start)
        first = fold(cuts[0].text)[:60]
        times = "once" if len(cuts) == 1 else f"{len(cuts)} times"
        message = f"template code is left out of feeds ({times}): {first}"
        report.warn(message, Kind.TEMPLATE, line=line)
