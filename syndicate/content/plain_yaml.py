"""YAML as it was written: a plain value is its text, never a guess at a type.

YAML 1.1 reads ``title: 12:30`` as the number 750 and ``title: no`` as False. So values are
composed here from the events of PyYAML's C parser, without resolving any type. That is faster
than its loader, too, and lets us bound what a document may become: libyaml itself would follow
aliases without end, and the C composer overflows the stack on deep nesting.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import yaml

Plain: TypeAlias = str | list["Plain"] | dict[str, "Plain"] | None
"""What front matter is made of, whatever it was written in."""


class Repeated(NamedTuple):
    """A key that its mapping has already, and on which of the document's lines, from 1."""

    key: str
    line: int


LOADER = yaml.CSafeLoader
MAX_DEPTH = 24
MAX_NODES = 10_000

_NULLS = {"", "~", "null", "Null", "NULL"}
_TABS = "indent with spaces: YAML does not take tabs"
_ADVICE = {
    "mapping values are not allowed": 'quote the value: it contains ": "',
    "found character that cannot start": "quote the value: it begins with a sign of YAML's own",
    "found a tab": _TABS,
    "found undefined alias": "quote the value: a * at its beginning stands for an alias",
    "did not find expected alphabetic": "quote the value: it begins with & or *",
    "did not find expected ',' or ']'": "close the list with ]",
    "did not find expected ',' or '}'": "close the mapping with }",
    "found unexpected end of stream": "close the quotation marks",
    "did not find expected key": "check the indentation and the quotation marks",
    "could not find expected ':'": 'write "key: value", or check the quotation marks above',
}


class YamlError(ValueError):
    """What is wrong with the YAML, and on which of its lines, counted from 1."""

    def __init__(self, message: str, line: int | None) -> None:
        super().__init__(message)
        self.line = line


def load(text: str, repeated: list[Repeated] | None = None) -> Plain:
    """Compose a document of strings, nulls, lists and mappings.

    Args:
        text: the document.
        repeated: takes up the keys that a mapping has more than once; the last one counts.

    Raises:
        YamlError: this is not YAML, or it grows beyond any front matter.
    """
    try:
        return _Composer(LOADER(text), [] if repeated is None else repeated).document()
    except yaml.MarkedYAMLError as error:
        raise _explained(error, text) from None
    except yaml.YAMLError as error:
        raise YamlError(str(error).splitlines()[0], None) from None


class _Composer:
    """Builds values from events. An alias counts as often as what it stands for."""

    def __init__(self, parser: Any, repeated: list[Repeated]) -> None:
        self._next = parser.get_event
        self._repeated = repeated
        self._anchors: dict[str, tuple[Plain, int]] = {}
        self._nodes = 0

    def document(self) -> Plain:
        self._next()  # the stream begins
        if isinstance(self._next(), yaml.StreamEndEvent):
            return None
        value = self._node(self._next(), 0)
        self._next()  # the document ends
        event = self._next()
        if not isinstance(event, yaml.StreamEndEvent):
            raise _error("holds a second document: take out the line that begins with ---", event)
        return value

    def _node(self, event: Any, depth: int) -> Plain:
        begun = self._nodes
        self._count(1, event)
        if depth > MAX_DEPTH:
            raise _error(f"nested more than {MAX_DEPTH} levels deep", event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        value: Plain
        if isinstance(event, yaml.ScalarEvent):
            value = None if event.implicit[0] and event.value in _NULLS else event.value
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._sequence(depth)
        else:
            value = self._mapping(depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = value, self._nodes - begun
        return value

    def _sequence(self, depth: int) -> Plain:
        items: list[Plain] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return items

    def _mapping(self, depth: int) -> Plain:
        items: dict[str, Plain] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            if isinstance(key, list | dict):
                raise _error("a key has to be plain text: quote it", event)
            if key in items:
                self._repeated.append(Repeated(key, event.start_mark.line + 1))
            items[key or ""] = self._node(self._next(), depth + 1)
        return items

    def _alias(self, event: Any) -> Plain:
        if event.anchor not in self._anchors:
            raise _error("quote the value: a * at its beginning stands for an alias", event)
        value, nodes = self._anchors[event.anchor]
        self._count(nodes, event)
        return value

    def _count(self, nodes: int, event: Any) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise _error(f"more than {MAX_NODES} values", event)


def _error(message: str, event: Any) -> YamlError:
    return YamlError(message, event.start_mark.line + 1)


def _explained(error: yaml.MarkedYAMLError, text: str) -> YamlError:
    """Say what to do; where something was left open, point at its beginning."""
    problem = error.problem or "cannot be read"
    mark = error.problem_mark or error.context_mark
    if error.context_mark and ("expected ','" in problem or "end of stream" in problem):
        mark = error.context_mark
    advice = next((say for said, say in _ADVICE.items() if problem.startswith(said)), "")
    if error.problem_mark and text[error.problem_mark.index :].startswith("\t"):
        advice = _TABS
    message = f"{advice} ({problem})" if advice else problem
    return YamlError(message, mark.line + 1 if mark else None)
