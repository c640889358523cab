from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import timedelta

import jsonschema
import pytest
from rich.console import Console

from syndicate import show
from syndicate.cli import cli as typer_app
from syndicate.ledger import open_ledger
from syndicate.model import Gate, State


def move(blog, number=1, **values):
    """Change a delivery behind the commands' back."""
    ledger = open_ledger("sqlite:///state/ledger.db", blog.folder)
    pairs = ", ".join(f"{name} = '{value}'" for name, value in values.items())
    with ledger._engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE deliveries SET {pairs} WHERE id = {number}")
    ledger.close()


def pause(blog):
    ledger = open_ledger("sqlite:///state/ledger.db", blog.folder)
    with ledger._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE endpoints SET gate = 'paused', reason = 'token revoked'")
    ledger.close()


def test_run_tells_what_it_did_and_then_that_there_was_nothing_to_do(blog, say):
    blog.post()
    first = say("run")
    assert first.code == 0
    assert "feed.xml, atom.xml, feed.json, feed.html written" in first.out
    assert "delivered" in first.out
    second = say("run")
    assert (second.code, second.err) == (0, "")
    assert "Nothing changed: nothing written, nothing sent." in second.out


def test_run_in_json(blog, say):
    blog.post()
    report = say("run", "--json").json
    assert report["posts"] == 1
    assert report["feeds"] == dict.fromkeys(
        ("feed.xml", "atom.xml", "feed.json", "feed.html"), True
    )
    assert [each["state"] for each in report["outcomes"]] == ["delivered"]


def test_a_dry_run_is_a_plan(blog, say):
    blog.post()
    plans = [say("run", "--dry-run", "--json").json, say("plan", "--json").json]
    for each in plans:
        del each["deliveries"][0]["due"]  # the moment at which it was asked
    assert plans[0] == plans[1]
    assert not (blog.folder / "public").exists()


def test_feeds_only_sends_nothing(blog, say):
    blog.post()
    assert say("run", "--feeds-only").code == 0
    assert (blog.folder / "public" / "feed.xml").exists()
    assert not (blog.folder / "out").exists()


def test_plan_shows_text_length_link_image_and_guarantee(blog, say):
    blog.post()
    said = say("plan").out
    for part in ("out (folder)", "idempotent", "#engines #brass", "no limit", "no image"):
        assert part in said
    assert "https://ada.example/blog/hello/" in said


def test_plan_tells_who_has_set_each_option_where_asked(blog, say):
    blog.post(syndicate="\n  out:\n    text: Own {{ url }}")
    assert "Set by" not in say("plan").out
    said = say("plan", "--explain").out
    assert re.search(r"^text +Own \{\{ url \}\} +hello\.md:10 *$", said, re.MULTILINE)
    assert re.search(r"^image +true +the network's default *$", said, re.MULTILINE)
    [delivery] = say("plan", "--json").json["deliveries"]
    assert delivery["options"]["text"] == {"value": "Own {{ url }}", "by": "hello.md:10"}
    assert delivery["options"]["utm"]["value"] == dict.fromkeys(
        ("source", "medium", "campaign", "term", "content"), ""
    )


def test_plan_says_when_there_is_nothing_to_send(blog, say):
    assert "Nothing to send." in say("plan").out


@pytest.mark.parametrize(
    "arguments",
    [["plan"], ["run", "--dry-run"], ["check"], ["status"], ["status", "--json"], ["skip", "1"]],
)
def test_who_only_looks_leaves_no_ledger_where_there_is_none(blog, say, arguments):
    blog.post()
    before = set(blog.folder.rglob("*"))
    said = say(*arguments)
    assert said.code == (2 if "skip" in arguments else 0)
    assert set(blog.folder.rglob("*")) == before


def test_status_shows_every_delivery(blog, say):
    said = say("status").out
    assert said.startswith("No deliveries.\n")
    assert said.endswith("There is no ledger yet: the first `syndicate run` makes it.\n")
    blog.post()
    say("run")
    assert "hello.md" in say("status").out
    [delivery] = say("status", "--json").json["deliveries"]
    assert (delivery["state"], delivery["endpoint"]) == ("delivered", "out")
    assert [each["outcome"] for each in delivery["history"]] == ["delivered"]
    blog.endpoint("other", "folder", dir="other")
    assert say("status", "--endpoint", "other", "--json").json["deliveries"] == []


