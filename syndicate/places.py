"""Whether the places that a configuration names can be used, told before a run needs them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from syndicate.cards import NoFont, NoLogo, held, read_logo
from syndicate.config import Cards, Config, is_server
from syndicate.config.lines import LineFinder
from syndicate.ledger.opening import place
from syndicate.model import Finding, Kind, Severity

Key = tuple[str, ...]


def check(path: Path, config: Config) -> list[Finding]:
    """Give what is wrong with the places that a configuration names. Nothing is written.

    Args:
        path: the configuration file, for the lines of its keys.
        config: what it says.
    """
    lines = LineFinder(path.read_text(encoding="utf-8-sig"))
    return [
        Finding(str(path), lines.find(key), ".".join(key), message, Severity.ERROR, Kind.CONFIG)
        for key, message in _problems(config, path.absolute().parent)
    ]


def _problems(config: Config, base: Path) -> Iterator[tuple[Key, str]]:
    posts = config.content.dir
    if not posts.is_dir():
        what = "is not a folder" if posts.exists() else "is not there"
        yield ("content", "dir"), f"{posts} {what}: say where the posts are"
    yield from _cards(config.cards)
    written = {
        ("feeds", "output"): config.feeds.output,
        ("media", "cache"): config.media.cache,
    }
    address = config.ledger.address(base)
    if not is_server(address):  # whether a server can be used is seen when it is
        written["ledger", "url"] = place(address, base).parent
    for key, folder in written.items():
        if reason := _unusable(folder):
            yield key, reason


def _cards(settings: Cards) -> Iterator[tuple[Key, str]]:
    """Say which of the files that cards are drawn with cannot be; they are drawn without."""
    for path in settings.fonts:
        try:
            held(path)
        except NoFont as error:
            yield ("cards", "fonts"), f"{path}: {error}: name a TrueType or OpenType font"
    if settings.logo:
        try:
            read_logo(settings.logo)
        except NoLogo as error:
            yield ("cards", "logo"), f"{settings.logo}: {error}: name a small picture"


def _unusable(folder: Path) -> str | None:
    """Say why nothing could be written into a folder; it need not be there yet."""
    there = next(each for each in (folder, *folder.parents) if os.path.lexists(each))
    if not there.is_dir():
        return f"{there} is not a folder: name another one"
    if not os.access(there, os.W_OK | os.X_OK):
        return f"{there} cannot be written to: change its rights or its owner, or name another one"
    return None
