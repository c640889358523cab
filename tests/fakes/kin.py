"""Servers that speak Mastodon's API each in its own way, as their sources have it.

What is not said here they do as Mastodon does. Read in GoToSocial's ``statuscreate.go``, Pixelfed's
``ApiV1Controller``, Akkoma's ``instance_view.ex`` and ``utils.ex``, Takahē's ``api/views``, snac's
``mastoapi.c``, Hollo's ``src/api``, Friendica's ``Module/Api/Mastodon``, Mitra's ``mastodon_api``
and Iceshrimp.NET's ``Controllers/Mastodon``.
"""

from __future__ import annotations

import hashlib
import html
import re
from typing import Any, ClassVar

import regex
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from fakes.mastodon import INSTANCE, TYPES, URL, Mastodon, Refused

PICTURES = {"supported_mime_types": TYPES, "image_size_limit": 100_000}


def described(version: str, statuses: dict[str, Any], media: dict[str, Any]) -> dict[str, Any]:
    """Describe an instance of the second version."""
    configuration = {"statuses": statuses, "media_attachments": media}
    return {"domain": "example.social", "version": version, "configuration": configuration}


def linked(text: str) -> str:
    """Write addresses as links, and nothing of them is left out."""

    def link(match: re.Match[str]) -> str:
        url = html.escape(match[0])
        return f'<a href="{url}" rel="nofollow noopener">{url}</a>'

    return URL.sub(link, text).replace("\n", "<br>")


class Kin(Mastodon):
    """What most of them have in common: the whole text is counted, and keys are not looked at."""

    told: ClassVar[dict[str, Any]] = INSTANCE
    limit = 500
    alt = 1_500
    pixels = 33_177_600

    def __init__(self) -> None:
        super().__init__(self.told)
        self.forgets_keys = True

    @property
    def takes(self) -> dict[str, Any]:
        return {**PICTURES, "image_matrix_limit": self.pixels, "description_limit": self.alt}

    @property
    def most(self) -> int:
        return self.limit

    def too_long(self, text: str, warning: str) -> bool:
        return len(text) + len(warning) > self.limit

    def render(self, text: str) -> str:
        return f"<p>{linked(text)}</p>"


class GoToSocial(Kin):
    """It says 25, and counts runes, the content warning's too."""

    told = described(
        "0.17.3 git-1a2b3c4",
        {"max_characters": 500, "max_media_attachments": 6, "characters_reserved_per_url": 25},
        {**PICTURES, "supported_mime_types": [*TYPES, "image/avif", "image/apng", "audio/mp2"]},
    )

    async def _application(self, request: Request) -> Response:
        raise Refused("Not Found: page not found", 404)


class Pixelfed(Kin):
    """No status without a picture; a key is good once; replies are not listed."""

    told = described(
        "3.5.3 (compatible; Pixelfed 0.12.4)",
        {"max_characters": 500, "max_media_attachments": 20, "characters_reserved_per_url": 23},
        {**PICTURES, "image_matrix_limit": 2_073_600},
    )
    alt = 1_000
    pixels = 2_073_600

    def __init__(self) -> None:
        super().__init__()
        self.used: set[str] = set()
        self.busy = 1

    def _answer(self, work: Any) -> Any:
        answer = super()._answer(work)

        async def as_laravel(request: Request) -> Response:
            reply = await answer(request)
            if reply.status_code >= 400 and request.headers.get("accept") != "application/json":
                return Response(status_code=302, headers={"location": "/login"})
            return reply

        return as_laravel

    def lists(self, status: dict[str, Any]) -> bool:
        return super().lists(status) and not status["in_reply_to_id"]

    def replayed(self, key: str) -> None:
        if key in self.used:
            raise Refused("Duplicate idempotency key.", 400)
        self.used.add(key)

    def _valid(self, form: dict[str, Any], known: set[str]) -> dict[str, Any]:
        assert form.get("sensitive") or not form.get("spoiler_text"), "it would be dropped"
        if not form.get("media_ids") and not form.get("in_reply_to_id"):
            raise Refused("Empty statuses are not allowed", 403)
        return super()._valid(form, known)

    async def _context(self, request: Request) -> Response:
        """Give what stands right below; not more than twenty."""
        number = self._own_status(request)["id"]
        below = [each for each in self.statuses if each["in_reply_to_id"] == number]
        return JSONResponse({"ancestors": [], "descendants": below[:20]})


