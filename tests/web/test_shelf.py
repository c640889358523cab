"""The shelf follows the disk: what is published is served, whole, whoever has published it."""

from __future__ import annotations

import asyncio
import itertools
import threading
from dataclasses import replace

import httpx
import pytest

from feeds.sites import one
from syndicate.feeds import Address, publish
from syndicate.web import Rules, Shelf
from syndicate.web.kept import make


def test_what_another_process_publishes_is_served_after_a_second_at_most(client, web):
    assert client.get("/feed.xml").content == web.data["feed.xml"]
    new = web.write(title="Another")
    web.seconds += 0.9
    assert client.get("/feed.xml").content == web.data["feed.xml"]
    web.seconds += 0.2
    answer = client.get("/feed.xml")
    assert answer.content == new["feed.xml"]
    packed = client.get("/feed.xml", headers={"accept-encoding": "gzip"})
    assert packed.content == new["feed.xml"]
    assert packed.headers["etag"].startswith(answer.headers["etag"][:-1])


def test_a_page_of_the_archive_is_read_when_it_is_asked_for(web):
    page = replace(
        one().documents()[0], path="archive/1-1/feed.xml", url="https://x.example/", archived=True
    )
    publish([page], web.folder)
    web.shelf.put([page.address])
    place = web.shelf.glance(page.path)
    assert place is None
    place = asyncio.run(web.shelf.find(page.path))
    assert place.kept.variants["identity"].body == page.data
    assert web.shelf.glance(page.path) is place


def test_what_we_publish_ourselves_is_served_at_once(client, web):
    client.get("/feed.xml")
    new = web.publish(title="Another")
    assert client.get("/feed.xml").content == new["feed.xml"]


def test_a_file_that_has_not_changed_is_not_read_again(web):
    place = asyncio.run(web.shelf.find("feed.xml"))
    before = place.kept
    web.seconds += 10
    assert asyncio.run(web.shelf.find("feed.xml")).kept is before
    web.publish()
    assert asyncio.run(web.shelf.find("feed.xml")).kept is before


def test_a_file_is_looked_at_once_a_second_at_most(web, monkeypatch):
    looks = []
    look = Shelf._look
    monkeypatch.setattr(Shelf, "_look", lambda *given: (looks.append(1), look(*given)))

    async def ask():
        for _ in range(20):
            for _ in range(5):
                await web.shelf.find("feed.xml")
            web.seconds += 0.1

    asyncio.run(ask())
    assert len(looks) == 2


def test_a_removed_file_is_gone_and_one_that_comes_back_is_served(client, web):
    (web.folder / "feed.xml").unlink()
    web.seconds += 2
    assert client.get("/feed.xml").status_code == 404
    new = web.write(title="Back")
    web.seconds += 2
    assert client.get("/feed.xml").content == new["feed.xml"]


def test_a_file_that_cannot_be_read_leaves_the_good_one_in_its_place(client, web, caplog):
    (web.folder / "feed.xml").unlink()
    (web.folder / "feed.xml").mkdir()
    web.seconds += 2
    assert client.get("/feed.xml").content == web.data["feed.xml"]
    assert "feed.xml: cannot be read: Is a directory" in caplog.text


def test_what_is_not_published_any_more_is_not_served_though_its_file_is_there(client, web):
    web.shelf.put([each.address for each in one().documents(page="") if each.path != "atom.xml"])
    assert (web.folder / "atom.xml").exists()
    assert client.get("/atom.xml").status_code == 404
    assert client.get("/feed.xml").status_code == 200


@pytest.fixture
def small(tmp_path):
    """A shelf that has room for the first of the feeds alone."""
    documents = one().documents(page="")
    publish(documents, tmp_path)
    shelf = Shelf(tmp_path, Rules(60), budget=3 * len(documents[0].data))
    shelf.put([each.address for each in documents])
    return shelf


def body_of(place):
    return place.kept.variants["identity"].body


def test_memory_is_bounded_and_what_comes_first_is_kept_first(small):
    first, second = (asyncio.run(small.find(path)) for path in ("feed.xml", "atom.xml"))
    assert body_of(first) is not None
    assert body_of(second) is None
    assert second.kept.weight == 0


@pytest.fixture
def big(web):
    """Feeds that are all too big to be kept."""
    web.shelf._budget = 10
    web.shelf.put([])
    web.publish(title="Big")
    return web


def test_what_is_too_big_to_be_kept_is_served_from_the_disk(big, client):
    data = (big.folder / "feed.xml").read_bytes()
    answer = client.get("/feed.xml", headers={"accept-encoding": "gzip, br"})
    assert (answer.status_code, answer.content) == (200, data)
    assert "content-encoding" not in answer.headers
    etag = {"if-none-match": answer.headers["etag"]}
    assert client.get("/feed.xml", headers=etag).status_code == 304
    assert int(client.head("/feed.xml").headers["content-length"]) == len(data)
    refused = client.get("/feed.xml", headers={"accept-encoding": "gzip, identity;q=0"})
    assert refused.status_code == 406