def test_status_tells_of_what_the_first_run_has_skipped(blog, say):
    blog.endpoint("silent", "folder", dir="silent")
    blog.post()
    say("run")
    silent = say("status", "--endpoint", "silent").out
    assert silent.startswith("No deliveries.\n")
    assert silent.endswith("\nSkipped: 1, which --all shows.\n")
    assert "Skipped:" not in say("status", "--endpoint", "silent", "--all").out
    assert "Skipped:" not in say("status").out


def test_status_shows_the_newest_of_those_that_are_done_with(blog, say):
    for number in range(3):
        blog.post(f"n-{number}")
    say("run", "--backfill", "3")
    assert len(say("status", "--json").json["deliveries"]) == 3
    shown = say("status", "--json", "--limit", "2").json
    assert [each["id"] for each in shown["deliveries"]] == [2, 3]
    assert shown["older"] == 1
    assert (
        "1 older ones are done with and not shown: --limit shows more"
        in say("status", "--limit", "2").out
    )
    assert "No deliveries" not in say("status", "--limit", "0").out


def test_status_tells_what_to_type_for_what_needs_somebody(blog, say):
    blog.post()
    say("run")
    move(blog, state="dead")
    assert "1 dead: syndicate retry ID, or syndicate retry --dead for all" in say("status").out
    move(blog, state="in_doubt")
    said = say("status").out
    assert "1 in doubt: syndicate resolve shows them, and what to type" in said
    assert "dead" not in said


def test_status_hides_skipped_ones_unless_asked(blog, say):
    blog.post()
    say("run", "--backfill", "0")
    assert say("status", "--json").json["deliveries"] == []
    assert len(say("status", "--json", "--all").json["deliveries"]) == 1


def test_status_and_plan_tell_what_becomes_of_a_lost_answer(blog, say, monkeypatch):
    say("run")
    monkeypatch.setenv("CHAT", "https://discord.com/api/webhooks/1/x")
    blog.endpoint("chat", "discord", url="env:CHAT", in_doubt="drop", backfill=1, max_age="9999d")
    [known, fresh] = say("status", "--json").json["endpoints"]
    assert (known["name"], known["guarantee"], known["in_doubt"]) == ("out", "idempotent", "ask")
    assert (fresh["network"], fresh["guarantee"], fresh["in_doubt"]) == ("discord", "none", "drop")
    assert "gate" not in fresh
    assert "chat      discord  none, in doubt: drop" in say("status").out
    assert "chat" not in say("status", "--endpoint", "out").out
    blog.post()
    assert "idempotent, in doubt: ask" in say("plan").out
    planned = say("plan", "--json").json["deliveries"]
    assert {each["endpoint"]: each["in_doubt"] for each in planned} == {
        "out": "ask",
        "chat": "drop",
    }


def test_a_dead_letter_asks_for_a_person_until_it_is_retried_or_skipped(blog, say):
    blog.post()
    say("run")
    move(blog, state="dead", reason="too long")
    ended = say("run")
    assert ended.code == 4
    assert "1 needs you" in ended.out
    assert "Delivery 1 (out) is pending now." in say("retry", "1").out
    assert say("run").code == 0
    move(blog, state="dead")
    assert "Delivery 1 (out) is pending now." in say("retry", "--dead").out
    assert "Delivery 1 (out) is skipped now." in say("skip", "1").out


def test_dead_letters_are_chosen_by_when_they_died(blog, say):
    blog.post()
    blog.post("second")
    say("run")
    for each in (1, 2):
        move(blog, each, state="dead", due=f"2026-03-0{each} 23:30:00.000000")
    would = say("retry", "--dead", "--since", "2026-03-02", "--dry-run")
    assert would.out == "Delivery 2 (out) would be pending.\n"
    assert say("retry", "--dead", "--since", "2026-03-02 23:31").out == "Nothing is dead.\n"
    assert say("replay", "--since", "2026-03-02").out == "Delivery 2 (out) is pending now.\n"
    assert say("retry", "--dead").out == "Delivery 1 (out) is pending now.\n"
    done = say("replay", "--dead")
    assert (done.code, done.out) == (0, "Nothing is dead.\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--dead", "--since", "yesterday"], "--since: "),
        (["1", "--since", "2026-03-02"], "name no deliveries beside it"),
    ],
)
def test_a_time_that_is_none_is_told(blog, say, arguments, told):
    said = say("retry", *arguments)
    assert said.code == 2
    assert told in said.err


