"""An image on its way to a server that speaks Mastodon's API.

https://docs.joinmastodon.org/methods/media/
"""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus

from syndicate.errors import Unreachable
from syndicate.http import FilePart
from syndicate.model import Attachment
from syndicate.networks.mastodon_api import UNKNOWN, Api

log = logging.getLogger(__name__)


async def upload(api: Api, image: Attachment, poll: float, polls: int) -> str:
    """Upload an image, and wait until the server has worked on it.

    Args:
        api: the server.
        image: fitted to its limits.
        poll: seconds between two looks at an image that is being worked on.
        polls: how often to look.

    Raises:
        Rejected: the server does not take this image.
    """
    # snac names a file after its name: of two that are called alike the first would be replaced.
    name = f"{image.digest[:16]}.{image.type.partition('/')[2]}"
    file = {"file": FilePart(name, image.type, image.data)}
    form: dict[str, str | list[str]] = {"description": image.alt}
    reply = await api.ask("POST", "/api/v2/media", form=form, files=file)
    if reply.status in UNKNOWN:
        reply = await api.ask("POST", "/api/v1/media", form=form, files=file)
    media = reply.check().json()
    if not isinstance(media, dict) or "id" not in media:
        raise reply.garbled("is no media attachment")
    number = str(media["id"])
    if media.get("url") is None:
        await _processed(api, number, poll, polls)
    if image.alt and not media.get("description"):
        await _describe(api, number, image.alt)
    return number


async def _processed(api: Api, number: str, poll: float, polls: int) -> None:
    for _ in range(polls):
        reply = await api.ask("GET", f"/api/v1/media/{number}")
        if reply.check().status != HTTPStatus.PARTIAL_CONTENT:  # it is being worked on
            return
        await asyncio.sleep(poll)
    raise Unreachable("the server did not finish working on the image in time")


async def _describe(api: Api, number: str, alt: str) -> None:
    """Say the alternative text once more, where the upload did not take it: Friendica."""
    reply = await api.ask("PUT", f"/api/v1/media/{number}", json={"description": alt})
    if reply.is_error:
        log.warning("the image has no alternative text: %s", reply.error().detail)
