"""The files of a content folder as the cache knows them: every question that is asked of many.

Nothing here holds all posts at once: what is many stays in the database.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from syndicate.content import slugs, urls
from syndicate.content.cache import Cache
from syndicate.content.files import Found
from syndicate.content.reading import Row, load, micros, moment
from syndicate.content.workers import Ask
from syndicate.model import Author, Finding, Outline, PostRecord, Undescribed, Wishes

RACY = 2_000_000_000
"""Nanoseconds in which a file can change without looking different; FAT counts in two seconds."""

_LIVE = "id IS NOT NULL AND NOT draft AND published <= :now AND (expires IS NULL OR expires > :now)"
_UPSERT = f"""
INSERT INTO files ({", ".join(Row._fields)}) VALUES ({", ".join("?" for _ in Row._fields)})
ON CONFLICT (source) DO UPDATE SET id = NULL, first_seen = NULL, fresh = 0,
    {", ".join(f"{name} = excluded.{name}" for name in Row._fields[1:])}
"""  # noqa: S608 - made of our own field names


_OUTLINE = (
    "id, url, source, digest, published, first_seen, language, tags, categories, authors, expires, "
    "draft, wishes, undescribed"
)


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A post that is yet to be recognised, or to be given an id."""

    source: str
    digest: str
    url: str
    published: datetime
    given_id: str | None


