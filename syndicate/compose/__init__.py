"""Post → the words and the picture of a message. Pure: no network, no clock, no configuration."""

from syndicate.compose.hashtags import hashtags
from syndicate.compose.image import attach, fit
from syndicate.compose.measure import graphemes, measure
from syndicate.compose.text import Composed, compose_text, disarm, shorten

__all__ = [
    "Composed",
    "attach",
    "compose_text",
    "disarm",
    "fit",
    "graphemes",
    "hashtags",
    "measure",
    "shorten",
]
