"""What all HTML pages of ours are made with: templates that escape, and policies by digest."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache, partial
from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined


@cache
def template(package: str, name: str) -> str:
    """Read a file of a package's ``templates`` folder."""
    return resources.files(package).joinpath("templates", name).read_text("utf-8")


@cache
def environment(package: str) -> Environment:
    """Give the environment of a package's templates; what they are given is escaped."""
    return Environment(
        loader=FunctionLoader(partial(template, package)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def digest(source: str) -> str:
    """Name a piece of source as a policy does (CSP Level 3, section 2.3.1)."""
    return "sha256-" + b64encode(hashlib.sha256(source.encode()).digest()).decode()
