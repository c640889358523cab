"""The language of an endpoint's ``text``: Jinja's, but for what takes long or grows without end.

What is left has no loops, no calls and no arithmetic, so a text costs what it is long; it is run in
Jinja's sandbox all the same. The result is plain text: what a network has to escape it escapes
afterwards, and what a title says is never read as a template.
"""

from __future__ import annotations

import difflib
import re
import traceback
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError, nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from syndicate.compose.measure import graphemes
from syndicate.compose.text import shorten

NAMES = (
    *("authors", "categories", "language", "published", "site", "slug", "summary", "tags"),
    *("title", "url"),
)
"""What a text can say."""
SITE = ("description", "language", "title", "url")
"""What it can say of the site: ``{{ site.title }}``."""
LONGEST, MOST = 5_000, 100_000
"""The most characters of a text as it is written, and of what becomes of it."""

_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Filter),
    *(nodes.Getattr, nodes.If, nodes.CondExpr, nodes.And, nodes.Or, nodes.Not, nodes.Compare),
    *(nodes.Operand, nodes.Concat, nodes.List, nodes.Tuple),
)
_BUILT_IN = ("capitalize", "default", "first", "join", "last", "length", "lower", "trim", "upper")
_MARKED = re.compile(r"\{[{%].*?(?:[%}]\}|$)")
_DATE = re.compile(r"(?:[^%]|%[aAbBcdDeFfGHIjmMpRSTuUVwWxXyYzZ%]|%-[dHIjmMSUWy])*")
"""What every machine's ``strftime`` knows, and numbers without a leading zero."""

Hashtags = Callable[[Iterable[str], int | None], str]
"""Makes hashtags of tags, at most so many."""


@dataclass(frozen=True, slots=True)
class _Argument:
    """What a filter of ours takes in its brackets, as it has to be written there."""

    name: str
    kind: type
    kinds: str
    needed: bool = False


_LENGTH = _Argument("length", int, "a whole number such as `{}(80)`", needed=True)
_ARGUMENTS = {
    "date": _Argument("form", str, "a text such as `{}('%d.%m.%Y')`"),
    "hashtags": _Argument("most", int, "a whole number such as `{}(3)`"),
    "shorten": _LENGTH,
    "truncate": _LENGTH,
}


class NotText(ValueError):
    """A text that cannot be used: why, on which of its lines and in which column."""


class Text:
    """A template that was found to be usable.

    Args:
        source: as it is written.
        names: what it may name.

    Raises:
        NotText: it is none.
    """

    def __init__(self, source: str, names: Collection[str] = NAMES) -> None:
        if len(source) > LONGEST:
            raise NotText(f"has {len(source)} characters; {LONGEST} are the most")
        try:
            tree = _ENVIRONMENT.parse(source)
        except TemplateSyntaxError as error:
            raise _fault(source, error.lineno, None, error.message or "not a template") from None
        _check(tree, source, names)
        self.literal = " ".join(each.data for each in tree.find_all(nodes.TemplateData))
        """What it says in any case."""
        self._template = _ENVIRONMENT.from_string(source)
        self.render(_SAMPLE, lambda terms, most: " ".join([*terms][:most]))

    def render(self, values: Mapping[str, Any], hashtags: Hashtags) -> str:
        """Fill it in.

        Raises:
            NotText: with these values it cannot be.
        """
        try:
            text = self._template.render({**values, "_hashtags": hashtags})
        except (TypeError, AttributeError) as error:
            what = "a filter or a comparison there is given what it cannot take"
            raise NotText(f"cannot be filled in on line {_line(error)}: {what}") from None
        except (TemplateError, ValueError) as error:
            raise NotText(f"cannot be filled in on line {_line(error)}: {error}") from None
        if len(text) > MOST:
            raise NotText(f"becomes longer than {MOST} characters")
        return text


@lru_cache(100)
def read(source: str, names: tuple[str, ...] = NAMES) -> Text:
    """Read a text, once; see :class:`Text`."""
    return Text(source, names)


