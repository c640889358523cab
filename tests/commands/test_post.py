from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from fakes.network import Scripted
from syndicate import networks, posting
from syndicate.app import open_app
from syndicate.delivery import Runner
from syndicate.errors import InDoubt, LedgerBusy, Rejected, Unauthorized, Unreachable
from syndicate.ledger import open_ledger
from syndicate.model import Event, State
from syndicate.testing.clock import FakeClock


def rows(say):
    return say("status", "--all", "--json").json["deliveries"]


def texts(blog):
    return sorted(path.read_text() for path in blog.folder.glob("out/*/message.txt"))


@pytest.fixture
def old(blog):
    """A blog with a post that its endpoint's first run has skipped."""
    blog.post(date="2020-01-01")
    blog.config.write_text(blog.config.read_text().replace("backfill = 9", "backfill = 0"))
    return blog


def test_an_old_post_that_was_skipped_goes_out(old, say):
    say("run")
    assert [each["state"] for each in rows(say)] == ["skipped"]
    said = say("post", str(old.folder / "public" / ".." / "content" / "hello.md"), "--to", "out")
    assert said.code == 0
    assert "delivered" in said.out
    assert [each["state"] for each in rows(say)] == ["delivered"]
    assert len(texts(old)) == 1


def test_nothing_else_is_sent_and_no_feed_is_written(old, say):
    say("run")
    old.post("other", date="2020-01-02")
    old.post("more", date="2020-01-03")
    ledger = open_ledger("sqlite:///state/ledger.db", old.folder)
    with ledger._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET state = 'pending'")
    ledger.close()
    before = (old.folder / "public" / "feed.xml").read_bytes()
    assert say("post", "other.md", "--to", "out").code == 0
    assert sorted(each["state"] for each in rows(say)) == ["delivered", "pending"]
    assert (old.folder / "public" / "feed.xml").read_bytes() == before


def test_the_first_run_of_an_endpoint_has_its_baseline(old, say):
    old.post("other", date="2020-01-02")
    assert say("post", "hello.md", "--to", "out").code == 0
    assert sorted(each["state"] for each in rows(say)) == ["delivered", "skipped"]
    assert say("run").code == 0
    assert len(texts(old)) == 1


def test_what_a_person_says_stands_over_all(old, say):
    old.post(date="2020-01-01", syndicate="{out: {text: Theirs, at: '2199-01-01'}}")
    dry = say(
        "post", "hello.md", "--to", "out", "--text", "Look: {{ title }} {{ url }}", "--dry-run"
    )
    assert "Look: Hello https://ada.example/blog/hello/" in dry.out
    assert "the command line" in dry.out
    assert not (old.folder / "state" / "ledger.db").exists()
    assert texts(old) == []
    report = say("post", "hello.md", "--to", "out", "--text", "Look: {{ title }}", "--json").json
    assert texts(old) == [report["message"]["text"] + "\n"]
    assert report["delivery"]["state"] == "delivered"
    assert [each["outcome"] for each in report["delivery"]["history"]] == ["delivered"]
    assert report["options"]["text"] == {"value": "Look: {{ title }}", "by": "the command line"}


def test_a_person_sets_whatever_a_post_may_set(old, say):
    old.post(date="2020-01-01", syndicate="{out: {language: fr, hashtags: [mine]}}")
    sets = ["language=de", "hashtags=One, Two", 'utm={"source": "hand"}', "text={{ title }} = x"]
    said = [each for pair in sets for each in ("--set", pair)]
    report = say("post", "hello.md", "--to", "out", *said, "--dry-run", "--json").json
    assert report["message"]["language"] == "de"
    assert report["message"]["text"].startswith("Hello = x")
    assert report["message"]["link"].endswith("?utm_source=hand")
    told = {key: each["value"] for key, each in report["options"].items()}
    assert told["hashtags"] == ["One", "Two"]
    assert {report["options"][key]["by"] for key in ("language", "hashtags", "utm", "text")} == {
        "the command line"
    }
    assert report["options"]["image"]["by"] == "the network's default"


def test_hashtags_by_hand_are_those_of_the_message(old, say):
    text = "{{ title }} {{ tags|hashtags }}"
    arguments = ["post", "hello.md", "--to", "out", "--text", text, "--dry-run", "--json"]
    message = say(*arguments, "--set", "hashtags=One, Two").json["message"]
    assert message["text"].startswith("Hello #One #Two")


