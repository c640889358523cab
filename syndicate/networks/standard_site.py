"""A post as a document on the AT Protocol, and its site as a publication: the records. Pure.

https://standard.site: the lexicons ``site.standard.document`` and ``site.standard.publication``,
and https://standard.site/docs/verification.

What is composed lacks what only the server knows: the account in the addresses, the uploaded
pictures, the announcement that the document refers to. A document's key is derived from its post,
and a publication's from its site: there is one of each, however often something is announced.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from syndicate.compose import graphemes, plain, shorten, untagged
from syndicate.model import Message, Post, Receipt, Site
from syndicate.networks.atproto import steady_tid

DOCUMENT, PUBLICATION = "site.standard.document", "site.standard.publication"
TITLE, DESCRIPTION, TAG = 500, 3_000, 128
"""The most graphemes that the lexicons take; ten bytes for each are the most, too."""
TEXT = 100_000
"""The most bytes of a document's text: the reference server takes requests of 150 KiB."""
WELL_KNOWN = f".well-known/{PUBLICATION}"


@dataclass(frozen=True, slots=True)
class Edition:
    """What a site publishes of its posts.

    Args:
        site: where they are published.
        given_key: the publication's record key; derived from the site's address where empty.
        discover: whether apps may show the publication to strangers.
    """

    site: Site
    given_key: str
    discover: bool

    def records(self, post: Post, html: str) -> dict[str, Any]:
        """Compose a post's document, and the publication that it belongs to.

        Args:
            post: what is announced.
            html: its rendered content.

        Returns:
            ``document`` and ``publication``, each with its key and its record. Nothing where the
            post has no title: a document has to have one. No publication where the post lies
            elsewhere.
        """
        if not post.title:
            return {}
        where, path = _place(untagged(post.url), self.site)
        optional = {
            "site": where,
            "path": path,
            "description": _cut(post.summary, DESCRIPTION),
            "textContent": _within(plain(html)),
            "tags": [tag for each in post.tags if (tag := each.lstrip("#")) and _fits(tag, TAG)],
            "updatedAt": spell(post.updated) if post.updated > post.published else None,
        }
        document = {
            "$type": DOCUMENT,
            "title": _cut(post.title, TITLE),
            "publishedAt": spell(post.published),
            **{name: value for name, value in optional.items() if value},
        }
        found = {"document": {"rkey": steady_tid(f"{DOCUMENT} {post.id}"), "record": document}}
        return found if where else found | {"publication": self.publication}

    @property
    def publication(self) -> dict[str, Any]:
        """The publication: its key and its record."""
        record = {
            "$type": PUBLICATION,
            "url": self.site.url,
            "name": _cut(self.site.title, TITLE),
            "preferences": {"showInDiscover": self.discover},
        }
        if self.site.description:
            record["description"] = _cut(self.site.description, DESCRIPTION)
        return {"rkey": self.key, "record": record}

    @property
    def key(self) -> str:
        """The publication's record key."""
        return self.given_key or steady_tid(f"{PUBLICATION} {self.site.url}")

    @property
    def well_known(self) -> str:
        """The path, from the root of the site's host, of the file that names its publication."""
        return f"{WELL_KNOWN}{urlsplit(self.site.url).path.rstrip('/')}"

    @property
    def file(self) -> str:
        """The same as the name of a file."""
        return unquote(self.well_known)


def uri(did: str, collection: str, rkey: str) -> str:
    """Give a record's address."""
    return f"at://{did}/{collection}/{rkey}"


def told(message: Message | None, receipt: Receipt | None) -> dict[str, str] | None:
    """Tell of the document that was written with an announcement, if one was.

    Returns:
        Its ``uri``, and the ``url`` of the page that it stands for, which has to name it.
    """
    document = message.beside.get("document") if message else None
    if message is None or not document or not receipt or not receipt.id.startswith("at://"):
        return None
    record = document["record"]
    site = record.get("site") or message.beside["publication"]["record"]["url"]
    address = uri(receipt.id.split("/")[2], DOCUMENT, document["rkey"])
    return {"uri": address, "url": site + record.get("path", "")}


def spell(time: datetime) -> str:
    """Spell a time as the lexicons have it."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _place(url: str, site: Site) -> tuple[str | None, str]:
    """Part an address into that of its site and its path there; None is the configured site."""
    if url == site.url or url.startswith((f"{site.url}/", f"{site.url}?")):
        return None, url[len(site.url) :]
    parts = urlsplit(url)
    host = f"{parts.scheme}://{parts.netloc}"
    return host, url[len(host) :]


def _fits(text: str, most: int) -> bool:
    return graphemes(text) <= most and len(text.encode()) <= 10 * most


def _cut(text: str, most: int) -> str:
    return shorten(text, lambda part: _fits(part, most))


def _within(text: str) -> str:
    """Give as many paragraphs from the beginning as the server takes."""
    kept: list[str] = []
    size = 0
    for paragraph in text.split("\n\n"):
        size += len(json.dumps(f"{paragraph}\n\n", ensure_ascii=False).encode())
        if size > TEXT:
            return "\n\n".join([*kept, "…"]) if kept else ""
        kept.append(paragraph)
    return text


def refers_to(document: Mapping[str, Any], announced: Mapping[str, str]) -> Mapping[str, Any]:
    """Give what a document refers to: the announcement that it always has, or this one.

    A post that is announced once more keeps the conversation that it has; an edited announcement is
    another version of the same.
    """
    known = document.get("bskyPostRef")
    is_other = isinstance(known, dict) and known.get("uri") not in {None, announced["uri"]}
    return dict(known) if is_other and isinstance(known, dict) else announced
