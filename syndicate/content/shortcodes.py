"""What single shortcodes, tags and components of site generators stand for, as far as a feed goes.

A picture is a picture, a video a link to it, a highlighted text is code, a reference to another
post its address. What is none of these has no meaning outside of its site.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import urlsplit

from syndicate.content import embeds, markdown
from syndicate.content.links import Links, is_picture

_WORD = r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|[^\s,"'`()]+"""
_ARGUMENT = re.compile(rf"(?:([\w.-]+)(?:\s*=\s*|:\s+))?({_WORD})", re.DOTALL)
_SOURCE = ("src", "imagepath", "image", "img", "url", "path", "file", "filename")
_PICTURE = re.compile(r"img|image|fig|pic|photo|thumb")
_INCLUDES = frozenset({"include", "includecached", "includerelative", "render", "partial"})
_LANGUAGE = re.compile(r"[\w+#.-]{1,40}")
_MARKS = re.compile(r"[\\`*_\[\]{}<>~=|:#]")
_LITERAL = re.compile(r""""([^"]*)"|'([^']*)'""")
_FILTER = re.compile(r"""\|(?=(?:[^"']|"[^"]*"|'[^']*')*$)""")
_SAME = frozenset(
    {"escape", "xmlescape", "uriescape", "cgiescape", "urlencode", "safe", "safeurl", "strip"}
    | {"trim", "markdownify", "striphtml", "e"}
)
"""Filters that change nothing about an address."""


@dataclass(frozen=True, slots=True)
class Call:
    """A tag as its author wrote it."""

    name: str
    """In lower case, without ``-`` and ``_``."""
    words: Sequence[str]
    """What is given by place."""
    named: Mapping[str, str]
    """What is given by name; the names are like the tag's own."""
    links: Links
    inner: str | None = None

    @classmethod
    def of(cls, name: str, text: str, links: Links, inner: str | None = None) -> Call:
        """Read a tag's arguments: ``a "b c" key="value" other=1``, with or without commas."""
        words: list[str] = []
        named: dict[str, str] = {}
        for key, word in _ARGUMENT.findall(text):
            value = re.sub(r"\\(.)", r"\1", word[1:-1]) if word[0] in "\"'`" else word
            if key:
                named[_plain(key)] = value
            else:
                words.append(value)
        return cls(_plain(name), words, named, links, inner)

    def with_named(self, named: Mapping[str, str]) -> Call:
        """Give the same tag with what is given by name."""
        return replace(self, named={_plain(key): value for key, value in named.items()})

    def get(self, *keys: str) -> str:
        """Give the first of these that is said, on one line."""
        return next((" ".join(self.named[key].split()) for key in keys if self.named.get(key)), "")


def expand(call: Call) -> str | None:
    """Give the HTML, or the address, that a tag stands for; None where it means nothing to us."""
    if call.name in _TAGS:
        return _TAGS[call.name](call)
    if call.name in _INCLUDES and call.words:
        name, *words = call.words
        included = _plain(name.rpartition("/")[2].partition(".")[0])
        provider = call.get("provider", "type") if included in {"video", "embed"} else ""
        call = replace(call, name=_plain(provider) or included, words=words)
    address = embeds.find(call.name, call.words, call.named)
    if address:
        return link(address, call.get("title", "alt", "caption", "label"))
    return _picture(call)


def link(address: str, title: str = "") -> str:
    """Give a link to something that a feed cannot show."""
    return f'<a href="{escape(address)}">{_text(embeds.label(address, title))}</a>'


def code(text: str, language: str) -> str:
    """Give a block of code."""
    marked = f' class="language-{language}"' if _LANGUAGE.fullmatch(language) else ""
    return f"<pre><code{marked}>{escape(text.strip(chr(10)), quote=False)}\n</code></pre>"


def evaluate(said: str, links: Links) -> str | None:
    """Give what an expression such as ``"/about/" | relative_url`` prints; None for an unknown one.

    Known are addresses and literals, and the little that is known of a page.
    """
    head, *filters = (each.strip() for each in _FILTER.split(said))
    value = _known(head, links)
    for each in filters:
        if value is None:
            break
        value = _filtered(value, each, links)
    return value


def _known(name: str, links: Links) -> str | None:
    literal = _LITERAL.fullmatch(name)
    if literal:
        return literal[1] if literal[1] is not None else literal[2]
    return _KNOWN[name](links) if name in _KNOWN else None


