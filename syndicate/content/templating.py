"""Template code in a body: Liquid, shortcodes and kramdown's attributes are no content of a feed.

We are not the site's generator and cannot run them; left in place they would be published raw.
So they are cut out, and whoever scans says where. Code that a post *shows* stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TEMPLATE = re.compile(r"\{%.{0,2000}?%\}|\{\{.{0,2000}?\}\}", re.DOTALL)
_PIECES = re.compile(
    r"""
    (?P<fence> ^[ \t>]* (?:(?:[-*+]|\d+[.)])[ \t]+)? (?P<mark> `{3,} | ~{3,} ) [^\n]*\n
        (?: .*? ^[ \t>]* (?P=mark) [`~]* [ \t]* $ | .*\Z ) )
  | (?P<code> (?<!`) (?P<ticks> `+ ) (?!`) .{1,2000}? (?<!`) (?P=ticks) (?!`) )
  | (?P<indented> (?<=\n\n) (?: (?:[ ]{4}|\t) [^\n]* (?:\n\s*?(?=[ ]{4}|\t))? )+ )
  | (?P<attributes> \{:[ ]* (?: [.\#][\w-] | [\w-]+= | toc\b ) [^{}\n]{0,200} \} )
  | (?P<template> \{%.{0,2000}?%\} | \{\{.{0,2000}?\}\} )
    """,
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
_LIST_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d+[.)])[ \t]")


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece of template code: where it begins in the body, and what it says."""

    start: int
    text: str


def strip(body: str) -> str:
    """Give a body without its template code."""
    kept, last = [], 0
    for start, end, _ in _find(body):
        kept.append(body[last:start])
        last = end
    return "".join(kept) + body[last:] if kept else body


def find(body: str) -> list[Cut]:
    """Give what :func:`strip` cuts out, save for mere attributes."""
    return [Cut(start, body[start:end]) for start, end, counts in _find(body) if counts]


def _find(body: str) -> Iterator[tuple[int, int, bool]]:
    """Give the stretches to cut, and whether their loss is worth a word."""
    if not any(mark in body for mark in ("{%", "{{", "{:")):
        return
    for piece in _PIECES.finditer(body):
        if piece.lastgroup in {"template", "attributes"}:
            yield piece.start(), piece.end(), piece.lastgroup == "template"
        elif piece["indented"] and _continues_list(body, piece.start()):
            for inner in _TEMPLATE.finditer(body, piece.start(), piece.end()):
                yield inner.start(), inner.end(), True


def _continues_list(body: str, position: int) -> bool:
    """Tell whether an indented stretch is the next paragraph of a list's item, and no code."""
    before = body[:position].rstrip()
    return bool(_LIST_ITEM.match(before[before.rfind("\n") + 1 :]))
