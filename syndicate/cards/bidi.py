"""The order of mixed text on a line: the Unicode Bidirectional Algorithm (UAX #9).

For one paragraph without explicit embeddings, overrides and isolates: those are taken out of a
title before (see ``words``). Rule names are those of the annex.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_CLOSING = {close: open_ for open_, close in _BRACKETS.items()}
_NEUTRAL = {"B", "S", "WS", "ON", "BN"}
_ALIKE = {"L": "L", "R": "R", "EN": "R", "AN": "R"}
"""What a type counts as for the neutrals beside it (N1)."""


def is_right_to_left(text: str) -> bool | None:
    """Tell by the first strong character (P2); None where there is none."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"L", "R", "AL"}:
            return kind != "L"
    return None


def levels(text: str, *, right_to_left: bool) -> list[int]:
    """Give each character its level: even ones run to the right, odd ones to the left."""
    base = int(right_to_left)
    side = "R" if right_to_left else "L"
    kinds = [unicodedata.bidirectional(each) or "L" for each in text]
    blank = [kind in {"B", "S", "WS", "BN"} for kind in kinds]
    _weak(kinds, side)
    _brackets(kinds, text, side)
    _neutral(kinds, side)
    found = [base + _step(kind, base) for kind in kinds]
    for index in range(len(found) - 1, -1, -1):  # L1: blanks at the end stay there
        if not blank[index]:
            break
        found[index] = base
    return found


def ordered(runs: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Put runs of (level, start, end) in the order in which they are seen, left to right (L2)."""
    seen = list(runs)
    highest = max((level for level, _, _ in seen), default=0)
    for level in range(highest, 0, -1):
        start = 0
        while start < len(seen):
            end = start
            while end < len(seen) and seen[end][0] >= level:
                end += 1
            seen[start:end] = reversed(seen[start:end])
            start = end + 1
    return seen


def _weak(kinds: list[str], side: str) -> None:
    """Resolve marks and numbers (W1 to W7)."""
    before = side
    for index, kind in enumerate(kinds):  # W1
        kinds[index] = before = before if kind == "NSM" else kind
    strong = side
    for index, kind in enumerate(kinds):  # W2, W3
        strong = kind if kind in {"L", "R", "AL"} else strong
        kinds[index] = {"EN": "AN" if strong == "AL" else "EN", "AL": "R"}.get(kind, kind)
    for index in range(1, len(kinds) - 1):  # W4
        first, last = kinds[index - 1], kinds[index + 1]
        if first == last and (
            (kinds[index] in {"ES", "CS"} and first == "EN")
            or (kinds[index] == "CS" and first == "AN")
        ):
            kinds[index] = first
    for start, end in _stretches(kinds, {"ET"}):  # W5
        if "EN" in {*kinds[max(start - 1, 0) : start], *kinds[end : end + 1]}:
            kinds[start:end] = ["EN"] * (end - start)
    strong = side
    for index, kind in enumerate(kinds):  # W6, W7
        strong = kind if kind in {"L", "R"} else strong
        if kind in {"ES", "ET", "CS"}:
            kinds[index] = "ON"
        elif kind == "EN" and strong == "L":
            kinds[index] = "L"


def _brackets(kinds: list[str], text: str, side: str) -> None:
    """Let a pair of brackets go with what is in it, or around it (N0)."""
    for start, end in _pairs(kinds, text):
        inside = {_ALIKE[kind] for kind in kinds[start + 1 : end] if kind in _ALIKE}
        if side in inside:
            kinds[start] = kinds[end] = side
        elif inside:
            earlier = [_ALIKE[kind] for kind in kinds[:start] if kind in _ALIKE]
            around = earlier[-1] if earlier else side
            kinds[start] = kinds[end] = around if around in inside else side


def _pairs(kinds: Sequence[str], text: str) -> list[tuple[int, int]]:
    """Find the brackets that belong together (BD16), in the order of the opening ones."""
    opened: list[int] = []
    found = []
    for index, character in enumerate(text):
        if kinds[index] != "ON":
            continue
        if character in _BRACKETS:
            opened.append(index)
        elif character in _CLOSING:
            fitting = [each for each in opened if text[each] == _CLOSING[character]]
            if fitting:
                found.append((fitting[-1], index))
                del opened[opened.index(fitting[-1]) :]
    return sorted(found)


def _neutral(kinds: list[str], side: str) -> None:
    """Let neutrals go with what they stand between (N1), or else with the paragraph (N2)."""
    for start, end in _stretches(kinds, _NEUTRAL):
        first = _ALIKE[kinds[start - 1]] if start else side
        last = _ALIKE[kinds[end]] if end < len(kinds) else side
        kinds[start:end] = [first if first == last else side] * (end - start)


def _stretches(kinds: Sequence[str], wanted: set[str]) -> Iterator[tuple[int, int]]:
    """Give the longest stretches of some types."""
    start = None
    for index, kind in enumerate((*kinds, "")):
        if kind in wanted:
            start = index if start is None else start
        elif start is not None:
            yield start, index
            start = None


def _step(kind: str, base: int) -> int:
    """Tell how much deeper than its paragraph a type stands (I1, I2)."""
    if base:
        return 0 if kind == "R" else 1
    return {"L": 0, "R": 1}.get(kind, 2)