def test_what_was_delivered_goes_out_again_only_where_that_is_asked_for(blog, say):
    blog.post()
    say("run")
    said = say("post", "hello.md", "--to", "out")
    assert said.code == 2
    assert "hello.md is on out already (file://" in said.err
    assert "--again sends it once more" in said.err
    for count in (2, 3):
        assert say("post", "hello.md", "--to", "out", "--again").code == 0
        assert len(texts(blog)) == count
    assert [(each["event"], each["state"]) for each in rows(say)] == [
        ("published", "delivered"),
        ("again", "delivered"),
    ]
    assert "hello.md (again)" in say("status").out
    assert say("run").code == 0
    assert len(texts(blog)) == 3


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (["nowhere.md", "--to", "out"], 3, "no post is read from nowhere.md in "),
        (["draft.md", "--to", "out"], 3, "draft.md is not out: it is a draft"),
        (["later.md", "--to", "out"], 3, "later.md is not out: it is dated 2199-01-01 09:00Z"),
        (["gone.md", "--to", "out"], 3, "gone.md is not out: it is expired"),
        (["bad.md", "--to", "out"], 3, "no post is read from bad.md; bad.md:2: "),
        (["odd.md", "--to", "out"], 3, "odd.md:10: syndicate.out.txt: unknown key"),
        (
            ["hello.md", "--to", "nobody"],
            2,
            "no endpoint is named 'nobody'; there are hook, hub, o",
        ),
        (["hello.md", "--to", "hub"], 2, "hub is told of feeds, and of no posts"),
        (
            ["hello.md", "--to", "out", "--set", "visibility=unlisted"],
            2,
            "out has no visibility that could be set; there are hashtags, image, language, re",
        ),
        (["hello.md", "--to", "out", "--set", "at=2026-01-01"], 2, "out has no at that could be"),
        (["hello.md", "--to", "out", "--set", "dir=/tmp"], 2, "out has no dir that could be set"),
        (
            ["hello.md", "--to", "out", "--set", "image=perhaps"],
            2,
            "out: image: expected true or false",
        ),
        (["hello.md", "--to", "out", "--set", "utm={source"], 2, "utm: expected JSON behind the ="),
        (["hello.md", "--to", "out", "--set", "image"], 2, "expected KEY=VALUE"),
        (["hello.md", "--to", "out", "--set", "=x"], 2, "expected KEY=VALUE"),
        (["hello.md", "--to", "out", "--text", "x", "--set", "text=y"], 2, "text is said twice"),
        (["hello.md", "--to", "hook", "--text", "x"], 2, "hook has no text that could be set"),
        (["hello.md", "--to", "out", "--text", "{{ titel }}"], 2, "there is no `titel`"),
    ],
)
def test_what_cannot_be_sent_is_told_and_nothing_is_done(
    blog, say, monkeypatch, arguments, code, expected
):
    monkeypatch.setenv("S", "whsec_" + "a" * 32)
    blog.endpoint("hub", "websub", url="https://hub.example/")
    blog.endpoint("hook", "webhook", url="https://x.example", secret="env:S")
    blog.post()
    blog.post("draft", draft="true")
    blog.post("later", date="2199-01-01")
    blog.post("gone", expires="2026-03-02")
    blog.post("odd", syndicate="\n  out:\n    txt: 1")
    (blog.folder / "content" / "bad.md").write_text("---\ntitle: [oops\n---\n")
    said = say("post", *arguments)
    assert said.code == code
    assert expected in " ".join(said.err.split()).replace("│ ", "")
    assert texts(blog) == []


# With a network that does as it is told


@pytest.fixture
def told(blog, monkeypatch):
    """Sends the post with a scripted network; the same one each time."""
    network = Scripted()
    monkeypatch.setattr(Scripted, "__call__", lambda self, *_, **__: self, raising=False)
    monkeypatch.setattr(networks, "get", lambda name: network)
    blog.config.write_text(blog.config.read_text().replace('dir = "out"\n', ""))
    blog.post()

    def send(*script, **options):
        network.script = list(script)
        with open_app(blog.config, clock=blog.clock) as app:
            path = blog.folder / "content" / "hello.md"
            return asyncio.run(posting.post(app, path, "out", **options))

    send.network = network
    send.blog = blog
    return send


def test_a_kill_before_the_attempt_loses_neither_the_delivery_nor_the_words(told, monkeypatch):
    async def killed(*_):
        raise SystemExit(9)

    with monkeypatch.context() as patch:
        patch.setattr(Runner, "run", killed)
        with pytest.raises(SystemExit):
            told()
    [waiting] = told.blog.deliveries()
    assert waiting.state is State.PENDING
    frozen = waiting.message
    (told.blog.folder / "content" / "hello.md").write_text("---\ndate: 2026-01-01\n---\nOther\n")
    told.blog.run()
    assert [message for message, _ in told.network.sent] == [frozen]


def test_what_fails_is_left_to_a_later_run_or_to_a_person(told):
    posted = told(*[Unreachable("not there")] * 9)
    assert posted.delivery.state is State.PENDING
    told.blog.clock.tick(minutes=1)
    assert told(Rejected("no")).delivery.state is State.DEAD
    assert told(Unauthorized("who?")).endpoint.gate == "paused"
    assert told().delivery.state is State.PENDING
    assert len(told.network.sent) == 5


def test_what_may_have_arrived_is_not_sent_not_even_again(told):
    assert told(InDoubt("lost")).delivery.state is State.IN_DOUBT
    for options in ({}, {"again": True}):
        with pytest.raises(posting.manual.NotPossible, match="resolve"):
            told(**options)
    assert len(told.network.sent) == 1


def test_what_a_killed_run_had_in_hand_is_settled_first(told):
    told(Unreachable("not there"), Unreachable("not there"), Unreachable("not there"))
    ledger = open_ledger("sqlite:///state/ledger.db", told.blog.folder)
    with ledger._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET state = 'sending'")
    ledger.close()
    with pytest.raises(posting.manual.NotPossible, match="in_doubt"):
        told()
    [row] = told.blog.deliveries()
    assert row.state is State.IN_DOUBT


def test_another_time_is_another_announcement_with_a_key_of_its_own(told):
    told()
    told(again=True)
    told(again=True)
    keys = [key for _, key in told.network.sent]
    assert len(set(keys)) == 3
    assert told(InDoubt("lost"), again=True).delivery.event is Event.AGAIN
    with pytest.raises(posting.manual.NotPossible, match="resolve"):
        told(again=True)
    assert [each.state for each in told.blog.deliveries()] == [State.DELIVERED, State.IN_DOUBT]


def test_it_holds_the_ledger(told):
    with (
        open_app(told.blog.config, clock=FakeClock()) as app,
        app.ledger.lock(timedelta()),
        pytest.raises(LedgerBusy),
    ):
        told()
    assert told.network.sent == []
