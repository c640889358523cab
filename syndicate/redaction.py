"""Secrets go out to the network that they belong to, and nowhere else."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from urllib.parse import quote

MASK = "[secret]"


class Redactor:
    """Replaces every secret that it knows in a text, in its percent-encoded form too.

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
            if len(secret) >= 4  # noqa: PLR2004 - see above
            for spelling in (secret, quote(secret, safe=""))
        }
        self._spellings = sorted(spellings.union(self._spellings), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Give the text with each secret replaced."""
        for spelling in self._spellings:
            text = text.replace(spelling, MASK)
        return text


class RedactingFormatter(logging.Formatter):
    """Formats a log record, traceback included, and then takes the secrets out."""

    def __init__(self, form: str, redact: Redactor) -> None:
        super().__init__(form)
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """Give the record as text without secrets."""
        return self._redact(super().format(record))
