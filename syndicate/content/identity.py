"""Which post is which: an id is minted once, and stays with the post wherever it goes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from syndicate.content import urls
from syndicate.content.parse import Parsed
from syndicate.errors import ContentError
from syndicate.model import Finding, PostRecord


@dataclass(frozen=True, slots=True)
class Located:
    """A parsed post with its permalink."""

    parsed: Parsed
    url: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of posts, each record to be found in the ways that a post returns."""

    by_id: dict[str, PostRecord]
    by_source: dict[str, PostRecord]
    lost: tuple[PostRecord, ...]
    """Records whose file is not there any more: it may have moved."""

    @classmethod
    def of(cls, records: Iterable[PostRecord], sources: Collection[str]) -> Known:
        """Sort the records; of two for one source the one that was seen last counts."""
        ordered = sorted(records, key=lambda record: (record.first_seen, record.id))
        return cls(
            {record.id: record for record in ordered},
            {record.source: record for record in ordered},
            tuple(record for record in ordered if record.source not in sources),
        )


def identify(
    posts: Sequence[Located], known: Known, site: str, now: datetime
) -> tuple[dict[str, PostRecord], list[Finding]]:
    """Give each post its record, by source.

    A given id wins; then the record of the same source; then, among the records whose file is
    gone, the one with the same bytes or the same permalink. What is left is new.

    Raises:
        ContentError: two posts claim one id.
    """
    findings: list[Finding] = []
    records: dict[str, PostRecord] = {}
    for post in posts:
        record = _remembered(post.parsed, known, findings)
        if record:
            records[post.parsed.source] = record
    _find_moved([post for post in posts if post.parsed.source not in records], known, records)
    taken = {*known.by_id, *(record.id for record in records.values())}
    for post in posts:
        parsed = post.parsed
        record = records.get(parsed.source)
        first_seen = record.first_seen if record else now
        identity = parsed.id or (record.id if record else _mint(parsed, site, taken))
        taken.add(identity)
        records[parsed.source] = PostRecord(
            identity, parsed.source, parsed.digest, post.url, first_seen
        )
    _check_unique(records.values())
    return records, findings


def _remembered(parsed: Parsed, known: Known, findings: list[Finding]) -> PostRecord | None:
    """Find the record that the post claims by its id, or that its source has."""
    record = known.by_source.get(parsed.source)
    if parsed.id is None:
        return record
    if parsed.id in known.by_id:
        return known.by_id[parsed.id]
    if record:
        message = f"the id was {record.id} before: readers will see a new post"
        findings.append(Finding(parsed.source, None, "id", message))
    return record


def _find_moved(posts: list[Located], known: Known, records: dict[str, PostRecord]) -> None:
    """Match new files with records that lost theirs: equal bytes first, then equal permalinks."""
    claimed = {record.id for record in records.values()}
    for same in (_same_bytes, _same_place):
        for post in posts:
            if post.parsed.source in records or post.parsed.id is not None:
                continue
            free = (record for record in known.lost if record.id not in claimed)
            record = next((record for record in free if same(record, post)), None)
            if record:
                records[post.parsed.source] = record
                claimed.add(record.id)


def _same_bytes(record: PostRecord, post: Located) -> bool:
    return record.digest == post.parsed.digest


def _same_place(record: PostRecord, post: Located) -> bool:
    return record.url == post.url


def _mint(parsed: Parsed, site: str, taken: Collection[str]) -> str:
    """Make a tag URI (RFC 4151) of the site's host, the post's day and its source."""
    path = quote(parsed.source, safe="/-._~")
    tag = f"tag:{urls.host(site)},{parsed.published:%Y-%m-%d}:{path}"
    return next(each for each in _variants(tag, parsed.digest) if each not in taken)


def _variants(tag: str, digest: str) -> Iterator[str]:
    """Give the tag, and others for when a post that has moved away bears it still."""
    yield tag
    yield from (f"{tag}:{digest[:length]}" for length in range(8, 64))


def _check_unique(records: Iterable[PostRecord]) -> None:
    sources: dict[str, str] = {}
    for record in records:
        other = sources.setdefault(record.id, record.source)
        if other != record.source:
            first, second = sorted((other, record.source))
            raise ContentError(
                f"{first} and {second} claim the same id, {record.id}: give one of them another"
            )
