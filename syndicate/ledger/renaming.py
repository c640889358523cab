"""Other ids for posts, within a transaction of the ledger's."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, update

from syndicate.errors import LedgerError
from syndicate.ledger.tables import deliveries, ordinals, posts
from syndicate.model import Event

_RENAME = update(posts).where(posts.c.id == bindparam("old")).values(id=bindparam("new"))
_MOVE = (
    update(deliveries)
    # The subjects of this event are feeds.
    .where(deliveries.c.subject == bindparam("old"), deliveries.c.event != Event.CHANGED)
    .values(subject=bindparam("new"))
)
_KEEP_ORDINAL = (
    update(ordinals).where(ordinals.c.post == bindparam("old")).values(post=bindparam("new"))
)


def rename(connection: Connection, ids: Sequence[tuple[str, str]]) -> None:
    """Give posts other ids, which their deliveries and ordinals go along with.

    Args:
        connection: with the transaction begun.
        ids: the old ones and the new ones.

    Raises:
        LedgerError: no post has the old one.
    """
    pairs = [{"old": old, "new": new} for old, new in ids]
    if connection.execute(_RENAME, pairs).rowcount != len(pairs):
        raise LedgerError("the ledger knows no post under an id that is to become another")
    connection.execute(_MOVE, pairs)
    connection.execute(_KEEP_ORDINAL, pairs)
