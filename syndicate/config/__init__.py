"""The configuration: its schema, loading it, and what its values may be."""

from syndicate.config.base import Model
from syndicate.config.cards import Cards
from syndicate.config.database import is_server
from syndicate.config.faults import in_words
from syndicate.config.form import Form, dashed
from syndicate.config.keeping import Ledger, Media
from syndicate.config.load import load, wrong
from syndicate.config.schema import (
    Config,
    Content,
    Endpoint,
    Feeds,
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
    "Cards",
    "Config",
    "Content",
    "Duration",
    "Endpoint",
    "ExactUrl",
    "Feeds",
    "Form",
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
    "dashed",
    "in_words",
    "is_per_post",
    "is_server",
    "load",
    "post_options",
    "wrong",
]
