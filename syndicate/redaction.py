"""Secrets go out to the network that they belong to, and nowhere else."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qs, quote, unquote, urlsplit

MASK = "[secret]"
SHORTEST = 4
_EXCERPT = 300
_TELLING = 16
"""A part of a secret address that is as long as this is a secret by itself."""


class Redactor:
    """Replaces every secret that it knows in a text, in its percent-encoded form too.

    Where a secret is an address, its telling parts are secrets as well: a server that moves, or
    repeats what it was asked for, gives them in another spelling.

    Args:
        secrets: the secret values; shorter ones than four characters would tear words apart and
            are no secrets worth the name.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._spellings: list[str] = []
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Replace these from now on, too."""
        spellings = {
            spelling
            for secret in secrets
            if len(secret) >= SHORTEST
            for part in (secret, *_parts(secret))
            for spelling in (part, quote(part, safe=""))
        }
        self._spellings = sorted(spellings.union(self._spellings), key=len, reverse=True)

    def besides(self, secrets: Iterable[str]) -> Redactor:
        """Give one that knows these as well, and leave this one as it is."""
        other = Redactor(secrets)
        other._spellings = sorted({*self._spellings, *other._spellings}, key=len, reverse=True)
        return other

    def __call__(self, text: str) -> str:
        """Give the text with each secret replaced."""
        for spelling in self._spellings:
            text = text.replace(spelling, MASK)
        return text


def _parts(secret: str) -> Iterator[str]:
    """Give what follows the host of a secret address, and each long word in it.

    Of a database's address it is the password alone.
    """
    if secret.startswith("postgres"):
        yield from (each for each in passwords(secret) if len(each) >= SHORTEST)
    if not secret.startswith(("http://", "https://")):
        return
    try:
        address = urlsplit(secret)
    except ValueError:
        return
    rest = address._replace(scheme="", netloc="").geturl()
    words = re.split(r"[/?&=#;,]", rest)
    yield from (each for each in (rest, *words, *map(unquote, words)) if len(each) >= _TELLING)


def passwords(address: str) -> Iterator[str]:
    """Give the password in a database's address, as it is written and as it is meant."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return
    found = [parts.password or "", *parse_qs(parts.query).get("password", [])]
    yield from (each for word in found if word for each in (word, unquote(word)))


def brief(text: str) -> str:
    """Put a text on one line of bearable length; a server must not steer anybody's terminal.

    Secrets have to be taken out before: half of one is none that anybody would find.
    """
    text = " ".join(text.split())
    text = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…"


class RedactingFormatter(logging.Formatter):
    """Formats a log record, traceback included, and then takes the secrets out."""

    def __init__(self, form: str, redact: Redactor) -> None:
        super().__init__(form)
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """Give the record as text without secrets."""
        return self._redact(super().format(record))
