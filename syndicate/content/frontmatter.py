"""A post's text → its front matter and its body, by handlers for python-frontmatter.

The library's own ``parse`` strips the text, so that lines cannot be told any more, takes a text
that it cannot split for one without front matter, and turns what was written into types. Hence its
handler interface, with handlers that keep track and give back plain values.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, replace
from typing import Any

from frontmatter.default_handlers import BaseHandler

from syndicate.content import plain_yaml
from syndicate.content.plain_yaml import Plain, Repeated
from syndicate.content.text import line_at


class FrontMatterError(ValueError):
    """The front matter cannot be read: why, and on which of the file's lines."""

    def __init__(self, message: str, line: int | None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Document:
    """A file's text in its parts. Lines are the file's, counted from 1."""

    values: dict[str, Plain]
    header: str
    header_line: int
    body: str
    body_line: int
    has_header: bool
    repeated: tuple[Repeated, ...] = ()
    """The keys that YAML has more than once: the last of each counts."""


def read(text: str) -> Document:
    """Split a text and read its front matter; a text without any is all body.

    Raises:
        FrontMatterError: it is not closed, not well-formed, or not made of keys and values.
    """
    start = len(text) - len(text.lstrip())
    handler = next((each for each in _HANDLERS if each.detect(text[start:])), None)
    if handler is None:
        return _document({}, "", 0, text, 0)
    first = line_at(text, start) + handler.fence_lines
    try:
        header, end = handler.cut(text, start)
        repeated: list[Repeated] = []
        document = _document(handler.load(header, repeated=repeated), header, first, text, end)
        places = (each._replace(line=first + each.line - 1) for each in repeated)
        return replace(document, repeated=tuple(places))
    except _Malformed as error:
        line = None if error.line is None else first + error.line - 1
        raise FrontMatterError(str(error), line) from None


def _document(
    values: dict[str, Plain], header: str, header_line: int, text: str, end: int
) -> Document:
    """Cut off the body, without the blank lines around it."""
    blank = re.compile(r"(?:[ \t]*\n)*").match(text, end)
    begin = blank.end() if blank else end
    return Document(
        values,
        header,
        header_line,
        text[begin:].rstrip(),
        line_at(text, begin),
        has_header=header_line > 0,
    )


class _Malformed(ValueError):
    """Front matter that cannot be read, with the line within it, counted from 1."""

    def __init__(self, message: str, line: int | None) -> None:
        super().__init__(message)
        self.line = line


class _Handler(BaseHandler):
    """Front matter between two fences; what is inside comes back as plain values."""

    FM_BOUNDARY: re.Pattern[str]
    CLOSING: re.Pattern[str]
    fence_lines = 1

    def cut(self, text: str, start: int) -> tuple[str, int]:
        """Give the text between the fences, and where the body begins."""
        begin = text.index("\n", start) + 1
        closed = self.CLOSING.search(text, begin)
        if closed is None:
            fence = text[start : start + 3]
            raise _Malformed(f"the front matter is not closed: end it with a line of {fence}", 0)
        return text[begin : closed.start()], closed.end()


class _Yaml(_Handler):
    # A rule (---) may begin a text as well: what follows front matter's fence is a key, or its end.
    FM_BOUNDARY = re.compile(r"---+[ \t]*\n(?=\s*(?:#|[\w\"'-][^\n]*:|---|\.\.\.|[\[{]))")
    CLOSING = re.compile(r"^(?:---+|\.\.\.)[ \t]*$\n?", re.MULTILINE)

    def load(self, fm: str, repeated: list[Repeated] | None = None, **_: object) -> dict[str, Any]:
        try:
            return _mapping(plain_yaml.load(fm, repeated))
        except plain_yaml.YamlError as error:
            raise _Malformed(str(error), error.line) from None


class _Toml(_Handler):
    FM_BOUNDARY = re.compile(r"\+\+\++[ \t]*\n")
    CLOSING = re.compile(r"^\+\+\++[ \t]*$\n?", re.MULTILINE)

    def load(self, fm: str, **_: object) -> dict[str, Any]:
        try:
            return _mapping(_plain(tomllib.loads(fm, parse_float=str)))
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"line (\d+)", str(error))
            line = int(found[1]) if found else line_at(fm, len(fm))
            raise _Malformed(f"not TOML: {error}", line) from None
        except (RecursionError, ValueError) as error:
            raise _Malformed(f"not TOML: {error}", None) from None


class _Headers(_Handler):
    """Headers without fences, as Pelican and MultiMarkdown write them: ``Title: …``.

    A text may well begin with a word and a colon; a title or a date must be among the headers.
    A line that is indented by four goes on with the value above it. A blank line ends them.
    """

    FM_BOUNDARY = re.compile(r"[A-Za-z][\w-]{0,40}:(?=[ \t]|\n)")
    fence_lines = 0
    _LINE = re.compile(r"[ ]{0,3}([A-Za-z0-9_-]{1,40}):[ \t]*([^\n]*)\n?")
    _MORE = re.compile(r"(?:[ ]{4,}|\t)[ \t]*(\S[^\n]*)\n?")

    def detect(self, text: str) -> bool:
        names = {name.lower() for name, _ in self._pairs(text)[0]}
        return bool(self.FM_BOUNDARY.match(text)) and not names.isdisjoint({"title", "date"})

    def cut(self, text: str, start: int) -> tuple[str, int]:
        end = start + self._pairs(text[start:])[1]
        return text[start:end], end

    def load(self, fm: str, **_: object) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, value in self._pairs(fm)[0]:
            values[name] = f"{values[name]}\n{value}" if name in values else value
        return values

    def _pairs(self, text: str) -> tuple[list[tuple[str, str]], int]:
        """Read the headers that a text begins with, and tell where they end."""
        pairs: list[tuple[str, str]] = []
        end = 0
        while found := self._LINE.match(text, end) or (pairs and self._MORE.match(text, end)):
            more = len(found.groups()) == 1
            pairs.append((pairs[-1][0] if more else found[1], found[found.lastindex or 1].strip()))
            end = found.end()
        return pairs, end


class _Json(_Handler):
    FM_BOUNDARY = re.compile(r'\{(?=\s*["}])')
    fence_lines = 0

    def cut(self, text: str, start: int) -> tuple[str, int]:
        """Cut where the object ends: JSON needs no fences."""
        try:
            _, end = _JSON.raw_decode(text, start)
        except json.JSONDecodeError as error:
            line = error.lineno - line_at(text, start) + 1
            raise _Malformed(f"not JSON: {error.msg}", line) from None
        except RecursionError as error:
            raise _Malformed(f"not JSON: {error}", None) from None
        return text[start:end], end

    def load(self, fm: str, **_: object) -> dict[str, Any]:
        return _mapping(_plain(_JSON.decode(fm)))


def _mapping(value: Plain) -> dict[str, Any]:
    if isinstance(value, dict | None):
        return value or {}
    raise _Malformed('the front matter has to be made of "key: value" lines', 1)


_JSON = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
_HANDLERS = (_Yaml(), _Toml(), _Json(), _Headers())


def _plain(value: Any, depth: int = 0) -> Plain:
    """Put typed values back into words, so that all three dialects speak alike."""
    if depth > plain_yaml.MAX_DEPTH:
        raise _Malformed(f"nested more than {plain_yaml.MAX_DEPTH} levels deep", None)
    if isinstance(value, dict):
        return {str(key): _plain(each, depth + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each, depth + 1) for each in value]
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)
