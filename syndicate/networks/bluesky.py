"""Bluesky, on the AT Protocol.

https://docs.bsky.app/docs/advanced-guides/posts, https://atproto.com/specs/record-key
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Literal

from pydantic import Field

from syndicate.compose import compose_text, fit, graphemes, hashtags
from syndicate.config import Endpoint, Secret, WebUrl
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
from syndicate.networks.base import Wire

COLLECTION = "app.bsky.feed.post"
LIMITS = Limits(
    text=300,
    text_bytes=3_000,
    image_bytes=1_000_000,
    image_side=2_000,
    image_types=frozenset({"image/jpeg", "image/png", "image/webp"}),
    alt=2_000,
)
_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
_URL = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]'…]")
_STALE = {"ExpiredToken", "InvalidToken"}


class BlueskyOptions(Endpoint):
    """An account on Bluesky, or on any PDS of the AT Protocol."""

    service: WebUrl = Field(
        "https://bsky.social", description="Where to log in: your PDS, or Bluesky's entryway."
    )
    handle: str = Field(
        pattern=r"^([A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]*$",
        description="Without `@`: `ada.bsky.social`, or your own domain.",
    )
    password: Secret = Field(
        description="An app password (Settings → Privacy and security → App passwords)."
    )
    embed: Literal["card", "image"] = Field(
        "card", description="A link card with the picture, or the picture with its alt text."
    )
    hashtags: int = Field(3, ge=0, le=8, description="The most hashtags.")


class Bluesky:
    """Posts a record under a key that is derived from the delivery.

    ``putRecord`` with that key and ``swapRecord: null`` creates it once: writing the same again
    does nothing, writing anything else is refused. So a replay is harmless.
    """

    Options = BlueskyOptions
    guarantee = Guarantee(Replay.IDEMPOTENT)

    def __init__(self, options: BlueskyOptions, site: Site) -> None:
        self._options = options
        self._site = site

    async def limits(self, wire: Wire) -> Limits:  # noqa: ARG002 - the lexicon's, for all servers
        """Give the limits of the post lexicon and of a card's thumbnail."""
        return LIMITS

    def compose(self, post: Post, html: str, picture: Picture | None, limits: Limits) -> Message:  # noqa: ARG002
        """Compose the text and the embed; a card carries the link, so the text need not."""
        image = fit(post, picture, limits)
        as_image = self._options.embed == "image" and image is not None
        title, summary = post.title or "", post.summary
        tags = hashtags(post.tags, f"{title} {summary}", self._options.hashtags)
        composed = compose_text(title, summary, post.url if as_image else "", tags, limits)
        facets = tuple(find_facets(composed.text, composed.hashtags))
        record = {
            "$type": COLLECTION,
            "text": composed.text,
            "langs": [post.language],
            "facets": [_facet(facet) for facet in facets],
            "embed": _images(image) if as_image and image else self._card(post),
        }
        return Message(
            text=composed.text,
            link=post.url,
            title=title,
            summary=summary,
            language=post.language,
            length=graphemes(composed.text),
            limit=limits.text,
            facets=facets,
            image=image,
            payload={"record": record},
        )

    def _card(self, post: Post) -> dict[str, Any]:
        """Give the link card. Bluesky fetches nothing itself: what is not here is not shown."""
        return {
            "$type": "app.bsky.embed.external",
            "external": {
                "uri": post.url,
                "title": post.title or self._site.title,
                "description": post.summary,
            },
        }

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:
        """Upload the picture, then put the record; only the latter can leave a doubt."""
        record = dict(message.payload["record"])
        if message.image:
            blob = await self._upload(message.image, wire)
            record["embed"] = _with_blob(record["embed"], blob)
        elif "images" in record["embed"]:
            del record["embed"]  # the cache lost the picture, and its source is gone
        record["createdAt"] = _spell(key.minted)
        rkey = tid(key)
        reply = await self._call(
            wire,
            "POST",
            "com.atproto.repo.putRecord",
            json={
                "repo": await self._did(wire),
                "collection": COLLECTION,
                "rkey": rkey,
                "record": record,
                "swapRecord": None,
            },
            creates=True,
        )
        if reply.field("error") == "InvalidSwap":
            reply = await self._existing(rkey, wire)
        uri = reply.check().field("uri")
        if not isinstance(uri, str):
            raise reply.garbled("names no record")
        return Receipt(uri, f"https://bsky.app/profile/{self._options.handle}/post/{rkey}")

    async def check(self, wire: Wire) -> Health:
        """Ask who we are."""
        reply = await self._call(wire, "GET", "com.atproto.server.getSession")
        return Health(ok=True, detail=f"@{reply.check().field('handle')}, {LIMITS.text} characters")

    async def _existing(self, rkey: str, wire: Wire) -> Reply:
        """Read the record that an earlier attempt has written."""
        params = {"repo": await self._did(wire), "collection": COLLECTION, "rkey": rkey}
        return await self._call(wire, "GET", "com.atproto.repo.getRecord", params=params)

    async def _upload(self, image: Attachment, wire: Wire) -> Any:
        reply = await self._call(
            wire,
            "POST",
            "com.atproto.repo.uploadBlob",
            headers={"content-type": image.type},
            content=image.data,
        )
        blob = reply.check().field("blob")
        if not isinstance(blob, dict):
            raise reply.garbled("names no blob")
        return blob

    # Sessions: log-ins are rationed, so tokens are kept and refreshed.

    async def _call(self, wire: Wire, method: str, name: str, **options: Any) -> Reply:
        """Call an XRPC method as the account; an access token that has expired is renewed."""
        session = self._session(wire) or await self._log_in(wire)
        reply = await self._send(wire, session, method, name, **options)
        if reply.field("error") in _STALE:
            session = await self._refresh(wire, session)
            reply = await self._send(wire, session, method, name, **options)
        return reply

    async def _send(
        self, wire: Wire, session: dict[str, str], method: str, name: str, **options: Any
    ) -> Reply:
        headers = {"authorization": f"Bearer {session['access']}", **options.pop("headers", {})}
        url = f"{session['pds']}/xrpc/{name}"
        return await wire.http.request(method, url, headers=headers, **options)

    async def _did(self, wire: Wire) -> str:
        return (self._session(wire) or await self._log_in(wire))["did"]

    def _session(self, wire: Wire) -> dict[str, str] | None:
        """Give the kept session, where it is of the account that is configured now."""
        session = wire.session.load()
        return session if session.get("account") == self._account else None

    @property
    def _account(self) -> str:
        return f"{self._options.handle} {self._options.service}"

    async def _log_in(self, wire: Wire) -> dict[str, str]:
        reply = await wire.http.request(
            "POST",
            f"{self._options.service}/xrpc/com.atproto.server.createSession",
            json={
                "identifier": self._options.handle,
                "password": self._options.password.get_secret_value(),
            },
        )
        return self._keep(wire, reply.check(), _pds(reply) or self._options.service)

    async def _refresh(self, wire: Wire, session: dict[str, str]) -> dict[str, str]:
        """Renew the access token; where the refresh token has ended too, log in."""
        bearer = {**session, "access": session["refresh"]}
        reply = await self._send(wire, bearer, "POST", "com.atproto.server.refreshSession")
        if reply.field("error") in _STALE or reply.status == HTTPStatus.UNAUTHORIZED:
            return await self._log_in(wire)
        return self._keep(wire, reply.check(), session["pds"])

    def _keep(self, wire: Wire, reply: Reply, pds: str) -> dict[str, str]:
        try:
            session = {
                "account": self._account,
                "did": reply.json()["did"],
                "access": reply.json()["accessJwt"],
                "refresh": reply.json()["refreshJwt"],
                "pds": pds,
            }
        except (KeyError, TypeError):
            raise reply.garbled("is no session") from None
        wire.session.save(session)
        return session