def test_a_paused_endpoint_is_named_with_its_remedy_and_opened_by_hand(blog, say):
    say("run")
    pause(blog)
    ended = say("run")
    assert ended.code == 4
    assert "token revoked" in ended.out
    assert "syndicate retry --endpoint out" in ended.out.replace("\n", " ")
    assert "paused" in say("status").out
    assert "out is open." in say("retry", "--endpoint", "out").out
    ledger = open_ledger("sqlite:///state/ledger.db", blog.folder)
    assert ledger.endpoint("out").gate is Gate.OPEN
    ledger.close()


@pytest.mark.parametrize(
    ("choice", "state"),
    [
        (["--there", "https://x.example/1"], State.DELIVERED),
        (["--again"], State.PENDING),
        (["--drop"], State.SKIPPED),
    ],
)
def test_a_doubt_is_resolved_in_three_ways(blog, say, choice, state):
    blog.post()
    say("run")
    move(blog, state="in_doubt", doubt=1)
    assert f"Delivery 1 (out) is {state} now." in say("resolve", "1", *choice).out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["resolve", "1", "--again", "--drop"], "give one of"),
        (["resolve", "1", "--there", "nowhere"], "expected a URL"),
        (["retry"], "name deliveries"),
        (["run", "--wait", "soon"], "expected a length of time"),
        (["check", "weather"], "weather: expected all, config, content, endpoints"),
    ],
)
def test_a_wrong_command_line_is_refused_with_what_was_expected(say, arguments, complaint):
    said = say(*arguments)
    assert said.code == 2
    assert complaint in " ".join(said.err.replace("│", "").split())


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["retry", "7"], "error: there is no delivery 7; `syndicate status --all` lists them\n"),
        (["retry", "1"], "error: delivery 1 is delivered: it has arrived\n"),
        (["skip", "1", "7"], "error: delivery 1 is delivered: it has arrived\nerror: there is no"),
        (["resolve", "1", "--drop"], "error: delivery 1 is delivered: it has arrived\n"),
        (
            ["retry", "--endpoint", "x"],
            "error: no endpoint 'x' has taken part in a run; known: out",
        ),
        (["status", "--endpoint", "x"], "error: no endpoint is named 'x'; there are more, out\n"),
    ],
)
def test_what_cannot_be_done_is_said_and_not_done(blog, say, arguments, complaint):
    blog.post()
    say("run")
    if "status" in arguments:
        blog.endpoint("more", "folder", dir="more")
    said = say(*arguments)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(complaint)


def test_status_knows_endpoints_of_the_configuration_and_of_the_ledger(blog, say):
    say("run")
    text = blog.config.read_text()
    blog.config.write_text(text.replace('name = "out"', 'name = "new"'))
    for name in ("out", "new"):
        assert say("status", "--endpoint", name).code == 0


def test_who_sends_an_endpoint_s_dead_letters_again_opens_it_as_well(blog, say):
    blog.post()
    say("run")
    pause(blog)
    move(blog, state="dead")
    told = say("retry", "--dead", "--endpoint", "out").out
    assert told == "out is open.\nDelivery 1 (out) is pending now.\n"


def test_check_tries_everything_and_changes_nothing(blog, say):
    blog.post()
    (blog.folder / "content" / "bad.md").write_text("---\ntitle: [oops\n---\n")
    said = say("check")
    assert said.code == 3
    assert "bad.md:" in said.out
    assert "Content: 1 errors" in said.out
    assert "Endpoints: 1 of 1 are well." in said.out
    assert not (blog.folder / "public").exists()
    found = say("check", "--json").json
    assert [each["source"] for each in found["findings"]] == ["bad.md"]
    assert [each["ok"] for each in found["endpoints"]] == [True]


