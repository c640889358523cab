"""Plain words → words that mean nothing more where a network reads markup. Pure."""

from __future__ import annotations

import re

_SIGNS = re.compile(r"[\\`*_~|<>\[\]#$&]")
"""What Markdown takes for a sign anywhere in a line, in Discord's and in Mattermost's dialect."""
_OPENING = re.compile(r"^(\s*)([-+=]|\d{1,9}(?=[.)]))", re.MULTILINE)
"""What makes a list or a heading of a line that it begins."""
_ADDRESS = re.compile(r"https?://[\w\-./~%&=#?+:,;@]+", re.IGNORECASE)
"""As much of an address as can be left alone; whatever else is in it may be escaped."""


_RIGHT_TO_LEFT = {"ar", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"}


def is_right_to_left(language: str) -> bool:
    """Tell whether a language, by its tag, is written from right to left in its usual script."""
    return language.partition("-")[0].lower() in _RIGHT_TO_LEFT


def escape_html(text: str) -> str:
    """Escape for Telegram's HTML and for Slack's mrkdwn, which know the same three entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_markdown(text: str) -> str:
    """Escape for Markdown by backslashes; addresses stay as they are, or they would lead nowhere.

    ``@`` is not escaped: see :func:`syndicate.compose.text.disarm`.
    """
    escaped, end = [], 0
    for match in _ADDRESS.finditer(text):
        escaped += [_escape(text[end : match.start()]), match[0]]
        end = match.end()
    return _OPENING.sub(_break, "".join([*escaped, _escape(text[end:])]))


def _escape(text: str) -> str:
    return _SIGNS.sub(r"\\\g<0>", text)


def _break(match: re.Match[str]) -> str:
    """Break up an opening: ``- `` by a backslash before it, ``1.`` by one behind the number."""
    space, sign = match.groups()
    return f"{space}{sign}\\" if sign.isdigit() else f"{space}\\{sign}"
