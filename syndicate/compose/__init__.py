"""Post → the words and the picture of a message. Pure: no network, no clock, no configuration."""

from syndicate.compose.facets import find_facets
from syndicate.compose.hashtags import hashtags
from syndicate.compose.image import attach, fit
from syndicate.compose.measure import fits, graphemes, measure
from syndicate.compose.text import compose_text, disarm, shorten

__all__ = [
    "attach",
    "compose_text",
    "disarm",
    "find_facets",
    "fit",
    "fits",
    "graphemes",
    "hashtags",
    "measure",
    "shorten",
]