@pytest.mark.parametrize("command", [["plan"], ["plan", "--json"], ["run", "--dry-run"], ["run"]])
def test_a_plan_ends_as_the_run_would_where_posts_are_refused(blog, say, command):
    (blog.folder / "content" / "bad.md").write_text("---\ntitle: [oops\n---\n")
    said = say(*command)
    assert said.code == 3
    assert "bad.md" in said.out


def test_a_generator_s_site_needs_no_site_of_ours(blog, say):
    (blog.folder / "_config.yml").write_text("title: Ada\nurl: https://ada.example\n")
    (blog.folder / "content" / "_posts").mkdir()
    blog.post("_posts/2026-03-01-hello")
    text = blog.config.read_text()
    blog.config.write_text(text[text.index("[content]") :])
    note = (
        "_config.yml: read as a site of Jekyll; title, url as it says; permalinks as /:categories/"
    )
    for command in ("check", "run", "plan"):
        said = say(command)
        assert said.code == 0
        assert re.search(rf"note \S*{re.escape(note)}", said.out)
    assert "Content: 0 errors, 0 warnings." in say("check").out
    assert say("check", "--json").json["findings"][0]["severity"] == "note"
    feed = (blog.folder / "public" / "feed.xml").read_text()
    assert "<link>https://ada.example/content/news/2026/03/01/hello.html</link>" in feed


OLD = """<rss version="2.0"><channel><title>Old</title>
<item><title>Hello</title><link>http://ada.example/blog/hello</link><guid>[b]1[/b]</guid></item>
<item><title>Gone &amp; over</title><link>https://ada.example/gone</link><guid>g</guid></item>
<item><title>Mine</title><link>https://ada.example/blog/mine/</link><guid>theirs</guid></item>
%s</channel></rss>"""


@pytest.fixture
def old(blog):
    blog.post()
    blog.post("mine", id="mine")
    blog.post("ours")
    path = blog.folder / "old.xml"
    path.write_text(OLD % "")
    return path


def test_adopt_tells_what_becomes_of_every_entry(blog, say, old):
    dry = say("adopt", str(old), "--dry-run")
    assert (dry.code, dry.err) == (0, "")
    expected = """\
Read  3 entries of RSS
Ids that would be adopted  1
  hello.md: [b]1[/b]
Other ids in front matter, which win: readers will see these posts anew  1
  mine.md: theirs: its front matter says "mine"
Entries that no post is at; if one is, write "id: …" into its front matter  1
  Gone & over: g https://ada.example/gone
Posts that are not in the feed; they keep their ids  1
  ours.md
"""
    assert dry.out == expected
    assert not (blog.folder / "state").exists()
    done = say("adopt", str(old))
    assert done.out == expected.replace("that would be adopted", "adopted")
    waiting = say("status", "--json").json["deliveries"]
    assert [each["subject"] for each in waiting] == ["tag:ada.example,2026-03-01:ours.md"]
    assert (
        "Ids that the posts have already  1\n  hello.md: [b]1[/b]\n" in say("adopt", str(old)).out
    )


def test_adopt_in_json(say, old):
    told = say("adopt", str(old), "--json").json
    assert (told["format"], told["dry_run"], told["republished"]) == ("RSS", False, 0)
    assert [(each["fate"], each["id"], each["source"]) for each in told["entries"]] == [
        ("adopted", "[b]1[/b]", "hello.md"),
        ("unknown", "g", None),
        ("kept", "theirs", "mine.md"),
    ]
    assert told["entries"][0]["former_id"] == "tag:ada.example,2026-03-01:hello.md"
    assert [each["source"] for each in told["absent"]] == ["ours.md"]


def test_what_cannot_be_adopted_is_code_3_and_long_lists_are_cut(blog, say, old):
    more = "<item><guid>two</guid><link>https://ada.example/blog/hello/</link></item>"
    lost = "".join(f"<item><guid isPermaLink='false'>{n}</guid></item>" for n in range(22))
    old.write_text(OLD % (more + lost) + "&")
    say("run")
    said = say("adopt", str(old))
    assert said.code == 3
    assert "Not adopted  1\n  hello.md: two: the feed has another entry for this post" in said.out
    assert "  … and 3 more; --json lists all" in said.out
    assert "warning" in said.out
    assert "is not well-formed XML" in said.out
    assert "1 of these posts were in feeds of ours" in said.out


