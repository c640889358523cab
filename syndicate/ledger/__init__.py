"""The ledger: what was announced where, what is due, and what each try answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syndicate.ledger.port import Ledger, NewDelivery, Resting

if TYPE_CHECKING:
    from syndicate.ledger.opening import open_ledger

__all__ = ["Ledger", "NewDelivery", "Resting", "open_ledger"]


def __getattr__(name: str) -> Any:
    """Import what opens a ledger when it is asked for: SQLAlchemy is half of a short run."""
    if name == "open_ledger":
        from syndicate.ledger.opening import open_ledger  # noqa: PLC0415

        return open_ledger
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
