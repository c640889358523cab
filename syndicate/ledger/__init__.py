"""The ledger: what was announced where, what is due, and what each try answered."""

from syndicate.ledger.opening import open_ledger
from syndicate.ledger.port import Ledger, NewDelivery, Resting

__all__ = ["Ledger", "NewDelivery", "Resting", "open_ledger"]