class Catalogue:
    """What the cache knows of one folder's files."""

    def __init__(self, cache: Cache) -> None:
        self._db = cache.db

    # What is on the disk, and what of it is news

    def see(self, found: Iterable[Found], began: int) -> int:
        """Compare the folder with what is known of it.

        Args:
            found: all its files.
            began: when the look at them began, in nanoseconds; a file that was written about then
                can be written again and look the same, so it will be read again next time.

        Returns:
            How many posts are to be read; the deleted ones are forgotten.
        """
        db = self._db
        db.execute("DROP TABLE IF EXISTS temp.seen")
        db.execute(
            "CREATE TEMP TABLE seen (source TEXT PRIMARY KEY, size INT, modified INT, changed INT)"
        )
        db.executemany(
            "INSERT INTO seen VALUES (?, ?, ?, ?)",
            (
                (each.source, -1 if each.changed > began - RACY else each.size, *each[3:])
                for each in found
                if each.is_post
            ),
        )
        db.execute("DELETE FROM files WHERE source NOT IN (SELECT source FROM seen)")
        db.execute("DROP TABLE IF EXISTS temp.asked")
        db.execute(
            "CREATE TEMP TABLE asked AS SELECT source, iif(sought, NULL, digest) AS digest "
            "FROM seen LEFT JOIN files USING (source) "
            "WHERE files.source IS NULL OR sought OR files.size = -1 OR "
            "(files.size, files.modified, files.changed) "
            "IS NOT (seen.size, seen.modified, seen.changed) ORDER BY source"
        )
        (count,) = db.execute("SELECT count(*) FROM asked").fetchone()
        return int(count)

    def asked(self) -> Iterator[Ask]:
        """Give the posts to read, in order."""
        return iter(self._db.execute("SELECT source, digest FROM asked ORDER BY rowid"))

    def keep(self, rows: Iterable[Row]) -> None:
        """Keep what was read."""
        self._db.executemany(_UPSERT, rows)

    def settle(self) -> None:
        """Take the state of all files for the one that what is kept belongs to."""
        self._db.execute(
            "UPDATE files SET (size, modified, changed) = (SELECT size, modified, changed "
            "FROM seen WHERE seen.source = files.source) WHERE (size, modified, changed) IS NOT "
            "(SELECT size, modified, changed FROM seen WHERE seen.source = files.source)"
        )

    def has_source(self, source: str) -> bool:
        """Tell whether a file is there, readable or not."""
        found = self._db.execute("SELECT 1 FROM files WHERE source = ?", (source,)).fetchone()
        return found is not None

    # Which post is which

    def forget_ids(self) -> None:
        """Forget the copies of what the ledger knows."""
        self._db.execute("UPDATE files SET id = NULL, first_seen = NULL, fresh = 0")

    def unnamed(self, count: int) -> list[Unnamed]:
        """Give some of the posts without an id, in the order of their sources."""
        rows = self._db.execute(
            "SELECT source, digest, url, published, given_id FROM files "
            "WHERE id IS NULL AND published IS NOT NULL ORDER BY source LIMIT ?",
            (count,),
        )
        return [
            Unnamed(source, digest, url, moment(published), given)
            for source, digest, url, published, given in rows
        ]

    def claims(self, identity: str) -> bool:
        """Tell whether a file of the folder has this id, or asks for it."""
        row = self._db.execute(
            "SELECT 1 FROM files WHERE id = :id OR given_id = :id", {"id": identity}
        ).fetchone()
        return row is not None

    def given_ids(self) -> dict[str, str]:
        """Give the ids that posts ask for, by source."""
        query = "SELECT source, given_id FROM files WHERE given_id IS NOT NULL"
        return dict(self._db.execute(query).fetchall())

    def name(self, records: Iterable[tuple[PostRecord, bool]]) -> None:
        """Keep the ids of posts, and whether that is news to the ledger."""
        self._db.executemany(
            "UPDATE files SET id = ?, first_seen = ?, fresh = ? WHERE source = ?",
            (
                (record.id, micros(record.first_seen), fresh, record.source)
                for record, fresh in records
            ),
        )

    def fresh(self) -> Iterator[PostRecord]:
        """Give what the ledger does not know yet."""
        rows = self._db.execute(
            "SELECT id, source, digest, url, first_seen FROM files WHERE fresh ORDER BY source"
        )
        for identity, source, digest, url, first_seen in rows:
            yield PostRecord(identity, source, digest, url, moment(first_seen))

    def no_longer_fresh(self) -> None:
        """Note that the ledger knows."""
        self._db.execute("UPDATE files SET fresh = 0 WHERE fresh")

    def sharing(self, column: str) -> Iterator[tuple[str, Sequence[str]]]:
        """Give the values of ``id`` or ``url`` that several posts have, with their sources."""
        rows = self._db.execute(
            f"SELECT {column}, json_group_array(source) FROM files WHERE published IS NOT NULL "  # noqa: S608
            f"GROUP BY {column} HAVING count(*) > 1 ORDER BY min(source)"
        )
        for value, sources in rows:
            yield value, sorted(json.loads(sources))

    # What there is to publish

    def count(self, now: datetime) -> tuple[int, int]:
        """Count the posts that are out at ``now``, and those that are held back."""
        live, readable = self._db.execute(
            f"SELECT count(*) FILTER (WHERE {_LIVE}), count(published) FROM files",  # noqa: S608
            {"now": micros(now)},
        ).fetchone()
        return live, readable - live

    def next_change(self, now: datetime) -> datetime | None:
        """Tell when a post comes out or expires next, by nothing but the time."""
        (when,) = self._db.execute(
            "SELECT min(due) FROM (SELECT min(published) AS due FROM files WHERE NOT draft "
            "AND published > :now UNION ALL SELECT min(expires) FROM files WHERE NOT draft "
            "AND expires > :now)",
            {"now": micros(now)},
        ).fetchone()
        return None if when is None else moment(when)

    def outlines(self, now: datetime | None, among: Collection[str] | None) -> Iterator[Outline]:
        """Give the posts that are out at ``now``, or all, the newest first, then by id.

        Args:
            now: the time; None gives those that are held back, too.
            among: only these, by their ids; None for all.
        """
        rows = self._db.execute(
            f"SELECT {_OUTLINE} FROM files WHERE {_LIVE if now else 'id IS NOT NULL'} "  # noqa: S608
            "ORDER BY published DESC, id",
            {"now": micros(now)} if now else {},
        )
        return (_outline(row) for row in rows if among is None or row[0] in among)

    def wishing(self) -> Iterator[Outline]:
        """Give the posts that ask how they are to be announced."""
        rows = self._db.execute(
            f"SELECT {_OUTLINE} FROM files WHERE id IS NOT NULL AND wishes IS NOT NULL "  # noqa: S608
            "ORDER BY source"
        )
        return map(_outline, rows)

    def undescribed(self) -> Iterator[Outline]:
        """Give the posts whose image has no alternative text."""
        rows = self._db.execute(
            f"SELECT {_OUTLINE} FROM files WHERE id IS NOT NULL AND undescribed IS NOT NULL "  # noqa: S608
            "ORDER BY source"
        )
        return map(_outline, rows)

    def live_ids(self, now: datetime) -> Iterator[str]:
        """Give the ids of the posts that are out."""
        rows = self._db.execute(f"SELECT id FROM files WHERE {_LIVE}", {"now": micros(now)})  # noqa: S608
        return (identity for (identity,) in rows)

    def is_live(self, identity: str, now: datetime) -> bool:
        """Tell whether a post is out."""
        row = self._db.execute(
            f"SELECT 1 FROM files WHERE id = :id AND {_LIVE}",  # noqa: S608
            {"id": identity, "now": micros(now)},
        ).fetchone()
        return row is not None

    def live(self, identity: str, now: datetime) -> Outline | None:
        """Find a post that is out by its id."""
        row = self._db.execute(
            f"SELECT {_OUTLINE} FROM files WHERE id = :id AND {_LIVE}",  # noqa: S608
            {"id": identity, "now": micros(now)},
        ).fetchone()
        return row and _outline(row)

    def held(self, identity: str) -> Outline | None:
        """Find a post by its id, be it out or held back."""
        row = self._db.execute(
            f"SELECT {_OUTLINE} FROM files WHERE id = ?",  # noqa: S608
            (identity,),
        ).fetchone()
        return row and _outline(row)

    def named(self, word: str) -> Iterator[tuple[str, str]]:
        """Give the sources and permalinks of the posts that have a word in one of them."""
        rows = self._db.execute(
            "SELECT source, url FROM files WHERE id IS NOT NULL AND NOT draft "
            "AND (instr(lower(source), lower(?)) OR instr(url, ?))",
            (word, urls.encode(slugs.slugify(word))),
        )
        yield from rows

    def findings(self) -> Iterator[Finding]:
        """Give what there is to say about single files."""
        rows = self._db.execute("SELECT source, findings FROM files WHERE findings IS NOT NULL")
        for source, findings in rows:
            yield from load(source, findings)


@lru_cache(maxsize=1024)
def _texts(data: str) -> tuple[str, ...]:
    """Read a list of texts; those of a site's posts are much the same."""
    return tuple(json.loads(data))


def _outline(row: Sequence[Any]) -> Outline:
    identity, url, source, digest, published, first_seen, language, tags, categories, *rest = row
    authors, expires, draft, wishes, undescribed = rest
    return Outline(
        identity,
        url,
        source,
        digest,
        moment(published),
        moment(first_seen),
        language,
        _texts(tags),
        _texts(categories),
        tuple(map(Author, _texts(authors))),
        None if expires is None else moment(expires),
        bool(draft),
        Wishes.from_json(json.loads(wishes)) if wishes else None,
        Undescribed(*json.loads(undescribed)) if undescribed else None,
    )
