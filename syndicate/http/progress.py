"""How far the request has come that is being made here."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Progress:
    """What is known of a request that has no answer yet."""

    sending: bool = False
    """Its first bytes were handed to the connection: what follows can have reached the server."""


under_way: ContextVar[Progress | None] = ContextVar("under_way", default=None)
"""The request that this task makes; None where it makes none of ours."""
