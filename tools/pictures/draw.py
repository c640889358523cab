"""A message → an HTML page that shows it roughly as its network does. Pure, and no network's style.

The templates are ours: what they share with the networks is where words, links and picture stand.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from pictures.messages import HERO, Composed
from syndicate.compose import find_facets
from syndicate.model import Facet

SHOWN = 240
"""How much of an event's long words is shown: all but the whole content."""
_LIST = re.compile(r"\[\n\s+([^\[\]{}]*?)\n\s+\]")
_TOKENS = re.compile(r'("(?:[^"\\]|\\.)*")(:?)|\b(true|false|null|-?\d+(?:\.\d+)?)\b')


def draw(made: Composed) -> str:
    """Give the page of one message; the same message gives the same page."""
    return (
        _pages()
        .get_template(f"{_template(made)}.html")
        .render(
            made=made,
            message=made.message,
            payload=made.message.payload,
            site=made.site,
            request=_request(made),
        )
    )


def digest(made: Composed) -> str:
    """Give a word for all that a picture is made of."""
    return hashlib.sha256(draw(made).encode() + HERO.read_bytes()).hexdigest()


def _template(made: Composed) -> str:
    if made.requests:
        return "request"
    return "slack" if made.name == "slackbot" else made.name


def _pages() -> Environment:
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("pages")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters |= {
        "facets": find_facets,
        "linked": linked,
        "linked_html": linked_html,
        "markdown": markdown,
        "inline": inline,
        "coloured": coloured,
        "host": lambda url: urlsplit(url).hostname,
        "day": lambda when: f"{datetime.fromisoformat(when):%-d %B %Y}",
    }
    return pages


def linked(text: str, facets: Iterable[Facet]) -> Markup:
    """Show what is a link or a hashtag in a text, by its facets; Markup is taken as it is."""
    kind, data, end, shown = type(text), text.encode(), 0, Markup()
    for facet in facets:
        shown += kind(data[end : facet.start].decode())
        shown += Markup("<a>{}</a>").format(kind(data[facet.start : facet.end].decode()))
        end = facet.end
    return shown + kind(data[end:].decode())


def linked_html(html: str, link: str) -> Markup:
    """Show links and hashtags in words that have markup already."""
    known, shown = str(escape(link)), Markup()
    for piece in map(Markup, re.split(r"(<[^>]*>)", html)):
        shown += piece if piece.startswith("<") else linked(piece, find_facets(piece, known))
    return shown


def markdown(text: str, picture: str) -> Markup:
    """Show Markdown, with our drawing where the picture is."""
    html = MarkdownIt("commonmark").render(text)
    return Markup(html.replace(str(escape(picture)), HERO.name))  # noqa: S704 - escaped words


def inline(html: str) -> Markup:
    """Take the body of a mail, with our drawing where its own picture is."""
    body = html.partition("<body>")[2].partition("</body>")[0]
    return Markup(re.sub(r'src="cid:[^"]*"', f'src="{HERO.name}"', body))  # noqa: S704 - as above


def coloured(text: str) -> Markup:
    """Colour JSON."""
    shown, end = Markup(), 0
    for found in _TOKENS.finditer(text):
        word, colon, other = found.groups()
        kind = "key" if colon else "word" if word else "other"
        shown += text[end : found.start()]
        shown += Markup('<i class="{}">{}</i>{}').format(kind, word or other, colon or "")
        end = found.end()
    return shown + text[end:]


def _request(made: Composed) -> dict[str, Any] | None:
    """Tell of the one request in which all is said."""
    if not made.requests:
        return None
    [asked] = made.requests
    url = urlsplit(asked["url"])
    body = asked.get("json") or json.loads(asked.get("content", b"{}")) or None
    kind = "application/json" if body else "application/x-www-form-urlencoded"
    return {
        "line": f"{asked['method']} {url.path or '/'}",
        "headers": {"host": url.hostname, "content-type": kind, **asked.get("headers", {})},
        "json": body and _spell(body),
        "form": body is None and urlencode(asked["form"], safe=":/").split("&"),
    }


def _spell(body: Any) -> str:
    """Spell JSON for people; a short list stays on its line."""
    text = json.dumps(_brief(body), ensure_ascii=False, indent=2)
    return _LIST.sub(lambda found: f"[{' '.join(found[1].split())}]", text)


def _brief(value: Any) -> Any:
    """Cut long words short, so that a whole event fits into a picture."""
    if isinstance(value, dict):
        return {name: _brief(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_brief(each) for each in value]
    is_long = isinstance(value, str) and len(value) > SHOWN and " " in value
    return value[:SHOWN].rsplit(" ", 1)[0] + " …" if is_long else value
