"""Whether a bot may post in a chat, by what Telegram says of its membership. Pure.

https://core.telegram.org/bots/api#chatmember, …#chatpermissions
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from syndicate.model import Fact, Level

_OUT = {"left": "is not in the chat: add it", "kicked": "is banned from the chat: let it in again"}


def of_chat(chat: Mapping[str, Any], member: Mapping[str, Any]) -> Iterator[Fact]:
    """Tell what kind of a chat it is, and whether the bot may post there, photos included."""
    kind, status = str(chat.get("type") or "chat"), str(member.get("status") or "")
    yield Fact("chat", kind)
    if status in _OUT:
        yield Fact("rights", f"the bot {_OUT[status]}", Level.ERROR)
        return
    if status == "creator":
        yield Fact("rights", status)
        return
    if kind == "channel":
        may = status == "administrator" and member.get("can_post_messages") is True
        advice = "make the bot an administrator who may post messages"
        yield Fact("rights", status) if may else Fact("rights", f"{status}: {advice}", Level.ERROR)
        return
    rules = chat.get("permissions") if status == "member" else member
    rules = {} if status == "administrator" or not isinstance(rules, dict) else rules
    if rules.get("can_send_messages") is False:
        told = f"{status}, who may not send messages: make the bot an administrator"
        yield Fact("rights", told, Level.ERROR)
    elif rules.get("can_send_photos") is False:
        told = f"{status}, who may not send photos: let it, or set image = false"
        yield Fact("rights", told, Level.ERROR)
    else:
        yield Fact("rights", status)
