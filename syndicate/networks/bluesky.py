"""Bluesky, on the AT Protocol.

https://docs.bsky.app/docs/advanced-guides/posts, and the lexicons under
https://github.com/bluesky-social/atproto/tree/main/lexicons/app/bsky
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from syndicate.compose import Words, find_facets, fit, fits, measure, thread
from syndicate.config import PER_POST, Form, Secret, Threaded, WebUrl
from syndicate.model import (
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
from syndicate.networks.bluesky_api import Api
from syndicate.networks.bluesky_facts import of_server, of_session
from syndicate.networks.bluesky_records import card, completed, images, picture_of, words
from syndicate.networks.standard_site import PUBLICATION, Edition, uri
from syndicate.networks.standard_site_library import Library

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
        has_card = self._options.embed == "card" or not fits(post.url, limits)
        image = fit(post, picture, self._narrow(limits, card=has_card))
        shown = None if has_card else image
        said = Words(post, self._site, self._options)
        text, *more = thread(
            said,
            lambda text: fits(text, limits),
            self._options.thread,
            numbered=self._options.numbered,
            link=bool(shown),
        )
        facets = tuple(find_facets(text, post.url))
        embed = images(shown) if shown else card(post, self._site)
        replies = {"replies": [words(each, post) for each in more]} if more else {}
        return Message.of(
            post,
            text,
            length=measure(text, limits),
            limit=limits.text,
            facets=facets,
            image=image,
            payload={"record": {**words(text, post), "embed": embed}, **replies},
            more=tuple(more),
            beside=self._edition.records(post, html) if self._options.document else {},
        )

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:
        """Upload the picture, then put the record, and those that answer it.

        Only the putting can leave a doubt, and each is harmless when it is repeated.
        """
        api = self._api(wire)
        record = await _whole(message, api)
        root = parent = await api.put(record, key)
        for number, each in enumerate(message.payload.get("replies", ()), 2):
            answered = {"reply": {"root": root, "parent": parent}}
            parent = await api.put(each | answered, key.of_part(number))
        if message.beside:
            await self._library(wire).publish(message, root, picture_of(record), key)
        return self._receipt(root, key)

    async def reply(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> Receipt:
        """Put a record that refers to the one that was announced."""
        api = self._api(wire)
        announced = {"uri": receipt.id, "cid": (await api.get(receipt)).field("cid")}
        answered = {"reply": {"root": announced, "parent": announced}}
        record = await _whole(message, api) | answered
        return self._receipt(await api.put(record, key), key)

    async def update(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> None:
        """Put another record in the place of the one that we know; its time stays.

        The document follows, even where the announcement reads as before.

        Raises:
            Rejected: it is not there any more.
            Unreachable: somebody has changed it since we looked.
        """
        api = self._api(wire)
        found = await api.get(receipt)
        known, cid = found.field("value"), found.field("cid")
        if not isinstance(known, dict) or "createdAt" not in known:
            raise found.garbled("is no record")
        record = {**await _whole(message, api), "createdAt": known["createdAt"]}
        if record != known:
            cid = await api.replace(receipt, record, cid)
        if message.beside:
            announced = {"uri": receipt.id, "cid": cid}
            await self._library(wire).update(message, announced, picture_of(record), key)

    async def delete(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> None:  # noqa: ARG002
        """Delete the record, and its document; that there is none is a success."""
        if message.beside:
            await self._library(wire).delete(message)
        await self._api(wire).delete(receipt)

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

    def _api(self, wire: Wire) -> Api:
        return Api(self._account(wire))

    def _account(self, wire: Wire) -> Account:
        options = self._options
        return Account(options.service, options.handle, options.password, wire)


async def _whole(message: Message, api: Api) -> dict[str, Any]:
    """Upload the picture, and give the record but for its time."""
    blob = await api.upload(message.image) if message.image else None
    return completed(message.payload["record"], blob)
