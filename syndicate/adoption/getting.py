"""An old feed's bytes, from a file or from the web by the guarded client."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urljoin

from syndicate.errors import DeliveryError, SyndicateError
from syndicate.http import Http

CAP = 32 * 1024 * 1024
"""The largest feed that is read, in bytes; a whole archive in one file may be some megabytes."""
HOPS = 5
"""How many redirects are followed; an old address is often one."""

_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, */*;q=0.1"


async def fetch(feed: str, http: Http) -> tuple[bytes, str]:
    """Get a feed.

    Args:
        feed: a path, or an address that begins with ``http://`` or ``https://``.
        http: asks for what is on the web.

    Returns:
        Its bytes, and the address that they came from; a file has none.

    Raises:
        SyndicateError: it cannot be had, or is too large.
    """
    if not re.match("https?://", feed, re.IGNORECASE):
        return _read(Path(feed)), ""
    try:
        return await _get(feed, http)
    except DeliveryError as error:
        advice = "; a copy of it in a file does as well" if error.status is None else ""
        raise SyndicateError(f"{feed}: {error.detail}{advice}") from None


async def _get(url: str, http: Http) -> tuple[bytes, str]:
    for _ in range(HOPS):
        reply = await http.request("GET", url, headers={"accept": _ACCEPT}, cap=CAP)
        target = reply.headers.get("location", "")
        if not reply.is_redirection or not target:
            return reply.check().body, url
        url = urljoin(url, target)
    raise SyndicateError(f"{url}: redirects more than {HOPS} times: give the address it ends at")


def _read(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise SyndicateError(f"{path}: there is no such file; expected a feed's path or URL")
        with path.open("rb") as file:
            data = file.read(CAP + 1)
    except OSError as error:
        raise SyndicateError(f"{path}: cannot be read: {error.strerror}") from None
    if len(data) > CAP:
        raise SyndicateError(f"{path}: larger than {CAP:,} bytes: no feed is")
    return data
