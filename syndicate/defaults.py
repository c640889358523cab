"""Defaults of the configuration that are needed before its schema is loaded."""

LEDGER = "sqlite:///../state/syndicate.db"
