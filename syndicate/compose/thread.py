"""A summary that is too long for one message → the parts of a thread. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import regex

from syndicate.compose.text import Parts, shorten
from syndicate.compose.words import Words

_SENTENCE = regex.compile(r"[\p{Sentence_Terminal}…][\p{Pe}\p{Pf}\"']*(?=\s)")
_WORD = regex.compile(r"\s+")
ROOM = " 99/99"
"""As long as the number of a part can be."""


def thread(
    words: Words, fit: Callable[[str], bool], most: int, *, numbered: bool, link: bool = True
) -> list[str]:
    """Give the texts of a thread; a single one where all fits into it, or no thread is asked for.

    The first is the text as it would be, with as much of the summary as goes into it; the others
    go on with the summary, parted behind sentences where that is possible, else between words.
    The last one is shortened, where there is more than ``most`` can say.

    Args:
        words: what there is to say.
        fit: whether the network takes a text.
        most: how many texts there may be.
        numbered: whether each ends with its number, ``2/3``.
        link: as :meth:`Words.within` takes it.
    """

    def first(summary: str, room: str = "") -> str:
        said = Words(replace(words.post, summary=summary), words.site, words.options, words.clean)

        def fits(parts: Parts) -> bool:
            return fit(parts.text + room)

        return said.within(fits, link=link).text

    whole = words.summary
    alone = first(whole)
    if most < 2 or whole in alone:  # noqa: PLR2004 - one is no thread
        return [alone]
    room = ROOM if numbered else ""
    begun, rest = _cut(whole, lambda text: text in first(text, room))
    if not begun:
        return [alone]
    texts = [first(begun, room)]
    while rest and len(texts) < most - 1:
        part, rest = _cut(rest, lambda text: fit(text + room))
        if not part:
            break
        texts.append(part)
    if rest:
        texts.append(shorten(rest, lambda text: fit(text + room)))
    texts = [text for text in texts if text]
    if len(texts) == 1:
        return [alone]
    return [f"{text} {n}/{len(texts)}" for n, text in enumerate(texts, 1)] if numbered else texts


def _cut(text: str, fit: Callable[[str], bool]) -> tuple[str, str]:
    """Cut a text behind the last of its sentences that fits, or else behind the last word."""
    if fit(text):
        return text, ""
    words = [found.start() for found in _WORD.finditer(text)]
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if fit(text[: words[middle - 1]]):
            low = middle
        else:
            high = middle - 1
    end = words[low - 1] if low else 0
    sentences = [found.end() for found in _SENTENCE.finditer(text) if found.end() <= end]
    if sentences and sentences[-1] * 2 >= end:
        end = sentences[-1]
    return text[:end].strip(), text[end:].strip()
