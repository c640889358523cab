"""Any HTML → HTML that is safe in a feed, with every address absolute."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import urlsplit

from syndicate.content import embeds, urls
from syndicate.content.text import clean

_ELEMENTS = """
    a abbr article aside audio b bdi bdo blockquote br caption center cite code col colgroup data dd
    del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd
    li main mark nav ol p picture pre q rp rt ruby s samp section small source span strike strong
    sub summary sup table tbody td tfoot th thead time tr track tt u ul var video wbr
"""
_TAGS = frozenset(_ELEMENTS.split())
_ATTRIBUTES = {
    "*": {"title", "lang", "dir", "id"},
    "a": {"href", "hreflang"},
    "audio": {"src", "controls"},
    "blockquote": {"cite"},
    "code": {"class"},
    "col": {"span", "align"},
    "colgroup": {"span", "align"},
    "data": {"value"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "img": {"src", "srcset", "sizes", "alt", "width", "height"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"start", "reversed", "type"},
    "q": {"cite"},
    "source": {"src", "srcset", "sizes", "type", "media"},
    "td": {"align", "colspan", "rowspan", "headers"},
    "th": {"align", "colspan", "rowspan", "headers", "scope"},
    "time": {"datetime"},
    "track": {"src", "kind", "srclang", "label"},
    "video": {"src", "poster", "controls", "width", "height"},
}
_DROPPED_WHOLE = frozenset(
    {"script", "style", "noscript", "template", "form", "select", "textarea", "svg"}
)
_LAZY = ("data-src", "data-lazy-src", "data-original")
_LAZY_SET = ("data-srcset", "data-lazy-srcset")
_LOADED = {"src": _LAZY, "srcset": _LAZY_SET}

_ID = re.compile(r"\w[\w:.-]{0,99}")
"""What an id may be: readers jump to it. Nothing that a script could stumble over stands in one."""

_NEEDS_PREPARING = re.compile(r"<iframe|data-(?:lazy-)?(?:src|original)", re.IGNORECASE)
_IFRAME = re.compile(r'<iframe((?: [a-z-]+="[^"]*")*)>.*?</iframe>', re.DOTALL)
_EMPTY_IMAGE = re.compile(r'<img(?: (?!src)[a-z-]+="[^"]*")*>')
_IMAGE = re.compile(r'<(img|source)((?: [a-z-]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_CODE_CLASS = re.compile(r"language-[\w+#.-]{1,40}")
_CANDIDATE = re.compile(r"[,\s]*(\S*[^\s,])(?:\s+([\d.]+[wxh]))?\s*(?:,|$)")


Resolve = Callable[[str], str | None]


def sanitize(html: str, page: str, resolve: Resolve = str) -> str:
    """Clean HTML for a feed.

    Args:
        html: from any source, however broken or hostile.
        page: the address that the HTML stands on; relative addresses are resolved against it.
        resolve: makes an address of what only the site's generator understands.
    """
    import nh3  # noqa: PLC0415 - needed only where one renders

    if _NEEDS_PREPARING.search(html):
        html = _prepare(html)
    cleaner = nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_DROPPED_WHOLE,
        attributes=_ATTRIBUTES,
        attribute_filter=_Filter(page, resolve),
        link_rel=None,
        url_schemes=urls.SCHEMES,
    )
    return clean(_EMPTY_IMAGE.sub("", cleaner.clean(html)))


class _Filter:
    """Decides on single attributes that the allow-list lets pass."""

    def __init__(self, page: str, resolve: Resolve) -> None:
        self._page, self._resolve = page, resolve

    def __call__(self, tag: str, name: str, value: str) -> str | None:
        if name in {"src", "poster"}:
            return urls.web(self._page, self._resolve(value) or "")
        if name in {"href", "cite"}:
            return urls.absolute(self._page, self._resolve(value) or "")
        if name == "srcset":
            return self._candidates(value)
        if name == "class":
            found = _CODE_CLASS.search(value)
            return found and found[0]
        if name == "id":
            return value if tag != "img" and _ID.fullmatch(value) else None
        return value

    def _candidates(self, srcset: str) -> str | None:
        """Resolve each address of ``small.png 1x, large.png 2x``."""
        found = ((urls.web(self._page, url), size) for url, size in _CANDIDATE.findall(srcset))
        return ", ".join(f"{url} {size}".rstrip() for url, size in found if url) or None


def _prepare(html: str) -> str:
    """Turn iframes into links, and images that a script would load into plain ones.

    The HTML is normalised first, so that a pattern can read it: attributes stand in double
    quotes, with ``<`` and ``>`` escaped. It is cleaned like all other HTML afterwards.
    """
    import nh3  # noqa: PLC0415 - needed only where one renders

    lazy = {*_LAZY, *_LAZY_SET}
    attributes = {
        **_ATTRIBUTES,
        "iframe": {"src", "data-src"},
        "img": _ATTRIBUTES["img"] | lazy,
        "source": _ATTRIBUTES["source"] | lazy,
    }
    html = nh3.clean(
        html,
        tags=_TAGS | {"iframe"},
        clean_content_tags=_DROPPED_WHOLE,
        attributes=attributes,
        link_rel=None,
        url_schemes=urls.SCHEMES,
    )
    return _IMAGE.sub(_load, _IFRAME.sub(_link, html))


def _link(iframe: re.Match[str]) -> str:
    """Give the link that says where a frame would have led."""
    attributes = dict(_ATTRIBUTE.findall(iframe[1]))
    address = attributes.get("data-src") or attributes.get("src")
    if not address:
        return ""
    address = escape(embeds.page_of(unescape(address)))
    label = attributes.get("title") or escape(_host(unescape(address))) or address
    return f'<a href="{address}">{label}</a>'


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _load(image: re.Match[str]) -> str:
    """Put an image's real address in the place where every reader looks."""
    attributes = dict(_ATTRIBUTE.findall(image[2]))
    for name, lazy in _LOADED.items():
        address = next((attributes[each] for each in lazy if each in attributes), None)
        if address:
            attributes[name] = address
    kept = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<{image[1]}{kept}>"
