"""An account's own statuses, as the server lists them: which of them are ours. Pure.

https://docs.joinmastodon.org/entities/Status/
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from syndicate.compose import find_facets
from syndicate.http import Reply
from syndicate.model import Receipt

BEGINNING = 40
"""Letters by which a part of a thread is known."""
_HREF = re.compile(r"""href=(?:"([^"]*)"|'([^']*)')""")
_TAG = re.compile(r"<[^>]*>")


def is_older(status: Any, since: datetime) -> bool:
    """Tell whether a status is surely older."""
    created = status.get("created_at") if isinstance(status, dict) else None
    try:
        return datetime.fromisoformat(str(created)) < since
    except (ValueError, TypeError):  # no date, or one without a zone
        return False


def is_by(status: Any, account: Any) -> bool:
    """Tell whether an account wrote a status itself; some servers list its boosts with them."""
    if not isinstance(status, dict) or status.get("reblog"):
        return False
    author = status.get("account")
    return not isinstance(author, dict) or str(author.get("id", account)) == str(account)


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


def has_link(status: Any, link: str) -> bool:
    """Tell whether a status links to an address, however the server spells it."""
    wanted = _plain(link)
    return any(_plain(each) == wanted for each in links(status))


def links(status: Any) -> Iterator[str]:
    """Give every address that a status links to, and every word of its text."""
    if not isinstance(status, dict):
        return
    content = str(status.get("content") or "")
    yield from (html.unescape(one or other) for one, other in _HREF.findall(content))
    words = html.unescape(_TAG.sub(" ", content))
    yield from words.split()
    yield from (facet.value for facet in find_facets(words))  # those with a bracket around them
    card = status.get("card")
    if isinstance(card, dict):
        yield str(card.get("url"))


def _plain(address: str) -> str:
    """Spell an address in one of its ways.

    Servers write it in ASCII or not, and Akkoma can take out what counts visitors (``utm_…``).
    """
    try:
        parts = urlsplit(address)
        host = parts.netloc.lower().encode().decode("idna")
    except ValueError:  # a word with a bracket, a label that is none
        return unquote(address)
    query = "&".join(each for each in parts.query.split("&") if not each.startswith("utm_"))
    return unquote(urlunsplit((parts.scheme.lower(), host, parts.path, query, parts.fragment)))
