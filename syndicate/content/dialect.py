"""What the keys of all the generators mean; spelled in lower case, without ``_`` and ``-``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from syndicate.content import markdown
from syndicate.content.fields import Fields, has_blank, pick
from syndicate.content.plain_yaml import Plain
from syndicate.content.text import fold
from syndicate.model import LANGUAGE_TAG, Author, Kind

# A key that speaks of publishing says more than a mere date, which may be that of the writing.
PUBLISHED = (
    *("publishdate", "pubdate", "pubdatetime", "published", "publishedat", "datepublished"),
    *("publishedon", "publisheddate", "publicationdate", "posted", "postedat", "dateposted"),
    *("releasedate", "date", "datetime", "created", "createdat", "createdon", "createddate"),
    *("datecreated", "creationdate"),
)
WRITTEN = ("date", "datetime")
UPDATED = (
    *("updated", "updateddate", "updatedat", "updatedon", "lastupdated", "lastupdate"),
    *("dateupdated", "lastmod", "modified", "modifieddate", "lastmodified", "lastmodifiedat"),
    *("datemodified", "moddatetime", "revised"),
)
EXPIRES = ("expirydate", "expires", "expiry", "expiresat", "expirationdate", "unpublishdate")
TITLE = ("title", "headline")
CATEGORIES = ("categories", "category")
TAGS = ("tags", "tag", "keywords", "keyword")
LINK = (
    *("externalurl", "externallink", "link", "linkurl", "linkedurl", "linkto", "bookmarkof"),
    *("redirectto", "redirect"),
)
ID = ("id", "guid")
SLUG = ("slug",)

_SUMMARY = (
    *("summary", "excerpt", "description", "subtitle", "abstract", "lead", "lede", "intro"),
    *("metadescription", "seodescription", "ogdescription"),
)
_ADDRESS = {
    "hugo": ("url",),
    "jekyll": ("permalink",),
    "eleventy": ("permalink",),
    "zola": ("path",),
    "pelican": ("url", "saveas"),
}
"""The key by which each generator lets a post say where it is; the others know all of them."""
_SPACED = {"jekyll": ("tags", "categories"), "obsidian": ("tags", "tag")}
"""The keys in which a generator takes every word of a text for an item."""
_LANGUAGE = ("lang", "language", "locale")
_IMAGE = (
    *("image", "hero", "heroimage", "cover", "coverimage", "coverimg", "featuredimage"),
    *("featureimage", "featured", "featureimg", "featuredimg", "banner", "bannerimage"),
    *("headerimage", "leadimage", "postimage", "mainimage", "titleimage", "img", "photo"),
    *("picture", "splash", "thumbnail", "thumbnailimg", "thumb", "teaser", "preview"),
    *("socialimage", "shareimage", "shareimg", "ogimage", "imageurl", "images"),
)
_HERO_NAME = re.compile(r"cover|feature|hero|banner|header|thumb", re.IGNORECASE)
_IMAGE_TABLES = ("header", "seo", "opengraph", "og", "social")
"""Tables in which some themes keep the hero image among other things."""
_IN_TABLE = ("image", "overlayimage", "ogimage", "teaser", "cover", "hero", "thumbnail")
_SOURCE = ("image", "src", "url", "path", "file", "relative", "filename", "href", "source")
_ALT = ("alt", "imagealt", "alttext", "imagedescription", "description", "caption", "title")
_OWN_ALT = _ALT[:3]
"""Of these, an empty one says that the picture is decoration."""
_IMAGE_ALT = (
    *("imagealt", "alt", "alttext", "heroalt", "heroimagealt", "coveralt", "coverimagealt"),
    *("featuredimagealt", "featureimagealt", "featurealt", "banneralt", "thumbnailalt"),
    *("imagealttext", "imagedescription", "ogimagealt"),
)
_RECORDING = (
    *("audio", "enclosure", "podcast", "audiofile", "audiourl", "podcastfile", "podcasturl"),
    *("podcastaudio", "mp3", "mp3url", "episodefile", "episodeurl", "mediaurl", "video"),
)
_RECORDED = (
    *("url", "src", "file", "path", "href", "mp3", "m4a", "ogg", "opus", "audio", "audiourl"),
    *("filename", "link"),
)
_LENGTHS = ("length", "size", "bytes", "filesize", "sizeinbytes")
_LENGTH = (
    *("audiolength", "audiosize", "audiobytes", "enclosurelength", "podcastbytes"),
    *("podcastlength", "podcastsize", "filesize", "bytes", "length"),
)
_DURATIONS = ("duration", "durationinseconds", "itunesduration", "seconds", "time")
_DURATION = (
    *("duration", "audioduration", "itunesduration", "podcastduration", "episodeduration"),
    *("audiotime", "runtime"),
)
_TYPE = ("audiotype", "enclosuretype", "podcasttype", "mimetype", "audiomime")

_HELD = ("draft", "isdraft", "private", "unlisted", "hidden", "eleventyexcludefromcollections")
"""True in one of these keeps a post back."""
_OUT = ("published", "publish", "ispublished")
"""False in one of these keeps a post back."""
_HELD_STATUS = {"draft", "hidden", "skip", "private", "unlisted", "archived", "unpublished"}

_STATIC = re.compile(r"[{|](?:static|attach|filename)[}|]")
"""How Pelican marks a path within its content."""
_WIKI = re.compile(r"!?\[\[([^\]|#]+)[^\]]*\]\]|!\[[^\]]*\]\(\s*<?([^)\s>]+)[^)]*\)")
"""A picture written as Markdown, or as a wiki's link, where an address is expected."""
_MAILBOX = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>@\s]+@[^<>@\s]+)>")
_SIZE = re.compile(
    r"(\d{1,3}(?:,\d{3}){1,4}|\d{1,15}(?:[.,]\d{1,3})?)\s*([kmg]i?b?|b|bytes)?",
    re.IGNORECASE | re.ASCII,
)
_UNITS = "bkmg"
_CLOCK = re.compile(r"\d{1,6}(:\d{1,2}){0,2}(\.\d{1,9})?", re.ASCII)
_WORDED = re.compile(
    r"(?:P?T)?(?:(\d{1,3})\s*h(?:ours?|rs?)?)?\s*(?:(\d{1,4}(?:\.\d{1,3})?)\s*m(?:in(?:ute)?s?)?\.?)?"
    r"\s*(?:(\d{1,6}(?:\.\d{1,6})?)\s*s(?:ec(?:ond)?s?)?\.?)?",
    re.IGNORECASE | re.ASCII,
)


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
    if isinstance(field.value, str) and (field is several or ";" in field.value):
        items = fields.items(field)
    found = dict.fromkeys(author for author in map(_author, items) if author.name)
    if not found:
        fields.wrong(field, "a name")
    return tuple(found)


