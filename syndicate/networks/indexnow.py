"""IndexNow: Bing, Yandex, Seznam, Naver and Yep fetch a new page at once.

https://www.indexnow.org/documentation
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

from pydantic import Field

from syndicate.config import Endpoint, ExactUrl, Form
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
from syndicate.networks.base import Wire
from syndicate.networks.notices import about


class IndexNowOptions(Endpoint):
    """Search engines that take part in IndexNow; one tells the others."""

    has_readers: ClassVar[bool] = False

    url: ExactUrl = Field(
        "https://api.indexnow.org/indexnow", description="Where the addresses are sent to."
    )
    key: Annotated[
        str,
        Form(
            r"^[A-Za-z0-9-]{8,128}$",
            "8 to 128 letters of English, digits and hyphens",
            "0f5d3c9ab2e14f76",
        ),
    ] = Field(description="A key of your own making. The site has to have a file with it.")
    key_location: ExactUrl | None = Field(
        None, description="Where that file is; `KEY.txt` at the root of the site where not said."
    )


class IndexNow:
    """Tells search engines of a new page; telling them twice does no harm."""

    Options = IndexNowOptions
    guarantee = Guarantee(Replay.IDEMPOTENT)

    def __init__(self, options: IndexNowOptions, site: Site) -> None:
        self._options = options
        parts = urlsplit(site.url)
        root = f"{parts.scheme}://{parts.netloc}"
        self._key_location = options.key_location or f"{root}/{options.key}.txt"

    async def limits(self, wire: Wire) -> Limits:  # noqa: ARG002
        """Give the limits: no text, no image."""
        return Limits(text=None, images=0)

    def compose(self, post: Post, html: str, picture: Picture | None, limits: Limits) -> Message:  # noqa: ARG002
        """Say where the new page is."""
        return about(post.url, post.language)

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:
        """Send the address; 403 says that the key's file is not where it should be."""
        options = self._options
        body: dict[str, Any] = {
            "host": urlsplit(message.link).hostname,
            "key": options.key,
            "keyLocation": self._key_location,
            "urlList": [message.link],
        }
        reply = await wire.http.request("POST", options.url, json=body, creates=True)
        reply.check()
        return Receipt(key.value)

    async def check(self, wire: Wire) -> Health:
        """Look whether the key's file is in its place."""
        reply = await wire.http.request("GET", self._key_location)
        if reply.status == HTTPStatus.OK and reply.text.strip() == self._options.key:
            return Health(ok=True, detail=f"the key is at {self._key_location}")
        detail = f"{self._key_location} has to have the key, and nothing else"
        return Health(ok=False, detail=f"{detail} (HTTP {reply.status})")
