"""A Mastodon server that is as strict as a real one, where a status and its picture are concerned.

Written from Mastodon's own validators: ``StatusLengthValidator``, ``MediaAttachment``,
``PostStatusService``, and the order of its checks.
"""

from __future__ import annotations

import html
import io
import json
import re
from typing import Any

from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fakes.counting import graphemes
from fakes.record import multipart
from fakes.trouble import Trouble
from syndicate.testing.clock import NOON

TOKEN = "mastodon-token"
TYPES = ["image/jpeg", "image/png", "image/gif", "image/webp"]
INSTANCE = {
    "domain": "example.social",
    "version": "4.4.1",
    "api_versions": {"mastodon": 6},
    "configuration": {
        "statuses": {
            "max_characters": 500,
            "max_media_attachments": 4,
            "characters_reserved_per_url": 23,
        },
        "media_attachments": {
            "supported_mime_types": [*TYPES, "video/mp4"],
            "image_size_limit": 100_000,
            "image_matrix_limit": 250_000,
            "description_limit": 100,
        },
    },
}
FIELDS = {"status", "media_ids", "visibility", "language", "spoiler_text", "sensitive"}
EDIT = FIELDS - {"visibility"}
VISIBILITIES = {"public", "unlisted", "private", "direct"}
URL = re.compile(
    r"(?<!\S)https?://[a-z0-9.-]+\.[a-z]{2,}(?::\d+)?(?:/[\w./~%&=#?-]*[\w/])?", re.IGNORECASE
)
MENTION = re.compile(r"(?<![=/\w])@([a-z0-9_]+([a-z0-9_.-]+[a-z0-9_]+)?)", re.IGNORECASE)


class Refused(Exception):
    def __init__(self, error: str, status: int = 422) -> None:
        super().__init__(error)
        self.error, self.status = error, status


