"""A body that is written in HTML → its summary."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from syndicate.content import summary, templating
from syndicate.content.text import fold

_FARTHEST = 20_000
_MORE = re.compile(r"<!--\s*more\s*-->", re.IGNORECASE)
_INLINE = frozenset(
    {"a", "abbr", "b", "br", "cite", "code", "em", "i", "img", "kbd", "mark", "q", "s", "small"}
    | {"span", "strong", "sub", "sup", "time", "u", "var"}
)
"""The elements that may stand within a paragraph."""


def summarise(body: str) -> str:
    """Summarise HTML: what stands before ``<!--more-->``, or else the first paragraph."""
    before, *after = _MORE.split(body[:_FARTHEST], maxsplit=1)
    paragraphs = _Paragraphs()
    paragraphs.feed(templating.strip(before))
    paragraphs.close()
    texts = [text for text in map(fold, paragraphs.texts) if text]
    return summary.shorten(" ".join(texts) if after else next(iter(texts), ""))


class _Paragraphs(HTMLParser):
    """Collects the words of the paragraphs."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's own
        if tag == "p":
            self.texts.append("")
        elif tag == "br" and self._open:
            self.texts[-1] += " "
        self._open = tag == "p" or (self._open and tag in _INLINE)

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag in _INLINE

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[-1] += data
