"""HTML content → its words alone. Pure."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_SILENT = frozenset({"script", "style", "template", "noscript"})
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "i", "ins", "kbd"}
    | {"mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup"}
    | {"time", "u", "var", "wbr"}
)
_SPACE = re.compile(r"\s+")


def plain(html: str) -> str:
    """Give the words of HTML: an empty line between blocks, a picture as its alternative text.

    Code keeps its lines and their indents.
    """
    words = _Words()
    words.feed(html)
    words.close()
    return "\n\n".join(block for each in words.blocks if (block := each.strip("\n ")))


class _Words(HTMLParser):
    """Collects the words, block by block."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = [""]
        self._silent = 0
        self._code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        self._code += tag == "pre"
        if tag == "br":
            self.blocks[-1] = self.blocks[-1].rstrip(" ") + "\n"
        elif tag == "img":
            self.handle_data(dict(attrs).get("alt") or "")
        elif tag not in _INLINE:
            self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT and self._silent > 0
        self._code -= tag == "pre" and self._code > 0
        if tag not in _INLINE:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if not self._code:
            data = _SPACE.sub(" ", data)
            if self.blocks[-1][-1:] in {"", " ", "\n"}:
                data = data.lstrip()
        self.blocks[-1] += data