def test_what_is_too_big_goes_out_with_the_tag_of_the_bytes_that_are_sent(big, client):
    old = client.get("/feed.xml").headers["etag"]
    new = big.write(title="Changed within the second")
    answer = client.get("/feed.xml")
    assert answer.content == new["feed.xml"]
    assert answer.headers["etag"] != old
    assert int(answer.headers["content-length"]) == len(new["feed.xml"])
    (big.folder / "feed.xml").unlink()
    assert client.get("/feed.xml").status_code == 404


PAGE = Address("feed.html", "https://example.org/feed.html", "text/html; charset=utf-8")


@pytest.fixture
def paged(web):
    """The RSS feed has a page for browsers."""
    (web.folder / "feed.html").write_text("<!doctype html><title>A feed</title>")
    rss, *others = (each.address for each in one().documents(page=""))
    web.shelf.put([replace(rss, page="feed.html"), *others, PAGE])
    return web


def test_a_browser_gets_a_feeds_page_and_a_reader_the_feed(paged, client):
    browser, reader = {"accept": "text/html,*/*;q=0.8"}, {"accept": "application/rss+xml"}
    page, feed = client.get("/feed.xml", headers=browser), client.get("/feed.xml", headers=reader)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert feed.content == paged.data["feed.xml"]
    assert page.headers["vary"] == feed.headers["vary"] == "Accept, Accept-Encoding"
    assert page.headers["etag"] != feed.headers["etag"]
    tag = {"if-none-match": page.headers["etag"]}
    assert client.get("/feed.xml", headers=browser | tag).status_code == 304
    assert client.get("/feed.xml", headers=reader | tag).status_code == 200


def test_a_feed_without_a_page_is_the_same_for_all(paged, client):
    answer = client.get("/atom.xml", headers={"accept": "text/html"})
    assert answer.content == paged.data["atom.xml"]
    assert answer.headers["vary"] == "Accept-Encoding"


def test_while_the_page_is_missing_the_browser_gets_the_feed(paged, client):
    (paged.folder / "feed.html").unlink()
    paged.seconds += 2
    answer = client.get("/feed.xml", headers={"accept": "text/html"})
    assert answer.content == paged.data["feed.xml"]
    paged.shelf.put([each.address for each in one().documents(page="")])
    assert client.get("/feed.xml").headers["vary"] == "Accept-Encoding"


def test_a_slow_look_does_not_bring_back_what_was_replaced_meanwhile(web, monkeypatch):
    place = asyncio.run(web.shelf.find("feed.xml"))
    reached, release = threading.Event(), threading.Event()

    def slow(*given, **options):
        if threading.current_thread() is looking:
            reached.set()
            release.wait(30)
        return make(*given, **options)

    monkeypatch.setattr("syndicate.web.shelf.make", slow)
    web.write(title="Second")
    looking = threading.Thread(target=web.shelf._look_unless_busy, args=(place,))
    looking.start()
    assert reached.wait(30)
    third = one(title="Third").documents(page="")
    publish(third, web.folder)
    putting = threading.Thread(target=web.shelf.put, args=([each.address for each in third],))
    putting.start()
    putting.join(0.2)
    release.set()
    looking.join(30)
    putting.join(30)
    assert place.kept.variants["identity"].body == third[0].data


def test_readers_meet_whole_files_only_while_new_ones_are_published(web, client):
    """Eight readers ask without pause; every answer is one of the published versions, whole."""
    ticks = itertools.count()
    web.shelf._clock = lambda: next(ticks)  # each request looks at the disk
    versions = [one(title="x" * (500 * number)).documents(page="") for number in range(12)]
    allowed = {web.data["feed.xml"], *(documents[0].data for documents in versions)}
    stop, answered, seen, wrong = threading.Event(), threading.Semaphore(0), set(), []

    def read(coding):
        headers = {"accept-encoding": coding}
        with httpx.Client(base_url=client.base_url, headers=headers) as reader:
            while not stop.is_set():
                answer = reader.get("/feed.xml")
                if answer.status_code != 200 or answer.content not in allowed:
                    wrong.append(answer)
                tag = answer.headers["etag"].strip('"').removesuffix(f"-{coding}")
                seen.add((tag, answer.content))
                answered.release()

    readers = [
        threading.Thread(target=read, args=(coding,))
        for coding in ("identity", "gzip", "br", "identity") * 2
    ]
    for each in readers:
        each.start()
    try:
        for number, documents in enumerate(versions * 2):
            publish(documents, web.folder)
            if number % 2:
                web.shelf.put([each.address for each in documents])
            for _ in range(20):
                assert answered.acquire(timeout=30)
    finally:
        stop.set()
        for each in readers:
            each.join(30)
    assert not wrong
    # A tag stands for one version, whichever coding it was sent in.
    assert len({tag for tag, _ in seen}) == len({data for _, data in seen}) == len(seen)
    assert len(seen) > 1
    assert client.get("/feed.xml").content == (web.folder / "feed.xml").read_bytes()
