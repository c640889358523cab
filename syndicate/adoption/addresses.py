"""Whether two spellings of an address lead to one page; a pure function on strings."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit

from syndicate.content import urls

_INDEX = re.compile(r"/index\.html?$", re.IGNORECASE)
_TRACKING = re.compile(
    r"utm_\w+|mtm_\w+|pk_\w+|hsa_\w+|_hs\w+|mc_[ce]id|mkt_tok|fbclid|gclid|dclid|gbraid|wbraid|msclkid"
    r"|yclid|twclid|igshid|vero_id|oly_\w+_id",
    re.IGNORECASE,
)
"""What counting services add to an address, and no site serves another page for."""


def same(url: str) -> str | None:
    """Give the one spelling of an address that others are compared by; None where it is none.

    The scheme does not matter, nor the host's case, the usual port, a slash or ``index.html`` at
    the end, parameters that only count readers, and how characters are percent-encoded.
    """
    found = urls.web("", url)
    if found is None:
        return None
    parts = urlsplit(found)
    usual = {"http": 80, "https": 443}[parts.scheme]
    port = "" if parts.port in {None, usual} else f":{parts.port}"
    path = "/".join(_segment(each) for each in _INDEX.sub("/", parts.path).split("/")).rstrip("/")
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode([(name, value) for name, value in pairs if not _TRACKING.fullmatch(name)])
    fragment = "" if _TRACKING.match(parts.fragment) else _segment(parts.fragment)
    return (
        f"//{urls.host(found)}{port}{path}"
        f"{'?' if query else ''}{query}{'#' if fragment else ''}{fragment}"
    )


def _segment(text: str) -> str:
    """Encode a segment anew; a slash that was encoded stays so, for it parts no segments."""
    data = unquote_to_bytes(text)
    try:
        return quote(unicodedata.normalize("NFC", data.decode()), safe="")
    except UnicodeDecodeError:  # an old address in Latin-1
        return quote(data, safe="")
