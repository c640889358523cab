"""A PDS that is as strict as the real one, and where that is lax (facets), stricter.

Written from the lexicons ``app.bsky.feed.post``, ``app.bsky.richtext.facet``, ``app.bsky.embed.*`` and
``site.standard.*`` (whose records real servers do not look into), and from the PDS's own handlers of ``com.atproto.repo`` and ``com.atproto.server``.
"""

from __future__ import annotations

import base64
import hashlib
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
from fakes.trouble import Trouble

HANDLE, PASSWORD, DID = "ada.example.org", "app-pass-word", "did:plc:ada"
BEGAN = 1_772_366_400
"""When sessions begin: 2026-03-01, 12:00 UTC."""
COLLECTION = "app.bsky.feed.post"
DOCUMENT, PUBLICATION = "site.standard.document", "site.standard.publication"
TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
URI = re.compile(r"\w+:(?://)?[^\s/]\S*")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")


class Refused(Exception):
    def __init__(self, error: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.error, self.message, self.status = error, message, status


class Pds:
    """One account's server. What it has is in ``records`` by key, and ``blobs`` by CID.

    Posts are in ``records``, documents and publications in two of their own.
    """

    def __init__(self) -> None:
        self.records: dict[str, dict[str, Any]] = {}
        self.documents: dict[str, dict[str, Any]] = {}
        self.publications: dict[str, dict[str, Any]] = {}
        self.blobs: dict[str, dict[str, Any]] = {}
        self.puts: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.access: set[str] = set()
        self.refresh: set[str] = set()
        self._sessions = 0
        self.scope = ""
        """Of the access tokens, where they are to be JWTs as the real server's are."""
        self.status: dict[str, Any] = {"active": True}
        procedures = {
            "com.atproto.server.createSession": self._log_in,
            "com.atproto.server.refreshSession": self._refresh,
            "com.atproto.repo.uploadBlob": self._upload,
            "com.atproto.repo.putRecord": self._put,
            "com.atproto.repo.deleteRecord": self._delete,
        }
        queries = {
            "com.atproto.server.getSession": self._session,
            "com.atproto.server.describeServer": self._describe,
            "_health": self._health,
            "com.atproto.repo.getRecord": self._get,
        }
        routes = [
            Route(f"/xrpc/{name}", self._answer(name, work), methods=[method])
            for method, works in (("POST", procedures), ("GET", queries))
            for name, work in works.items()
        ]
        self.app = Trouble(Starlette(routes=routes))

    def _answer(self, name: str, work: Any) -> Any:
        async def answer(request: Request) -> Response:
            self.asked.append(name.rpartition(".")[2])
            try:
                if name not in {
                    "com.atproto.server.createSession",
                    "com.atproto.server.refreshSession",
                    "com.atproto.repo.getRecord",
                    "com.atproto.server.describeServer",
                    "_health",
                }:
                    self._bearer(request, self.access)
                return JSONResponse(await work(request))
            except Refused as refused:
                body = {"error": refused.error, "message": refused.message}
                return JSONResponse(body, refused.status)

        return answer

    # Sessions

    def _bearer(self, request: Request, known: set[str]) -> str:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind != "Bearer":
            raise Refused("AuthMissing", "Authentication Required", 401)
        if token not in known:
            raise Refused("ExpiredToken", "Token has expired")
        return token

    def _begin(self) -> dict[str, Any]:
        self._sessions += 1
        access, refresh = f"access-{self._sessions}", f"refresh-{self._sessions}"
        if self.scope:
            times = {"iat": BEGAN, "aud": "did:web:pds.example", "sub": DID, "jti": access}
            access = jwt(times | {"scope": self.scope, "exp": BEGAN + 7_200})
            refresh = jwt(times | {"scope": "com.atproto.refresh", "exp": BEGAN + 90 * 86_400})
        self.access.add(access)
        self.refresh.add(refresh)
        elsewhere = {"id": "#atproto_pds", "serviceEndpoint": "https://pds.invalid"}
        return {
            "did": DID,
            "handle": HANDLE,
            "accessJwt": access,
            "refreshJwt": refresh,
            "didDoc": {"id": DID, "service": [elsewhere]},
        }

    async def _log_in(self, request: Request) -> Any:
        given = await request.json()
        if given != {"identifier": HANDLE, "password": PASSWORD}:
            raise Refused("AuthenticationRequired", "Invalid identifier or password", 401)
        return self._begin()

    async def _refresh(self, request: Request) -> Any:
        self.refresh.remove(self._bearer(request, self.refresh))
        if await request.body():
            raise Refused("InvalidRequest", "A request body was provided when none was expected")
        return self._begin()

    async def _session(self, request: Request) -> Any:
        return {"did": DID, "handle": HANDLE, **self.status}

    async def _describe(self, request: Request) -> Any:
        return {"did": "did:web:pds.example", "availableUserDomains": [".pds.example"]}

    async def _health(self, request: Request) -> Any:
        return {"version": "0.4.158"}

    # The repository

    async def _upload(self, request: Request) -> Any:
        data, kind = await request.body(), request.headers["content-type"]
        try:
            with Image.open(io.BytesIO(data)) as image:
                image.load()
                found, size = Image.MIME[image.format], image.size
        except OSError:
            raise Refused("InvalidMimeType", "not an image") from None
        if found != kind:
            raise Refused("InvalidMimeType", f"{found} was sent as {kind}")
        name = blob_cid(data)
        self.blobs[name] = {"type": kind, "data": data, "size": size}
        blob = {"$type": "blob", "ref": {"$link": name}, "mimeType": kind, "size": len(data)}
        return {"blob": blob}

    async def _put(self, request: Request) -> Any:
        put = json.loads(await request.body())
        if set(put) != {"repo", "collection", "rkey", "record", "swapRecord"}:
            raise Refused("InvalidRequest", f"unexpected input: {sorted(put)}")
        records = self._shelf(put)
        if not TID.fullmatch(put["rkey"]):
            raise Refused("InvalidRequest", "the key is no TID")
        validate = {COLLECTION: self._validate, DOCUMENT: self._document}
        validate.get(put["collection"], self._publication)(put["record"])
        self.puts.append(put)
        current = records.get(put["rkey"])
        now = None if current is None else cid(current)
        if put["swapRecord"] != now and current != put["record"]:
            raise Refused("InvalidSwap", f"Record was at {now}")
        records[put["rkey"]] = put["record"]
        return self._named(put["rkey"], put["collection"])

    async def _delete(self, request: Request) -> Any:
        where = json.loads(await request.body())
        if where.keys() != {"repo", "collection", "rkey"} or where["repo"] != DID:
            raise Refused("InvalidRequest", f"unexpected input: {where}")
        self._shelf(where).pop(where["rkey"], None)
        return {}

    async def _get(self, request: Request) -> Any:
        where = dict(request.query_params)
        if where.keys() != {"repo", "collection", "rkey"} or where["repo"] != DID:
            raise Refused("InvalidRequest", f"unexpected query: {where}")
        records = self._shelf(where)
        if where["rkey"] not in records:
            raise Refused("RecordNotFound", "Could not locate record")
        return self._named(where["rkey"], where["collection"]) | {"value": records[where["rkey"]]}

    def _shelf(self, where: dict[str, Any]) -> dict[str, dict[str, Any]]:
        shelves = {
            COLLECTION: self.records,
            DOCUMENT: self.documents,
            PUBLICATION: self.publications,
        }
        if where["repo"] != DID or where["collection"] not in shelves:
            raise Refused("InvalidRequest", "repo or collection")
        return shelves[where["collection"]]

    def _named(self, rkey: str, collection: str = COLLECTION) -> dict[str, str]:
        records = self._shelf({"repo": DID, "collection": collection})
        return {"uri": f"at://{DID}/{collection}/{rkey}", "cid": cid(records[rkey])}

    # The lexicons

    def _validate(self, record: dict[str, Any]) -> None:
        known = {"$type", "text", "facets", "langs", "embed", "createdAt", "reply"}
        _ensure(not set(record) - known, f"unexpected fields: {sorted(record)}")
        _ensure(record["$type"] == COLLECTION, "$type")
        text = record["text"]
        _ensure(len(text.encode()) <= 3_000, "text has more than 3000 bytes")
        _ensure(graphemes(text) <= 300, "text has more than 300 graphemes")
        _ensure(TIME.fullmatch(record["createdAt"]), "createdAt")
        langs = record.get("langs", [])
        _ensure(len(langs) <= 3 and all(map(LANGUAGE.fullmatch, langs)), "langs")
        check_facets(text, record.get("facets", []))
        for each in record.get("reply", {"root": None, "parent": None}).values():
            rkey = each and each["uri"].rpartition("/")[2]
            _ensure(each is None or each == self._named(rkey), f"no such record: {each}")
        if "embed" in record:
            self._embed(record["embed"])

    def _document(self, record: dict[str, Any]) -> None:
        needed = {"$type", "site", "title", "publishedAt"}
        known = needed | {"path", "description", "textContent", "tags", "coverImage"}
        known |= {"bskyPostRef", "updatedAt", "content"}
        _ensure(needed <= set(record) <= known, f"unexpected fields: {sorted(record)}")
        _ensure(record["$type"] == DOCUMENT, "$type")
        site = record["site"]
        own = site.startswith(f"at://{DID}/{PUBLICATION}/")
        _ensure(not own or site.rpartition("/")[2] in self.publications, "no such publication")
        _ensure(URI.fullmatch(site) and not site.endswith("/"), "site")
        _ensure(record.get("path", "/").startswith("/"), "path")
        _words(record, "title", 500)
        _words(record, "description", 3_000)
        for tag in record.get("tags", []):
            _words({"tag": tag}, "tag", 128)
            _ensure(tag and not tag.startswith("#"), "a tag's sign")
        times = {record["publishedAt"], record.get("updatedAt", record["publishedAt"])}
        _ensure(all(map(TIME.fullmatch, times)), "a time")
        if "coverImage" in record:
            self._blob(record["coverImage"], 1_000_000)
        if "bskyPostRef" in record:
            _ensure(set(record["bskyPostRef"]) == {"uri", "cid"}, "bskyPostRef")

    def _publication(self, record: dict[str, Any]) -> None:
        needed = {"$type", "url", "name"}
        known = needed | {"description", "icon", "preferences", "basicTheme"}
        _ensure(needed <= set(record) <= known, f"unexpected fields: {sorted(record)}")
        _ensure(record["$type"] == PUBLICATION, "$type")
        _ensure(URI.fullmatch(record["url"]) and not record["url"].endswith("/"), "url")
        _words(record, "name", 500)
        _words(record, "description", 3_000)
        if "icon" in record:
            self._blob(record["icon"], 1_000_000)
        _ensure(isinstance(record["preferences"]["showInDiscover"], bool), "showInDiscover")

    def _embed(self, embed: dict[str, Any]) -> None:
        if embed["$type"] == "app.bsky.embed.external":
            card = embed["external"]
            _ensure({"uri", "title", "description"} <= set(card), "a card lacks something")
            _ensure(not set(card) - {"uri", "title", "description", "thumb"}, "a card's fields")
            _ensure(URI.fullmatch(card["uri"]), "a card's uri")
            if "thumb" in card:
                self._blob(card["thumb"], 1_000_000)
        else:
            _ensure(embed["$type"] == "app.bsky.embed.images", "the embed's type")
            _ensure(1 <= len(embed["images"]) <= 4, "the number of images")
            for image in embed["images"]:
                _ensure(set(image) == {"image", "alt", "aspectRatio"}, "an image's fields")
                _ensure(isinstance(image["alt"], str), "an image's alt")
                self._blob(image["image"], 2_000_000)
                ratio = image["aspectRatio"]
                size = self.blobs[image["image"]["ref"]["$link"]]["size"]
                _ensure((ratio["width"], ratio["height"]) == size, "an image's aspectRatio")

    def _blob(self, blob: dict[str, Any], most: int) -> None:
        stored = self.blobs.get(blob["ref"]["$link"])
        _ensure(stored, "Could not find blob")
        found = (blob["$type"], blob["mimeType"], blob["size"])
        _ensure(found == ("blob", stored["type"], len(stored["data"])), "a blob's description")
        _ensure(blob["size"] <= most, "BlobTooLarge")


def jwt(said: dict[str, Any]) -> str:
    """Write a token as servers do; who holds it has no key to verify it with."""
    parts = ({"typ": "at+jwt", "alg": "ES256K"}, said)
    encoded = [base64.urlsafe_b64encode(json.dumps(each).encode()).decode() for each in parts]
    return ".".join(each.rstrip("=") for each in [*encoded, "c2lnbmF0dXJl"])


def blob_cid(data: bytes) -> str:
    """Name a blob by its bytes: a CID of version 1 in base32."""
    digest = b"\x01U\x12 " + hashlib.sha256(data).digest()
    return "b" + base64.b32encode(digest).decode().lower().rstrip("=")


def cid(record: dict[str, Any]) -> str:
    """Name a record by what is in it."""
    return f"bafyrei{hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:52]}"


def check_facets(text: str, facets: list[dict[str, Any]]) -> None:
    """The ranges are within the text, apart from each other, and of exactly what they stand for."""
    data, end = text.encode(), 0
    for facet in facets:
        index, [feature] = facet["index"], facet["features"]
        _ensure(end <= index["byteStart"] < index["byteEnd"] <= len(data), f"the range {index}")
        end = index["byteEnd"]
        said = data[index["byteStart"] : end].decode()
        if feature["$type"] == "app.bsky.richtext.facet#tag":
            _ensure(said == "#" + feature["tag"], f"{said} is not {feature}")
            _ensure(graphemes(feature["tag"]) <= 64, "a tag's graphemes")
            _ensure(0 < len(feature["tag"].encode()) <= 640, "a tag's bytes")
        else:
            _ensure(feature["$type"] == "app.bsky.richtext.facet#link", "a facet's type")
            _ensure(said == feature["uri"], f"{said} is not {feature}")
            _ensure(URI.fullmatch(feature["uri"]), "a link's uri")


def _words(record: dict[str, Any], name: str, most: int) -> None:
    text = record.get(name, "")
    _ensure(graphemes(text) <= most, f"{name} has too many graphemes")
    _ensure(len(text.encode()) <= 10 * most, f"{name} has too many bytes")


def _ensure(holds: Any, what: str) -> None:
    if not holds:
        raise Refused("InvalidRequest", f"Invalid {COLLECTION} record: {what}")
