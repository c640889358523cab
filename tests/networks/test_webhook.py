"""Signed events by the rules of Standard Webhooks, judged by its own library."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from starlette.responses import Response

from fakes.faulty import answering, faulty, response
from fakes.posts import POST
from fakes.webhook import SECRET, Receiver
from syndicate.errors import DeliveryError, InDoubt
from syndicate.http import Http
from syndicate.model import Author, Image, Key, Limits, Picture, Site
from syndicate.networks.base import Wire
from syndicate.networks.webhook import Webhook, WebhookOptions
from syndicate.networks.webhook_keys import new_pair, new_shared, verifying_key
from syndicate.testing.clock import NOON, FakeClock
from syndicate.testing.samples import picture
from syndicate.testing.server import serve

SITE = Site("Ada's notes", "https://example.org", "en")
KEY = Key("msg_1", NOON)
HERO = Picture("https://example.org/hero.png", "image/png", 64, 32, picture())
ILLUSTRATED = replace(POST, image=Image(HERO.url, alt="A teal field"))


def options(url="https://hook.example/", secret=SECRET, previous_secret=None):
    return WebhookOptions(
        name="hook",
        network="webhook",
        url=url,
        secret=SecretStr(secret),
        previous_secret=previous_secret and SecretStr(previous_secret),
        allow_networks=["127.0.0.0/8"],
    )


def compose(post=POST, html="<p>It weaves.</p>", hero=None):
    return Webhook(options(), SITE).compose(post, html, hero, Limits(text=None))


def event(message):
    return json.loads(message.payload["body"])


class Bench:
    """A webhook, its receiver, and one clock for both."""

    def __init__(self, secret=SECRET):
        self.clock = FakeClock()
        self.receiver = Receiver(self.clock, secret)

    def work(self, do, url=None, **own):
        async def main(url):
            http = Http(["127.0.0.0/8"], timedelta(seconds=1), clock=self.clock.now)
            try:
                return await do(
                    Webhook(options(url, **own), SITE), Wire(http, None, self.clock.now)
                )
            finally:
                await http.aclose()

        if url:
            return asyncio.run(main(url))
        with serve(self.receiver.app) as served:
            return asyncio.run(main(f"{served}/hook"))

    def deliver(self, message, key=KEY, **own):
        return self.work(lambda network, wire: network.deliver(message, key, wire), **own)


def test_an_event_is_verified_and_arrives_byte_for_byte():
    bench, message = Bench(), compose(replace(POST, title="“Brass” — ✨"))
    receipt = bench.deliver(message)
    assert (receipt.id, receipt.url) == ("msg_1", None)
    assert bench.receiver.bodies == [message.payload["body"].encode()]
    assert bench.receiver.events["msg_1"]["data"]["title"] == "“Brass” — ✨"


def test_the_event_says_all_that_there_is_to_say():
    post = replace(
        ILLUSTRATED,
        authors=(Author("Ada", "ada@example.org", "https://ada.example"),),
        updated=POST.published + timedelta(days=1),
        external_url="https://elsewhere.example/",
    )
    assert event(compose(post, "<p>It weaves.</p>", HERO)) == {
        "type": "post.published",
        "timestamp": "2026-03-01T11:00:00Z",
        "data": {
            "id": POST.id,
            "url": POST.url,
            "title": "Hello",
            "summary": "A first post.",
            "content_html": "<p>It weaves.</p>",
            "language": "en",
            "published": "2026-03-01T11:00:00Z",
            "updated": "2026-03-02T11:00:00Z",
            "authors": [{"name": "Ada", "url": "https://ada.example", "email": "ada@example.org"}],
            "categories": ["News"],
            "tags": ["greeting"],
            "image": {
                "url": HERO.url,
                "alt": "A teal field",
                "type": "image/png",
                "length": HERO.length,
                "width": 64,
                "height": 32,
            },
            "external_url": "https://elsewhere.example/",
            "site": {"title": "Ada's notes", "url": "https://example.org"},
        },
    }


def test_an_image_that_could_not_be_had_is_still_named():
    message = compose(ILLUSTRATED)
    image = event(message)["data"]["image"]
    assert image["url"] == HERO.url
    assert image["alt"] == "A teal field"
    assert [image[key] for key in ("type", "length", "width", "height")] == [None] * 4
    assert message.image is None
    assert event(compose())["data"]["image"] is None


def test_the_keys_of_the_event_are_in_the_docs():
    page = Path(__file__).parents[2] / "docs" / "networks" / "webhook.md"
    example = json.loads(page.read_text().partition("```json\n")[2].partition("```")[0])
    assert list(example["data"]) == list(event(compose())["data"])


def test_the_id_stays_and_the_signature_is_of_the_moment():
    """Every try is signed anew: receivers refuse what is older than some minutes."""
    bench, message = Bench(), compose()
    bench.deliver(message)
    bench.clock.tick(hours=5)
    bench.deliver(message)
    assert bench.receiver.ids == ["msg_1", "msg_1"]
    assert len(bench.receiver.events) == 1
    assert len(set(bench.receiver.bodies)) == 1


class TestRotation:
    """While a secret is changed events are signed with both: either receiver believes them."""

    OLD, PAIR = str(new_shared()), new_pair()

    def deliver(self, secret, previous, believed=SECRET):
        bench = Bench(believed)
        bench.deliver(compose(), secret=secret, previous_secret=previous)
        [headers] = bench.receiver.headers
        return bench, headers["webhook-signature"].split(" ")

    @pytest.mark.parametrize("believed", [SECRET, OLD], ids=["new", "old"])
    def test_a_receiver_believes_by_the_new_secret_and_by_the_old_one(self, believed):
        bench, signatures = self.deliver(SECRET, self.OLD, believed)
        assert list(bench.receiver.events) == ["msg_1"]
        assert len(set(signatures)) == 2

    def test_the_present_secret_signs_first(self):
        _, [alone] = self.deliver(SECRET, None)
        _, [first, _] = self.deliver(SECRET, self.OLD)
        assert first == alone

    def test_both_kinds_may_be_mixed(self):
        bench, [pair, shared] = self.deliver(str(self.PAIR), SECRET)
        assert [each.partition(",")[0] for each in (pair, shared)] == ["v1a", "v1"]
        content = f"msg_1.{int(bench.clock.now().timestamp())}.".encode() + bench.receiver.bodies[0]
        signature = base64.b64decode(pair.partition(",")[2])
        assert verifying_key(str(self.PAIR.public)).fits(content, signature)

    def test_a_secret_that_has_not_changed_signs_once(self):
        _, signatures = self.deliver(SECRET, SECRET)
        assert len(signatures) == 1

    def test_the_previous_secret_is_looked_at_as_well(self):
        with pytest.raises(ValidationError, match="24 to 64 bytes in base64") as caught:
            options(previous_secret="hunter2hunter2")
        assert "hunter2hunter2" not in str(caught.value)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_a_success_whatever_its_body(status):
    bench = Bench()
    bench.receiver.answer = lambda: Response(b"" if status == 204 else b"<thanks/>", status)
    assert bench.deliver(compose()).id == "msg_1"


def test_an_address_is_used_as_it_is_written():
    """A slash at the end makes a difference to receivers: many redirect, and lose the event."""

    async def main():
        async with faulty(answering(response(200))) as server:
            http = Http(["127.0.0.0/8"])
            network = Webhook(options(f"{server.url}/in/?a=b/"), SITE)
            await network.deliver(compose(), KEY, Wire(http, None, lambda: NOON))
            await http.aclose()
            return server.requests[0]

    assert asyncio.run(main()).startswith(b"POST /in/?a=b/ HTTP/1.1\r\n")


def test_a_lost_answer_is_a_doubt_that_a_replay_settles():
    bench, message = Bench(), compose()
    bench.receiver.answer = lambda: Response(status_code=500)
    with pytest.raises(InDoubt):
        bench.deliver(message)
    bench.receiver.answer = lambda: None
    assert bench.deliver(message).id == "msg_1"
    assert bench.receiver.ids == ["msg_1", "msg_1"]


def test_an_edit_is_an_event_of_its_own_with_all_that_there_is_to_say():
    bench = Bench()
    later = replace(POST, title="Hello again", updated=POST.updated + timedelta(days=1))
    message, number = compose(later), Key("msg_2", NOON)
    bench.work(lambda network, wire: network.update(None, message, number, wire))
    told = bench.receiver.events["msg_2"]
    assert told["type"] == "post.updated"
    assert told["timestamp"] == "2026-03-02T11:00:00Z"
    assert told["data"] == event(message)["data"]
    assert list(told) == list(event(message))


def test_a_deletion_names_the_post_and_repeats_nothing_of_it():
    bench, number = Bench(), Key("msg_3", NOON)

    def delete(network, wire):
        return network.delete(None, compose(), number, wire)

    bench.work(delete)
    bench.clock.tick(hours=1)
    bench.work(delete)
    assert bench.receiver.events["msg_3"] == {
        "type": "post.deleted",
        "timestamp": "2026-03-01T12:00:00Z",
        "data": {
            "id": POST.id,
            "url": POST.url,
            "title": "Hello",
            "site": {"title": "Ada's notes", "url": "https://example.org"},
        },
    }
    assert len(set(bench.receiver.bodies)) == 1


def test_the_other_events_are_in_the_docs():
    page = (Path(__file__).parents[2] / "docs" / "networks" / "webhook.md").read_text()
    assert "`post.updated`" in page
    example = json.loads(page.rpartition("```json\n")[2].partition("```")[0])
    assert (example["type"], list(example["data"])) == (
        "post.deleted",
        ["id", "url", "title", "site"],
    )


class TestChecking:
    def check(self, *responses):
        async def main():
            async with faulty(answering(*responses)) as server:
                http = Http(["127.0.0.0/8"])
                try:
                    wire = Wire(http, None, lambda: NOON)
                    return await Webhook(options(server.url), SITE).check(wire), server.requests
                finally:
                    await http.aclose()

        return asyncio.run(main())

    @pytest.mark.parametrize("status", [200, 400, 401, 404, 405, 500])
    def test_somebody_who_answers_is_there(self, status):
        health, requests = self.check(response(status, b""))
        assert health.ok
        assert f"HTTP {status}" in health.detail
        assert [request.partition(b" ")[0] for request in requests] == [b"HEAD"], "nothing posted"

    @pytest.mark.parametrize("status", [301, 308, 410])
    def test_an_address_that_leads_elsewhere_or_has_ended_is_told(self, status):
        with pytest.raises(DeliveryError, match=f"HTTP {status}"):
            self.check(response(status, b"", location="https://elsewhere.example/"))


def whsec(length):
    return "whsec_" + base64.b64encode(bytes(length)).decode()


@pytest.mark.parametrize(
    "secret",
    [SECRET, whsec(24), whsec(32), whsec(64), str(new_pair())],
    ids=["usual", "24", "32", "64", "pair"],
)
def test_a_signing_secret_is_taken(secret):
    assert options(secret=secret).secret.get_secret_value() == secret


def test_anything_else_is_refused_with_advice_and_never_repeated():
    with pytest.raises(ValidationError, match="make one with: syndicate webhook keygen") as caught:
        options(secret=whsec(23))
    assert whsec(23) not in str(caught.value)