class Mastodon:
    """One account's server. What it was sent is in ``statuses``, newest first, and ``media``.

    Args:
        instance: what it says of itself.
        busy: how often it says that it is still working on a picture.
    """

    def __init__(self, instance: Any = INSTANCE, busy: int = 0) -> None:
        self.instance = instance
        self.busy = busy
        self.statuses: list[dict[str, Any]] = []
        self.forms: list[dict[str, Any]] = []
        self.media: dict[str, dict[str, Any]] = {}
        self.keys: dict[str, dict[str, Any]] = {}
        self.mentioned: list[str] = []
        self.asked: list[str] = []
        self.page = 40
        self.count = 0
        self.now = NOON
        self.forgets_keys = False
        self.scopes: list[str] | None = ["read", "write"]
        self.profile: dict[str, Any] = {}
        routes = [
            Route("/api/v2/instance", self._answer(self._instance)),
            Route("/api/v1/instance", self._answer(self._instance)),
            Route("/api/v1/accounts/verify_credentials", self._answer(self._verify)),
            Route("/api/v1/apps/verify_credentials", self._answer(self._application)),
            Route("/api/v1/accounts/7/statuses", self._answer(self._own)),
            Route("/api/v2/media", self._answer(self._upload), methods=["POST"]),
            Route("/api/v1/media", self._answer(self._upload), methods=["POST"]),
            Route("/api/v1/media/{id}", self._answer(self._processing)),
            Route("/api/v1/media/{id}", self._answer(self._describe), methods=["PUT"]),
            Route("/api/v1/statuses", self._answer(self._post), methods=["POST"]),
            Route("/api/v1/statuses/{id}", self._answer(self._show)),
            Route("/api/v1/statuses/{id}/context", self._answer(self._context)),
            Route("/api/v1/statuses/{id}", self._answer(self._edit), methods=["PUT"]),
            Route("/api/v1/statuses/{id}", self._answer(self._delete), methods=["DELETE"]),
        ]
        self.app = Trouble(Starlette(routes=routes))

    def _answer(self, work: Any) -> Any:
        async def answer(request: Request) -> Response:
            self.asked.append(f"{request.method} {request.url.path}")
            if request.headers.get("authorization") != f"Bearer {TOKEN}":
                return JSONResponse({"error": "The access token is invalid"}, 401)
            try:
                return await work(request)
            except Refused as refused:
                return JSONResponse({"error": refused.error}, refused.status)

        return answer

    async def _instance(self, request: Request) -> Response:
        return JSONResponse(self.instance)

    async def _verify(self, request: Request) -> Response:
        return JSONResponse({"id": "7", "acct": "ada", "username": "ada", **self.profile})

    async def _application(self, request: Request) -> Response:
        """``CredentialApplicationSerializer``'s neighbour: it has scopes since 4.3."""
        told = {"name": "herald", "website": None}
        return JSONResponse(told if self.scopes is None else told | {"scopes": self.scopes})

    async def _own(self, request: Request) -> Response:
        assert request.query_params["exclude_reblogs"] == "true"
        found = [each for each in self.statuses if self.lists(each)]
        return JSONResponse(self.paged(found, request.query_params))

    def lists(self, status: dict[str, Any]) -> bool:
        """Tell whether a status is among those that its author is shown."""
        return status.get("reblog") is None

    def paged(self, found: list[Any], asked: Any) -> list[Any]:
        """Give one page."""
        ids = [each["id"] for each in found]
        after = ids.index(asked["max_id"]) + 1 if "max_id" in asked else 0
        return found[after : after + min(self.page, int(asked["limit"]))]

    async def _show(self, request: Request) -> Response:
        return JSONResponse(self._own_status(request))

    async def _context(self, request: Request) -> Response:
        """Give what stands below a status, at any depth, the oldest first."""
        inside, below = {self._own_status(request)["id"]}, []
        for status in reversed(self.statuses):
            if status["in_reply_to_id"] in inside:
                inside.add(status["id"])
                below.append(status)
        return JSONResponse({"ancestors": [], "descendants": below})

    async def _upload(self, request: Request) -> Response:
        fields = multipart(request.headers["content-type"], await request.body())
        if set(fields) - {"file", "description"} or "file" not in fields:
            raise Refused(f"unexpected fields: {sorted(fields)}")
        data = fields["file"].get_payload(decode=True)
        kind, width, height = _look(data)
        limits = self.takes
        if not fields["file"].get_filename() or fields["file"].get_content_type() != kind:
            raise Refused("Validation failed: File has contents that are not what it is said to be")
        if kind not in limits["supported_mime_types"]:
            raise Refused("Validation failed: File content type is invalid")
        if len(data) > limits["image_size_limit"] or width * height > limits["image_matrix_limit"]:
            raise Refused("Validation failed: File is too large")
        description = self.described(fields["description"].get_payload(decode=True).decode())
        number = self.named(fields["file"].get_filename())
        self.media[number] = {
            "type": kind,
            "size": (width, height),
            "data": data,
            "description": description,
            "busy": self.busy,
            "status": None,
        }
        return self._medium(number, 202 if self.busy else 200)

    async def _processing(self, request: Request) -> Response:
        medium = self.media.get(request.path_params["id"])
        if medium is None or medium["status"]:
            raise Refused("Record not found", 404)
        medium["busy"] = max(0, medium["busy"] - 1)
        return self._medium(request.path_params["id"], 206 if medium["busy"] else 200)

    def named(self, file: str) -> str:
        """Give a new file its number."""
        return str(100 + len(self.media))

    def described(self, description: str) -> str:
        """Take the description of an upload."""
        if len(description) > self.takes["description_limit"]:
            raise Refused("Validation failed: Description is too long")
        return description

    async def _describe(self, request: Request) -> Response:
        """Change what an image shows, as long as it is attached to nothing."""
        medium = self.media.get(request.path_params["id"])
        body = await self._json(request)
        if medium is None or medium["status"]:
            raise Refused("Record not found", 404)
        if set(body) != {"description"}:
            raise Refused(f"unexpected members: {sorted(body)}", 400)
        medium["description"] = Mastodon.described(self, body["description"])
        return self._medium(request.path_params["id"], 200)

    def _medium(self, number: str, status: int) -> Response:
        url = f"https://files.example/{number}" if status == 200 else None
        told = {"description": self.media[number]["description"] or None}
        return JSONResponse({"id": number, "type": "image", "url": url, **told}, status)

    async def _json(self, request: Request) -> dict[str, Any]:
        if request.headers["content-type"] != "application/json":
            raise Refused("no JSON", 400)
        body = json.loads(await request.body())
        assert isinstance(body, dict)
        return body

    async def _post(self, request: Request) -> Response:
        key = request.headers["idempotency-key"]
        if (known := self.replayed(key)) is not None:
            return JSONResponse(known)
        form = self._valid(await self._json(request), FIELDS | {"in_reply_to_id"})
        self.forms.append(form)
        number = str(1_000 + self.count)
        for medium in form.get("media_ids", ()):
            self.media[medium]["status"] = number
        status = self.add(form["status"], number, form.get("in_reply_to_id"))
        status["visibility"] = form["visibility"]
        self.keys[key] = status
        self.mentioned += [match[1] for match in MENTION.finditer(form["status"])]
        return JSONResponse(status)

    def replayed(self, key: str) -> dict[str, Any] | None:
        """Give the status that was posted under a key."""
        return None if self.forgets_keys else self.keys.get(key)

    async def _edit(self, request: Request) -> Response:
        """``UpdateStatusService``: what is not said is not there any more."""
        status = self._own_status(request)
        form = self._valid(await self._json(request), EDIT)
        self.forms.append(form)
        for medium in self.media.values():
            if medium["status"] == status["id"]:
                medium["status"] = "taken off"
        for medium in form.get("media_ids", ()):
            self.media[medium]["status"] = status["id"]
        edited = {"content": self.render(form["status"]), "edited_at": self.now.isoformat()}
        status |= edited
        self.mentioned += [match[1] for match in MENTION.finditer(form["status"])]
        return JSONResponse(status)

    async def _delete(self, request: Request) -> Response:
        status = self._own_status(request)
        if await request.body():
            raise Refused("unexpected body", 400)
        self.statuses.remove(status)
        return JSONResponse({**status, "text": "as it was written"})

    def _own_status(self, request: Request) -> dict[str, Any]:
        for status in self.statuses:
            if status["id"] == request.path_params["id"]:
                return status
        raise Refused("Record not found", 404)

    def add(
        self, text: str, number: str | None = None, answers: str | None = None
    ) -> dict[str, Any]:
        """Put a status at the top, as if somebody had posted it."""
        number = number or str(1_000 + self.count)
        self.count += 1
        status = {
            "id": number,
            "uri": f"https://example.social/users/ada/statuses/{number}",
            "url": f"https://example.social/@ada/{number}",
            "created_at": self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "in_reply_to_id": answers,
            "content": self.render(text),
            "card": None,
            "visibility": "public",
            "reblog": None,
            "account": {"id": "7", "acct": "ada"},
        }
        self.statuses.insert(0, status)
        return status

    def boost(self, text: str) -> None:
        """Put somebody else's status at the top, as if the account had boosted it."""
        status = self.add(text)
        theirs = {**status, "id": f"{status['id']}9", "account": {"id": "8", "acct": "eve"}}
        status |= {"reblog": theirs}

    def render(self, text: str) -> str:
        """Write a text as it is shown."""
        return _render(text)

    @property
    def takes(self) -> dict[str, Any]:
        """What is taken of pictures."""
        return self.instance["configuration"]["media_attachments"]

    def too_long(self, text: str, warning: str) -> bool:
        """Count as this server does."""
        return length(text, warning) > self.most

    @property
    def most(self) -> int:
        """The most characters of a status."""
        return self.instance["configuration"]["statuses"]["max_characters"]

    def _valid(self, form: dict[str, Any], known: set[str]) -> dict[str, Any]:
        if set(form) - known:
            raise Refused(f"unexpected members: {sorted(form)}", 400)
        if not isinstance(form["status"], str) or form.get("sensitive", True) is not True:
            raise Refused("invalid_request")
        if not form["status"] and not form.get("media_ids"):
            raise Refused("Validation failed: Text can't be blank")
        if "visibility" in known and form["visibility"] not in VISIBILITIES:
            raise Refused("Validation failed: Visibility is not included in the list")
        if not re.fullmatch(r"[a-z]{2,3}", form["language"]):
            raise Refused("Validation failed: Language is invalid")
        if self.too_long(form["status"], form.get("spoiler_text", "")):
            raise Refused(f"Validation failed: Text character limit of {self.most} exceeded")
        if "in_reply_to_id" in form and form["in_reply_to_id"] not in {
            each["id"] for each in self.statuses
        }:
            raise Refused("The post you are trying to reply to does not appear to exist.", 404)
        for number in form.get("media_ids", ()):
            medium = self.media.get(number)
            if medium is None or medium["status"]:
                raise Refused("Record not found", 404)
            if medium["busy"]:
                raise Refused("Cannot attach files that have not finished processing.")
        return form


def length(text: str, warning: str = "") -> int:
    """Count as Mastodon counts: the content warning with the text, and a URL for 23."""
    return graphemes(warning + URL.sub("x" * 23, text))


def _look(data: bytes) -> tuple[str, int, int]:
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            return Image.MIME[image.format], *image.size
    except OSError:
        raise Refused("Validation failed: File type could not be verified") from None


def _render(text: str) -> str:
    """Write a status as Mastodon does: the address is cut for the eye, and whole in the link."""

    def link(match: re.Match[str]) -> str:
        scheme, rest = match[0].split("://")
        return (
            f'<a href="{html.escape(match[0])}" target="_blank" rel="nofollow">'
            f'<span class="invisible">{scheme}://</span><span class="ellipsis">'
            f'{html.escape(rest[:30])}</span><span class="invisible">{html.escape(rest[30:])}</span></a>'
        )

    paragraphs = (URL.sub(link, part) for part in text.split("\n\n"))
    return "".join(f"<p>{part}</p>" for part in paragraphs)
