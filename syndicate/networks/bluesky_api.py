"""The requests about an account's posts, to its server.

https://docs.bsky.app/docs/api/com-atproto-repo-put-record, …-get-record, …-delete-record,
…-upload-blob
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from syndicate.errors import Rejected, Unreachable
from syndicate.http import Reply
from syndicate.model import Attachment, Key, Receipt
from syndicate.networks.atproto import Account, tid
from syndicate.networks.bluesky_records import POST
from syndicate.networks.standard_site import spell

log = logging.getLogger(__name__)


class Api:
    """The posts of one account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    async def upload(self, image: Attachment) -> dict[str, Any] | None:
        """Upload a picture; None where it is refused, which does not cost the post."""
        headers = {"content-type": image.type}
        reply = await self._account.call(
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

    async def put(self, record: Mapping[str, Any], key: Key) -> dict[str, str]:
        """Put a record under its key, once, and name it, as others refer to it.

        Raises:
            Unreachable: the server was busy with another write.
        """
        where = await self._where(tid(key))
        record = {**record, "createdAt": spell(key.minted)}
        reply = await self._account.call(
            "POST",
            "com.atproto.repo.putRecord",
            json={**where, "record": record, "swapRecord": None},
            creates=True,
        )
        if reply.field("error") == "InvalidSwap":
            reply = await self._existing(where)
        uri, cid = reply.check().field("uri"), reply.field("cid")
        if not isinstance(uri, str) or not isinstance(cid, str):
            raise reply.garbled("names no record")
        return {"uri": uri, "cid": cid}

    async def get(self, receipt: Receipt) -> Reply:
        """Read a record that was announced.

        Raises:
            Rejected: it is not there any more.
        """
        reply = await self._read(await self._place(receipt))
        if _is_missing(reply):
            raise Rejected("the post is not there any more", status=reply.status)
        return reply.check()

    async def replace(self, receipt: Receipt, record: Mapping[str, Any], known: Any) -> Any:
        """Put another record in the place of one.

        Args:
            receipt: of the one.
            record: the other.
            known: the hash (CID) of the one, as it was read.

        Returns:
            The hash of the other.

        Raises:
            Unreachable: somebody has changed the one since it was read.
        """
        request = {**await self._place(receipt), "record": record, "swapRecord": known}
        reply = await self._account.call("POST", "com.atproto.repo.putRecord", json=request)
        if reply.field("error") == "InvalidSwap":
            raise Unreachable("it has been changed since it was looked at", status=reply.status)
        return reply.check().field("cid")

    async def delete(self, receipt: Receipt) -> None:
        """Delete a record; the protocol does not mind where there is none."""
        where = await self._place(receipt)
        (await self._account.call("POST", "com.atproto.repo.deleteRecord", json=where)).check()

    async def _existing(self, where: Mapping[str, str]) -> Reply:
        """Read the record that an earlier attempt has written under the same key."""
        reply = await self._read(where)
        if _is_missing(reply):
            raise Unreachable("the server was busy with another write", status=reply.status)
        return reply

    async def _read(self, where: Mapping[str, str]) -> Reply:
        return await self._account.call("GET", "com.atproto.repo.getRecord", params=where)

    async def _place(self, receipt: Receipt) -> dict[str, str]:
        """Say where a record is; its key is the last part of its address."""
        return await self._where(receipt.id.rpartition("/")[2])

    async def _where(self, rkey: str) -> dict[str, str]:
        return {"repo": await self._account.did(), "collection": POST, "rkey": rkey}


def _is_missing(reply: Reply) -> bool:
    return bool(reply.field("error") == "RecordNotFound")
