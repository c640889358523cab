"""A process is killed while its request is in flight; the next run settles what it left."""

from __future__ import annotations

import signal
import threading
from datetime import UTC, datetime

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fakes import third_party
from fakes.bluesky import HANDLE, PASSWORD, Pds
from fakes.mastodon import TOKEN, Mastodon
from fakes.process import Process
from fakes.site import NEXT_DOOR
from fakes.webhook import SECRET
from syndicate.testing.server import serve

QUICK = {"retries": ["0s", "1s"], "max_age": "9999d", **NEXT_DOOR}


class Held:
    """Lets a request wait until the test has killed who sent it."""

    def __init__(self):
        self.arrived, self.release = threading.Event(), threading.Event()

    def wait(self):
        self.arrived.set()
        self.release.wait(30)

    def kill(self, blog, **environment):
        process = Process(blog, "run", **environment)
        try:
            process.until(self.arrived.is_set)
            process.end(signal.SIGKILL)
        finally:
            process.clear()
            self.release.set()


@pytest.mark.parametrize("taken", [False, True])
def test_a_receiver_that_knows_repetitions_has_the_event_once(blog, receiver, taken):
    receiver._clock = None  # the process under test lives by the machine's clock
    blog.hook(f"{receiver.url}/hook", **QUICK)
    blog.command("run", HOOK_SECRET=SECRET)
    blog.post("new")
    held = Held()

    def hold():
        held.wait()
        return None if taken else Response("never mind", status_code=500)

    receiver.answer = hold
    held.kill(blog, HOOK_SECRET=SECRET)
    receiver.answer = lambda: None
    assert blog.states() == {"hook": "sending"}
    done = blog.command("run", HOOK_SECRET=SECRET)
    assert done.returncode == 0, done.stdout + done.stderr
    assert blog.states() == {"hook": "delivered"}
    assert len(receiver.ids) == 2
    assert len(set(receiver.ids)) == len(receiver.events) == 1
    assert len(set(receiver.bodies)) == 1


@pytest.mark.parametrize(("taken", "forgets_keys"), [(False, False), (True, False), (True, True)])
def test_a_status_is_there_once(blog, taken, forgets_keys):
    mastodon = Mastodon()
    mastodon.now, mastodon.forgets_keys = datetime.now(UTC), forgets_keys
    with serve(mastodon.app) as url:
        own = {"server": url, "token": "env:TOKEN", "quiet": "0s"}
        blog.endpoint("toots", "mastodon", **own, **QUICK)
        blog.command("run", TOKEN=TOKEN)
        blog.post("new")
        held = Held()
        mastodon.app.hold("/api/v1/statuses", held.wait, after=taken)
        held.kill(blog, TOKEN=TOKEN)
        assert blog.states() == {"toots": "sending"}
        assert len(mastodon.statuses) == taken
        done = blog.command("run", TOKEN=TOKEN)
    assert done.returncode == 0, done.stdout + done.stderr
    assert blog.states() == {"toots": "delivered"}
    assert len(mastodon.statuses) == 1


@pytest.mark.parametrize("taken", [False, True])
def test_a_record_is_there_once(blog, taken):
    pds = Pds()
    with serve(pds.app) as url:
        own = {"service": url, "handle": HANDLE, "password": "env:PASSWORD"}
        blog.endpoint("sky", "bluesky", **own, **QUICK)
        blog.command("run", PASSWORD=PASSWORD)
        blog.post("new")
        held = Held()
        pds.app.hold("/xrpc/com.atproto.repo.putRecord", held.wait, after=taken)
        held.kill(blog, PASSWORD=PASSWORD)
        assert blog.states() == {"sky": "sending"}
        assert len(pds.records) == taken
        done = blog.command("run", PASSWORD=PASSWORD)
    assert done.returncode == 0, done.stdout + done.stderr
    assert blog.states() == {"sky": "delivered"}
    assert len(pds.records) == 1


@pytest.mark.parametrize("taken", [False, True])
@pytest.mark.parametrize("put", [1, 2], ids=["publication", "document"])
def test_a_kill_after_the_announcement_leaves_one_document(blog, put, taken):
    pds = Pds()
    with serve(pds.app) as url:
        own = {"service": url, "handle": HANDLE, "password": "env:PASSWORD", "document": True}
        blog.endpoint("sky", "bluesky", **own, **QUICK)
        blog.command("run", PASSWORD=PASSWORD)
        blog.post("new")
        held = Held()
        pds.app.let("/xrpc/com.atproto.repo.putRecord", put)
        pds.app.hold("/xrpc/com.atproto.repo.putRecord", held.wait, after=taken)
        held.kill(blog, PASSWORD=PASSWORD)
        assert blog.states() == {"sky": "sending"}
        done = blog.command("run", PASSWORD=PASSWORD)
    assert done.returncode == 0, done.stdout + done.stderr
    assert blog.states() == {"sky": "delivered"}
    [announced], [document] = pds.records, pds.documents.values()
    assert document["bskyPostRef"]["uri"].endswith(announced)
    assert len(pds.publications) == 1


def test_without_a_guarantee_a_person_is_asked(blog, tmp_path):
    held = Held()
    shouted = []

    async def hear(request):
        shouted.append(await request.json())
        held.wait()
        return JSONResponse({"id": len(shouted)})

    path = {"PYTHONPATH": str(third_party.install(tmp_path))}
    with serve(Starlette(routes=[Route("/", hear, methods=["POST"])])) as url:
        blog.endpoint("loud", "shout", url=url, **QUICK)
        blog.command("run", **path)
        blog.post("new")
        held.kill(blog, **path)
        done = blog.command("run", **path)
        assert done.returncode == 4, done.stdout + done.stderr
        assert "1 needs you" in done.stdout
        again = blog.command("run", **path)
        assert again.returncode == 4
    assert shouted == [{"text": "HELLO"}], "never sent again blindly"
    status = blog.command("status", **path)
    assert "in_doubt" in status.stdout
    settled = blog.command("resolve", "1", "--there", "https://loud.example/1", **path)
    assert "Delivery 1 (loud) is delivered now." in settled.stdout
    assert blog.command("run", **path).returncode == 0
