"""`syndicate check endpoints`: each fact on a line, with what it means for the next announcement."""

from __future__ import annotations

import re
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import trustme
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from fakes.mastodon import TOKEN, Mastodon
from fakes.site import NEXT_DOOR
from fakes.webhook import SECRET
from syndicate import examination
from syndicate.http import client
from syndicate.model import Health, Limits
from syndicate.networks.folder import Folder
from syndicate.testing.server import serve

CA = trustme.CA()


@pytest.fixture
def hook(blog, monkeypatch, tmp_path):
    """Adds a webhook whose server has a certificate for so long, and a clock of its own."""
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    trusting = ssl.create_default_context()
    CA.configure_trust(trusting)
    monkeypatch.setattr(client, "_usual_trust", lambda: trusting)

    def build(days=90, ahead=timedelta()):
        async def answer(request):
            date = format_datetime(datetime.now(UTC) + ahead, usegmt=True)
            return Response(status_code=405, headers={"date": date} if ahead is not None else {})

        until = datetime.now(UTC) + timedelta(days=days, minutes=1)
        certificate = CA.issue_cert("127.0.0.1", not_after=until)
        key, chain = tmp_path / "key.pem", tmp_path / "chain.pem"
        certificate.private_key_pem.write_to_path(key)
        chain.write_bytes(b"".join(each.bytes() for each in certificate.cert_chain_pems))
        app = Starlette(routes=[Route("/{path:path}", answer, methods=["HEAD"])])
        files = {"ssl_keyfile": str(key), "ssl_certfile": str(chain)}
        return serve(app, date_header=False, **files)

    return build


def examined(blog, say, url, *arguments):
    blog.hook(f"{url}/in")
    said = say("check", "endpoints", "--json", *arguments)
    [found] = [each for each in said.json["endpoints"] if each["name"] == "hook"]
    return said.code, found, {each["fact"]: each for each in found["facts"]}


def test_all_is_well(blog, say, hook):
    with hook() as url:
        code, found, facts = examined(blog, say, url, "--strict")
    assert (code, found["ok"]) == (0, True)
    assert facts["secret"]["value"] == "not tried: it takes an event"
    assert facts["clock"]["value"] == "as 127.0.0.1's"
    assert facts["certificate"]["value"].startswith("127.0.0.1: until 20")
    assert facts["limits"]["value"].startswith("texts of any length")
    assert {each["level"] for each in facts.values()} == {"ok"}


@pytest.mark.parametrize(("days", "level"), [(15, "ok"), (13, "warning"), (0, "warning")])
def test_a_certificate_that_ends_within_two_weeks_is_told(blog, say, hook, days, level):
    with hook(days=days) as url:
        code, found, facts = examined(blog, say, url)
    assert (code, found["ok"], facts["certificate"]["level"]) == (0, True, level)
    told = f"{days} days from now: whoever runs the server has to renew it"
    assert (told in facts["certificate"]["value"]) == (level == "warning")


def test_a_certificate_that_has_ended_is_an_error(blog, say, hook):
    with hook(days=-1) as url:
        code, found, facts = examined(blog, say, url)
    assert (code, found["ok"], facts) == (4, False, {})
    assert "certificate has expired" in found["detail"]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [  # within some minutes, which a busy machine may take between the answer and the look at it
        (600, r"ours is 0:(0[6-9]|1\d):\d\d behind 127"),
        (-600, r"ours is 0:(0[6-9]|1\d):\d\d ahead of 127"),
        (30, "as 127"),
    ],
)
def test_a_clock_that_is_off_is_told_with_what_breaks(blog, say, hook, seconds, said):
    with hook(ahead=timedelta(seconds=seconds)) as url:
        code, found, facts = examined(blog, say, url, "--strict")
    off = abs(seconds) > 60
    assert facts["clock"]["level"] == ("warning" if off else "ok")
    assert re.match(said, facts["clock"]["value"])
    assert ("five minutes off" in facts["clock"]["value"]) == off
    assert (code, found["ok"]) == (4 if off else 0, True), "a strict check lets warnings fail"


def test_a_server_that_does_not_tell_the_time_is_not_judged_by_it(blog, say, hook):
    with hook(ahead=None) as url:
        _, _, facts = examined(blog, say, url)
    assert "clock" not in facts


def test_a_line_for_each_fact(blog, say, hook):
    with hook(days=3) as url:
        blog.hook(f"{url}/in")
        said = say("check", "endpoints")
    lines = [line.split(maxsplit=2) for line in said.out.splitlines()]
    assert ["out", "access"] in [line[:2] for line in lines]
    assert ["out", "space"] in [line[:2] for line in lines]
    [told] = [line[2] for line in lines if line[:2] == ["hook", "certificate"]]
    assert told.endswith("warning")
    assert said.out.splitlines()[-1] == (
        "The configuration is valid. Endpoints: 2 of 2 are well, 1 warnings."
    )
    assert said.code == 0


def test_a_network_that_breaks_is_told_like_one_that_answers_no(blog, say, monkeypatch):
    async def broken(self, wire):
        raise ZeroDivisionError("in the code of a third party")

    monkeypatch.setattr(Folder, "check", broken)
    said = say("check", "endpoints", "--json")
    [found] = said.json["endpoints"]
    assert (said.code, found["ok"]) == (4, False)
    assert found["detail"] == "unexpected ZeroDivisionError: in the code of a third party"


def test_a_network_that_tells_no_facts_is_examined_all_the_same(blog, say, monkeypatch):
    async def loud(self, wire):
        return Health(ok=True, detail="loud and clear")

    monkeypatch.setattr(Folder, "check", loud)
    [found] = say("check", "endpoints", "--json").json["endpoints"]
    assert found["ok"]
    assert [each["fact"] for each in found["facts"]] == ["limits"]


def test_scopes_that_are_missing_make_an_endpoint_unwell(blog, say, monkeypatch):
    monkeypatch.setenv("TOKEN", TOKEN)
    server = Mastodon()
    server.scopes = ["read"]
    with serve(server.app) as url:
        blog.endpoint("toots", "mastodon", server=url, token="env:TOKEN", **NEXT_DOOR)
        said = say("check", "endpoints", "--json")
        told = say("check", "endpoints").out
    [found] = [each for each in said.json["endpoints"] if each["name"] == "toots"]
    facts = {each["fact"]: each for each in found["facts"]}
    assert (said.code, said.json["ok"], found["ok"]) == (4, False, False)
    assert facts["scopes"]["level"] == "error"
    assert facts["limits"]["value"] == (
        "500 graphemes, images to 100,000 bytes, to 250,000 pixels, "
        "alternative texts to 100 characters"
    )
    assert "Endpoints: 1 of 2 are well." in told
    assert server.statuses == []


def test_who_is_told_of_feeds_has_no_limits(blog, say):
    hub = Starlette(routes=[Route("/", lambda request: Response("a hub"))])
    with serve(hub) as url:
        blog.endpoint("hub", "websub", url=f"{url}/", **NEXT_DOOR)
        [_, found] = say("check", "endpoints", "--json").json["endpoints"]
    assert [each["fact"] for each in found["facts"]] == ["clock"]


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(text=None, images=0), "texts of any length, no image"),
        (Limits(text=300, text_bytes=3_000), "300 graphemes, 3,000 bytes of text"),
    ],
)
def test_limits_in_words(limits, said):
    assert examination._say(limits) == said