def _host(links: Links) -> str:
    return links.site.removesuffix(links.base) if links.base else links.site


_KNOWN: dict[str, Callable[[Links], str]] = {
    "site.url": _host,
    "site.baseurl": lambda links: links.base,
    "site.base_url": lambda links: links.base,
    "config.base_url": lambda links: links.site,
    "SITEURL": lambda links: links.site,
    "page.url": lambda links: urlsplit(links.page).path.removeprefix(links.base),
    "page.title": lambda links: _text(links.title),
    "title": lambda links: _text(links.title),
    "frontmatter.title": lambda links: _text(links.title),
    "props.title": lambda links: _text(links.title),
}


def _filtered(value: str, said: str, links: Links) -> str | None:
    name, _, argument = said.partition(":")
    name, path = _plain(name.partition("(")[0].strip()), f"/{value.lstrip('/')}"
    if "://" in value and name in {"relativeurl", "absoluteurl", "url"}:
        return value
    if name in {"relativeurl", "url"}:
        return f"{links.base}{path}"
    if name == "absoluteurl":
        return f"{links.site}{path}"
    if name in {"prepend", "append"}:
        other = _known(argument.strip(), links)
        return None if other is None else f"{other}{value}" if name == "prepend" else value + other
    return value if name in _SAME else None


def _reference(call: Call) -> str:
    """Give the address of another post; what cannot be found leads nowhere."""
    name = call.get("path") or next(iter(call.words), "")
    if not call.links.is_known:
        return ""
    return call.links.post(name.removeprefix("@"), f"{call.name} {name}") or ""


def _file(call: Call) -> str:
    """Give the address of a post, or of a file of the site, by its path."""
    name = call.get("path") or next(iter(call.words), "")
    post = name.startswith("@/") or name.partition("#")[0].endswith((".md", ".markdown"))
    return _reference(call) if post else call.links.under(name)


def _parameter(call: Call) -> str | None:
    """Give the one key of front matter that is known here."""
    return _text(call.links.title) if [each.lower() for each in call.words] == ["title"] else None


def _highlight(call: Call) -> str | None:
    words = [each.removeprefix("lang:") for each in call.words]
    language = call.get("lang", "language") or next(iter(words), "")
    inner = call.inner if call.inner is not None else call.named.get("code")
    return None if inner is None else code(inner, language)


def _nothing(call: Call) -> str | None:
    return "" if call.inner is not None else None


_TAGS: dict[str, Callable[[Call], str | None]] = {
    "ref": _reference,
    "relref": _reference,
    "posturl": _reference,
    "link": _file,
    "geturl": _file,
    "param": _parameter,
    "highlight": _highlight,
    "codeblock": _highlight,
    "code": _highlight,
    "prism": _highlight,
    "comment": _nothing,
    "capture": lambda _: None,
}


def _picture(call: Call) -> str | None:
    """Give the picture that a tag shows, by its name or by what it is given."""
    pictured = bool(_PICTURE.search(call.name))
    named = (call.get(key) for key in _SOURCE)
    source = next((each for each in named if is_picture(each) or (each and pictured)), "")
    words = list(call.words)
    if not source and pictured:
        while words and not source:
            word = words.pop(0)
            source = word if is_picture(word) else ""
    if not source:
        return None
    alt = call.get("alt") or next((each for each in words if not each.isdecimal()), "")
    size = "".join(
        f' {key}="{call.named[key]}"'
        for key in ("width", "height")
        if call.named.get(key, "").isdecimal()
    )
    image = f'<img src="{escape(source)}" alt="{escape(" ".join(alt.split()))}"{size}>'
    target = call.get("link", "href")
    image = f'<a href="{escape(target)}">{image}</a>' if target else image
    words = [markdown.to_plain(call.get(key)) for key in ("title", "caption")]
    caption = ": ".join(escape(each, quote=False) for each in words if each)
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>" if caption else image


def _text(text: str) -> str:
    """Give a text that neither Markdown nor HTML takes for anything else."""
    return _MARKS.sub(
        lambda found: f"&#{ord(found[0])};", " ".join(text.replace("&", "&amp;").split())
    )


def _plain(name: str) -> str:
    return re.sub("[-_]", "", name).lower()