def tid(key: Key) -> str:
    """Derive a record key: the time of the first attempt, and the key's hash for the clock id.

    53 bits of microseconds and 10 of clock id, in 13 sortable base32 digits
    (https://atproto.com/specs/tid).
    """
    microseconds = int(key.minted.timestamp() * 1_000_000)
    clock = int.from_bytes(hashlib.sha256(key.value.encode()).digest()[:2]) & 0x3FF
    number = ((microseconds & (1 << 53) - 1) << 10) | clock
    return "".join(_DIGITS[(number >> shift) & 31] for shift in range(60, -1, -5))


def find_facets(text: str, tags: tuple[str, ...]) -> Iterator[Facet]:
    """Find the links of a text, and its hashtags, which stand at its end."""
    for match in _URL.finditer(text):
        yield _stretch(text, match.start(), match.end(), FacetKind.LINK, match[0])
    start = len(text) - len(" ".join(f"#{tag}" for tag in tags))
    for tag in tags:
        end = start + len(tag) + 1
        yield _stretch(text, start, end, FacetKind.TAG, tag)
        start = end + 1


def _stretch(text: str, start: int, end: int, kind: FacetKind, value: str) -> Facet:
    """Give a facet by characters; the protocol counts UTF-8 bytes."""
    before = len(text[:start].encode())
    return Facet(before, before + len(text[start:end].encode()), kind, value)


def _facet(facet: Facet) -> dict[str, Any]:
    key = {FacetKind.LINK: "uri", FacetKind.TAG: "tag"}[facet.kind]
    return {
        "index": {"byteStart": facet.start, "byteEnd": facet.end},
        "features": [{"$type": f"app.bsky.richtext.facet#{facet.kind}", key: facet.value}],
    }


def _images(image: Attachment) -> dict[str, Any]:
    return {
        "$type": "app.bsky.embed.images",
        "images": [
            {"alt": image.alt, "aspectRatio": {"width": image.width, "height": image.height}}
        ],
    }


def _with_blob(embed: dict[str, Any], blob: Any) -> dict[str, Any]:
    """Put the uploaded picture into its embed: a card's thumbnail, or the image itself."""
    if "external" in embed:
        return {**embed, "external": {**embed["external"], "thumb": blob}}
    return {**embed, "images": [{**embed["images"][0], "image": blob}]}


def _pds(reply: Reply) -> str | None:
    """Read from a log-in where the account's own server is; None where it does not say."""
    document = reply.field("didDoc")
    services = document.get("service") if isinstance(document, dict) else None
    for service in services if isinstance(services, list) else []:
        if isinstance(service, dict) and str(service.get("id")).endswith("#atproto_pds"):
            return str(service.get("serviceEndpoint")).rstrip("/")
    return None


def _spell(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