def _check(tree: nodes.Template, source: str, names: Collection[str]) -> None:
    """Refuse what is unknown, or not to be had in this language."""
    for node in tree.find_all(nodes.Node):
        if isinstance(node, nodes.Name) and node.name not in names:
            raise _unknown(source, node.lineno, node.name, "", names)
        if isinstance(node, nodes.Filter) and node.name not in _ENVIRONMENT.filters:
            raise _unknown(source, node.lineno, node.name, "filter ", sorted(_ENVIRONMENT.filters))
        if isinstance(node, nodes.Filter):
            _check_filter(node, source)
        if isinstance(node, nodes.Getattr):
            owner = node.node.name if isinstance(node.node, nodes.Name) else ""
            if owner != "site" or node.attr not in SITE:
                known = [f"site.{each}" for each in SITE]
                raise _unknown(source, node.lineno, f"{owner}.{node.attr}", "", known)
        if not isinstance(node, _ALLOWED):
            what = type(node).__name__.lower()
            allowed = "names, filters, if and else are"
            raise _fault(source, node.lineno, what, f"`{what}` is not to be had here; {allowed}")


def _check_filter(node: nodes.Filter, source: str) -> None:
    """Refuse what a filter of ours does not take, before it is tried."""
    if (taken := _ARGUMENTS.get(node.name)) is None:
        return
    values = [each.value for each in node.args if isinstance(each, nodes.Const)]
    others = node.kwargs or node.dyn_args or node.dyn_kwargs or len(values) < len(node.args)
    fits = len(values) <= 1 and all(type(value) is taken.kind for value in values)
    if others or not fits or (taken.needed and not values):
        many = "one argument" if taken.needed else "one argument or none"
        text = f"`{node.name}` takes {many}, {taken.name}: {taken.kinds.format(node.name)}"
        raise _fault(source, node.lineno, node.name, text)
    if node.name == "date":
        if isinstance(node.node, nodes.Name) and node.node.name != "published":
            text = "`date` takes a date, which `published` is"
            raise _fault(source, node.lineno, node.name, text)
        if values and not _DATE.fullmatch(values[0]):
            text = f"`{values[0]}` is no form of a date: expected letters such as `%d.%m.%Y`"
            raise _fault(source, node.lineno, node.name, text)


def _line(error: BaseException) -> int:
    """Tell on which line it happened: Jinja puts the template's lines into the traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((each.lineno or 1 for each in frames if each.filename == "<template>"), 1)


def _unknown(source: str, line: int, name: str, kind: str, known: Collection[str]) -> NotText:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    advice = f"; did you mean `{close[0]}`?" if close else ";"
    text = f"there is no {kind}`{name}`{advice} There are {', '.join(known)}".replace("; T", "; t")
    return _fault(source, line, name, text)


def _fault(source: str, line: int, name: str | None, message: str) -> NotText:
    """Say where something is wrong. Jinja tells lines; the column is that of the name, or tag."""
    lines = source.split("\n")
    text, column = lines[min(line, len(lines)) - 1], 1
    for marked in _MARKED.finditer(text):
        column = marked.start() + 1
        found = name and re.search(rf"(?<![\w.]){re.escape(name)}\b", marked[0])
        if found:
            column += found.start()
            break
    return NotText(f"line {line}, column {column}: {message}")


@pass_context
def _hashtags(context: Context, terms: Iterable[str] | str, most: int | None = None) -> str:
    make: Hashtags = context["_hashtags"]
    return make([terms] if isinstance(terms, str) else terms, most)


def _truncate(text: str, length: int) -> str:
    return shorten(str(text), lambda candidate: graphemes(candidate) <= length)


def _date(when: datetime, form: str = "%Y-%m-%d") -> str:
    return when.strftime(form)


def _environment() -> ImmutableSandboxedEnvironment:
    # Names are checked beforehand; what is missing then is the first of nothing, and says nothing.
    # Nothing is escaped here: the text is plain, and each network escapes it in its own way.
    environment = ImmutableSandboxedEnvironment(autoescape=False)
    own = {"date": _date, "hashtags": _hashtags, "shorten": _truncate, "truncate": _truncate}
    environment.filters = {name: environment.filters[name] for name in _BUILT_IN} | own
    environment.globals = {}
    environment.tests = {}
    return environment


_ENVIRONMENT = _environment()
_SAMPLE: Mapping[str, Any] = {
    **dict.fromkeys(
        ("title", "summary", "url", "language", "slug", "endpoint", "network"), "words"
    ),
    **dict.fromkeys(("tags", "categories", "authors"), ("words",)),
    "site": SimpleNamespace(**dict.fromkeys(SITE, "words")),
    "published": datetime(2026, 1, 1, tzinfo=UTC),
}
"""With these a text is tried when it is read, so that a filter of the wrong kind is found then."""
