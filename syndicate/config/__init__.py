"""The configuration: its schema, loading it, and what its values may be."""

from syndicate.config.load import load
from syndicate.config.schema import (
    Config,
    Content,
    Endpoint,
    Feeds,
    Ledger,
    Media,
    Model,
    Schedule,
    Server,
    SiteConfig,
)
from syndicate.config.values import Duration, ExactUrl, Secret, SecretUrl, Token, WebUrl
from syndicate.config.wording import (
    PER_POST,
    PostOptions,
    Threaded,
    Worded,
    is_per_post,
    post_options,
)

__all__ = [
    "PER_POST",
    "Config",
    "Content",
    "Duration",
    "Endpoint",
    "ExactUrl",
    "Feeds",
    "Ledger",
    "Media",
    "Model",
    "PostOptions",
    "Schedule",
    "Secret",
    "SecretUrl",
    "Server",
    "SiteConfig",
    "Threaded",
    "Token",
    "WebUrl",
    "Worded",
    "is_per_post",
    "load",
    "post_options",
]
