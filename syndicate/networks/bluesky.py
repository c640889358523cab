"""Bluesky, on the AT Protocol.

https://docs.bsky.app/docs/advanced-guides/posts, and the lexicons under
https://github.com/bluesky-social/atproto/tree/main/lexicons/app/bsky
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from syndicate.compose import Words, find_facets, fit, fits, measure, shorten, thread
from syndicate.compose import graphemes as count
from syndicate.config import PER_POST, Form, Secret, Threaded, WebUrl
from syndicate.errors import Rejected, Unreachable
from syndicate.http import Reply
from syndicate.model import (
    Attachment,
    Facet,
    FacetKind,
    Guarantee,
    Health,
    Key,
    Limits,
    Message,
    Picture,
    Post,
    Receipt,
    Replay,
    Site,
)
from syndicate.networks.atproto import Account, known_did, tid
from syndicate.networks.base import Wire
from syndicate.networks.bluesky_facts import of_server, of_session
from syndicate.networks.standard_site import PUBLICATION, Edition, spell, uri
from syndicate.networks.standard_site_library import Library

log = logging.getLogger(__name__)

COLLECTION = "app.bsky.feed.post"
LIMITS = Limits(
    text=300,
    text_bytes=3_000,
    image_bytes=2_000_000,
    image_side=2_000,
    image_types=frozenset({"image/jpeg", "image/png", "image/webp"}),
    alt=2_000,
)
"""Of the lexicons ``app.bsky.feed.post`` and ``app.bsky.embed.images``."""
THUMBNAIL = 1_000_000
"""The most bytes of a card's picture (``app.bsky.embed.external``), and of a document's cover."""
DESCRIPTION = 300
"""The most graphemes of a card's description; the app shows two lines."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?")
"""A tag that no server can refuse: language, script, region (RFC 5646)."""


class BlueskyOptions(Threaded):
    """An account on Bluesky, or on any PDS of the AT Protocol."""

    edits: ClassVar[tuple[str, ...]] = ("update", "reply")
    deletes: ClassVar[bool] = True

    service: WebUrl = Field(
        "https://bsky.social", description="Where to log in: your PDS, or Bluesky's entryway."
    )
    handle: Annotated[
        str,
        Form(
            r"^([A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]*$",
            "a handle without @, which is a domain",
            "ada.bsky.social",
            lambda text: text.strip().removeprefix("@"),
        ),
    ] = Field(
        description="Without `@`: `ada.bsky.social`, or your own domain.",
    )
    password: Secret = Field(
        description="An app password (Settings → Privacy and security → App passwords)."
    )
    embed: Annotated[Literal["card", "image"], PER_POST] = Field(
        "card", description="A link card with the picture, or the picture with its alt text."
    )
    hashtags: int = Field(3, ge=0, le=8, description="The most hashtags.")
    document: Annotated[bool, PER_POST] = Field(
        False,
        description="Whether each post is written as a document, too (standard.site), so that apps "
        "for long texts have it.",
    )
    publication: Annotated[
        str,
        Form(
            r"^([2-7a-j][2-7a-z]{12})?$",
            "a record key, 13 small letters of English and digits from 2 to 7",
            "3lwafzkjqm25s",
        ),
    ] = Field(
        "",
        description="The record key of the site's publication, where another tool has written one "
        "already.",
    )
    discover: bool = Field(
        True, description="Whether apps may show the publication to who does not follow it."
    )


