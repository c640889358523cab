"""The real post, announced in rooms of Synapse by real runs."""

from __future__ import annotations

import io
import json
import sqlite3

import pytest
from PIL import Image
from pydantic import SecretStr

from fakes.account import SITE
from fakes.posts import KEY, POST
from real.announcing import LOCAL, REAL, TITLE, URL, add_post, forget
from real.between import between
from syndicate import networks
from syndicate.testing.bench import Bench


class Room:
    """One room on the server, with the account that posts there."""

    def __init__(self, synapse, version=None):
        self.synapse = synapse
        self.user = synapse.create_user()
        self.id = synapse.create_room(self.user, version)

    def messages(self):
        return self.synapse.messages(self.user, self.id)

    def options(self, **own):
        return {"server": self.synapse.url, "token": "env:MATRIX", "room": self.id, **own}


@pytest.fixture
def room(synapse, monkeypatch):
    return told(Room(synapse), monkeypatch)


def told(room, monkeypatch):
    monkeypatch.setenv("MATRIX", room.user.token)
    return room


def states(report):
    return [str(each.resting.state) for each in report.outcomes]


@pytest.mark.parametrize("version", ["11", "12"])
def test_a_room_has_the_picture_with_its_caption_and_then_a_text(
    blog, synapse, monkeypatch, version
):
    room = told(Room(synapse, version), monkeypatch)
    assert (":" in room.id) == (version == "11"), "since version 12 a room names no server"
    blog.endpoint("room", "matrix", **room.options(), **LOCAL)
    assert states(blog.run()) == ["delivered"]
    add_post(blog, "hebrew", "שלום עולם", language="he", image=False)
    blog.clock.tick(minutes=2)
    assert states(blog.run()) == ["delivered"]
    assert blog.run().outcomes == ()
    picture, text = [each["content"] for each in room.messages()]
    assert picture["msgtype"] == "m.image"
    assert picture["body"].startswith(f"{TITLE}\n\n")
    assert picture["body"].endswith(f"{URL}\n\n#AI #ImageGeneration #ArtificialIntelligence")
    assert picture["formatted_body"].startswith(f'<p><a href="{URL}"><strong>{TITLE}</strong></a>')
    data, info = synapse.picture(room.user, picture["url"]), picture["info"]
    with Image.open(io.BytesIO(data)) as image:
        assert (*image.size, len(data)) == (info["w"], info["h"], info["size"])
        assert Image.MIME[image.format] == info["mimetype"]
    assert (text["msgtype"], text["m.mentions"]) == ("m.text", {})
    assert text["body"].startswith("שלום עולם")


def test_an_alias_leads_to_the_room(blog, room, synapse):
    alias = f"#news-{room.user.token[-6:].lower()}:matrix.test".replace("_", "-")
    synapse.name_room(room.user, room.id, alias)
    blog.endpoint("room", "matrix", **room.options(room=alias), **LOCAL)
    assert states(blog.run()) == ["delivered"]
    assert len(room.messages()) == 1


def test_after_a_crash_a_room_has_one_event(blog, room):
    blog.endpoint("room", "matrix", **room.options(), **LOCAL)
    blog.run()
    forget(blog)
    report = blog.run()
    assert states(report) == ["pending", "delivered"]
    [event] = room.messages()
    assert report.outcomes[-1].resting.receipt.id == event["event_id"]


@pytest.mark.parametrize("cut", [True, False])
def test_an_answer_that_is_lost_leaves_one_event(blog, room, cut):
    with between(room.synapse.url) as server:
        blog.endpoint("room", "matrix", **room.options(server=server.url), timeout="5s", **LOCAL)
        server.lose("/send/", cut=cut)
        report = blog.run()
    assert server.lost == 1
    assert states(report) == ["pending", "delivered"]
    [event] = room.messages()
    assert report.outcomes[-1].resting.receipt.id == event["event_id"]


