"""One file → the row that the cache keeps of it. Pure but for the file itself, so any process can.

A row is small on purpose: a hundred thousand of them pass through here, and a post's text is read
again when somebody needs it.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from syndicate.content import files, urls
from syndicate.content.locate import Locator
from syndicate.content.media import Finder
from syndicate.content.parse import Parsed, Rules, parse, place_of_id
from syndicate.content.report import Report
from syndicate.model import Enclosure, Finding, Image, Kind, Severity, Undescribed

log = logging.getLogger(__name__)

_json = json.JSONEncoder(ensure_ascii=False).encode
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Settings:
    """What of the configuration bears on a file; whatever changes here makes all be read anew."""

    root: Path
    site: str
    language: str
    locate: Locator
    rules: Rules
    hero_from_body: bool = False


class Row(NamedTuple):
    """What is kept of a file. Where it holds no readable post, the fields of one are None."""

    source: str
    digest: str | None
    """None where the file could not be read at all."""
    findings: str | None = None
    """As JSON, so that they are told again while the file stays as it is."""
    sought: bool = False
    """Whether a file that it shows was not found: one may come while the post stays the same."""
    given_id: str | None = None
    url: str | None = None
    published: int | None = None
    expires: int | None = None
    draft: bool | None = None
    language: str | None = None
    tags: str | None = None
    categories: str | None = None
    authors: str | None = None
    wishes: str | None = None
    undescribed: str | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the files of one content folder."""

    settings: Settings

    def row(self, source: str, known: str | None) -> Row | None:
        """Read a file.

        Args:
            source: the path within the folder.
            known: the digest that it had before, if any.

        Returns:
            What to keep; None where its bytes are those that are known.
        """
        data = files.read(self.settings.root, source)
        if isinstance(data, Finding):
            return Row(source, None, dump([data]))
        digest = hashlib.sha256(data).hexdigest()
        if digest == known:
            return None
        try:
            return self._row(source, digest, data)
        except Exception as error:
            # One file that nobody thought of must not keep a thousand others from the feeds.
            log.debug("%s was not understood", source, exc_info=True)
            report = Report(source)
            message = f"left out, for this should not happen: {type(error).__name__}: {error}"
            report.refuse(message, Kind.BUG)
            return Row(source, digest, dump(report.findings))

    def _row(self, source: str, digest: str, data: bytes) -> Row:
        reading = parse(source, data, self.settings.rules)
        if reading.parsed is None:
            return Row(source, digest, dump(reading.findings))
        located, sought = Report(source), Report(source)
        parsed, url = self.settings.locate(reading.parsed, located)
        bare = undescribed(parsed, self.media(parsed, url, sought)[0])
        return Row(
            source,
            digest,
            dump((*reading.findings, *located.findings, *sought.findings)),
            bool(sought.findings),
            parsed.id,
            url,
            micros(parsed.published),
            micros(parsed.expires) if parsed.expires else None,
            parsed.draft,
            parsed.language or self.settings.language,
            _json(parsed.tags),
            _json(parsed.categories),
            _json([author.name for author in parsed.authors]),
            _json(asdict(parsed.wishes)) if parsed.wishes else None,
            _json([bare.line, bare.key]) if bare else None,
        )

    def whole(self, source: str) -> Parsed | None:
        """Read a post with its text; None where there is none any more."""
        data = files.read(self.settings.root, source)
        if isinstance(data, Finding):
            return None
        parsed = parse(source, data, self.settings.rules).parsed
        return parsed and self.settings.locate(parsed, Report(source))[0]

    def place_of_id(self, source: str) -> tuple[str | None, int | None]:
        """Tell which key of a post says its id, and on which line; None where none does."""
        data = files.read(self.settings.root, source)
        return (None, None) if isinstance(data, Finding) else place_of_id(source, data)

    def media(
        self, parsed: Parsed, url: str, report: Report
    ) -> tuple[Image | None, Enclosure | None]:
        """Resolve the hero image and the enclosure."""
        settings = self.settings
        finder = Finder(settings.root, settings.site, from_body=settings.hero_from_body)
        return finder.image(parsed, url, report), finder.enclosure(parsed, url, report)

    def external(self, link: str | None) -> str | None:
        """Give the page that a link post talks about; a link to the site itself is none."""
        url = urls.web("", link) if link else None
        return url if url and urls.host(url) != urls.host(self.settings.site) else None


def undescribed(parsed: Parsed, image: Image | None) -> Undescribed | None:
    """Tell where an image is named that has no alternative text."""
    if image is None or image.alt is not None:
        return None
    named = parsed.picture
    return Undescribed(named.line, named.key) if named else Undescribed()


def micros(when: datetime) -> int:
    """Give a time as whole microseconds: those sort, and lose nothing."""
    return (when - EPOCH) // timedelta(microseconds=1)


def moment(value: int) -> datetime:
    """Give back what :func:`micros` took."""
    return EPOCH + timedelta(microseconds=value)


def dump(findings: Collection[Finding]) -> str | None:
    """Put findings into JSON; none at all are None."""
    if not findings:
        return None
    rows = [
        [each.line, each.key, each.message, each.severity, each.kind, each.understood]
        for each in findings
    ]
    return _json(rows)


def load(source: str, findings: str) -> list[Finding]:
    """Give back what :func:`dump` took."""
    return [
        Finding(source, line, key, message, Severity(severity), Kind(kind), understood)
        for line, key, message, severity, kind, understood in json.loads(findings)
    ]