def language(fields: Fields) -> str | None:
    """Read a language tag (BCP 47)."""
    tag = (fields.text(*_LANGUAGE) or "").replace("_", "-")
    field = fields.find(*_LANGUAGE)
    if tag and field and not LANGUAGE_TAG.fullmatch(tag):
        message = f'"{tag}" is not a language tag such as en or pt-BR: the site\'s is taken'
        fields.report.warn(message, Kind.LANGUAGE, key=field.key, understood="site.language")
        return None
    return tag or None


def picture(fields: Fields) -> Picture | None:
    """Read the hero image, from a path or from ``{image, alt}``."""
    field = fields.find(*_IMAGE)
    if field is None or _is_flag(field.first):
        return _in_table(fields) or _in_resources(fields)
    own = None
    if isinstance(field.first, str):
        src = _plain_path(field.first)
    else:
        src, own = _source(field.first)
    alt = own or _beside(fields, own)
    if src:
        return Picture(src, alt, field.key, fields.report.line_of(field.key))
    fields.wrong(field, "an address, or a mapping with src and alt,")
    return None


def recording(fields: Fields) -> Recording | None:
    """Read the audio or video that belongs to the post."""
    field = fields.find(*_RECORDING)
    if field is None or _is_flag(field.first):
        return None
    kind, length, duration = fields.text(*_TYPE), fields.text(*_LENGTH), fields.text(*_DURATION)
    if isinstance(field.first, str):
        # WordPress writes the address, the length and the type on three lines.
        src, *more = field.first.split() or [""]
        if more and len(more) <= 2 and more[0].isdecimal():  # noqa: PLR2004 - length and type
            length, kind = more[0], more[1] if more[1:] else kind
        else:
            src = _plain_path(field.first)
    else:
        src = _plain_path(pick(field.first, *_RECORDED) or "")
        kind = pick(field.first, "type", "mimetype", "mime") or kind
        length = pick(field.first, *_LENGTHS) or length
        duration = pick(field.first, *_DURATIONS) or duration
    if src:
        line = fields.report.line_of(field.key)
        size, seconds = _number(length or ""), _seconds(duration or "")
        return Recording(src, kind, size, seconds, field.key, line)
    fields.wrong(field, "an address, or a mapping with url, length and duration,")
    return None


def address(fields: Fields, dialect: str) -> str | None:
    """Read the permalink. Outside of Zola ``path`` is one only where it is written like one."""
    if dialect in _ADDRESS:
        return fields.text(*_ADDRESS[dialect])
    path = fields.text("path") or ""
    return fields.text("permalink", "url") or (path if path.startswith(("/", "http")) else None)


def spaced(dialect: str) -> tuple[str, ...]:
    """Name the keys in which a generator takes every word for an item of a list."""
    return _SPACED.get(dialect, ())