def test_the_same_number_by_the_same_token_is_the_same_event(room):
    own = room.options(token=SecretStr(room.user.token))
    kind = networks.get("matrix")
    shared = {"name": "room", "network": "matrix", "allow_networks": ["127.0.0.0/8"]}
    network, bench = kind(kind.Options.model_validate(shared | own), SITE), Bench()
    message = network.compose(POST, "", None, bench.work(network.limits))
    first, second = [bench.work(lambda wire: network.deliver(message, KEY, wire)) for _ in range(2)]
    [event] = room.messages()
    assert first == second
    assert first.id == event["event_id"]
    assert bench.work(lambda wire: network.look_up(message, KEY, wire)) == first


def edit(blog, old, new):
    path = blog.folder / "content" / REAL.name
    path.write_text(path.read_text().replace(old, new))
    blog.clock.tick(minutes=2)
    return blog.run()


def test_an_edit_replaces_what_was_said_and_a_deletion_takes_all_of_it(blog, room, synapse):
    own = room.options(on_edit="update", on_delete="delete")
    blog.endpoint("room", "matrix", **own, **LOCAL)
    blog.run()
    assert states(edit(blog, TITLE, "Another title")) == ["delivered"]
    first, second = room.messages()
    found = synapse.event(room.user, room.id, first["event_id"])
    known = found["unsigned"]["m.relations"]["m.replace"]
    assert known["event_id"] == second["event_id"], "the server takes it for an edit"
    assert second["content"]["m.new_content"]["body"].startswith("Another title")
    assert second["content"]["m.new_content"]["msgtype"] == "m.image"
    (blog.folder / "content" / REAL.name).unlink()
    for _ in range(2):  # a post is gone when two runs have missed it
        blog.clock.tick(minutes=2)
        blog.run(force=True)
    assert [each["content"] for each in room.messages()] == [{}, {}]


def test_a_reply_tells_of_an_edit(blog, room):
    blog.endpoint("room", "matrix", **room.options(on_edit="reply"), **LOCAL)
    blog.run()
    assert states(edit(blog, TITLE, "Another title")) == ["delivered"]
    first, second = room.messages()
    relation = second["content"]["m.relates_to"]
    assert relation == {"m.in_reply_to": {"event_id": first["event_id"]}}
    assert "Another title" in second["content"]["body"]


def test_the_servers_own_wait_is_obeyed(blog, room, synapse):
    """On the machine's clock: the server's is no other."""
    for number in range(2):
        add_post(blog, f"post{number}", f"Number {number}", image=False)
    (blog.folder / "content" / REAL.name).unlink()
    blog.endpoint("room", "matrix", **room.options(), **{**LOCAL, "backfill": 2})
    synapse.slow_down(room.user)
    done = blog.command("run", "--wait", "50s", MATRIX=room.user.token)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(room.messages()) == 2
    with sqlite3.connect(blog.folder / "state" / "ledger.db") as ledger:
        told = {row[0] for row in ledger.execute("SELECT outcome FROM attempts")}
    ledger.close()
    assert told == {"Throttled", "delivered"}, "it did say no, and nothing was sent twice"


@pytest.mark.parametrize(
    ("version", "rights"), [("11", "power level 100,"), ("12", "@herald")], ids=["11", "12"]
)
def test_an_endpoint_is_checked_without_posting(blog, synapse, version, rights):
    room = Room(synapse, version)
    blog.endpoint("room", "matrix", **room.options(), **LOCAL)
    done = blog.command("check", "endpoints", "--strict", "--json", MATRIX=room.user.token)
    assert done.returncode == 0, done.stdout + done.stderr
    [found] = json.loads(done.stdout)["endpoints"]
    facts = {each["fact"]: each["value"] for each in found["facts"]}
    assert found["ok"]
    assert facts["version"].startswith("v1.")
    assert facts["rights"].startswith(rights)
    assert room.messages() == []


def test_a_token_that_is_none_any_more_pauses_the_endpoint(blog, room, synapse):
    blog.endpoint("room", "matrix", **room.options(), **LOCAL)
    synapse.log_out(room.user)
    report = blog.run()
    [endpoint] = report.endpoints
    assert str(endpoint.gate) == "paused"
    assert blog.states() == {"room": "pending"}
