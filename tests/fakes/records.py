"""As much of a ledger as a look at the content folder needs."""

from __future__ import annotations

from collections.abc import Iterable

from syndicate.model import PostRecord


class Records:
    """Remembers posts; its stamp counts the changes."""

    def __init__(self) -> None:
        self.known: dict[str, PostRecord] = {}
        self.changes = 0
        self.asked = 0

    def keep_posts(self, records: Iterable[PostRecord]) -> None:
        new = {record.id: record for record in records}
        self.known |= new
        self.changes += bool(new)

    def posts_stamp(self) -> str:
        return str(self.changes or "")

    def find_posts(self, *, ids=(), sources=(), digests=(), urls=()) -> list[PostRecord]:
        self.asked += 1
        wanted = [set(each) for each in (ids, sources, digests, urls)]
        return [
            record
            for record in self.known.values()
            if any(
                value in some
                for value, some in zip(
                    (record.id, record.source, record.digest, record.url), wanted, strict=True
                )
            )
        ]
