"""Template code in a body: shortcodes, Liquid and Nunjucks are no content of a feed.

We are not the site's generator and cannot run them. Those that stand for something that a feed can
carry — a picture, a link, code — become that (``shortcodes``); all others are cut out, what stands
between them stays, and whoever scans says where. Code that a post *shows* stays as it is. MDX has
rules of its own (``mdx``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from syndicate.content import files, mdx, shown
from syndicate.content.links import Links
from syndicate.content.pieces import Cut, Pieces
from syndicate.content.shortcodes import Call, evaluate, expand

__all__ = ["Cut", "find", "resolve", "strip"]

_TEMPLATE = r"| (?P<tag> \{% | \{\{ | \{\#(?=[\s-]) ) | (?P<note> (?<!\S)%%(?![%\s]) )"
_FLAGS = re.DOTALL | re.MULTILINE | re.VERBOSE | re.IGNORECASE
_IN_MARKDOWN = re.compile(f"{shown.MARKDOWN} | {shown.INDENTED} | {shown.HTML} {_TEMPLATE}", _FLAGS)
_IN_HTML = re.compile(f"{shown.HTML} {_TEMPLATE}", _FLAGS)
_LONGEST = 2_000
_STATEMENT = re.compile(r"(/?[\w.@-]+)\s*(.*)", re.DOTALL)
_CALL = re.compile(r"\w[\w.]*\s*\(.*\)", re.DOTALL)
_CLOSING = re.compile(r"/|end|els|when$|fi$")
_ENDS = re.compile(r"\{(?:%-?|\{[<%])\s*(?:/\s*|end_?)([\w-]*)")
_CHOICES = frozenset({"if", "unless", "for", "case", "ifversion", "range", "with", "tablerow"})
"""What stands in these is shown, or not, or many times: nobody but the generator knows."""
_WHOLE = frozenset(
    {"raw", "verbatim", "comment", "capture", "highlight", "codeblock", "code", "prism"}
)
"""Tags whose inside is not to be read as what it seems to be."""


def resolve(body: str, links: Links) -> tuple[str, list[Cut]]:
    """Give a body without template code, and what was cut out for good.

    Args:
        body: the Markdown, or the HTML, by the suffix of the post's source.
        links: what links mean in the post.
    """
    source = links.source.lower()
    if source.endswith(".mdx"):
        return mdx.resolve(body, links)
    if not ("{%" in body or "{{" in body or "{#" in body or "%%" in body):
        return body, []
    is_html = source.endswith(tuple(files.MARKUP))
    return _Pass(Pieces(body), links, _IN_HTML if is_html else _IN_MARKDOWN).run()


def strip(body: str, source: str = "") -> str:
    """Give a body without template code, where nothing is known of other posts."""
    return resolve(body, Links(source=source))[0]


def find(body: str, source: str = "") -> list[Cut]:
    """Give what is cut out for good."""
    return resolve(body, Links(source=source))[1]


@dataclass(slots=True)
class _Pass:
    """One way through a body."""

    pieces: Pieces
    links: Links
    pattern: re.Pattern[str]
    _listed: int = field(default=0)
    """Up to here, what is indented belongs to a list."""
    _closings: dict[str, re.Match[str] | None] = field(default_factory=dict)
    """Where tags end next, by their names; None where they do not any more."""

    def run(self) -> tuple[str, list[Cut]]:
        body, pieces = self.pieces.body, self.pieces
        while found := self.pattern.search(body, pieces.position):
            kind = found.lastgroup
            pieces.keep_to(found.start())
            if kind == "tag":
                self._tag(found.start())
            elif kind == "note":
                self._note(found.start())
            elif kind == "indented":
                self._indented(found)
            else:
                end = shown.end_of_element(body, found) if kind == "html" else found.end()
                pieces.replace(end, shown.unescaped(body[found.start() : end]))
        return pieces.done()

    def _indented(self, found: re.Match[str]) -> None:
        """Keep code; what goes on with a list is looked at like all other text."""
        body, start = self.pieces.body, found.start()
        if start >= self._listed:
            end = shown.end_of_indented(body, start)
            if not shown.continues_list(body, start):
                self.pieces.keep_to(end)
                return
            self._listed = end
        self.pieces.keep_to(start + 1)

    def _note(self, start: int) -> None:
        """Cut Obsidian's ``%%comments%%``."""
        body = self.pieces.body
        end = body.find("%%", start + 2, start + _LONGEST)
        if end < 0 or body[end + 2 : end + 3].strip():
            self.pieces.keep_to(start + 2)
        else:
            self.pieces.cut(end + 2)

    def _tag(self, start: int) -> None:
        """Read a tag, whose end tells how far it reaches."""
        body = self.pieces.body
        opening, closing = _delimiters(body[start : start + 3])
        end = body.find(closing, start + len(opening), start + _LONGEST)
        if end < 0:
            self.pieces.keep_to(start + 2)
            return
        said, stop = (
            body[start + len(opening) : end].strip().strip("-~").strip(),
            end + len(closing),
        )
        if said.startswith("/*") and said.endswith("*/"):
            self.pieces.replace(stop, f"{opening}{said[2:-2]}{closing}".replace("<", "&lt;"))
        elif opening == "{#":
            self.pieces.replace(stop, "")
        elif opening in {"{{", "{{{"} and not said.startswith("/"):
            self.pieces.put(stop, _value(said, self.links))
        else:
            self._statement(said.removesuffix("/"), stop)

    def _statement(self, said: str, stop: int) -> None:
        """Read ``{% name … %}`` or ``{{< name … >}}``, with its inside where that matters."""
        found = _STATEMENT.fullmatch(said)
        name, rest = (found[1].lower(), found[2]) if found else ("", said)
        if name and _CLOSING.match(name):
            self.pieces.replace(stop, "")
            return
        inner = None
        if name in _WHOLE:
            closed = self._closing(name, stop)
            if closed:
                inner, stop = self.pieces.body[stop : closed.start()], closed.end()
        if inner is not None and name in {"raw", "verbatim"}:
            self.pieces.replace(stop, inner)
        else:
            html = expand(Call.of(name, rest, self.links, inner))
            self.pieces.put(stop, "" if html is None and self._wraps(name, rest, stop) else html)

    def _wraps(self, name: str, rest: str, stop: int) -> bool:
        """Tell whether a tag stands around something that stays, and whose loss is none."""
        if name in _CHOICES:
            return False
        closed = self.pieces.is_closed(_ENDS, name, stop)
        return closed or (rest.startswith("(") and self.pieces.is_closed(_ENDS, "", stop))

    def _closing(self, name: str, position: int) -> re.Match[str] | None:
        """Find the next end of a tag; one that was looked for in vain is not looked for again."""
        known = self._closings.get(name)
        if name not in self._closings or (known and known.start() < position):
            end = rf"\{{(?:%-?|\{{[<%])\s*(?:/\s*|end_?){name}\b[^{{}}]{{0,99}}\}}+"
            known = self._closings[name] = re.compile(end).search(self.pieces.body, position)
        return known


def _delimiters(begins: str) -> tuple[str, str]:
    """Give a tag's opening and closing marks."""
    pairs = {"{{<": ">}}", "{{%": "%}}", "{{{": "}}}"}
    if begins in pairs:
        return begins, pairs[begins]
    return begins[:2], {"{{": "}}", "{%": "%}", "{#": "#}"}[begins[:2]]


def _value(said: str, links: Links) -> str | None:
    """Give what ``{{ … }}`` prints; Zola's shortcodes are called in it."""
    value = evaluate(said, links)
    if value is None and _CALL.fullmatch(said):
        name, _, rest = said.partition("(")
        return expand(Call.of(name.strip().lower(), rest.rpartition(")")[0], links))
    return value
