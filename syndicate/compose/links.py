"""Words for a site's statistics in a link's query. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit


def slug(url: str) -> str:
    """Give the last word of an address's path."""
    return urlsplit(url).path.rstrip("/").rpartition("/")[2]


def untagged(url: str) -> str:
    """Take the words for a site's statistics out of a link's query again."""
    parts = urlsplit(url)
    kept = [part for part in parts.query.split("&") if not part.startswith("utm_")]
    return urlunsplit(parts._replace(query="&".join(kept)))


def tagged(url: str, words: Mapping[str, str], values: Mapping[str, str]) -> str:
    """Put words into a link's query; what is there already stays, the fragment, too.

    Args:
        url: the link.
        words: by their keys, such as ``utm_source``; they may name values: ``{{ slug }}``.
        values: what they can name.
    """
    from syndicate.compose import template  # noqa: PLC0415 - Jinja is heavy

    parts = urlsplit(url)
    known = {key for key, _ in parse_qsl(parts.query, keep_blank_values=True)}
    filled = {
        key: template.read(word, tuple(values)).render(values, lambda *_: "").strip()
        for key, word in words.items()
        if key not in known
    }
    # Signs beyond letters, digits and -._~ are spelled so that no network takes them for the end.
    new = [f"{key}={quote(word, safe='')}" for key, word in filled.items() if word]
    query = "&".join(part for part in (parts.query, *new) if part)
    return urlunsplit(parts._replace(query=query))
