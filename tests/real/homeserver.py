"""Matrix's Synapse, seen by its owner: makes accounts and rooms, and looks at what is in them."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx

from real.servers import HERE, REAL, REQUEST_LIMIT, running

PYTHON = REAL / "synapse" / "bin" / "python"
CLIENT, ADMIN = "/_matrix/client/v3", "/_synapse/admin/v1"


class User(NamedTuple):
    """Who somebody is, and the token that was given to one device."""

    name: str
    token: str


class Synapse:
    """A homeserver with nobody on it but its administrator."""

    def __init__(self, url: str, secret: str) -> None:
        self.url = url
        self._secret = secret
        self._http = httpx.Client(base_url=url, timeout=REQUEST_LIMIT, trust_env=False)
        self._numbers = itertools.count(1)
        self._admin = self._register(admin=True)

    def close(self) -> None:
        self._http.close()

    def create_user(self) -> User:
        """Make an account that may send as fast as it likes."""
        user = self._register(admin=False)
        unlimited = {"messages_per_second": 0, "burst_count": 0}
        self._ask("POST", _limit_of(user.name), self._admin, json=unlimited)
        return user

    def _register(self, *, admin: bool) -> User:
        """Register somebody by the secret that only the server's owner knows.

        https://element-hq.github.io/synapse/latest/admin_api/register_api.html
        """
        nonce = self._http.get(f"{ADMIN}/register").raise_for_status().json()["nonce"]
        name, password = f"herald{next(self._numbers)}", "a long password"
        signed = "\0".join([nonce, name, password, "admin" if admin else "notadmin"])
        digest = hmac.new(self._secret.encode(), signed.encode(), hashlib.sha1).hexdigest()
        who = {"nonce": nonce, "username": name, "password": password, "admin": admin}
        made = self._http.post(f"{ADMIN}/register", json={**who, "mac": digest})
        told = made.raise_for_status().json()
        return User(told["user_id"], told["access_token"])

    def create_room(self, user: User, version: str | None = None) -> str:
        """Give the number of a public room that the user has made; of the usual version for None."""
        wanted = {"preset": "public_chat", **({"room_version": version} if version else {})}
        return str(self._ask("POST", f"{CLIENT}/createRoom", user, json=wanted)["room_id"])

    def name_room(self, user: User, room: str, alias: str) -> None:
        self._ask("PUT", f"{CLIENT}/directory/room/{_quote(alias)}", user, json={"room_id": room})

    def messages(self, user: User, room: str) -> list[dict[str, Any]]:
        """Give the room's messages, oldest first, edits and redacted ones among them."""
        wanted = json.dumps({"types": ["m.room.message"]})
        params = {"dir": "f", "limit": 100, "filter": wanted}
        path = f"{CLIENT}/rooms/{_quote(room)}/messages"
        return list(self._ask("GET", path, user, params=params)["chunk"])

    def event(self, user: User, room: str, number: str) -> dict[str, Any]:
        """Give one event, with what the server knows of its edits."""
        return self._ask("GET", f"{CLIENT}/rooms/{_quote(room)}/event/{_quote(number)}", user)

    def picture(self, user: User, address: str) -> bytes:
        """Download what an ``mxc://`` address stands for."""
        path = f"/_matrix/client/v1/media/download/{address.removeprefix('mxc://')}"
        answer = self._http.get(path, headers=_bearer(user))
        return answer.raise_for_status().content

    def slow_down(self, user: User) -> None:
        """Hold somebody to the server's own limit, which is low; see ``synapse_server``."""
        self._ask("DELETE", _limit_of(user.name), self._admin)

    def log_out(self, user: User) -> None:
        self._ask("POST", f"{CLIENT}/logout", user)

    def _ask(self, method: str, path: str, user: User, **request: Any) -> dict[str, Any]:
        answer = self._http.request(method, path, headers=_bearer(user), **request)
        if answer.is_error:
            raise AssertionError(f"{method} {path}: {answer.status_code} {answer.text}")
        return dict(answer.json())


def _bearer(user: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {user.token}"}


def _limit_of(name: str) -> str:
    return f"{ADMIN}/users/{_quote(name)}/override_ratelimit"


def _quote(text: str) -> str:
    return quote(text, safe="")


@contextmanager
def running_synapse(errors: Path) -> Iterator[Synapse]:
    with running([PYTHON, HERE / "synapse_server.py"], errors) as said:
        synapse = Synapse(said["url"], said["secret"])
        try:
            yield synapse
        finally:
            synapse.close()
