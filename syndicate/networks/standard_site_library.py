"""The documents and the publication of one account, on its server; see ``standard_site``.

Each record is read before it is written, and swapped for what was read. So nothing is written
twice, another's change meanwhile is not lost, and what other apps have added to a record stays.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from syndicate.errors import DeliveryError, InDoubt, Rejected, Unreachable
from syndicate.http import Reply
from syndicate.model import Fact, Key, Level, Message
from syndicate.networks.atproto import Account
from syndicate.networks.base import Wire
from syndicate.networks.standard_site import (
    DOCUMENT,
    PUBLICATION,
    Edition,
    refers_to,
    spell,
    uri,
)

log = logging.getLogger(__name__)

PICTURE = 1_000_000
"""The most bytes of an icon."""
HOUR = timedelta(hours=1)
"""For so long a site's icon is taken to be as it was."""
_CAP = 2 * 1024 * 1024
"""The most bytes of an answer with a record; of records themselves, a mebibyte is the most."""
_OURS = {
    DOCUMENT: {
        *("site", "path", "title", "description", "textContent", "tags", "coverImage"),
        *("bskyPostRef", "publishedAt", "updatedAt"),
    },
    PUBLICATION: {"url", "name", "description", "icon", "preferences"},
}
"""The fields that are ours to set and to leave out; what else a record has is another app's."""


