"""An account's own statuses, as the server lists them: which of them are ours. Pure.

https://docs.joinmastodon.org/entities/Status/
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from syndicate.compose import find_facets
from syndicate.http import Reply
from syndicate.model import Receipt

BEGINNING = 40
"""Letters by which a part of a thread is known."""
_HREF = re.compile(r'href="([^"]*)"')
_TAG = re.compile(r"<[^>]*>")


def is_older(status: Any, since: datetime) -> bool:
    """Tell whether a status is surely older; pinned ones and boosts are not among those listed."""
    created = status.get("created_at") if isinstance(status, dict) else None
    try:
        return datetime.fromisoformat(str(created)) < since
    except (ValueError, TypeError):  # no date, or one without a zone
        return False


def receipt_of(reply: Reply, status: Any) -> Receipt:
    """Name a status."""
    if not isinstance(status, dict) or not status.get("id"):
        raise reply.garbled("is no status")
    return Receipt(str(status["id"]), status.get("url") or status.get("uri"))


def answers_to(status: Any) -> str:
    """Name the status that one answers; empty where it answers none."""
    return str(status.get("in_reply_to_id") or "") if isinstance(status, dict) else ""


def chain(
    reply: Reply, first: Any, answers: Mapping[str, Sequence[Any]], more: Sequence[str]
) -> list[Receipt]:
    """Follow a thread from its first part; what somebody wrote below it is no part of it."""
    chain = [receipt_of(reply, first)]
    for text in more:
        own = [each for each in answers.get(chain[-1].id, ()) if _says(each, text)]
        if not own:
            break
        chain.append(receipt_of(reply, own[-1]))
    return chain


def _says(status: Any, text: str) -> bool:
    """Tell whether a status has this text; servers write its signs and addresses differently."""
    content = html.unescape(_TAG.sub("", str(status.get("content") or "")))
    return _letters(content)[:BEGINNING] == _letters(text)[:BEGINNING]


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def links(status: Any) -> Iterator[str]:
    """Give every address that a status links to, and every word of its text."""
    if not isinstance(status, dict):
        return
    content = str(status.get("content") or "")
    yield from (html.unescape(link) for link in _HREF.findall(content))
    words = html.unescape(_TAG.sub(" ", content))
    yield from words.split()
    yield from (facet.value for facet in find_facets(words))  # those with a bracket around them
    card = status.get("card")
    if isinstance(card, dict):
        yield str(card.get("url"))
