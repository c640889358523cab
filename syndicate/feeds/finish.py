"""Our one feedgen extension: it mends and completes the trees that feedgen has built.

feedgen calls ``extend_rss`` and ``extend_atom`` with the channel or feed, and with each entry,
before it puts the entries in. In its Atom trees tags carry no namespace; the declaration does.
"""

from __future__ import annotations

import html
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from syndicate.feeds import podcast
from syndicate.feeds.markup import (
    ATOM,
    CONTENT,
    DC,
    HISTORY,
    MEDIA,
    XML,
    Element,
    add,
    cdata,
    plain,
)
from syndicate.feeds.shape import Entry, Feed, Position


class FinishFeed:
    """Finishes what is said of the whole feed."""

    feed: Feed
    position: Position
    type: str

    def extend_ns(self) -> dict[str, str]:
        """Declare the prefixes that both formats have beside feedgen's own."""
        shows = podcast.NAMESPACES if self.feed.podcast else {}
        pages = {"fh": HISTORY} if self.position.is_archived else {}
        return {"dc": DC, "media": MEDIA} | shows | pages

    def extend_rss(self, root: Element) -> None:
        """Leave a channel without entries undated (feedgen says *now*), and spell its texts."""
        channel = root[0]
        if self.feed.updated is None:
            channel.remove(channel.find("lastBuildDate"))
        self._lead(channel, f"{{{ATOM}}}link")
        for hub in self.feed.hubs:
            if hub.type == "WebSub":
                add(channel, f"{{{ATOM}}}link", href=hub.url, rel="hub")
            else:
                add(channel, "cloud", **_cloud(hub.url))
        if picture := self.feed.logo or self.feed.icon:
            image = add(channel, "image")
            add(image, "url", picture)
            add(image, "title", self.feed.title)
            add(image, "link", self.feed.home)
        if self.feed.podcast:
            podcast.finish_channel(channel, self.feed, self.feed.podcast, self.position.current)
        _respell(channel)

    def extend_atom(self, root: Element) -> None:
        """Say of each text what it is (RFC 4287, 3.1.1); only RSS has to have a description."""
        if not self.feed.description:
            root.remove(root.find("subtitle"))
        self._lead(root, "link")
        for hub in self.feed.hubs:
            if hub.type == "WebSub":  # the other protocol is RSS's alone
                add(root, "link", href=hub.url, rel="hub")
        for tag, picture in (("icon", self.feed.icon), ("logo", self.feed.logo)):
            if picture:
                add(root, tag, picture)
        _typed(root, "title", "subtitle", "rights")

    def _lead(self, parent: Element, tag: str) -> None:
        """Lead to the pages of the archive (RFC 5005, section 4), each in the same format."""
        at = self.position
        if at.is_archived:
            add(parent, f"{{{HISTORY}}}archive")
            add(parent, tag, href=at.current, rel="current", type=self.type)
        for rel, url in (("prev-archive", at.older), ("next-archive", at.newer)):
            if url:
                add(parent, tag, href=url, rel=rel, type=self.type)


class FinishEntry:
    """Finishes an RSS item or an Atom entry."""

    feed: Feed
    entry: Entry

    def extend_rss(self, item: Element) -> None:
        """Finish an item (RSS 2.0 and the RSS Best Practices Profile).

        Authors are ``dc:creator`` and nothing else: ``author`` demands an e-mail address, and
        both beside each other say the same thing twice.
        """
        entry = self.entry
        for element in item.findall("author"):
            item.remove(element)
        if entry.title is None:
            item.remove(item.find("title"))
        _respell(item)
        plain(item.find("description"), html.escape(entry.summary, quote=False))
        if entry.content:
            cdata(item.find(f"{{{CONTENT}}}encoded"), entry.content)
        add(item, "pubDate", format_datetime(entry.published))
        add(item, f"{{{ATOM}}}updated", entry.updated.isoformat())
        for author in entry.authors:
            add(item, f"{{{DC}}}creator", author.name)
        if entry.language:
            add(item, f"{{{DC}}}language", entry.language)
        _picture(item, entry)
        if self.feed.podcast:
            podcast.finish_item(item, entry, self.feed.podcast)

    def extend_atom(self, element: Element) -> None:
        """Finish an entry (RFC 4287, 4.1.2).

        feedgen writes links with nothing but their ``href``, which makes an enclosure a second
        page of the entry.
        """
        entry = self.entry
        if entry.language:
            element.set(f"{{{XML}}}lang", entry.language)
        element.find("id").text = entry.iri
        _typed(element, "title")
        for link, attributes in zip(element.findall("link"), links(entry), strict=True):
            link.attrib.update(attributes)
        add(element, "published", entry.published.isoformat())
        _picture(element, entry)


def links(entry: Entry) -> list[dict[str, str]]:
    """List an entry's links (RFC 4287, 4.2.7): its page, what it is about, its enclosure."""
    found = [{"href": entry.url, "rel": "alternate", "type": "text/html"}]
    if entry.external_url:
        found.append({"href": entry.external_url, "rel": "related"})
    if file := entry.enclosure:
        length = str(file.length)  # 0 where it is unknown, as in RSS
        found.append({"href": file.url, "rel": "enclosure", "type": file.type, "length": length})
    return found


def _cloud(url: str) -> dict[str, str]:
    """Tell where one subscribes with rssCloud (RSS 2.0, "cloud")."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443}.get(parts.scheme, 80)
    return {
        "domain": parts.hostname or "",
        "port": str(port),
        "path": parts.path,
        "registerProcedure": "",
        "protocol": f"{parts.scheme}-post",
    }


def _picture(parent: Element, entry: Entry) -> None:
    """Add the hero image (Media RSS 1.5.1), plainly: a group is for several renditions of one.

    Its alternative text stands inside the picture's own element, and only where the entry has
    content: elsewhere feedparser takes it for the content.
    """
    hero = entry.hero
    if hero is None:
        return
    size: dict[str, Any] = {"width": hero.width, "height": hero.height}
    picture = add(
        parent,
        f"{{{MEDIA}}}content",
        url=hero.url,
        medium="image",
        type=hero.type,
        fileSize=hero.length or None,
        **size,
    )
    if hero.alt and entry.content:
        add(picture, f"{{{MEDIA}}}description", hero.alt, type="plain")
    add(parent, f"{{{MEDIA}}}thumbnail", url=hero.url, **size)


def _respell(parent: Element) -> None:
    """Spell the text of RSS's own elements as its readers take it best."""
    for element in parent:
        if element.text and not element.tag.startswith("{"):
            plain(element, element.text)


def _typed(parent: Element, *tags: str) -> None:
    """Mark text constructs as plain text."""
    for tag in tags:
        for element in parent.findall(tag):
            element.set("type", "text")
