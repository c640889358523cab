"""A text of a certain form: who misses it is told in words what it is, with an example."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

_LONGEST = 64


def same(value: str) -> str:
    """Leave a text as it is: there is nothing that would mend it."""
    return value


def dashed(value: str) -> str:
    """Make a name of a text: ``My Hook!`` → ``my-hook``."""
    if "://" in value:
        return ""  # an address may be a secret
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].rstrip("-")


@dataclass(frozen=True, slots=True)
class Form:
    """Annotates a text that has to have a form.

    Args:
        pattern: the regular expression that the whole text matches, anchored for the JSON Schema;
            nobody is shown it.
        words: what is expected, for a person.
        example: one that is right.
        mend: makes of a wrong text what may have been meant; it becomes the example where it is
            right then. Only for texts that are no secret, even where they are mistaken for one.
    """

    pattern: str
    words: str
    example: str
    mend: Callable[[str], str] = same

    def check(self, value: str) -> str:
        """Accept a text of this form.

        Raises:
            ValueError: it has another; in words, with an example.
        """
        if self._fits(value):
            return value
        meant = self.mend(value)
        example = meant if meant and self._fits(meant) else self.example
        raise ValueError(f'expected {self.words}, such as "{example}"')

    def _fits(self, value: str) -> bool:
        return re.fullmatch(self.pattern.removeprefix("^").removesuffix("$"), value) is not None

    def __get_pydantic_core_schema__(
        self, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Check after the text is known to be one."""
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Let editors know the pattern."""
        return {**handler(schema), "pattern": self.pattern}
