"""What Telegram's answers say: where a message is, and what a refusal is about. Pure.

https://core.telegram.org/bots/api#making-requests; the words of its errors are written down
nowhere, so these are what the servers have been seen to say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from syndicate.errors import Unauthorized
from syndicate.http import Reply
from syndicate.model import Receipt

_PHOTO = re.compile(r"PHOTO_|IMAGE_PROCESS_FAILED|send photos|too big", re.IGNORECASE)
_ENDPOINT = re.compile(
    r"chat not found|CHAT_WRITE_FORBIDDEN|CHAT_ADMIN_REQUIRED|not enough rights"
    r"|need administrator rights|thread not found|TOPIC_|upgraded to a supergroup"
    r"|PEER_ID_INVALID|CHANNEL_PRIVATE",
    re.IGNORECASE,
)
"""What a 400 says of the chat rather than of the message."""
_OTHER_KIND = re.compile(r"there is no (text|caption) in the message", re.IGNORECASE)
_UNCHANGED = re.compile(r"message is not modified", re.IGNORECASE)
_NOT_THERE = re.compile(r"message to delete not found|MESSAGE_ID_INVALID", re.IGNORECASE)
_TOO_LATE = re.compile(r"message can't be deleted", re.IGNORECASE)


def check(reply: Reply, chat: str) -> Reply:
    """Return the reply when it is a success.

    Args:
        reply: the answer to any method.
        chat: the chat as the endpoint names it.

    Raises:
        Unauthorized: the token or the chat is wrong.
        DeliveryError: the kind that the status stands for.
    """
    if reply.status not in {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND}:
        return reply.check()
    detail = reply.error().detail
    if reply.status == HTTPStatus.NOT_FOUND:
        advice = "the token is none: copy it anew from @BotFather"
        raise Unauthorized(f"{detail}; {advice}", status=reply.status)
    if _ENDPOINT.search(detail):
        moved = (reply.field("parameters") or {}).get("migrate_to_chat_id")
        advice = f"make the bot an administrator of {chat} who may post, or name another chat"
        if moved:
            advice = f'the group has a new number: chat = "{moved}"'
        raise Unauthorized(f"{detail}; {advice}", status=reply.status)
    raise reply.error()


def result_of(reply: Reply) -> Mapping[str, Any]:
    """Give the object that a method answers with.

    Raises:
        DeliveryError: there is none.
    """
    result = reply.field("result")
    if reply.field("ok") is not True or not isinstance(result, dict):
        raise reply.garbled("is not Telegram's")
    return result


def receipt_of(reply: Reply) -> Receipt:
    """Name the message, and where it can be seen: only channels and large groups have addresses.

    Raises:
        DeliveryError: the answer names none.
    """
    result = result_of(reply)
    number, chat = result.get("message_id"), result.get("chat")
    if not isinstance(number, int) or not isinstance(chat, dict):
        raise reply.garbled("names no message")
    name, large = chat.get("username"), str(chat.get("id")).startswith("-100")
    place = name or (f"c/{str(chat['id'])[4:]}" if large else "")
    address = f"https://t.me/{place}/{number}" if place else None
    return Receipt(f"{chat.get('id')}/{number}", address)


def place_of(receipt: Receipt) -> dict[str, Any]:
    """Say where a message is; see :func:`receipt_of`."""
    chat, _, number = receipt.id.partition("/")
    return {"chat_id": int(chat), "message_id": int(number)}


def is_about_photo(reply: Reply) -> bool:
    """Tell whether the photo is what Telegram does not take."""
    return reply.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE or _says(reply, _PHOTO)


def is_of_other_kind(reply: Reply) -> bool:
    """Tell whether a photo was edited as a text, or a text as a photo."""
    return _says(reply, _OTHER_KIND)


def is_unchanged(reply: Reply) -> bool:
    """Tell whether an edit was refused since the message reads like that already."""
    return _says(reply, _UNCHANGED)


def is_not_there(reply: Reply) -> bool:
    """Tell whether a message was to be deleted that is not there."""
    return _says(reply, _NOT_THERE)


def is_too_late(reply: Reply) -> bool:
    """Tell whether a message was to be deleted that is too old for that."""
    return _says(reply, _TOO_LATE)


def _says(reply: Reply, what: re.Pattern[str]) -> bool:
    is_refused = reply.status == HTTPStatus.BAD_REQUEST
    return is_refused and bool(what.search(str(reply.field("description"))))