def test_what_is_no_feed_is_code_2_and_nothing_is_done(blog, say):
    said = say("adopt", str(blog.config))
    assert (said.code, said.out) == (2, "")
    assert "neither XML nor JSON" in said.err


def test_check_of_the_configuration_alone_needs_no_secret(blog, say):
    blog.endpoint("hook", "webhook", url="https://x.example", secret="env:NOT_SET_ANYWHERE")
    assert say("check", "config").out == "The configuration is valid.\n"
    assert "NOT_SET_ANYWHERE is not set" in say("check", "endpoints").err


def test_check_tells_which_endpoint_is_not_well(blog, say, monkeypatch):
    monkeypatch.setenv("SECRET_OF_MINE", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    blog.endpoint(
        "hook",
        "webhook",
        url="http://127.0.0.1:9/x",
        secret="env:SECRET_OF_MINE",
        allow_networks=["127.0.0.1"],
    )
    said = say("check", "endpoints")
    assert said.code == 4
    assert "Unreachable: no connection to 127.0.0.1" in " ".join(said.out.split())


def test_the_schema_is_one_and_knows_every_network(say):
    schema = say("schema", config=False).json
    jsonschema.Draft202012Validator.check_schema(schema)
    networks = json.dumps(schema["$defs"])
    for name in ("bluesky", "folder", "mastodon", "webhook"):
        assert f'"const": "{name}"' in networks


@pytest.mark.parametrize("server", ["nginx", "caddy", "netlify", "cloudflare"])
def test_headers_prints_the_fields_of_the_configured_feeds(blog, say, server):
    config = blog.config.read_text().replace("[feeds]", '[feeds]\nformats = ["atom"]')
    blog.config.write_text(config + '\n[schedule]\nevery = "10m"\n')
    said = say("headers", server)
    assert said.code == 0
    assert "/atom.xml" in said.out
    assert "public, max-age=600" in said.out
    assert "feed.xml" not in said.out
    assert not (blog.folder / "state").exists()


def test_headers_has_the_feeds_that_were_published(blog, say):
    config = blog.config.read_text().replace("[feeds]", '[feeds]\nby = ["tag"]')
    blog.config.write_text(config)
    blog.post()
    say("run")
    assert "/tags/engines/feed.json" in say("headers", "netlify").out


def test_links_prints_what_a_pages_head_says_of_the_feeds(blog, say):
    more = '[[feeds.named]]\nname = "photos"\ntitle = "Photos & more"\ntags = ["photo"]\n'
    config = blog.config.read_text().replace("[feeds]", '[feeds]\nformats = ["atom"]')
    blog.config.write_text(config + more)
    said = say("links")
    assert said.code == 0
    assert said.out == (
        '<link rel="alternate" type="application/atom+xml" title="Ada&#x27;s notes" '
        'href="https://ada.example/atom.xml">\n'
        '<link rel="alternate" type="application/atom+xml" title="Photos &amp; more" '
        'href="https://ada.example/photos/atom.xml">\n'
    )
    assert not (blog.folder / "state").exists()


def test_a_feed_that_has_lost_too_much_is_published_by_force_alone(blog, say):
    posts = [blog.post(f"p{number}") for number in range(4)]
    assert say("run").code == 0
    for each in posts[:3]:
        each.unlink()
    refused = say("run")
    assert refused.code == 3
    assert "feed.xml would have 1 entries instead of 4" in refused.err
    assert say("run", "--force").code == 0


def test_a_dry_run_of_the_feeds_alone_needs_no_secrets(blog, say):
    url = "https://receiver.example/hook"
    blog.endpoint("hook", "webhook", url=url, secret="env:NOT_SET")
    blog.post()
    assert say("run", "--dry-run").code == 2
    said = say("run", "--dry-run", "--feeds-only", "--json")
    assert said.code == 0
    assert said.json["deliveries"] == []
    assert len(said.json["feeds"]) == 4


def test_health_knows_a_site_that_its_generator_tells_of(blog, say):
    config = blog.config.read_text()
    blog.config.write_text(
        config.replace('title = "Ada\'s notes"\nurl = "https://ada.example"\n', "")
    )
    (blog.folder / "_config.yml").write_text("title: Ada\nurl: https://ada.example\n")
    said = say("health")
    assert said.code == 1
    assert "no daemon answers" in said.err


def test_every_error_of_a_configuration_is_told_at_once(blog, say):
    blog.config.write_text('[site]\ntitel = "x"\n\n[feeds]\nlimit = "many"\n')
    said = say("run")
    assert said.code == 2
    lines = said.err.splitlines()
    assert all(line.startswith(f"error: {blog.config}") for line in lines)
    assert any("site.titel: unknown key; did you mean 'title'?" in line for line in lines)
    assert any(":5: feeds.limit:" in line for line in lines)
    assert any("site.url: missing" in line for line in lines)


def test_a_traceback_is_shown_only_when_asked_for(blog, say, caplog):
    blog.config.unlink()
    assert "Traceback" not in say("run").err
    say("run", "-v")
    assert "Traceback" in caplog.text


def test_a_bug_is_one_clear_line_and_code_1(blog, say, monkeypatch):
    monkeypatch.setattr("syndicate.pipeline.run", lambda *_, **__: 1 / 0)
    said = say("run")
    assert said.code == 1
    assert said.err.splitlines() == [
        "error: this should not happen: ZeroDivisionError: division by zero",
        "error: -v shows the traceback",
    ]


def test_an_error_that_repeats_a_secret_is_told_without_it(blog, say, monkeypatch):
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    monkeypatch.setenv("HOOK", secret)

    def fail(*_, **__):
        raise ValueError(f"no way to send {secret}")

    blog.endpoint("hook", "webhook", url="https://x.example", secret="env:HOOK")
    monkeypatch.setattr("syndicate.pipeline.run", fail)
    said = say("run")
    assert said.code == 1
    assert "ValueError: no way to send [secret]" in said.err
    assert secret not in said.err + said.out


def test_the_ledger_in_use_is_code_6(blog, say):
    ledger = open_ledger("sqlite:///state/ledger.db", blog.folder)
    with ledger.lock(timedelta()):
        said = say("run", "--wait", "0s")
    ledger.close()
    assert said.code == 6
    assert "another syndicate is at work" in said.err


def test_the_version_is_told(say):
    assert say("--version", config=False).out.startswith("syndicate 0.")


def test_help_is_quick_because_it_imports_nothing_heavy():
    code = (
        "import sys; from syndicate.cli import cli, main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'httpx', 'sqlalchemy', 'pydantic', 'feedgen', 'lxml', 'apscheduler', 'PIL',\n"
        "         'frontmatter', 'uvicorn', 'tenacity', 'alembic', 'cryptography'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_every_command_is_in_the_docs(request):
    page = (request.config.rootpath / "docs" / "commands.md").read_text()
    names = {command.callback.__name__ for command in typer_app.registered_commands}
    for group in typer_app.registered_groups:
        commands = group.typer_instance.registered_commands
        names |= {f"{group.name} {command.callback.__name__}" for command in commands}
    assert names == {
        line.split("`")[1].removeprefix("syndicate ")
        for line in page.splitlines()
        if line.startswith("| `syndicate")
    }


def test_what_is_ended_while_posts_are_read_ends_at_once(blog, say, monkeypatch):
    blog.post()
    read_all = sys.modules["syndicate.content.scan"].read_all

    def interrupted(settings, asked, count, step):
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(200):  # until the signal has come through to the loop
            step(0, count)
            time.sleep(0.01)
        yield from read_all(settings, asked, count, step)

    monkeypatch.setattr(sys.modules["syndicate.content.scan"], "read_all", interrupted)
    said = say("run")
    assert said.code == 130
    assert "stopped while the content was being read" in said.err
    assert not (blog.folder / "public").exists()


@pytest.mark.parametrize(("terminal", "patience"), [(True, 0), (True, 60), (False, 0)])
def test_a_bar_is_shown_on_a_terminal_for_what_takes_long(monkeypatch, terminal, patience):
    monkeypatch.setattr(show, "PATIENCE", patience)
    console = Console(file=io.StringIO(), force_terminal=terminal)
    with show.progress(console, "Reading posts") as step:
        step(1, 4)
        step(4, 4)
    said = console.file.getvalue()
    assert ("Reading posts" in said and "100%" in said) is (terminal and patience == 0)
    assert bool(said) is (terminal and patience == 0)


def test_several_endpoints_are_opened_at_once_and_an_unknown_one_opens_none(blog, say):
    blog.endpoint("more", "folder", dir="more")
    say("run")
    refused = say("retry", "--endpoint", "out", "--endpoint", "nix")
    assert refused.code == 2
    assert refused.out == ""
    assert "no endpoint 'nix' has taken part in a run; known: more, out" in refused.err
    assert (
        say("retry", "--endpoint", "out", "--endpoint", "more").out
        == "out is open.\nmore is open.\n"
    )


def test_who_asks_for_json_gets_errors_so_as_well(blog, say):
    blog.config.write_text("[site]\nname = 1\n")
    said = say("status", "--json")
    assert said.json["error"]["code"] == said.code == 2
    assert len(said.json["error"]["messages"]) == len(said.err.splitlines()) == 3
    assert say("status").out == ""


def test_status_says_what_becomes_of_what_a_crash_has_left(blog, say):
    blog.post()
    say("run")
    move(blog, state="sending")
    told = "the next run sends it again under the same id"
    assert told in say("status").out
    [row] = say("status", "--json").json["deliveries"]
    assert told in row["follows"]


def test_plan_tells_of_posts_that_are_ahead_with_their_time_and_counts_the_rest(blog, say):
    for day in range(1, 24):
        blog.post(f"ahead-{day}", date=f"2090-01-{day:02} 09:00")
    blog.post("draft", date="2090-02-01 09:00", draft=True)
    told = say("plan").out
    assert "ahead-23.md · everywhere: until 2090-01-23 09:00:00Z, its date is in the future" in told
    assert "… and 3 more; --json lists all" in told
    assert "draft.md" not in told
    later = say("plan", "--json").json["later"]
    assert len(later) == 23
    assert later[0]["until"] == "2090-01-23T09:00:00+00:00"


def test_the_next_try_is_not_before_what_its_endpoint_waits_for(blog, say):
    blog.post()
    say("run")
    move(blog, state="pending")
    ledger = open_ledger("sqlite:///state/ledger.db", blog.folder)
    with ledger._engine.begin() as connection:
        until = "2099-01-01 09:41:00.000000"
        connection.exec_driver_sql(f"UPDATE endpoints SET throttled_until = '{until}'")
    ledger.close()
    [row] = [line for line in say("status").out.splitlines() if line.startswith("1 ")]
    assert "2099-01-01 09:41:00Z" in row
    for told in (say("run").out, say("plan").out):
        assert "Waiting  1, the next from 2099-01-01 09:41:00Z\n" in told
        assert "waits out: until 2099-01-01 09:41:00Z" in told


def test_of_what_was_cut_short_no_time_is_foretold(blog, say):
    blog.post()
    say("run")
    move(blog, state="sending")
    told = say("plan").out
    assert "waits hello.md · out: it is being sent, or was cut short\n" in told
    assert "Waiting  1\n" in told
    [later] = say("plan", "--json").json["later"]
    assert later["until"] is None


def test_a_plan_says_what_waits_for_a_person(blog, say):
    blog.post()
    say("run")
    move(blog, state="pending")
    pause(blog)
    assert "waits hello.md · out: for you, paused: token revoked\n" in say("plan").out


def test_check_says_of_an_endpoint_that_is_shut_what_opens_it(blog, say):
    assert "gate" not in say("check", "endpoints").out
    say("run")
    assert "gate" not in say("check", "endpoints").out
    pause(blog)
    said = say("check", "endpoints")
    assert said.code == 4
    assert "paused: token revoked; when it is mended: syndicate retry --endpoint out" in said.out
    assert "Endpoints: 0 of 1 are well." in said.out
    say("retry", "--endpoint", "out")
    assert say("check", "endpoints").code == 0