class Bluesky:
    """Posts a record under a key that is derived from the delivery.

    ``putRecord`` with that key and ``swapRecord: null`` creates it once: writing the same again
    does nothing, writing anything else is refused. So a replay is harmless.

    A link card carries the permalink, so the text has the words only; in the text stands the
    permalink where the picture itself is posted, since a post has either. Nobody is mentioned:
    on Bluesky a mention is a facet, not an ``@`` in the text.
    """

    Options = BlueskyOptions
    guarantee = Guarantee(Replay.IDEMPOTENT)

    def __init__(self, options: BlueskyOptions, site: Site) -> None:
        self._options = options
        self._site = site
        self._edition = Edition(site, options.publication, options.discover)

    @staticmethod
    def place(options: BlueskyOptions) -> str:
        """Give the account's page."""
        return f"https://bsky.app/profile/{options.handle}"

    async def limits(self, wire: Wire) -> Limits:  # noqa: ARG002 - the lexicon's, for all servers
        """Give the limits of the post lexicon, and of the picture where it will stand."""
        return self._narrow(LIMITS, card=self._options.embed == "card")

    def compose(self, post: Post, html: str, picture: Picture | None, limits: Limits) -> Message:
        """Compose the record, but for what is not known yet: its time, and the uploaded picture."""
        card = self._options.embed == "card" or not fits(post.url, limits)
        image = fit(post, picture, self._narrow(limits, card=card))
        shown = None if card else image
        said = Words(post, self._site, self._options)
        text, *more = thread(
            said,
            lambda text: fits(text, limits),
            self._options.thread,
            numbered=self._options.numbered,
            link=bool(shown),
        )
        facets = tuple(find_facets(text, post.url))
        record = _record(text, post) | {
            "embed": _images(shown) if shown else _card(post, self._site)
        }
        replies = {"replies": [_record(each, post) for each in more]} if more else {}
        return Message(
            text=text,
            link=post.url,
            title=post.title or "",
            summary=post.summary,
            language=post.language,
            length=measure(text, limits),
            limit=limits.text,
            facets=facets,
            image=image,
            payload={"record": record, **replies},
            more=tuple(more),
            beside=self._edition.records(post, html) if self._options.document else {},
        )

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:
        """Upload the picture, then put the record, and those that answer it.

        Only the putting can leave a doubt, and each is harmless when it is repeated.
        """
        account = self._account(wire)
        record = await _whole(message, account)
        root = parent = await _put(record, key, account)
        for number, each in enumerate(message.payload.get("replies", ()), 2):
            answered = {"reply": {"root": root, "parent": parent}}
            parent = await _put(each | answered, key.of_part(number), account)
        if message.beside:
            await self._library(wire).publish(message, root, _picture(record), key)
        return self._receipt(root, key)

    async def reply(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> Receipt:
        """Put a record that refers to the one that was announced."""
        account = self._account(wire)
        found = await _get(await _place(receipt, account), account)
        announced = {"uri": receipt.id, "cid": found.field("cid")}
        answered = {"reply": {"root": announced, "parent": announced}}
        record = await _whole(message, account) | answered
        return self._receipt(await _put(record, key, account), key)

    async def update(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> None:
        """Put another record in the place of the one that we know; its time stays.

        The document follows, even where the announcement reads as before.

        Raises:
            Rejected: it is not there any more.
            Unreachable: somebody has changed it since we looked.
        """
        account = self._account(wire)
        where = await _place(receipt, account)
        found = await _get(where, account)
        known, cid = found.field("value"), found.field("cid")
        if not isinstance(known, dict) or "createdAt" not in known:
            raise found.garbled("is no record")
        record = {**await _whole(message, account), "createdAt": known["createdAt"]}
        if record != known:
            request = {**where, "record": record, "swapRecord": cid}
            reply = await account.call("POST", "com.atproto.repo.putRecord", json=request)
            if reply.field("error") == "InvalidSwap":
                raise Unreachable("it has been changed since it was looked at", status=reply.status)
            cid = reply.check().field("cid")
        if message.beside:
            announced = {"uri": receipt.id, "cid": cid}
            await self._library(wire).update(message, announced, _picture(record), key)

    async def delete(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> None:  # noqa: ARG002
        """Delete the record, and its document; the protocol does not mind where there is none."""
        account = self._account(wire)
        if message.beside:
            await self._library(wire).delete(message)
        where = await _place(receipt, account)
        (await account.call("POST", "com.atproto.repo.deleteRecord", json=where)).check()

    def _narrow(self, limits: Limits, *, card: bool) -> Limits:
        """Give the limits of a picture that has to do for a card, or for a document."""
        if not card and not self._options.document:
            return limits
        return replace(limits, image_bytes=min(limits.image_bytes or THUMBNAIL, THUMBNAIL))

    def _receipt(self, record: Mapping[str, str], key: Key) -> Receipt:
        url = f"https://bsky.app/profile/{self._options.handle}/post/{tid(key)}"
        return Receipt(record["uri"], url)

    async def check(self, wire: Wire) -> Health:
        """Ask who we are, how, and on what server."""
        account = self._account(wire)
        reply = (await account.call("GET", "com.atproto.server.getSession")).check()
        handle, did = reply.field("handle"), reply.field("did")
        if not handle or not did:
            raise reply.garbled("is no session")
        server = await account.call("GET", "com.atproto.server.describeServer")
        version = (await account.call("GET", "_health")).field("version")
        facts = (
            *of_session(*await account.tokens(), reply.json()),
            *of_server(server.field("did"), version),
            *(await self._library(wire).facts() if self._options.document else ()),
        )
        return Health(True, f"@{handle} ({did}), {LIMITS.text} characters", facts)

    @property
    def proof_path(self) -> str | None:
        """Where the site has to name its publication."""
        return self._edition.file if self._options.document else None

    def proof(self, session: Mapping[str, Any]) -> str | None:
        """Give what it has to say there; that is known once there was a log-in."""
        did = known_did(self._options.service, self._options.handle, session)
        return uri(did, PUBLICATION, self._edition.key) if did else None

    def _library(self, wire: Wire) -> Library:
        return Library(self._account(wire), wire, self._edition)

    def _account(self, wire: Wire) -> Account:
        options = self._options
        return Account(options.service, options.handle, options.password, wire)


async def _whole(message: Message, account: Account) -> dict[str, Any]:
    """Upload the picture, and give the record but for its time."""
    blob = await _upload(message.image, account) if message.image else None
    record = dict(message.payload["record"])
    return record | _with_blob(record.pop("embed"), blob)


def _picture(record: Mapping[str, Any]) -> Any:
    """Give the uploaded picture of a record, if there is one."""
    embed = record.get("embed", {})
    if "external" in embed:
        return embed["external"].get("thumb")
    return embed["images"][0]["image"] if embed else None


async def _put(record: Mapping[str, Any], key: Key, account: Account) -> dict[str, str]:
    """Put a record under its key, and name it, as others refer to it."""
    where = {"repo": await account.did(), "collection": COLLECTION, "rkey": tid(key)}
    record = {**record, "createdAt": spell(key.minted)}
    reply = await account.call(
        "POST",
        "com.atproto.repo.putRecord",
        json={**where, "record": record, "swapRecord": None},
        creates=True,
    )
    if reply.field("error") == "InvalidSwap":
        reply = await _existing(where, account)
    uri, cid = reply.check().field("uri"), reply.field("cid")
    if not isinstance(uri, str) or not isinstance(cid, str):
        raise reply.garbled("names no record")
    return {"uri": uri, "cid": cid}


async def _place(receipt: Receipt, account: Account) -> dict[str, str]:
    """Say where a record is; its key is the last part of its address."""
    rkey = receipt.id.rpartition("/")[2]
    return {"repo": await account.did(), "collection": COLLECTION, "rkey": rkey}


async def _get(where: Mapping[str, str], account: Account) -> Reply:
    """Read the record that was announced.

    Raises:
        Rejected: it is not there any more.
    """
    reply = await account.call("GET", "com.atproto.repo.getRecord", params=where)
    if reply.field("error") == "RecordNotFound":
        raise Rejected("the post is not there any more", status=reply.status)
    return reply.check()


async def _existing(where: Mapping[str, str], account: Account) -> Reply:
    """Read the record that an earlier attempt has written under the same key."""
    reply = await account.call("GET", "com.atproto.repo.getRecord", params=where)
    if reply.field("error") == "RecordNotFound":
        raise Unreachable("the server was busy with another write", status=reply.status)
    return reply


async def _upload(image: Attachment, account: Account) -> Any:
    """Upload the picture; None where it is refused, which does not cost the post."""
    headers = {"content-type": image.type}
    reply = await account.call(
        "POST", "com.atproto.repo.uploadBlob", headers=headers, content=image.data
    )
    try:
        blob = reply.check().field("blob")
    except Rejected as error:
        log.warning("the post goes out without its image: %s", error.detail)
        return None
    if not isinstance(blob, dict):
        raise reply.garbled("names no blob")
    return blob


def _record(text: str, post: Post) -> dict[str, Any]:
    """Give a record's words, with what they stand for and in which language they are."""
    record = {
        "$type": COLLECTION,
        "text": text,
        "facets": [_facet(facet) for facet in find_facets(text, post.url)],
        "langs": [post.language] if _LANGUAGE.fullmatch(post.language) else [],
    }
    return {name: value for name, value in record.items() if value != []}


def _card(post: Post, site: Site) -> dict[str, Any]:
    """Give the link card. Bluesky fetches nothing itself: what is not here is not shown."""
    return {
        "$type": "app.bsky.embed.external",
        "external": {
            "uri": post.url,
            "title": post.title or site.title,
            "description": shorten(post.summary, lambda text: count(text) <= DESCRIPTION),
        },
    }


def _images(image: Attachment) -> dict[str, Any]:
    ratio = {"width": image.width, "height": image.height}
    return {
        "$type": "app.bsky.embed.images",
        "images": [{"alt": image.alt, "aspectRatio": ratio}],
    }


def _with_blob(embed: Mapping[str, Any], blob: Any) -> dict[str, Any]:
    """Put the uploaded picture into its embed: a card's thumbnail, or the image itself.

    Without one a card has no thumbnail, and an image is nothing at all: its post has the link.
    """
    if "external" in embed:
        thumb = {"thumb": blob} if blob else {}
        return {"embed": {**embed, "external": {**embed["external"], **thumb}}}
    if blob is None:
        return {}
    return {"embed": {**embed, "images": [{**embed["images"][0], "image": blob}]}}


def _facet(facet: Facet) -> dict[str, Any]:
    key = {FacetKind.LINK: "uri", FacetKind.TAG: "tag"}[facet.kind]
    return {
        "index": {"byteStart": facet.start, "byteEnd": facet.end},
        "features": [{"$type": f"app.bsky.richtext.facet#{facet.kind}", key: facet.value}],
    }
