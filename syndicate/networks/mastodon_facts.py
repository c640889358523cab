"""What an account, its token and its server tell of themselves to who checks them. Pure.

https://docs.joinmastodon.org/api/oauth-scopes/, …/entities/Application/, …/entities/Instance/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from syndicate.model import Fact, Level, scopes

NEEDED = (
    ("read:accounts", "read", "profile"),
    ("read:statuses", "read"),
    ("write:media", "write"),
    ("write:statuses", "write"),
)
"""What posting, and looking for what was posted, takes; each with what includes it."""
ADVICE = "add them under Preferences → Development, and put the new token where it is named"
_NOTICES = {
    "suspended": "the account is suspended: nobody sees its posts",
    "limited": "moderators have limited the account: only its followers see its posts",
}


def of_account(account: Mapping[str, Any]) -> Iterator[Fact]:
    """Tell what keeps people from seeing what the account posts."""
    for key, notice in _NOTICES.items():
        if account.get(key) is True:
            yield Fact("account", notice, Level.WARNING)
    moved = account.get("moved")
    if isinstance(moved, dict):
        notice = f"it has moved to @{moved.get('acct')}: name that account's server and token"
        yield Fact("account", notice, Level.WARNING)


def of_application(granted: Any) -> Iterator[Fact]:
    """Judge the scopes of the application that the token is of; servers before 4.3 tell none."""
    if isinstance(granted, list):
        yield scopes(map(str, granted), NEEDED, ADVICE)


def of_instance(instance: Mapping[str, Any]) -> Iterator[Fact]:
    """Tell what the server runs, and which version of the API that speaks."""
    version, api = instance.get("version"), instance.get("api_versions")
    number = api.get("mastodon") if isinstance(api, dict) else None
    if isinstance(version, str):
        yield Fact("version", f"{version}, API {number}" if number else version)
