"""The neutral feed as a page for people: browsers show a raw feed as text.

One file, ``templates/page.html``, with its style and script inside. Its policy (CSP Level 3) lets
nothing else in: no request leaves the host that the page is on, and what a title might smuggle in
could not run. Its own words are English; what is the site's keeps the site's language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit, urlunsplit

from markupsafe import Markup

from syndicate import pages
from syndicate.feeds import text
from syndicate.feeds.shape import Entry, Feed, Hero

SHOWN = 20
"""The most posts that a page shows; a feed can have thousands."""

READERS = {
    "Feedly": "https://feedly.com/i/subscription/feed%2F",
    "Inoreader": "https://www.inoreader.com/?add_feed=",
    "NewsBlur": "https://www.newsblur.com/?url=",
    "The Old Reader": "https://theoldreader.com/feeds/subscribe?url=",
    "Feedbin": "https://feedbin.com/?subscribe=",
}
"""Services that subscribe to the address at the end of a link."""

MONTHS = "January February March April May June July August September October November December"
"""Our own: strftime answers in the language of the machine."""

RIGHT_TO_LEFT = "ar arc ckb dv fa he iw ji lrc mzn nqo ps sd syr ug ur yi"
"""Languages whose usual script runs from right to left, and the scripts that do."""
SCRIPTS = "adlm arab hebr mand nkoo rohg samr syrc thaa"
_SCRIPT = 4
"""The letters of a script's subtag (BCP 47); regions have two or three."""


@dataclass(frozen=True, slots=True)
class Format:
    """One of the formats that the feed is published in."""

    label: str
    url: str
    type: str


@dataclass(frozen=True, slots=True)
class Item:
    """A post as the page shows it."""

    url: str | None
    title: str | None
    summary: str
    moment: str
    day: str
    language: str | None
    """Only where it differs from the feed's."""
    direction: str
    external: str | None
    external_host: str
    hero: Hero | None
    source: str | None
    """The picture's address without its host; None where it lies on another."""


def page(feed: Feed, url: str, formats: Sequence[Format], mark: str) -> bytes:
    """Render a feed's page.

    Args:
        feed: what it shows.
        url: where the page is on the web.
        formats: where the feed is; the first one is what readers are given.
        mark: the element that tells our pages from others.
    """
    style, script = (
        Markup(pages.template(__package__, name))  # noqa: S704 - ours
        for name in ("page.css", "page.js")
    )
    address = formats[0].url
    html = pages.environment(__package__).get_template("page.html")
    return html.render(
        mark=Markup(mark),  # noqa: S704 - ours
        policy=_policy(style, script),
        style=style,
        script=script,
        feed=feed,
        language=feed.language or "en",
        direction=direction(feed.language),
        url=url,
        home=_web(feed.home),
        address=address,
        formats=formats,
        readers={name: link + quote(address, safe="") for name, link in READERS.items()},
        items=[_item(entry, feed, url) for entry in feed.entries[:SHOWN]],
    ).encode()


def direction(language: str | None) -> str:
    """Tell which way a language is written, ``ltr`` or ``rtl``; its script decides where named."""
    name, *rest = (language or "").lower().split("-")
    script = next((part for part in rest if len(part) == _SCRIPT and part.isalpha()), None)
    right_to_left = script in SCRIPTS.split() if script else name in RIGHT_TO_LEFT.split()
    return "rtl" if right_to_left else "ltr"


def _item(entry: Entry, feed: Feed, page_url: str) -> Item:
    external = _web(entry.external_url)
    told = {entry.title, entry.published.date().isoformat()}  # what stands in for a summary
    return Item(
        url=_web(entry.url),
        title=entry.title,
        summary="" if entry.summary in told else text.shorten(entry.summary, text.EXCERPT),
        moment=entry.published.isoformat(),
        day=_day(entry.published.astimezone(feed.zone)),
        language=entry.language,
        direction=direction(entry.language),
        external=external,
        external_host=(urlsplit(external).hostname or "") if external else "",
        hero=entry.hero,
        source=_local(entry.hero.url, page_url) if entry.hero else None,
    )


def _day(moment: datetime) -> str:
    return f"{moment.day} {MONTHS.split()[moment.month - 1]} {moment.year}"


def _web(url: str | None) -> str | None:
    """Give an address that a link may lead to: on the web, and nothing that a browser would run."""
    return url if url and urlsplit(url).scheme in {"http", "https"} else None


def _local(url: str, page_url: str) -> str | None:
    """Give the path of what is on the page's own host, None for what is not."""
    there, here = urlsplit(url), urlsplit(page_url)
    same = (there.scheme, there.netloc.lower()) == (here.scheme, here.netloc.lower())
    if not same or there.path.startswith("//"):  # a path that a browser would take for a host
        return None
    return urlunsplit(("", "", there.path or "/", there.query, ""))


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; img-src 'self'; style-src '{pages.digest(style)}'; "
        f"script-src '{pages.digest(script)}'; base-uri 'none'; form-action 'none'"
    )
