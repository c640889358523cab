"""Addresses: absolute, and in the characters of RFC 3986."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

SCHEMES = frozenset({"http", "https", "mailto", "tel", "sms", "xmpp", "irc", "ircs", "ftp"})
"""Where a link may lead. Neither javascript: nor data: is a place."""

_SAFE = "/:=&?~+!$,;'@()*"
_NOT_IN_HOST = re.compile(r'[\x00-\x20\x7f-\xa0"<>\\^`{|}]')
_STRAY_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")


def absolute(base: str, url: str) -> str | None:
    """Resolve an address against the page it stands on; None where it leads nowhere."""
    trimmed = re.sub("[\t\n\r]", "", url).strip("\x00\x20\x7f\xa0")
    if not trimmed:
        return None
    try:
        return _spelled(urljoin(base, trimmed))
    except ValueError:
        return None


def web(base: str, url: str) -> str | None:
    """Resolve an address that has to be a page or a file on the web."""
    found = absolute(base, url)
    return found if found and found.startswith(("http://", "https://")) else None


def under(site: str, path: str) -> str:
    """Give the address of a path of the site, which may itself lie below its host's root."""
    return f"{site}/{encode(path.lstrip('/'))}"


def origin(url: str) -> str:
    """Give the root of an address's host, without a slash at its end."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def encode(path: str) -> str:
    """Percent-encode what a URL cannot carry; what is encoded already stays."""
    return quote(_STRAY_PERCENT.sub("%25", path), safe=_SAFE + "%#")


def host(url: str) -> str:
    """Give the host's name in lower-case ASCII."""
    return _ascii_host(urlsplit(url).hostname or "")


def _spelled(url: str) -> str | None:
    """Spell a URL in ASCII; None where it has no host, or a scheme that we do not know.

    Raises:
        ValueError: the host or the port is none.
    """
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        return None
    if parts.scheme in {"http", "https", "ftp"} and (not parts.hostname or parts.port == 0):
        return None  # a port that is none at all raises
    netloc = _ascii_host(parts.netloc)
    if _NOT_IN_HOST.search(netloc):
        return None
    path, query, fragment = (
        quote(_STRAY_PERCENT.sub("%25", part), safe=_SAFE + "%") for part in parts[2:]
    )
    return urlunsplit((parts.scheme, netloc, path, query, fragment))


def _ascii_host(name: str) -> str:
    return name if name.isascii() else name.encode("idna").decode("ascii")
