"""Front matter's many keys and shapes → one shape. What cannot be read is reported, never raised."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from syndicate.content.plain_yaml import Plain
from syndicate.content.report import Report
from syndicate.content.text import fold
from syndicate.model import Author

_NESTED = ("extra", "params", "taxonomies")
_TRUE = {"true", "yes", "on", "y", "1"}
_FALSE = {"false", "no", "off", "n", "0"}
_MAILBOX = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>@\s]+@[^<>@\s]+)>")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Picture:
    """A hero image as front matter names it: a URL or a path, not resolved yet."""

    src: str
    alt: str | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """An enclosure as front matter names it."""

    src: str
    type: str | None = None
    length: int = 0
    duration: int | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A value with the key that it stands under, as the author wrote it."""

    key: str
    value: str | list[Plain] | dict[str, Plain]


class Fields:
    """Front matter by any of a key's names; case, ``_`` and ``-`` in a key do not matter."""

    def __init__(self, values: Mapping[str, Plain], report: Report) -> None:
        self._report = report
        self._fields: dict[str, Field] = {}
        for name in _NESTED:
            nested = values.get(name)
            if isinstance(nested, dict):
                self._add(nested)
        self._add(values)

    def find(self, *names: str) -> Field | None:
        """Give the first of these keys that has a value."""
        return next((self._fields[name] for name in names if name in self._fields), None)

    def text(self, *names: str) -> str | None:
        """Read one line of plain text."""
        field = self.find(*names)
        if field is None:
            return None
        if isinstance(field.value, str):
            return fold(field.value) or None
        return self._wrong(field, "text")

    def flag(self, *names: str) -> bool | None:
        """Read a yes or no; None where there is neither."""
        field = self.find(*names)
        word = field.value.strip().lower() if field and isinstance(field.value, str) else ""
        return True if word in _TRUE else False if word in _FALSE else None

    def terms(self, *names: str) -> tuple[str, ...]:
        """Read a list, or a text with commas; of words that differ in case the first stands."""
        field = self.find(*names)
        if field is None:
            return ()
        found: dict[str, str] = {}
        for each in self._items(field):
            word = fold(each if isinstance(each, str) else _name(each)).lstrip("#").strip()
            found.setdefault(word.casefold(), word)
        found.pop("", None)
        return tuple(found.values())

    def authors(self) -> tuple[Author, ...]:
        """Read the authors: a name, a mapping with ``name``, or a list of them."""
        several = self.find("authors")
        field = several or self.find("author", "by", "creator")
        if field is None:
            return ()
        one = isinstance(field.value, str) and field is not several
        items: Iterable[Plain] = [field.value] if one else self._items(field)
        found = tuple(author for author in map(_author, items) if author.name)
        if not found:
            self._wrong(field, 'a name, or {name = "…"}')
        return tuple(dict.fromkeys(found))

    def language(self) -> str | None:
        """Read a language tag."""
        tag = (self.text("lang", "language", "locale") or "").replace("_", "-")
        if tag and not _LANGUAGE.fullmatch(tag):
            field = self.find("lang", "language", "locale")
            self._report.warn("not a language tag such as en or pt-BR", key=field and field.key)
            return None
        return tag or None

    def picture(self) -> Picture | None:
        """Read the hero image, from a path or from ``{image, alt}``."""
        field = self.find(
            *("image", "hero", "heroimage", "cover", "coverimage", "featuredimage"),
            *("featureimage", "banner", "bannerimage", "thumbnail", "ogimage", "images"),
        )
        alt = self.text("imagealt", "alt", "heroalt", "heroimagealt", "coveralt", "thumbnailalt")
        if field is None:
            return None
        nested = _first_mapping_or_text(field.value)
        if isinstance(nested, str):
            return Picture(fold(nested), alt)
        src = _pick(nested, "image", "src", "url", "path", "file", "relative")
        if not src:
            return self._wrong(field, "an address, or {src = …, alt = …}")
        return Picture(src, _pick(nested, "alt", "imagealt", "alttext") or alt)

    def recording(self) -> Recording | None:
        """Read the audio or video that belongs to the post."""
        field = self.find("audio", "enclosure", "podcast", "video")
        if field is None:
            return None
        nested = _first_mapping_or_text(field.value)
        if isinstance(nested, str):
            duration = self.text("duration", "audioduration", "itunesduration") or ""
            length = self.text("audiolength", "audiosize", "length") or ""
            return Recording(fold(nested), None, _number(length), _seconds(duration))
        src = _pick(nested, "url", "src", "file", "path", "href")
        if not src:
            return self._wrong(field, "an address, or {url = …, length = …, duration = …}")
        return Recording(
            src,
            _pick(nested, "type", "mimetype"),
            _number(_pick(nested, "length", "size", "bytes") or ""),
            _seconds(_pick(nested, "duration") or ""),
        )

    def _add(self, values: Mapping[str, Plain]) -> None:
        for key, value in values.items():
            if value not in (None, "", [], {}):
                self._fields[_squash(key)] = Field(key, value)  # type: ignore[arg-type]  # not None

    def _items(self, field: Field) -> Iterator[Plain]:
        if isinstance(field.value, str):
            yield from field.value.split(",")
        elif isinstance(field.value, list):
            yield from field.value
        elif _name(field.value):
            yield field.value
        else:
            self._wrong(field, "a list")

    def _wrong(self, field: Field, wanted: str) -> None:
        kind = {str: "text", list: "a list", dict: "a mapping"}[type(field.value)]
        self._report.warn(f"{kind}, where {wanted} is expected: left out", key=field.key)


def _squash(key: str) -> str:
    return re.sub("[-_ ]", "", key).casefold()


def _pick(values: Mapping[str, Plain], *names: str) -> str | None:
    """Give the first of these keys that has a text."""
    squashed = {_squash(key): value for key, value in values.items()}
    texts = (squashed.get(name) for name in names)
    return next((fold(text) for text in texts if isinstance(text, str) and fold(text)), None)


def _name(value: Plain) -> str:
    return (_pick(value, "name", "title", "label") or "") if isinstance(value, dict) else ""


def _author(value: Plain) -> Author:
    """Read one author; without a name it is none."""
    if isinstance(value, dict):
        return Author(
            _pick(value, "name", "title", "displayname") or "",
            _pick(value, "email", "mail"),
            _pick(value, "url", "site", "website", "link", "homepage", "uri"),
            _pick(value, "avatar", "image", "picture", "photo", "imageurl"),
        )
    text = fold(value) if isinstance(value, str) else ""
    if found := _MAILBOX.fullmatch(text):
        return Author(found["name"].strip(' "') or found["email"], found["email"])
    return Author(text)


def _first_mapping_or_text(value: Plain) -> str | dict[str, Plain]:
    """Of a list of images the first is the hero."""
    if isinstance(value, list):
        value = value[0]
    return value if isinstance(value, str | dict) else {}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0  # noqa: PLR2004


def _seconds(text: str) -> int | None:
    """Read ``754``, ``12:34`` or ``1:02:03``."""
    parts = text.split(":")
    if len(parts) > 3 or not all(re.fullmatch("[0-9]{1,6}", part) for part in parts):  # noqa: PLR2004
        return None
    return sum(int(part) * 60**power for power, part in enumerate(reversed(parts)))
