"""Post → the words and the picture of a message. Pure: no network, no clock, no configuration."""

from syndicate.compose.facets import at_links, find_facets
from syndicate.compose.hashtags import hashtags
from syndicate.compose.image import attach, fit, refer
from syndicate.compose.links import slug, tagged, untagged
from syndicate.compose.markup import escape_html, escape_markdown, is_right_to_left
from syndicate.compose.measure import fits, graphemes, measure, utf16
from syndicate.compose.plain import plain
from syndicate.compose.text import Parts, compose_parts, compose_text, disarm, shorten
from syndicate.compose.thread import thread
from syndicate.compose.words import Words, has_link

__all__ = [
    "Parts",
    "Words",
    "at_links",
    "attach",
    "compose_parts",
    "compose_text",
    "disarm",
    "escape_html",
    "escape_markdown",
    "find_facets",
    "fit",
    "fits",
    "graphemes",
    "has_link",
    "hashtags",
    "is_right_to_left",
    "measure",
    "plain",
    "refer",
    "shorten",
    "slug",
    "tagged",
    "thread",
    "untagged",
    "utf16",
]
