"""Every secret is a canary, and every server repeats all that it is told: none is seen anywhere."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import sqlite3
from contextlib import ExitStack

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from fakes.cases import CASES
from fakes.smtp import Smtp
from syndicate.app import open_app
from syndicate.testing import SECRET
from syndicate.testing.server import serve

TELLING = 12
"""So many characters of a secret are too many."""
NETWORKS = sorted({*CASES, "brittle"} - {"folder", "indexnow", "rsscloud", "websub"})


def canary(name):
    """Make a secret that any network takes: letters and digits alone, which is base64 as well."""
    core = re.sub(r"[^0-9a-f]", "", hashlib.sha256(name.encode()).hexdigest())[:32]
    return f"whsec_{core}"


class Canaries(dict):
    """Secrets by the names of their variables."""

    def hide(self, value, name):
        """Give a secret's reference, and keep it; other values are given as they are."""
        if not isinstance(value, SecretStr):
            return value
        self[name] = value.get_secret_value().replace(SECRET, canary(name))
        return f"env:{name}"

    def sighted(self, text):
        return sorted(
            name
            for name, value in self.items()
            for core in re.findall(r"[0-9a-f]{32}", value)
            if core[:TELLING] in text or core[-TELLING:] in text
        )


def refuses(echo):
    return JSONResponse({"error": echo, "description": echo, "ok": False}, 400)


def shuts(echo):
    return JSONResponse({"message": echo}, 401)


def moves(echo):
    return Response(status_code=302, headers={"location": f"/elsewhere/{echo}"})


def breaks(echo):
    return PlainTextResponse(f"panic: {echo}", 500)


def garbles(echo):
    return HTMLResponse(f"<html><body>{echo}</body></html>")


def cuts(echo):
    """The secret straddles the place where a long answer is cut off."""
    place = min((echo.index(each) for each in re.findall(r"[0-9a-f]{32}", echo)), default=0)
    return PlainTextResponse("x" * (300 - 16 - 10) + echo[max(place - 10, 0) :], 422)


def shaken(echo):
    return JSONResponse({"errors": [{"detail": echo}]}, 404)


SERVERS = [refuses, shuts, moves, breaks, garbles, cuts, shaken]


def repeating(answer, canaries):
    """Give an app that knows the preliminaries, and repeats everything else that it is told."""
    known = {path: body for case in CASES.values() for path, body in case.answers.items()}
    [log_in] = [path for path in known if path.endswith("createSession")]
    tokens = {name: canaries[name.upper()] for name in ("access", "refresh")}
    known[log_in] = {"did": "did:plc:ada", **{f"{name}Jwt": it for name, it in tokens.items()}}

    async def take(request):
        body = (await request.body()).decode("utf-8", "replace")
        if request.url.path in known:
            return JSONResponse(known[request.url.path])
        told = [request.url.path, request.url.query, *request.headers.values(), body[:500]]
        return answer(" ".join(re.sub(r"[^ -~]", " ", " ".join(told)).split()))

    methods = ["GET", "HEAD", "POST", "PUT", "DELETE"]
    return Starlette(routes=[Route("/{path:path}", take, methods=methods)])


@pytest.fixture
def loud(blog, monkeypatch, broken_networks):
    """A blog with an endpoint of each network at each server; gives it and the canaries."""
    canaries = Canaries(ACCESS=canary("access"), REFRESH=canary("refresh"))
    shared = {"allow_networks": ["127.0.0.0/8"], "backfill": 1, "max_age": "9999d"}
    with ExitStack() as stack:
        for answer in SERVERS:
            url = stack.enter_context(serve(repeating(answer, canaries)))
            for network in NETWORKS:
                case = CASES["webhook" if network == "brittle" else network]
                own = dict(case.options(url))
                if network == "email":
                    mail = Smtp(log_in=True)
                    stack.enter_context(mail.running())
                    own |= {"host": "127.0.0.1", "port": mail.port, "security": "none"}
                name = f"{network}-{answer.__name__}"
                own = {
                    key: canaries.hide(value, f"{name}-{key}".upper().replace("-", "_"))
                    for key, value in own.items()
                }
                if network == "email":
                    secret = canaries[f"EMAIL_{answer.__name__.upper()}_PASSWORD"]
                    filler = "x" * (270 if answer is cuts else 0)
                    mail.answers["AUTH"] = f"535 no such password: {filler}{secret}".encode()
                blog.endpoint(name, network, **own, **shared)
        for name, value in canaries.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("BRITTLE", "raise:intended")
        monkeypatch.setenv("TELLS", " ".join(v for n, v in canaries.items() if "BRITTLE" in n))
        blog.post("new")
        yield blog, canaries


def left_behind(blog):
    """All that is written: but the sessions in the ledger, which keep tokens by design."""
    texts = {}
    for path in blog.folder.rglob("*"):
        if path.is_file() and "third" not in path.parts and path.name != "ledger.db":
            texts[path.name] = path.read_bytes().decode("utf-8", "replace")
    with sqlite3.connect(blog.folder / "state" / "ledger.db") as ledger:
        ledger.execute("DELETE FROM sessions")
        texts["ledger"] = "\n".join(ledger.iterdump())
        ledger.rollback()
    ledger.close()
    return texts


def test_no_secret_is_seen_whatever_the_servers_repeat(loud):
    """Neither in what is printed, logged with tracebacks, kept, nor published."""
    blog, canaries = loud
    seen = {}
    for command in (
        ["run", "-v", "--wait", "0s"],
        ["status", "--all", "--json", "-v"],
        ["check", "endpoints", "-v"],
        ["plan", "-v"],
    ):
        done = blog.command(*command)
        seen[f"{command[0]}: stdout"], seen[f"{command[0]}: stderr"] = done.stdout, done.stderr
    seen |= left_behind(blog)
    assert {where: names for where, text in seen.items() if (names := canaries.sighted(text))} == {}
    # Had they not been told, there would be nothing to hide:
    outcomes = json.loads(seen["status: stdout"])
    text = json.dumps(outcomes)
    assert text.count("[secret]") > 2 * len(NETWORKS)
    assert "Traceback" in seen["run: stderr"]
    assert "it broke, and tells all: [secret]" in seen["run: stderr"]
    kinds = {each["state"] for each in outcomes["deliveries"]}
    assert {"dead", "in_doubt", "pending"} <= kinds


def test_no_secret_is_seen_in_a_crash(loud, start):
    """Of the program itself, with its traceback."""
    _, canaries = loud
    crash = (
        "import os\nfrom syndicate import pipeline\n"
        "async def run(app, **rest): raise RuntimeError(' '.join(os.environ.values()))\n"
        "pipeline.run = run"
    )
    process = start("run", "-v", before=crash)
    assert process.wait() == 1
    assert "error: this should not happen: RuntimeError: " in process.said
    assert "Traceback" in process.said
    known = Canaries({k: v for k, v in canaries.items() if k not in {"ACCESS", "REFRESH"}})
    assert known.sighted(process.said) == []


def test_no_secret_is_seen_in_what_is_held(loud):
    """By whoever prints it for a moment, to find something out."""
    blog, canaries = loud

    async def look(app):
        async with app.connect() as connected:
            lines = connected.lines
            return repr([app, app.config, connected, lines, [vars(each.network) for each in lines]])

    with open_app(blog.config, clock=blog.clock) as app:
        text = asyncio.run(look(app))
        text += app.config.model_dump_json() + repr(app.config.model_dump())
    assert canaries.sighted(text) == []