@dataclass(frozen=True, slots=True)
class Library:
    """Where they are kept."""

    account: Account
    wire: Wire
    edition: Edition

    async def publish(
        self, message: Message, announced: Mapping[str, str], cover: Any, key: Key
    ) -> None:
        """Write the document of what is announced by now, and its publication before it.

        One that is refused does not cost the announcement. After any other trouble the delivery is
        not done, and cannot be called unsent either: it is repeated, and ends with a person.

        Args:
            message: with the records as they were composed.
            announced: the announcement, as records refer to each other.
            cover: the uploaded picture, if there is one.
            key: of the delivery; its time is that of the edit, where the document is there already.

        Raises:
            InDoubt: not all is there; doing it again does no harm.
        """
        try:
            await self._write(message.beside, announced, cover, key, creates=True)
        except Rejected as error:
            log.warning("%s is announced without its document: %s", message.link, error.detail)
        except DeliveryError as error:
            detail = f"the announcement is out, its document is not yet: {error.detail}"
            raise InDoubt(detail, status=error.status, until=error.until) from error

    async def update(
        self, message: Message, announced: Mapping[str, str], cover: Any, key: Key
    ) -> None:
        """Bring a document up to date; one that is not there is not wanted. See :meth:`publish`.

        Raises:
            DeliveryError: it is not up to date; doing it again does no harm.
        """
        await self._write(message.beside, announced, cover, key, creates=False)

    async def delete(self, message: Message) -> None:
        """Delete a document; the publication stays."""
        where = await self._where(DOCUMENT, message.beside["document"]["rkey"])
        reply = await self.account.call("POST", "com.atproto.repo.deleteRecord", json=where)
        reply.check()

    async def facts(self) -> list[Fact]:
        """Tell whether the publication is there, and whether the site says that it is its own."""
        composed = self.edition.publication
        where = await self._where(PUBLICATION, composed["rkey"])
        known, _ = await self._read(where)
        address = uri(*where.values())
        if known is None:
            told = f"{address} is not there yet: it is written with the first document"
            return [Fact("publication", told)]
        ours = composed["record"]
        differs = [name for name in ("url", "name", "description") if _differs(name, ours, known)]
        change = f"; its {', '.join(differs)} will be changed with the next document"
        return [
            Fact("publication", address + (change if differs else "")),
            await self._verification(address),
        ]

    async def _verification(self, address: str) -> Fact:
        """Look for the file on the site that has to name the publication."""
        parts = urlsplit(self.edition.site.url)
        place = f"{parts.scheme}://{parts.netloc}/{self.edition.well_known}"
        try:
            reply = await self.wire.http.request("GET", place)
        except DeliveryError as error:
            found = error.detail
        else:
            if reply.status == HTTPStatus.OK and reply.text.strip() == address:
                return Fact("verification", f"{place} names it")
            said = f": {reply.excerpt()!r}" if reply.status == HTTPStatus.OK else ""
            found = f"HTTP {reply.status}{said}"
        advice = (
            f"{place} has to say {address}, or apps do not believe that it is your site's "
            f"({found}): publish {self.edition.file} there, which a run leaves in feeds.output"
        )
        return Fact("verification", advice, Level.WARNING)

    async def _write(
        self,
        records: Mapping[str, Any],
        announced: Mapping[str, str],
        cover: Any,
        key: Key,
        *,
        creates: bool,
    ) -> None:
        document = records["document"]
        where = await self._where(DOCUMENT, document["rkey"])
        known, cid = await self._read(where)
        if known is None and not creates:
            return
        record = dict(document["record"])
        if "publication" in records:
            record["site"] = await self._publication(records["publication"])
        record["bskyPostRef"] = refers_to(known or {}, announced)
        if cover:
            record["coverImage"] = cover
        record |= _others(DOCUMENT, known)
        if known is not None and "updatedAt" not in record:
            before = {"updatedAt": known["updatedAt"]} if "updatedAt" in known else {}
            record |= before if record | before == known else {"updatedAt": spell(key.minted)}
        await self._put(where, record, known, cid)

    async def _publication(self, composed: Mapping[str, Any]) -> str:
        """Keep the publication right, and give its address."""
        where = await self._where(PUBLICATION, composed["rkey"])
        known, cid = await self._read(where)
        record = dict(composed["record"])
        before = (known or {}).get("preferences")
        if isinstance(before, dict):
            record["preferences"] = before | record["preferences"]
        if icon := await self._icon((known or {}).get("icon")):
            record["icon"] = icon
        await self._put(where, {**record, **_others(PUBLICATION, known)}, known, cid)
        return uri(*where.values())

    async def _icon(self, known: Any) -> Any:
        """Give the site's icon, uploaded; the one that is there where it is still the same.

        It is fetched once an hour at most: a run with many documents would fetch it for each.
        """
        icon, session = self.edition.site.icon, self.wire.session
        if not icon:
            return None
        now, there = self.wire.clock(), _ref(known)
        if _is_fresh(session.load().get("icon"), icon, there, now):
            return known
        found = await self._fetched(icon, known)
        seen = {"url": icon, "ref": _ref(found), "at": now.isoformat()}
        session.save({**session.load(), "icon": seen})
        return found

    async def _fetched(self, icon: str, known: Any) -> Any:
        """Fetch the icon, and upload it where it is another one than is there.

        Where it cannot be had, what is there stays, and nothing else waits for it.
        """
        try:
            reply = await self.wire.http.request("GET", icon, cap=PICTURE)
            kind = reply.check().headers.get("content-type", "")
            if not kind.startswith("image/"):
                raise Rejected(f"it is no picture but {kind or 'of no type'}")
            if _ref(known) == {"$link": cid_of(reply.body)}:
                return known
            uploaded = await self.account.call(
                "POST",
                "com.atproto.repo.uploadBlob",
                headers={"content-type": kind},
                content=reply.body,
            )
            return uploaded.check().field("blob") or known
        except DeliveryError as error:
            log.warning("the publication has not the icon %s: %s", icon, error.detail)
            return known

    async def _where(self, collection: str, rkey: str) -> dict[str, str]:
        return {"repo": await self.account.did(), "collection": collection, "rkey": rkey}

    async def _read(self, where: Mapping[str, str]) -> tuple[dict[str, Any] | None, str | None]:
        """Read a record and the name of its version; nothing where there is none."""
        reply: Reply = await self.account.call(
            "GET", "com.atproto.repo.getRecord", params=where, cap=_CAP
        )
        if reply.field("error") == "RecordNotFound":
            return None, None
        known, cid = reply.check().field("value"), reply.field("cid")
        if not isinstance(known, dict) or not isinstance(cid, str):
            raise reply.garbled("is no record")
        return known, cid

    async def _put(
        self,
        where: Mapping[str, str],
        record: Mapping[str, Any],
        known: Mapping[str, Any] | None,
        cid: str | None,
    ) -> None:
        """Write a record in the place of the one that was read, unless it is the same.

        Raises:
            Unreachable: another one has been written meanwhile.
        """
        if record == known:
            return
        request = {**where, "record": record, "swapRecord": cid}
        reply = await self.account.call("POST", "com.atproto.repo.putRecord", json=request)
        if reply.field("error") == "InvalidSwap":
            raise Unreachable("it has been changed since it was looked at", status=reply.status)
        reply.check()


def cid_of(data: bytes) -> str:
    """Name a picture as the protocol does: CID version 1, raw, SHA-256, in base32."""
    digest = b"\x01\x55\x12\x20" + hashlib.sha256(data).digest()
    return "b" + base64.b32encode(digest).decode().lower().rstrip("=")


def _ref(blob: Any) -> Any:
    """Give what names the bytes of an uploaded picture; None where there is none."""
    return blob.get("ref") if isinstance(blob, dict) else None


def _is_fresh(seen: Any, icon: str, there: Any, now: datetime) -> bool:
    """Tell whether an icon was looked at a short while ago, and what is there came of it."""
    try:
        age = now - datetime.fromisoformat(seen["at"])
        return bool(timedelta() <= age < HOUR and (seen["url"], seen["ref"]) == (icon, there))
    except (KeyError, TypeError, ValueError):  # it was not, or another version has written this
        return False


def _others(collection: str, known: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Give what other apps have added to a record."""
    ours = _OURS[collection] | {"$type"}
    return {name: value for name, value in (known or {}).items() if name not in ours}


def _differs(name: str, ours: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    return bool(ours.get(name) != known.get(name))
