"""Text and addresses as feeds can carry them; pure functions on strings."""

from __future__ import annotations

import html
import re
import textwrap
from urllib.parse import quote, urlsplit, urlunsplit

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot carry in any spelling (section 2.2, ``Char``)."""

_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")

_PHRASE = (
    "a|abbr|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strike|"
    "strong|sub|sup|time|tt|u|var"
)
_BLOCK = "div|h[1-6]|p|script|style"
_PAIR = re.compile(rf"<({_PHRASE}|{_BLOCK})(?:\s[^<>]*)?>(.*?)</\1\s*>", re.DOTALL)
_INLINE = re.compile(rf"</?(?:{_PHRASE})(?:\s[^<>]*)?>")
_BREAK = re.compile(r"<br\s*/?>")
_TAG = re.compile(r"""<!--.*?-->|</?[A-Za-z](?:[^>"']|"[^"]*"|'[^']*')*>""", re.DOTALL)

EXCERPT = 280
LABEL = 80


def clean(text: str) -> str:
    """Drop the characters that XML forbids; end lines as XML parsers do, with a line feed."""
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def line(text: str) -> str:
    """Clean a text and put it on one line."""
    return " ".join(clean(text).split())


def title(text: str) -> str:
    """Give a title as plain text: whole HTML elements lose their tags.

    Readers disagree on whether an RSS title is HTML, so it has none (RSS Best Practices Profile,
    "Character Data"). What only looks like HTML is text and stays: ``Using <Suspense>``.
    """
    before, text = "", _BREAK.sub(" ", text)
    while before != text:
        before, text = text, _PAIR.sub(r"\2", text)
    return line(text)


def shorten(text: str, length: int) -> str:
    """Cut a one-line text at a word, with an ellipsis."""
    if len(text) <= length:
        return text
    short = textwrap.shorten(text, length, placeholder="…", break_on_hyphens=False)
    return short if len(short) > 1 else text[: length - 1] + "…"


def excerpt(content: str) -> str:
    """Give the beginning of HTML content as plain text; markup that is no phrase parts words."""
    words = html.unescape(_TAG.sub(" ", _INLINE.sub("", content)))
    return shorten(line(words), EXCERPT)


def language(tag: str) -> str | None:
    """Give a language tag (BCP 47) as both grammars take it, or None where it is none."""
    tag = tag.strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else None


def address(url: str | None) -> str | None:
    """Give an absolute URL in the characters of RFC 3986, or None where it is not absolute."""
    try:
        parts = urlsplit(line(url or ""))
        host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    except ValueError:
        return None
    if not parts.scheme or not (host or parts.path):
        return None
    path, query, fragment = (quote(part, safe="%/:=&?~+!$,;'@()*") for part in parts[2:])
    return urlunsplit((parts.scheme, host, path, query, fragment))


def email(text: str | None) -> str | None:
    """Give an e-mail address, or None where it is none."""
    text = line(text or "")
    return text if re.fullmatch(r"[^\s@]+@[^\s@]+", text) else None