def is_draft(fields: Fields) -> bool:
    """Tell whether the post is held back; in doubt it is."""
    field = fields.find("draft")
    if field and fields.flag("draft") is None:
        message = "neither true nor false: taken for a draft"
        fields.report.warn(message, Kind.DRAFT, key=field.key, understood="true")
        return True
    if any(fields.flag(name) for name in fields.said(*_HELD)) or _is_unlisted(fields):
        return True
    if any(fields.flag(name) is False for name in fields.said(*_OUT)):
        return True
    status = fields.find("status", "visibility", "poststatus")
    word = status.value.strip().lower() if status and isinstance(status.value, str) else ""
    return word in _HELD_STATUS


def _is_unlisted(fields: Fields) -> bool:
    """Tell whether Hugo's ``build`` options keep the post out of lists, or off the site."""
    build = fields.find("build")
    values = (pick(build.first, name) for name in ("list", "render")) if build else ()
    return any((value or "").lower() in {"never", "false"} for value in values)


def _is_flag(value: object) -> bool:
    """Tell whether a value says only that there is something, or nothing."""
    return isinstance(value, str) and value.strip().lower() in {"true", "false", "yes", "no"}


def _in_table(fields: Fields) -> Picture | None:
    """Find the hero image in a table of a theme's own."""
    for name in _IMAGE_TABLES:
        table = fields.find(name)
        if table is None or not isinstance(table.value, dict):
            continue
        src, own = pick(table.value, *_IN_TABLE), _said_of(table.value, *_ALT[:-1])
        if src and not src.startswith("#"):
            alt = own or _beside(fields, own)
            return Picture(src, alt, table.key, fields.report.line_of(table.key))
    return None


def _in_resources(fields: Fields) -> Picture | None:
    """Find the hero image among the files of a bundle that Hugo's ``resources`` name."""
    field = fields.find("resources")
    for each in fields.items(field) if field else ():
        name, src = pick(each, "name", "title") or "", pick(each, "src") or ""
        if _HERO_NAME.search(name) and "*" not in src and "." in src and field:
            parameters = each.get("params") if isinstance(each, dict) else None
            alt = _said_of(parameters, *_ALT) if parameters else None
            return Picture(_plain_path(src), alt, field.key, fields.report.line_of(field.key))
    return None


def _source(value: Plain, depth: int = 0) -> tuple[str, str | None]:
    """Read an image's address and its description from a mapping, which may hold another one."""
    src, alt = pick(value, *_SOURCE) or "", _said_of(value, *_ALT)
    if src == pick(value, "file") and "." not in src:
        src = ""  # a name that the site's own templates make an address of
    if not src and isinstance(value, dict) and not depth:
        inner = (_source(each, 1) for each in value.values() if isinstance(each, dict))
        src, own = next((found for found in inner if found[0]), ("", None))
        alt = own or (own if alt is None else alt)
    return _plain_path(src), alt


def _said_of(value: Plain, *names: str) -> str | None:
    """Read the description in a mapping; empty where it says that the picture is decoration."""
    return "" if has_blank(value, *_OWN_ALT) else pick(value, *names)


def _beside(fields: Fields, own: str | None) -> str | None:
    """Read the description that stands in a key of its own; where there is none, ``own`` holds."""
    return fields.text(*_IMAGE_ALT) or ("" if fields.is_blank(*_IMAGE_ALT) else own)


def _plain_path(text: str) -> str:
    """Take an address out of ``[[image.png]]``, ``![alt](image.png)``, ``{static}/image.png``."""
    text = _STATIC.sub("", fold(text))
    found = _WIKI.fullmatch(text)
    return (found[1] or found[2]).strip() if found else text


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
    """Read a count of bytes: ``12345``, ``12,345,678`` or ``12.3 MB``."""
    found = _SIZE.fullmatch(text.strip())
    if not found:
        return 0
    grouped = re.fullmatch(r"\d{1,3}(,\d{3})+", found[1])
    digits = found[1].replace(",", "" if grouped else ".")
    scale = _UNITS.index((found[2] or "b")[0].lower())
    return round(float(digits) * 10.0 ** (3 * scale))


def _seconds(text: str) -> int | None:
    """Read ``754``, ``12:34``, ``1:02:03.5``, ``PT12M34S``, ``1h 2m 3s`` or ``12 min``."""
    text = text.strip()
    if _CLOCK.fullmatch(text):
        seconds = 0
        for part in text.partition(".")[0].split(":"):
            seconds = seconds * 60 + int(part)
        return seconds
    found = _WORDED.fullmatch(text)
    if not found or not any(found.groups()):
        return None
    hours, minutes, rest = (float(part or 0) for part in found.groups())
    return int(hours * 3600 + minutes * 60 + rest)
