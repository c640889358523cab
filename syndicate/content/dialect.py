"""What the keys of all the generators mean; spelled in lower case, without ``_`` and ``-``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from syndicate.content import markdown
from syndicate.content.fields import Fields, pick
from syndicate.content.plain_yaml import Plain
from syndicate.content.text import fold
from syndicate.model import Author

# A key that speaks of publishing says more than a mere date, which may be that of the writing.
PUBLISHED = (
    *("publishdate", "pubdate", "published", "publishedat", "datepublished", "publishedon"),
    *("date", "datetime", "created", "createdat"),
)
UPDATED = (
    *("updated", "updateddate", "updatedat", "lastupdated", "lastmod"),
    *("modified", "modifieddate", "lastmodified", "datemodified"),
)
EXPIRES = ("expirydate", "expires", "expiry", "expiresat", "unpublishdate")
TITLE = ("title",)
CATEGORIES = ("categories", "category")
TAGS = ("tags", "tag", "keywords", "keyword")
LINK = ("externalurl", "externallink", "link", "linkurl")
ID = ("id", "guid")
SLUG = ("slug",)

_SUMMARY = ("summary", "excerpt", "description", "subtitle")
_PERMALINK = ("permalink", "url")
_LANGUAGE = ("lang", "language", "locale")
_IMAGE = (
    *("image", "hero", "heroimage", "cover", "coverimage", "featuredimage", "featureimage"),
    *("banner", "bannerimage", "thumbnail", "ogimage", "images"),
)
_IMAGE_ALT = ("imagealt", "alt", "heroalt", "heroimagealt", "coveralt", "coverimagealt")
_RECORDING = ("audio", "enclosure", "podcast", "video")

_MAILBOX = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>@\s]+@[^<>@\s]+)>")
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Picture:
    """A hero image as front matter names it: a URL or a path, not resolved yet."""

    src: str
    alt: str | None
    key: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Recording:
    """An enclosure as front matter names it."""

    src: str
    type: str | None
    length: int
    """Size in bytes; 0 where it is not said."""
    duration: int | None
    """Seconds."""
    key: str
    line: int | None


def summary(fields: Fields) -> str:
    """Read the summary as plain text; authors write Markdown in it."""
    given = fields.text(*_SUMMARY) or ""
    return markdown.to_plain(given) or given


def authors(fields: Fields) -> tuple[Author, ...]:
    """Read the authors: a name, ``Name <mail>``, a mapping with ``name``, or a list of them."""
    several = fields.find("authors")
    field = several or fields.find("author", "by", "creator")
    if field is None:
        return ()
    items: Iterable[Plain] = field.value if isinstance(field.value, list) else [field.value]
    # One author may be called "Doe, Jane"; in the plural a comma stands between two.
    if field is several and isinstance(field.value, str):
        items = field.value.split(",")
    found = dict.fromkeys(author for author in map(_author, items) if author.name)
    if not found:
        fields.wrong(field, "a name")
    return tuple(found)


def language(fields: Fields) -> str | None:
    """Read a language tag (BCP 47)."""
    tag = (fields.text(*_LANGUAGE) or "").replace("_", "-")
    field = fields.find(*_LANGUAGE)
    if tag and field and not _TAG.fullmatch(tag):
        fields.report.warn(f'"{tag}" is not a language tag such as en or pt-BR', key=field.key)
        return None
    return tag or None


def picture(fields: Fields) -> Picture | None:
    """Read the hero image, from a path or from ``{image, alt}``."""
    field = fields.find(*_IMAGE)
    if field is None:
        return None
    alt = fields.text(*_IMAGE_ALT)
    if isinstance(field.first, str):
        src = fold(field.first)
    else:
        src = pick(field.first, "image", "src", "url", "path", "file", "relative") or ""
        alt = pick(field.first, "alt", "imagealt", "alttext") or alt
    if src:
        return Picture(src, alt, field.key, fields.report.line_of(field.key))
    fields.wrong(field, "an address, or a mapping with src and alt,")
    return None


def recording(fields: Fields) -> Recording | None:
    """Read the audio or video that belongs to the post."""
    field = fields.find(*_RECORDING)
    if field is None:
        return None
    if isinstance(field.first, str):
        src, kind = fold(field.first), None
        length = fields.text("audiolength", "audiosize", "length")
        duration = fields.text("duration", "audioduration", "itunesduration")
    else:
        src = pick(field.first, "url", "src", "file", "path", "href") or ""
        kind = pick(field.first, "type", "mimetype")
        length = pick(field.first, "length", "size", "bytes")
        duration = pick(field.first, "duration")
    if src:
        line = fields.report.line_of(field.key)
        size, seconds = _number(length or ""), _seconds(duration or "")
        return Recording(src, kind, size, seconds, field.key, line)
    fields.wrong(field, "an address, or a mapping with url, length and duration,")
    return None


def address(fields: Fields) -> str | None:
    """Read the permalink; ``path`` is one only where it is written like one."""
    path = fields.text("path") or ""
    return fields.text(*_PERMALINK) or (path if path.startswith(("/", "http")) else None)


def is_draft(fields: Fields) -> bool:
    """Tell whether the post is held back; in doubt it is."""
    field = fields.find("draft")
    draft = fields.flag("draft")
    if field and draft is None:
        fields.report.warn("neither true nor false: taken for a draft", key=field.key)
        return True
    status = fields.text("status") or ""
    return bool(draft) or fields.flag("published") is False or status.lower() == "draft"


def _author(value: Plain) -> Author:
    """Read one author; one without a name is none."""
    if not isinstance(value, str):
        return Author(
            pick(value, "name", "title", "displayname") or "",
            pick(value, "email", "mail"),
            pick(value, "url", "site", "website", "link", "homepage", "uri"),
            pick(value, "avatar", "image", "picture", "photo", "imageurl"),
        )
    text = fold(value)
    mailbox = _MAILBOX.fullmatch(text)
    if mailbox:
        return Author(mailbox["name"].strip(' "') or mailbox["email"], mailbox["email"])
    return Author(text)


def _number(text: str) -> int:
    return int(text) if re.fullmatch("[0-9]{1,15}", text) else 0


def _seconds(text: str) -> int | None:
    """Read ``754``, ``12:34`` or ``1:02:03``."""
    if not re.fullmatch("[0-9]{1,6}(:[0-9]{1,2}){0,2}", text):
        return None
    seconds = 0
    for part in text.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds
