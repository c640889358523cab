from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.delivery import manual
from syndicate.exits import Exit, of_report
from syndicate.ledger import open_ledger
from syndicate.model import State
from syndicate.show import report as show_report
from syndicate.show import to_text
from syndicate.show_plan import plan as show_plan
from syndicate.testing.clock import NOON

WHEN = "2026-03-01T15:00:00Z"


@pytest.fixture
def outbox(blog):
    """A blog with a folder endpoint whose first run is over."""
    blog.endpoint("out", "folder", dir="out", text="{{ title }} {{ url }}")
    blog.run()
    return blog


def texts(blog):
    return sorted(path.read_text() for path in blog.folder.glob("out/*/message.txt"))


def test_a_post_has_its_own_words_where_it_asks_for_them(outbox):
    outbox.post("plain")
    outbox.post("own", syndicate="{out: {text: 'Own {{ title }}', hashtags: [Looms]}}")
    [first, second] = [each.message.text for each in outbox.plan().deliveries]
    outbox.run()
    assert {f"{first}\n", f"{second}\n"} == set(texts(outbox))
    assert texts(outbox) == [
        "Hello https://ada.example/blog/plain/\n",
        "Own Hello\n\nhttps://ada.example/blog/own/\n",
    ]


def test_a_post_that_is_not_for_an_endpoint_is_skipped_with_its_reason(outbox):
    outbox.post(syndicate="false")
    report = outbox.run()
    assert (report.skipped, report.outcomes) == ({"out": 1}, ())
    [delivery] = outbox.deliveries()
    assert (delivery.state, delivery.reason) == (
        State.SKIPPED,
        "its front matter names others (hello.md:8)",
    )


def test_a_post_waits_for_its_time_in_the_outbox(outbox):
    outbox.post(syndicate=f"{{out: {{at: '{WHEN}'}}}}")
    report = outbox.run()
    assert report.outcomes == ()
    [delivery] = report.waiting
    assert delivery.due == NOON + timedelta(hours=3)
    assert outbox.plan().deliveries == ()
    outbox.clock.tick(hours=3)
    [planned] = outbox.plan().deliveries
    assert outbox.run().outcomes[0].resting.state is State.DELIVERED
    assert texts(outbox) == [planned.message.text + "\n"]


@pytest.mark.parametrize(
    ("asked", "state"),
    [
        ("{out: {at: '2026-03-01T12:00:01Z'}}", "delivered"),
        ("true", "delivered"),
        ("{out: false}", "skipped"),
        ("{out: {at: '2026-03-02T12:00:00Z'}}", "pending"),
    ],
)
def test_what_waits_follows_its_post(outbox, asked, state):
    outbox.post(syndicate=f"{{out: {{at: '{WHEN}'}}}}")
    outbox.run()
    outbox.post(syndicate=asked)
    plan = outbox.plan()
    assert len(plan.deliveries) == (state == "delivered")
    assert len(plan.waiting) == (state == "pending")
    outbox.run()
    assert outbox.states() == {"out": state}


def test_what_was_asked_for_by_hand_does_not_wait(outbox):
    outbox.post(syndicate=f"{{out: {{at: '{WHEN}'}}}}")
    outbox.run()
    ledger = open_ledger("sqlite:///state/ledger.db", outbox.folder)
    [waiting] = ledger.deliveries()
    ledger.settle(waiting, manual.retry(waiting, outbox.clock.now()), None)
    ledger.close()
    outbox.run()
    assert outbox.states() == {"out": "delivered"}


def test_what_nobody_can_do_holds_back_that_delivery_alone_until_it_is_mended(outbox):
    outbox.endpoint("other", "folder", dir="other", backfill=9)
    outbox.post(syndicate="\n  out:\n    txt: Hi\n  outt: false")
    report = outbox.run()
    assert [str(each) for each in report.findings] == [
        "hello.md:11: syndicate.outt: no endpoint is named 'outt'; did you mean out?",
        (
            "hello.md:10: syndicate.out.txt: unknown key; a post can say at, hashtags, image, "
            "language, required_hashtags, skip, text, utm: not announced there until this is mended"
        ),
    ]
    assert of_report(report) is Exit.CONTENT
    assert outbox.states() == {"other": "delivered"}
    assert "Hello" in (outbox.folder / "public" / "feed.json").read_text()
    assert [each.kind for each in outbox.plan().findings] == ["wish", "wish"]
    outbox.post(syndicate="\n  out:\n    text: Hi")
    outbox.run()
    assert outbox.states() == {"other": "delivered", "out": "delivered"}


def test_what_nobody_can_do_within_a_backfill_goes_out_when_it_is_mended(blog):
    blog.endpoint("out", "folder", dir="out", backfill=50)
    blog.post("good")
    blog.post("odd", date="2025-03-01", syndicate="{out: {visibility: unlisted}}")
    assert of_report(blog.run()) is Exit.CONTENT
    assert [each.subject.rpartition(":")[2] for each in blog.deliveries()] == ["good.md"]
    blog.post("odd", date="2025-03-01", syndicate="{out: {text: Mended}}")
    blog.run()
    assert blog.states() == {"out": "delivered"}
    assert "Mended\n\nhttps://ada.example/blog/odd/\n" in texts(blog)


def test_who_has_set_an_option_is_told(outbox):
    outbox.post(syndicate="\n  out:\n    image: false")
    [planned] = outbox.plan().deliveries
    assert {key: said.by for key, said in planned.said.items()} == {
        "hashtags": "the network's default",
        "image": "hello.md:10",
        "required_hashtags": "the network's default",
        "text": "the endpoint",
        "utm": "the network's default",
    }


def test_what_waits_for_a_post_that_is_gone_is_named_by_its_file(outbox):
    outbox.post("other", syndicate="false")
    outbox.post("more", syndicate="false")
    path = outbox.post(syndicate=f"{{out: {{at: '{WHEN}'}}}}")
    outbox.run()
    path.unlink()
    [waits] = outbox.plan().later
    assert waits.about == "hello.md"
    outbox.clock.tick(hours=4)
    [planned] = outbox.plan().deliveries
    assert f"{planned.about} · due" in to_text(show_plan, outbox.plan())
    report = outbox.run()
    assert [each.about for each in report.outcomes] == [planned.about] == ["hello.md"]
    assert "hello.md" in to_text(show_report, report)
    assert "tag:" not in to_text(show_report, report)
