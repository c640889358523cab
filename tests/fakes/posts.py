"""Posts, messages and deliveries with nothing special about them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from syndicate.model import Delivery, Key, Message, Post, PostRecord, State
from syndicate.testing.clock import NOON
from syndicate.testing.samples import POST

MESSAGE = Message(
    text="Hello\n\nA first post.",
    link=POST.url,
    title="Hello",
    summary=POST.summary,
    language="en",
    length=20,
    limit=None,
    payload={"visibility": "public"},
)

KEY = Key("msg_1", NOON)


def post(number: int = 0, **changes: Any) -> Post:
    """A post that differs from others by its number."""
    own = {"id": f"{POST.id}-{number}", "url": f"{POST.url}{number}/", "source": f"{number}.md"}
    return replace(POST, **(own | changes))


def record(of: Post = POST) -> PostRecord:
    return PostRecord(of.id, of.source, of.digest, of.url, of.first_seen)


def delivery(**changes: Any) -> Delivery:
    plain = Delivery(
        id=1,
        subject=POST.id,
        endpoint="main",
        state=State.PENDING,
        due=NOON,
        attempts=0,
        fence=1,
        key=KEY,
    )
    return replace(plain, **changes)
