"""What networks have in common that are told of an address, and of nothing else. Pure."""

from __future__ import annotations

from syndicate.model import Message


def about(address: str, language: str = "") -> Message:
    """Give the message that there is something new at an address."""
    return Message(
        text=address,
        link=address,
        title="",
        summary="",
        language=language,
        length=len(address),
        limit=None,
    )
