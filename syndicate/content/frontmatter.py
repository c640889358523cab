"""A post's text → its front matter and its body, by python-frontmatter with handlers of ours."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from typing import Any

import frontmatter
from frontmatter.default_handlers import BaseHandler

from syndicate.content import plain_yaml
from syndicate.content.plain_yaml import Plain
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


def read(text: str) -> Document:
    """Split a text and read its front matter; a text without any is all body.

    Raises:
        FrontMatterError: it is not closed, not well-formed, or not made of keys and values.
    """
    start = len(text) - len(text.lstrip())
    handler = frontmatter.detect_format(text[start:], _HANDLERS)
    if handler is None:
        return _document({}, "", 1, text, 0)
    first = line_at(text, start) + handler.fence_lines
    try:
        header, end = handler.cut(text, start)
        values = handler.load(header)
    except plain_yaml.YamlError as error:
        raise FrontMatterError(str(error), error.line and first + error.line - 1) from None
    except _Malformed as error:
        raise FrontMatterError(str(error), first + error.line - 1) from None
    if not isinstance(values, dict | None):
        raise FrontMatterError('the front matter has to be made of "key: value" lines', first)
    return _document(values or {}, header, first, text, end)


def _document(
    values: dict[str, Plain], header: str, header_line: int, text: str, end: int
) -> Document:
    """Cut off the body, without the blank lines around it."""
    blank = re.compile(r"(?:[ \t]*\n)*").match(text, end)
    begin = blank.end() if blank else end
    return Document(values, header, header_line, text[begin:].rstrip(), line_at(text, begin))


class _Malformed(ValueError):
    """TOML or JSON that cannot be read, with its line within the front matter."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class _Handler(BaseHandler):  # type: ignore[misc]  # python-frontmatter is not typed for strict use
    """Front matter between two fences; what is inside comes back as plain values."""

    CLOSING: re.Pattern[str]
    fence_lines = 1

    def cut(self, text: str, start: int) -> tuple[str, int]:
        """Give the text between the fences, and where the body begins."""
        opened = self.FM_BOUNDARY.match(text, start)
        closed = self.CLOSING.search(text, opened.end())
        if closed is None:
            raise _Malformed(f"the front matter is not closed: end it with {opened[1]}", 0)
        return text[opened.end() : closed.start()], closed.end()


class _Yaml(_Handler):
    # A rule (---) may begin a text as well: what follows front matter's fence is a key, or its end.
    FM_BOUNDARY = re.compile(r"(---)-*[ \t]*\n(?=\s*(?:#|[\w\"'-][^\n]*:|---|\.\.\.|[\[{]))")
    CLOSING = re.compile(r"^(?:---+|\.\.\.)[ \t]*$\n?", re.MULTILINE)

    def load(self, fm: str, **_: object) -> Plain:
        return plain_yaml.load(fm)


class _Toml(_Handler):
    FM_BOUNDARY = re.compile(r"(\+\+\+)\+*[ \t]*\n")
    CLOSING = re.compile(r"^\+\+\++[ \t]*$\n?", re.MULTILINE)

    def load(self, fm: str, **_: object) -> Plain:
        try:
            return _plain(tomllib.loads(fm, parse_float=str))
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"line (\d+)", str(error))
            line = int(found[1]) if found else fm.count("\n")
            raise _Malformed(f"not TOML: {error}", line) from None
        except RecursionError:
            raise _Malformed("not TOML: nested too deep", 1) from None


class _Json(_Handler):
    FM_BOUNDARY = re.compile(r'(\{)(?=\s*(?:"|\}))')
    fence_lines = 0

    def cut(self, text: str, start: int) -> tuple[str, int]:
        """Cut where the object ends: JSON needs no fences."""
        try:
            _, end = _JSON.raw_decode(text, start)
        except json.JSONDecodeError as error:
            line = error.lineno - line_at(text, start) + 1
            raise _Malformed(f"not JSON: {error.msg}", line) from None
        except RecursionError:
            raise _Malformed("not JSON: nested too deep", 1) from None
        return text[start:end], end

    def load(self, fm: str, **_: object) -> Plain:
        return _plain(_JSON.decode(fm))


_JSON = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
_HANDLERS = (_Yaml(), _Toml(), _Json())


def _plain(value: Any) -> Plain:
    """Put typed values back into words, so that all three dialects speak alike."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
