"""What a session and its server tell of themselves to who checks them. Pure.

The scopes are those that the reference server puts into its tokens:
https://github.com/bluesky-social/atproto/blob/main/packages/pds/src/auth-scope.ts
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from syndicate.model import Fact, Level

_OWN = (
    "the account's own password, which may do everything: make an app password "
    "(Settings → Privacy and security → App passwords)"
)
_SCOPES = {
    "com.atproto.appPass": ("an app password", Level.OK),
    "com.atproto.appPassPrivileged": (
        "an app password that may read direct messages, which takes none of it",
        Level.OK,
    ),
    "com.atproto.access": (_OWN, Level.WARNING),
    "com.atproto.takendown": ("the account has been taken down", Level.ERROR),
    "com.atproto.signupQueued": ("the account waits for its turn to be opened", Level.ERROR),
}


def claims(token: str) -> Mapping[str, Any]:
    """Read what a token says (RFC 7519); empty where it is none that can be read.

    Its signature is the server's to verify.
    """
    part = token.split(".")[1:2]
    try:
        said = json.loads(base64.urlsafe_b64decode(part[0] + "=" * (-len(part[0]) % 4)))
    except (ValueError, IndexError):
        return {}
    return said if isinstance(said, dict) else {}


def of_session(access: str, refresh: str, session: Mapping[str, Any]) -> Iterator[Fact]:
    """Judge a session by its tokens, and by what the server says of the account."""
    scope = claims(access).get("scope")
    if isinstance(scope, str):
        told, level = _SCOPES.get(scope, (f"of the scope {scope}", Level.OK))
        yield Fact("password", told, level)
    ends = [_moment(claims(token).get("exp")) for token in (access, refresh)]
    if all(ends):
        first, last = ends
        told = f"until {first:%Y-%m-%d %H:%M}Z, and renewed without a log-in until {last:%Y-%m-%d}"
        yield Fact("session", told)
    if session.get("active") is False:
        status = session.get("status") or "not active"
        yield Fact("account", f"it is {status}: nobody sees its posts", Level.ERROR)


def of_server(described: Any, version: Any) -> Iterator[Fact]:
    """Tell which server it is, and what it runs."""
    said = [each for each in (described, f"version {version}" if version else None) if each]
    if said:
        yield Fact("server", ", ".join(map(str, said)))


def _moment(seconds: Any) -> datetime | None:
    is_time = isinstance(seconds, int) and 0 < seconds < 1 << 40
    return datetime.fromtimestamp(seconds, UTC) if is_time else None
