"""Adoption: the ids of an old feed for our posts, so that no reader sees one of them twice.

``getting`` gets the old feed's bytes, ``old`` reads its entries, ``addresses`` tells whether two
spellings of an address are one, ``match`` finds the posts (pure), and ``work`` has the ledger
take it all down.
"""

from syndicate.adoption.getting import fetch
from syndicate.adoption.match import Adoption, Fate, Match
from syndicate.adoption.old import OldEntry, OldFeed, read
from syndicate.adoption.work import adopt

__all__ = ["Adoption", "Fate", "Match", "OldEntry", "OldFeed", "adopt", "fetch", "read"]
