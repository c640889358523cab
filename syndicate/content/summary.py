"""A post's summary, where its author wrote none: the beginning, cut at a sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from syndicate.content import markdown, templating

LENGTH = 300
_SHORTEST = 100
"""A sentence that ends before this says too little to stand alone."""
_FARTHEST = 20_000
"""Nobody looks for a first paragraph beyond this."""

_MORE = re.compile(r"<!--\s*more\s*-->", re.IGNORECASE)
_SENTENCE = re.compile(r"""[.!?…]+["'”’»)\]]*(?=\s)|[。！？]+[」』）]*""")  # noqa: RUF001
_SKIPPED = re.compile(r"\s*(?:#|[-*+]\s|\d+[.)]\s|\||>|!\[|\[\^|import\s|export\s)")
_VERBATIM = re.compile(r" {0,3}(`{3,}|~{3,})|<(!--|script|style|svg|pre|table)", re.IGNORECASE)
_DEFINITION = re.compile(r"^ {0,3}\[[^\]\n]{1,200}\]:[ \t]*\S[^\n]*$", re.MULTILINE)
_BLANK = re.compile(r"(?:[ \t]*\n)*")


def of_body(body: str) -> str:
    """Summarise a body: what stands before ``<!--more-->``, or else the first paragraph."""
    more = _MORE.search(body)
    if more:
        before = markdown.to_plain(templating.strip(body[: more.start()]) + _definitions(body))
        if before:
            return shorten(before)
    for paragraph in _paragraphs(templating.strip(body[:_FARTHEST])):
        text = markdown.to_plain(paragraph + _definitions(body) if "[" in paragraph else paragraph)
        if text:
            return shorten(text)
    return ""


def shorten(text: str, length: int = LENGTH) -> str:
    """Cut a one-line text at the end of a sentence, or else of a word."""
    if len(text) <= length:
        return text
    ends = [found.end() for found in _SENTENCE.finditer(text, 0, length)]
    if ends and ends[-1] >= _SHORTEST:
        return text[: ends[-1]]
    cut = text.rfind(" ", _SHORTEST, length)
    return text[: cut if cut > 0 else _between_characters(text, length - 1)].rstrip(" ,;:–—-") + "…"  # noqa: RUF001


def _between_characters(text: str, position: int) -> int:
    """Step back to where one character, with all that is combined into it, ends."""
    while position > 1 and (
        unicodedata.combining(text[position])
        or text[position] in "\u200d\ufe0f"
        or text[position - 1] == "\u200d"
    ):
        position -= 1
    return position


def _definitions(body: str) -> str:
    """Give what a paragraph's ``[links][1]`` and notes need, wherever it stands in the body."""
    return "".join(f"\n\n{definition}" for definition in _DEFINITION.findall(body))


def _paragraphs(text: str) -> Iterator[str]:
    """Give the blocks that look like paragraphs; code and comments are passed over whole."""
    position = 0
    while (position := _after_blank_lines(text, position)) < len(text):
        opened = _VERBATIM.match(text, position)
        if opened:
            position = _end_of(opened, text)
            continue
        end = text.find("\n\n", position)
        block = text[position : end if end >= 0 else len(text)]
        position += len(block) + 2
        if not _SKIPPED.match(block):
            yield block


def _after_blank_lines(text: str, position: int) -> int:
    found = _BLANK.match(text, position)
    return found.end() if found else position


def _end_of(opened: re.Match[str], text: str) -> int:
    """Find the line after a block that runs to its own closing mark, over blank lines."""
    fence, name = opened.groups()
    closing = f"\n{fence}" if fence else "-->" if name == "!--" else f"</{name.lower()}>"
    found = text.find(closing, opened.end())
    line = text.find("\n", found + len(closing)) if found >= 0 else -1
    return line + 1 if line >= 0 else len(text)
