"""An event of ours in a room: what it says, and by what it is known again. Pure.

https://spec.matrix.org/latest/client-server-api/#mroommessage-msgtypes
"""

from __future__ import annotations

import html as markup
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, unquote

from syndicate.compose import Parts, at_links
from syndicate.http import Reply
from syndicate.model import Key, Message, Receipt

_NOTE = 200
"""The most characters of an edit's short note beside the address."""


def content_of(parts: Parts, *, notice: bool) -> dict[str, Any]:
    """Give an event's content; an empty ``m.mentions`` says that the words call nobody.

    Args:
        parts: what it says.
        notice: whether it is to ring nowhere.
    """
    return {
        "msgtype": "m.notice" if notice else "m.text",
        "body": parts.text,
        "format": "org.matrix.custom.html",
        "formatted_body": _html(parts),
        "m.mentions": {},
    }


def reply_to(receipt: Receipt) -> dict[str, Any]:
    """Give the relation of an event that replies to one.

    https://spec.matrix.org/latest/client-server-api/#rich-replies
    """
    return {"m.in_reply_to": {"event_id": receipt.id}}


def replacement(receipt: Receipt, message: Message, new: Mapping[str, Any]) -> dict[str, Any]:
    """Give the content of an event that replaces another's; who does not know that sees a note.

    https://spec.matrix.org/latest/client-server-api/#event-replacements

    Args:
        receipt: of the other.
        message: what it says now.
        new: the content for that, with the picture.
    """
    return {
        "msgtype": message.payload["content"]["msgtype"],
        "body": f"* {message.title[:_NOTE] or message.summary[:_NOTE]}\n\n{message.link}",
        "m.mentions": {},
        "m.new_content": new,
        "m.relates_to": {"rel_type": "m.replace", "event_id": receipt.id},
    }


def time_of(event: Mapping[str, Any]) -> float:
    """Give an event's time in milliseconds; one without any is not known to be old."""
    time = event.get("origin_server_ts")
    return time if isinstance(time, int) else float("inf")


def is_ours(
    event: Mapping[str, Any], key: Key, user: str, says: Callable[[Mapping[str, Any]], bool]
) -> bool:
    """Tell whether an event was sent by a delivery: by its number, or by what it says.

    Args:
        event: as the server gives it.
        key: the delivery's.
        user: whose account sends.
        says: whether a content with words says what is looked for.
    """
    unsigned, content = event.get("unsigned"), event.get("content")
    if isinstance(unsigned, dict) and unsigned.get("transaction_id") == key.value:
        return True
    if event.get("sender") != user or not isinstance(content, dict):
        return False
    return "body" in content and says(content)


def receipt_of(room: str, reply: Reply, number: Any) -> Receipt:
    """Name an event, and where it is shown.

    Args:
        room: its room's number.
        reply: the answer that has told of it.
        number: what should be the event's number.

    Raises:
        DeliveryError: it is none.
    """
    if not isinstance(number, str) or not number:
        raise reply.garbled("names no event")
    return Receipt(number, f"https://matrix.to/#/{escape(room)}/{escape(number)}")


def room_of(receipt: Receipt) -> str:
    """Give the room that an event is in: the endpoint may have moved to another."""
    return unquote(str(receipt.url).rpartition("/")[0].rpartition("/")[2])


def escape(part: str) -> str:
    """Write a room's or an event's number as one part of an address."""
    return quote(part, safe="")


def _html(parts: Parts) -> str:
    """Give the parts as paragraphs, the title as the link; where there is no title, the address."""
    if parts.body:
        return _paragraphs(parts.body, parts.link)
    title, summary, tags = map(markup.escape, (parts.title, parts.summary, parts.tags))
    heading, address = f"<strong>{title}</strong>" if title else "", ""
    if parts.link:
        link = f'<a href="{markup.escape(parts.link)}">{heading or markup.escape(parts.link)}</a>'
        heading, address = (link, "") if heading else ("", link)
    words = (heading, summary, address, tags)
    return "".join(f"<p>{each}</p>" for each in words if each)


def _paragraphs(text: str, link: str) -> str:
    """Give a text as paragraphs, its addresses as links."""
    marked = "".join(
        _anchor(piece) if is_link else markup.escape(piece)
        for piece, is_link in at_links(text, link)
    )
    paragraphs = (each.replace("\n", "<br>") for each in marked.split("\n\n"))
    return "".join(f"<p>{each}</p>" for each in paragraphs)


def _anchor(url: str) -> str:
    escaped = markup.escape(url)
    return f'<a href="{escaped}">{escaped}</a>'
