"""The configuration: its schema, loading it, and what its values may be."""

from syndicate.config.base import Model
from syndicate.config.cards import Cards
from syndicate.config.load import load
from syndicate.config.schema import (
    Config,
    Content,
    Endpoint,
    Feeds,
    Ledger,
    Media,
    Schedule,
    Server,
    SiteConfig,
)
from syndicate.config.values import Duration, ExactUrl, Secret, SecretUrl, Token, WebUrl

__all__ = [
    "Cards",
    "Config",
    "Content",
    "Duration",
    "Endpoint",
    "ExactUrl",
    "Feeds",
    "Ledger",
    "Media",
    "Model",
    "Schedule",
    "Secret",
    "SecretUrl",
    "Server",
    "SiteConfig",
    "Token",
    "WebUrl",
    "load",
]
