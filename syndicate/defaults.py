"""Defaults that are needed before the configuration's schema or the command line is loaded."""

from datetime import timedelta

CONFIG = "config/syndicate.toml"
LEDGER = "sqlite:///../state/syndicate.db"
WAIT = timedelta(seconds=60)
"""How long a run goes on retrying."""
