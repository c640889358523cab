"""Where a post shows code: there, marks of templates are what is told about, and none of ours."""

from __future__ import annotations

import re

MARKDOWN = r"""
    (?P<fence> ^[ \t>]* (?:(?:[-*+]|\d+[.)])[ \t]+)? (?P<mark> `{3,}+ | ~{3,}+ ) [^\n]*\n
        (?: .*? ^[ \t>]* (?P=mark) [`~]* [ \t]* $ | .*\Z ) )
  | (?P<code> (?<!`) (?P<ticks> `++ ) (?!`) .{1,2000}? (?<!`) (?P=ticks) (?!`) )
"""
"""Fences and spans, for a verbose pattern with DOTALL and MULTILINE."""
INDENTED = r"(?P<indented> (?<=\n\n) (?=[ ]{4}|\t) )"
"""The beginning of a block that is code by its indentation, unless it goes on with a list."""
HTML = r"(?P<html> <(?P<element>pre|code|script|style)\b )"
"""The beginning of an element that shows code; :func:`end_of_element` tells where it ends."""

_INDENTED = re.compile(r"(?: (?:[ ]{4}|\t) [^\n]*+ (?:\n\s*?(?=[ ]{4}|\t))? )+", re.VERBOSE)
_LIST_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d+[.)])[ \t]")
_ESCAPED = re.compile(r"(\{\{[<%]?|\{%)/\*([^{}]{0,500})\*/([>%]?\}\}|%\})")
_RAW = re.compile(
    r"[ \t]*\{%-?\s*(raw|verbatim)\s*-?%\}\n?(.{0,5000}?)[ \t]*\{%-?\s*end\1\s*-?%\}", re.DOTALL
)


def end_of_element(text: str, found: re.Match[str]) -> int:
    """Give the place after an element that shows code; the end of the text where none closes it."""
    closing = f"</{found['element']}>".lower()
    end = text.lower().find(closing, found.end())
    return end + len(closing) if end >= 0 else len(text)


def end_of_indented(text: str, start: int) -> int:
    """Give the place after an indented block."""
    found = _INDENTED.match(text, start)
    return found.end() if found else start


def continues_list(text: str, position: int) -> bool:
    """Tell whether an indented stretch is the next paragraph of a list's item, and no code."""
    end = position
    while end > 0:
        start = text.rfind("\n", 0, end) + 1
        if text[start:end].strip():
            return bool(_LIST_ITEM.match(text, start, end))
        end = start - 1
    return False


def unescaped(code: str) -> str:
    """Take away what keeps a generator from running templates in code: readers never see it."""
    if "/*" in code:
        code = _ESCAPED.sub(r"\1\2\3", code)
    if "{%" in code and ("endraw" in code or "endverbatim" in code):
        code = _RAW.sub(r"\2", code)
    return code
