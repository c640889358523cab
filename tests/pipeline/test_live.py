"""Runs over a site whose pages come after its posts."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from starlette.responses import Response

from fakes.webhook import SECRET
from syndicate.as_json import plan as as_json
from syndicate.errors import ConfigError
from syndicate.exits import Exit, of_report
from syndicate.show import report as show_report
from syndicate.show import to_text
from syndicate.show_plan import plan as show_plan
from syndicate.testing.server import serve


class Website:
    """A site that is not deployed, until it is."""

    def __init__(self):
        self.live = False
        self.asked = []

    async def __call__(self, scope, receive, send):
        self.asked.append(scope["path"])
        await Response("Hi", 200 if self.live else 404)(scope, receive, send)


@pytest.fixture
def website(blog, receiver, monkeypatch):
    """The site of a blog with two webhooks that wait for it, after their first run."""
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    website = Website()
    with serve(website) as url:
        blog.config.write_text(blog.config.read_text().replace("https://ada.example", url))
        own = {"url": f"{receiver.url}/hook", "secret": "env:HOOK_SECRET"}
        own |= {"allow_networks": ["127.0.0.0/8"]}
        for name in ("hook", "second"):
            blog.endpoint(name, "webhook", require_live=True, live_timeout="2h", **own)
        blog.run()
        yield website


def test_a_post_waits_until_its_page_is_there_and_goes_out_by_itself(blog, website, receiver):
    blog.post("new")
    report = blog.run(wait=timedelta())
    assert receiver.ids == []
    assert website.asked == ["/blog/new/"], "one look for both endpoints"
    assert [each.resting.state for each in report.outcomes] == ["pending", "pending"]
    assert of_report(report) is Exit.LATER
    assert "waits until" in to_text(show_report, report)
    website.live = True
    blog.clock.tick(seconds=10)
    report = blog.run(wait=timedelta())
    assert [each.resting.state for each in report.outcomes] == ["delivered", "delivered"]
    assert len(set(receiver.ids)) == 2


def test_looking_is_no_attempt_and_the_wait_outlives_the_run(blog, website):
    blog.post("new")
    for _ in range(3):
        blog.run()
        blog.clock.tick(minutes=15)
    for each in blog.deliveries():
        assert (each.attempts, each.message, each.key) == (0, None, None)
        assert blog.clock.now() - each.waiting_since > timedelta(minutes=45)


def test_within_a_run_that_goes_on_the_post_goes_out_as_soon_as_it_is_live(blog, website, receiver):
    blog.post("new")
    asked = blog.clock.sleep_until

    async def deploy(time):
        website.live = True
        await asked(time)

    blog.clock.sleep_until = deploy
    report = blog.run(wait=timedelta(seconds=30))
    assert len(receiver.events) == 2
    assert report.waiting == ()


def test_after_the_time_out_it_is_a_dead_letter_that_says_why(blog, website, receiver):
    blog.post("new")
    blog.run()
    blog.clock.tick(hours=2)
    report = blog.run()
    assert [each.state for each in report.resting] == ["dead", "dead"]
    assert "gave up after 2:00:00 of waiting until" in report.resting[0].reason
    assert report.resting[0].reason.endswith("/blog/new/ is live (404)")
    assert of_report(report) is Exit.ATTENTION
    assert receiver.ids == []


def test_a_plan_tells_what_would_be_waited_for(blog, website):
    blog.post("new")
    plan = blog.plan()
    told = to_text(show_plan, plan)
    assert "waits until http://127.0.0.1" in told
    assert "/blog/new/ is live (404)" in told
    assert "A first post." in told, "what would be sent is shown as well"
    assert json.dumps(as_json(plan)["deliveries"][0]["waits"]).endswith('is live (404)"')
    website.live = True
    plan = blog.plan()
    assert "waits until" not in to_text(show_plan, plan)
    assert as_json(plan)["deliveries"][0]["waits"] is None


def test_a_post_that_is_taken_back_while_it_waits_is_cancelled(blog, website):
    blog.post("old", date="2026-01-01")
    path = blog.post("new")
    blog.run()
    path.unlink()
    blog.clock.tick(minutes=1)
    blog.run()
    assert [str(each.state) for each in blog.deliveries()] == ["pending", "cancelled"] * 2


@pytest.mark.parametrize(
    ("network", "options", "message"),
    [
        ("folder", {"dir": "out", "live_image": True}, "live_image: it is looked at with"),
        ("websub", {"url": "https://h.example", "require_live": True}, "told of feeds, not of"),
    ],
)
def test_what_makes_no_sense_is_refused(blog, network, options, message):
    blog.endpoint("x", network, **options)
    with pytest.raises(ConfigError, match=message) as caught:
        blog.run()
    assert caught.value.problems[0].line
