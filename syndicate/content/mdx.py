"""MDX: Markdown with JSX → Markdown with HTML.

Imports, exports and comments go; a component goes, and the text that it wraps stays; an expression
goes unless it is a text. A component that shows a picture, a video or code becomes that, and the
elements of HTML stay. Code that a post shows is left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape

from syndicate.content import shown
from syndicate.content.links import Links
from syndicate.content.pieces import Cut, Pieces
from syndicate.content.shortcodes import Call, evaluate, expand

_PIECES = re.compile(
    rf"""{shown.MARKDOWN}
  | (?P<module> ^(?: import\s*["'{{*] | import\s+[\w$]+\s*(?:,|from\b)
        | export\s+(?:const|let|var|default|function|async|class|\{{|\*) ) )
  | (?P<escaped> \\[{{<] )
  | (?P<expression> \{{(?!\#[\w-]+\}}) )
  | (?P<tag> </?(?: [A-Za-z][\w.-]*(?![\w.:@-]) | (?=>) ) )
    """,
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
_TOKENS = re.compile(
    r"""(?P<string> "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | `(?:\\.|[^`\\])*` )
      | (?P<comment> /\*.*?\*/ | (?<![:\w/])//[^\n]* )
      | (?P<open> [\{(\[] ) | (?P<close> [\})\]] ) | (?P<line> \n )""",
    re.DOTALL | re.VERBOSE,
)
_IMPORT = re.compile(r"""import\s+([\w$]+)\s+from\s+["']([^"']+)["']""")
_ATTRIBUTE = re.compile(
    r"""\s*(?: (?P<name>[A-Za-z_:][\w:.-]*) (?: \s*=\s* (?: (?P<value>"[^"]*"|'[^']*') | (?=\{) ) )?
        | (?=\{) )""",
    re.VERBOSE,
)
_STRING = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|`([^`$]*)`|(\d+))\s*""")
_MEMBER = re.compile(r"([\w$]+)(?:\.src)?")
_VOID = frozenset({"br", "hr", "img", "input", "source", "track", "wbr", "col", "embed"})
_ENDS = re.compile(r"</([A-Z][\w.-]*)")
_FARTHEST = 20_000
_MOST_OPEN = 20


def resolve(body: str, links: Links) -> tuple[str, list[Cut]]:
    """Give a body without JSX, and what was cut out for good."""
    return _Pass(Pieces(body), links).run()


@dataclass(slots=True)
class _Pass:
    """One way through a body."""

    pieces: Pieces
    links: Links
    imports: dict[str, str] = field(default_factory=dict)
    """What the names of imported pictures stand for."""
    open_ends: int = 0
    """How many brackets never closed; JSX has none, so where they are many this is none."""

    def run(self) -> tuple[str, list[Cut]]:
        pieces = self.pieces
        while found := _PIECES.search(pieces.body, pieces.position):
            pieces.keep_to(found.start())
            kind = found.lastgroup
            if kind == "module":
                self._module(found.start())
            elif kind == "expression":
                self._expression(found.start())
            elif kind == "tag":
                self._tag(found)
            else:
                pieces.keep_to(found.end())
        return pieces.done()

    def _module(self, start: int) -> None:
        """Leave out an import or an export, over all its lines."""
        end = self._end(start, by_line=True) or len(self.pieces.body)
        self.imports |= dict(_IMPORT.findall(self.pieces.body[start:end]))
        self.pieces.replace(end, "")

    def _expression(self, start: int) -> None:
        """Leave out ``{…}``, unless it is a text; a comment is worth no word."""
        end = self._end(start)
        if end is None:
            self.pieces.replace(start + 1, "&#123;")
            return
        said = self.pieces.body[start + 1 : end - 1].strip()
        value = self._value(said) if said else ""
        if value is None:
            value = evaluate(said, self.links)
        if re.fullmatch(r"(?:/\*.*\*/\s*)+", said, re.DOTALL):
            value = ""
        if value is None:
            self.pieces.cut(end)
        else:
            self.pieces.replace(end, value)

    def _tag(self, found: re.Match[str]) -> None:
        """Read a tag; HTML stays, and of a component what it stands for."""
        body, start = self.pieces.body, found.start()
        name, named, end, closed = self._attributes(found[0].lstrip("</"), found.end())
        if end < 0:
            self.pieces.replace(start + 1, "&lt;")
        elif name[:1].islower() and "." not in name:
            html = f"</{name}>" if found[0][1:2] == "/" else _element(name, named, closed=closed)
            self.pieces.replace(end, _on_its_own(html, name, body, start, end))
        elif not name or found[0][1:2] == "/":
            self.pieces.replace(end, "")
        else:
            meant = expand(Call.of(name, "", self.links).with_named(named))
            wraps = not closed and self.pieces.is_closed(_ENDS, name.lower(), end)
            self.pieces.put(end, "" if meant is None and wraps else meant)

    def _attributes(self, name: str, position: int) -> tuple[str, dict[str, str], int, bool]:
        """Read a tag's attributes, and where it ends; -1 where it never does."""
        body, named = self.pieces.body, dict[str, str]()
        while found := _ATTRIBUTE.match(body, position):
            position, key, value = found.end(), found["name"], found["value"]
            if value:
                named[key.lower()] = value[1:-1]
            elif body[position : position + 1] == "{":
                end = self._end(position)
                if end is None:
                    break
                said, position = self._value(body[position + 1 : end - 1]), end
                named |= {key.lower(): said} if key and said is not None else {}
            elif key:
                named[key.lower()] = ""
            else:
                break
        ends = re.compile(r"\s*(/?)>").match(body, position)
        return name, named, ends.end() if ends else -1, bool(ends and ends[1])

    def _end(self, start: int, *, by_line: bool = False) -> int | None:
        """Give the place after the bracket that closes the one at a place, or after a statement."""
        if self.open_ends > _MOST_OPEN:
            return None
        depth = 0
        for found in _TOKENS.finditer(self.pieces.body, start, start + _FARTHEST):
            if found.lastgroup == "open":
                depth += 1
            elif found.lastgroup == "close":
                depth -= 1
                if not depth and not by_line:
                    return found.end()
            elif found.lastgroup == "line" and by_line and depth <= 0:
                return found.end()
        self.open_ends += 1
        return None

    def _value(self, said: str) -> str | None:
        """Give a literal's text, or the file that an imported name stands for."""
        literal = _STRING.fullmatch(said)
        if literal:
            return next(each for each in literal.groups() if each is not None)
        member = _MEMBER.fullmatch(said.strip())
        return self.imports.get(member[1]) if member else None


def _element(name: str, named: dict[str, str], *, closed: bool) -> str:
    """Give an element's opening tag in HTML's words; one that JSX closes at once is closed."""
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in named.items())
    ending = f"</{name}>" if closed and name not in _VOID else ""
    return f"<{name}{attributes}>{ending}"


def _on_its_own(html: str, name: str, body: str, start: int, end: int) -> str:
    """Part a tag that has a line of its own from what it wraps, which is Markdown in MDX."""
    line = body[body.rfind("\n", 0, start) + 1 : start]
    if name == "pre" or line.strip() or not body.startswith("\n", end):
        return html
    return f"\n{html}\n"
