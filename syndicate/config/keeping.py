"""What the configuration says of the places where things are kept."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from syndicate import defaults
from syndicate.config.base import Model
from syndicate.config.database import DatabaseUrl, is_server, resolve_address
from syndicate.config.form import Form, dashed
from syndicate.config.values import (
    AltPolicy,
    Duration,
    FilePath,
    IpNetwork,
    Span,
)

BranchName = Annotated[
    str,
    Form(
        r"^([A-Za-z0-9_][A-Za-z0-9_-]*([./][A-Za-z0-9_-]+)*)?$",
        "the name of a git branch: letters of English, digits, hyphens and underscores, with "
        "single dots and slashes between them",
        "syndicate-state",
        dashed,
    ),
]


def check_remote(value: str) -> str:
    """Accept what git takes for a remote, without a password in it."""
    if re.search(r"://[^/@]*:[^/@]*@", value):
        raise ValueError(
            "a URL must not carry a password: name a remote that git knows, and let git's "
            "credential helper have the password"
        )
    return value


Remote = Annotated[
    str,
    Form(r"^[A-Za-z0-9_/.][^\s]*$", "a remote that git knows, or a URL, without blanks", "origin"),
    AfterValidator(check_remote),
]


class Ledger(Model):
    """Where deliveries, ids and sessions are kept."""

    url: DatabaseUrl = Field(
        defaults.LEDGER,
        description="A SQLite file, whose path is relative to the config file; or a server, "
        "`postgresql://user@host/database`. If there is a password in it, `env:NAME` or "
        "`file:PATH` name where the whole URL is.",
    )
    branch: BranchName = Field(
        "",
        description="A branch of the site's git repository on which the ledger outlives this "
        "machine, such as `syndicate-state`; for one-shot runs.",
    )
    remote: Remote = Field(
        "origin", description="The remote that has the branch: a name that git knows, or a URL."
    )

    def address(self, base: Path) -> str:
        """Give the database's URL, wherever it is written.

        Args:
            base: the config file's folder.

        Raises:
            ValueError: it is nowhere, or cannot be had with a branch.
        """
        found = resolve_address(self.url, base)
        if self.branch and is_server(found):
            raise ValueError(
                "a server outlives this machine by itself; take ledger.branch out, or name a file"
            )
        return found


class Media(Model):
    """How hero images are fetched and kept."""

    cache: FilePath = Field(
        Path("../state/media"),
        description="A disposable folder for images and what was made of them, up to 1 GiB.",
    )
    timeout: Span = Field(
        timedelta(seconds=5), description="The most time that one run gives to one image."
    )
    retry: Duration = Field(
        timedelta(hours=1), description="How long an unreachable image is left alone."
    )
    allow_networks: list[IpNetwork] = Field(
        [],
        description="Networks from which images, and pages that an endpoint waits for, may come "
        "beside the public internet.",
    )
    alt: AltPolicy = Field(
        "warn",
        description="What becomes of an image without an alternative text: `warn` sends it, and "
        "`check` says so; `require` does not announce the post; `skip-image` leaves the image out.",
    )
