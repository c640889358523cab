"""What pydantic finds wrong → the words of who writes a configuration or front matter."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from pydantic_core import ErrorDetails

_NUMBER, _WHOLE, _SWITCH = "expected a number", "expected a whole number", "expected true or false"
_LIST, _TABLE = 'expected a list, such as ["a", "b"]', "expected a table"
_WORDS = {
    "extra_forbidden": "unknown key",
    "missing": "missing; it has to be set",
    "string_type": "expected a text, in quotes",
    "string_too_short": "expected a text that is not empty",
    "string_too_long": "expected {max_length} characters at the most",
    "string_pattern_mismatch": "does not have the form {pattern}",
    "bool_type": _SWITCH,
    "bool_parsing": _SWITCH,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "greater_than_equal": "expected {ge} or more",
    "less_than_equal": "expected {le} or less",
    "literal_error": "expected {expected}",
    "list_type": _LIST,
    "tuple_type": _LIST,
    "too_short": "expected {min_length} of them, or more",
    "too_long": "expected {max_length} of them, or fewer",
    "dict_type": _TABLE,
    "model_type": _TABLE,
    "model_attributes_type": _TABLE,
}
"""By pydantic's kind of error; its context is filled in."""


def in_words(detail: ErrorDetails) -> str:
    """Say what was expected; what our own validators say stays as it is."""
    known = _WORDS.get(detail["type"])
    message = known.format_map(detail.get("ctx", {})) if known else detail["msg"]
    message = message.removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def suggest(word: Any, known: Iterable[str]) -> str:
    """Give what was meant, where a word is close to one that is known."""
    close = difflib.get_close_matches(str(word).lower(), list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
