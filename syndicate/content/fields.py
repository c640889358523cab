"""Front matter's values, by any of a key's names and in any of their shapes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from syndicate.content.plain_yaml import Plain
from syndicate.content.report import Report
from syndicate.content.text import fold
from syndicate.model import Kind

_NESTED = ("extra", "params", "taxonomies")
"""Tables in which some generators keep the keys that are not their own."""

_TRUE = {"true", "yes", "on", "y", "1"}
_FALSE = {"false", "no", "off", "n", "0"}


@dataclass(frozen=True, slots=True)
class Field:
    """A value with the key that it stands under, as the author wrote it."""

    key: str
    value: str | list[Plain] | dict[str, Plain]

    @property
    def first(self) -> str | dict[str, Plain]:
        """Of a list, its first item; an item that is neither text nor a mapping says nothing."""
        value = self.value[0] if isinstance(self.value, list) else self.value
        return value if isinstance(value, str | dict) else ""


class Fields:
    """Front matter's fields. Case, ``_``, ``-`` and spaces in a key do not matter.

    Args:
        values: what the front matter says.
        report: takes what is wrong with it.
        spaced: keys whose words are items of a list where no comma stands between them.
    """

    def __init__(
        self, values: Mapping[str, Plain], report: Report, spaced: Collection[str] = ()
    ) -> None:
        self.report = report
        self._spaced = spaced
        self._fields: dict[str, Field] = {}
        self._blank: set[str] = set()
        for name, nested in values.items():
            if name.lower() in _NESTED and isinstance(nested, dict):
                self._add(nested)
        self._add(values)

    def find(self, *names: str) -> Field | None:
        """Give the first of these keys that has a value."""
        # Asked for every key that any generator knows, of every post: mostly in vain.
        if self._fields.keys().isdisjoint(names):
            return None
        return next(self._fields[name] for name in names if name in self._fields)

    def said(self, *names: str) -> list[str]:
        """Give those of these keys that have a value."""
        return [name for name in names if name in self._fields]

    def is_blank(self, *names: str) -> bool:
        """Tell whether one of these keys says an empty text, ``""``, and not just nothing."""
        return not self._blank.isdisjoint(names)

    def text(self, *names: str) -> str | None:
        """Read one line of plain text."""
        field = self.find(*names)
        if field is None:
            return None
        if isinstance(field.value, str):
            return fold(field.value) or None
        self.wrong(field, "text")
        return None

    def flag(self, *names: str) -> bool | None:
        """Read a yes or no; None where there is neither."""
        field = self.find(*names)
        word = field.value.strip().lower() if field and isinstance(field.value, str) else ""
        return True if word in _TRUE else False if word in _FALSE else None

    def terms(self, *names: str) -> tuple[str, ...]:
        """Read a list, or a text with commas; of words that differ in case the first stands."""
        field = self.find(*names)
        found: dict[str, str] = {}
        for item in self.items(field) if field else ():
            word = fold(item if isinstance(item, str) else pick(item, "name", "title") or "")
            word = word.lstrip("# ")
            found.setdefault(word.casefold(), word)
        found.pop("", None)
        return tuple(found.values())

    def items(self, field: Field) -> Iterator[Plain]:
        """Give the items of a list; a text is one with commas, a mapping with a name is an item."""
        if isinstance(field.value, str):
            yield from self._split(field)
        elif isinstance(field.value, list):
            yield from field.value
        elif pick(field.value, "name", "title"):
            yield field.value
        else:
            self.wrong(field, "a list")

    def _split(self, field: Field) -> list[str]:
        """Split a text at semicolons where it has some, or else at its commas."""
        text = str(field.value)
        mark = next((mark for mark in ";,\n" if mark in text), ",")
        if mark not in text and _squash(field.key) in self._spaced:
            return text.split()
        return text.split(mark)

    def wrong(self, field: Field, wanted: str) -> None:
        """Report a value of a shape that its key does not take."""
        kind = {str: "text", list: "a list", dict: "a mapping"}[type(field.value)]
        message = f"{kind}, where {wanted} is expected: left out"
        self.report.warn(message, Kind.SHAPE, key=field.key)

    def _add(self, values: Mapping[str, Plain]) -> None:
        for key, value in values.items():
            if value:
                self._fields[_squash(key)] = Field(key, value)
            elif value == "":
                self._blank.add(_squash(key))


def pick(value: Plain, *names: str) -> str | None:
    """Give the first of a mapping's keys that has a text."""
    if not isinstance(value, dict):
        return None
    squashed = {_squash(key): each for key, each in value.items()}
    texts = (squashed.get(name) for name in names)
    return next((fold(text) for text in texts if isinstance(text, str) and fold(text)), None)


def has_blank(value: Plain, *names: str) -> bool:
    """Tell whether one of a mapping's keys has an empty text."""
    if not isinstance(value, dict):
        return False
    return any(each == "" and _squash(key) in names for key, each in value.items())


@lru_cache(1_000)
def _squash(key: str) -> str:
    return re.sub("[-_ ]", "", key).casefold()
