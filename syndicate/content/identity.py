"""Which post is which: an id is minted once, and stays with the post wherever it goes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from syndicate.content import urls
from syndicate.content.catalogue import Catalogue, Unnamed
from syndicate.ledger.port import Ledger
from syndicate.model import Finding, Kind, PostRecord

_AT_ONCE = 4_000
"""Posts that are named at a time: enough to ask the ledger seldom, few enough to be small."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of posts, each record to be found in the ways that a post returns."""

    by_id: dict[str, PostRecord] = field(default_factory=dict)
    by_source: dict[str, PostRecord] = field(default_factory=dict)
    lost: tuple[PostRecord, ...] = ()
    """Records whose file is not there any more, and which no other post claims."""
    taken: frozenset[str] = frozenset()
    """Ids that may not be minted again."""


def name_all(catalogue: Catalogue, ledger: Ledger, site: str, now: datetime) -> list[Finding]:
    """Give every post that has none its id, and its first sight; tell what is surprising."""
    findings: list[Finding] = []
    is_first = not ledger.posts_stamp()
    while posts := catalogue.unnamed(_AT_ONCE):
        known = Known() if is_first else _recall(posts, catalogue, ledger, site)
        records, surprises = identify(posts, known, site, now)
        findings += surprises
        catalogue.name(
            (record, known.by_id.get(record.id) != record) for record in records.values()
        )
    return findings


def identify(
    posts: Sequence[Unnamed], known: Known, site: str, now: datetime
) -> tuple[dict[str, PostRecord], list[Finding]]:
    """Give each post its record, by source.

    A given id wins; then the record of the same source; then, among the records whose file is
    gone, the one with the same bytes or the same permalink. What is left is new.
    """
    findings: list[Finding] = []
    records: dict[str, PostRecord] = {}
    for post in posts:
        record = _remembered(post, known, findings)
        if record:
            records[post.source] = record
    _find_moved([post for post in posts if post.source not in records], known, records)
    taken = {*known.taken, *(record.id for record in records.values())}
    for post in posts:
        record = records.get(post.source)
        first_seen = record.first_seen if record else now
        identity = post.given_id or (record.id if record else _mint(post, site, taken))
        taken.add(identity)
        records[post.source] = PostRecord(identity, post.source, post.digest, post.url, first_seen)
    return records, findings


def _recall(posts: Sequence[Unnamed], catalogue: Catalogue, ledger: Ledger, site: str) -> Known:
    """Ask the ledger for all that bears on some posts."""
    minted = [tag for post in posts if not post.given_id for tag in _tags(post, site)]
    given = [post.given_id for post in posts if post.given_id]
    found = ledger.find_posts(
        ids=[*minted, *given],
        sources=[post.source for post in posts],
        digests=[post.digest for post in posts],
        urls=[post.url for post in posts],
    )
    ordered = sorted(found, key=lambda record: (record.first_seen, record.id))
    by_id = {record.id: record for record in ordered}
    return Known(
        by_id,
        {record.source: record for record in ordered},  # of two the one that was seen last counts
        tuple(
            record
            for record in ordered
            if not catalogue.has_source(record.source) and not catalogue.claims(record.id)
        ),
        frozenset(by_id).union(tag for tag in minted if catalogue.claims(tag)),
    )


def _remembered(post: Unnamed, known: Known, findings: list[Finding]) -> PostRecord | None:
    """Find the record that the post claims by its id, or that its source has."""
    record = known.by_source.get(post.source)
    if post.given_id is None:
        return record
    if post.given_id in known.by_id:
        return known.by_id[post.given_id]
    if record:
        message = f"the id was {record.id} before: readers will see a new post"
        finding = Finding(post.source, None, "id", message, kind=Kind.CHANGED_ID)
        findings.append(finding)
    return record


def _find_moved(posts: list[Unnamed], known: Known, records: dict[str, PostRecord]) -> None:
    """Match new files with records that lost theirs: equal bytes first, then equal permalinks."""
    claimed = {record.id for record in records.values()}
    for same in (_same_bytes, _same_place):
        for post in posts:
            if post.source in records or post.given_id is not None:
                continue
            free = (record for record in known.lost if record.id not in claimed)
            record = next((record for record in free if same(record, post)), None)
            if record:
                records[post.source] = record
                claimed.add(record.id)


def _same_bytes(record: PostRecord, post: Unnamed) -> bool:
    return record.digest == post.digest


def _same_place(record: PostRecord, post: Unnamed) -> bool:
    return record.url == post.url


def _mint(post: Unnamed, site: str, taken: Collection[str]) -> str:
    return next(tag for tag in _tags(post, site) if tag not in taken)


def _tags(post: Unnamed, site: str) -> Iterator[str]:
    """Make tag URIs (RFC 4151) of the site's host, the post's day and its source.

    The first one is as it should be; the others are for when a post that has moved away bears it.
    """
    path = quote(post.source, safe="/-._~")
    tag = f"tag:{urls.host(site)},{post.published:%Y-%m-%d}:{path}"
    yield tag
    yield f"{tag}:{post.digest[:8]}"
    yield f"{tag}:{post.digest}"