class Akkoma(Kin):
    """It has the first version of an instance only, tells limits at its top, and keeps keys."""

    told: ClassVar[dict[str, Any]] = {
        "uri": "https://example.social",
        "version": "2.7.2 (compatible; Akkoma 3.15.2)",
        "max_toot_chars": 600,
        "upload_limit": 50_000,
        "description_limit": 120,
        "pleroma": {"metadata": {}},
    }
    limit = 600
    alt = 120

    def __init__(self) -> None:
        super().__init__()
        self.forgets_keys = False

    @property
    def takes(self) -> dict[str, Any]:
        return {**super().takes, "image_size_limit": 50_000}

    async def _instance(self, request: Request) -> Response:
        if request.url.path.startswith("/api/v2"):
            raise Refused("Not implemented", 404)
        return JSONResponse(self.instance)

    def too_long(self, text: str, warning: str) -> bool:
        return len(regex.findall(r"\X", f"{text}{warning}")) > self.limit

    def render(self, text: str) -> str:
        """``TrackingLinkPolicy`` takes out what counts visitors."""
        return linked(re.sub(r"(?<=[?&])utm_\w+=[^&\s]*&?", "", text).replace("?\n", "\n"))


class Takahe(Kin):
    """It says 23, and counts code points; what only followers see is not listed."""

    told = described(
        "takahe/0.11.0",
        {"max_characters": 500, "max_media_attachments": 4, "characters_reserved_per_url": 23},
        {**PICTURES, "image_matrix_limit": 2_000 * 2_000},
    )
    pixels = 2_000 * 2_000

    def lists(self, status: dict[str, Any]) -> bool:
        return super().lists(status) and status["visibility"] in {"public", "unlisted"}

    async def _application(self, request: Request) -> Response:
        return PlainTextResponse("<h1>Not Found</h1>", 404, media_type="text/html")


class Snac(Kin):
    """It names files after their names, gives one page whatever is asked, and deletes nothing."""

    told = described(
        "4.0.0 (not true; really snac/2.54)",
        {"max_characters": 100_000, "max_media_attachments": 8, "characters_reserved_per_url": 32},
        {
            "supported_mime_types": ["image/jpeg", "image/gif", "image/png"],
            "image_size_limit": 0,
            "image_matrix_limit": 0,
        },
    )
    limit = 100_000

    def named(self, file: str) -> str:
        return f"{hashlib.md5(file.encode()).hexdigest()}.{file.rpartition('.')[2]}"

    def lists(self, status: dict[str, Any]) -> bool:
        return super().lists(status) and status["visibility"] == "public"

    def paged(self, found: list[Any], asked: Any) -> list[Any]:
        return found[:256]

    async def _delete(self, request: Request) -> Response:
        return Response(status_code=404)

    async def _application(self, request: Request) -> Response:
        return Response(status_code=404)


class Hollo(Kin):
    """It keeps keys, wants true and lists as JSON has them, and lists boosts whatever is asked."""

    told = described(
        "0.6.4",
        {"max_characters": 10_000, "max_media_attachments": 8, "characters_reserved_per_url": 256},
        {**PICTURES, "image_matrix_limit": 16_777_216},
    )
    limit = 10_000

    def __init__(self) -> None:
        super().__init__()
        self.forgets_keys = False

    def lists(self, status: dict[str, Any]) -> bool:
        return True


class Friendica(Kin):
    """It takes no description with an upload, and lists boosts whatever is asked."""

    told: ClassVar[dict[str, Any]] = {
        **described("2.8.0 (compatible; Friendica 2024.12)", {"max_characters": 200_000}, {}),
        "contact": None,
    }
    limit = 200_000

    def described(self, description: str) -> str:
        return ""

    def lists(self, status: dict[str, Any]) -> bool:
        return True


class Mitra(Kin):
    """It names no price of a URL, answers a deletion with nothing, and cannot edit, as it was."""

    told = described(
        "4.0.0 (compatible; Mitra 2.20.0)",
        {"max_characters": 2_000, "max_media_attachments": 15},
        dict(PICTURES),
    )
    limit = 2_000

    async def _delete(self, request: Request) -> Response:
        self.statuses.remove(self._own_status(request))
        return Response(status_code=204)

    async def _edit(self, request: Request) -> Response:
        raise Refused("Method Not Allowed", 405)


class Iceshrimp(Kin):
    """It counts UTF-16."""

    told = described(
        "4.2.1 (compatible; Iceshrimp.NET/2025.1)",
        {"max_characters": 500, "max_media_attachments": 16, "characters_reserved_per_url": 23},
        dict(PICTURES),
    )

    def too_long(self, text: str, warning: str) -> bool:
        return sum(2 if ord(sign) > 0xFFFF else 1 for sign in f"{text}{warning}") > self.limit


KIN = (GoToSocial, Pixelfed, Akkoma, Takahe, Snac, Hollo, Friendica, Mitra, Iceshrimp)
