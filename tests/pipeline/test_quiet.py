"""A run that finds nothing to do: what it says, what it costs, and what it never overlooks."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from syndicate import quiet
from syndicate.__main__ import answer
from syndicate.app import open_app
from syndicate.commands.work import _leave_note
from syndicate.delivery import manual
from syndicate.model import Gate, State
from syndicate.testing.samples import picture

HEAVY = (
    *(
        "sqlalchemy",
        "alembic",
        "pydantic",
        "httpx",
        "feedgen",
        "lxml",
        "markdown_it",
        "nh3",
        "yaml",
    ),
    *(
        "typer",
        "click",
        "frontmatter",
        "PIL",
        "tenacity",
        "apscheduler",
        "jinja2",
        "starlette",
        "asyncio",
        "rich",
    ),
)


@pytest.fixture
def quiet_blog(blog, monkeypatch):
    """A blog whose files have not been touched for a while when it is run."""
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() + 10_000_000_000)
    blog.post()
    blog.endpoint("out", "folder", dir="out")
    return blog


def run(blog, *arguments, **environment):
    """Run the command in this process, on the machine's clock, and give what it said."""
    code = (
        "import sys, time; real = time.time_ns; time.time_ns = lambda: real() + 10_000_000_000\n"
        "from syndicate.__main__ import main\n"
        "try: main()\n"
        f"finally: print('LOADED', *[name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "run", "--config", str(blog.config), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    text, _, loaded = done.stdout.rpartition("LOADED")
    return done.returncode, text, loaded.split(), done.stderr


def test_a_run_with_nothing_to_do_loads_nothing_heavy_and_says_the_same(quiet_blog):
    first = run(quiet_blog)
    assert "written" in first[1]
    assert first[2]
    again = run(quiet_blog)
    assert again[2] == []
    assert (
        again[1]
        == "Posts  1 out\nFeeds  4 unchanged\nNothing changed: nothing written, nothing sent.\n"
    )
    (quiet_blog.folder / "state" / "ledger.db.quiet.json").unlink()
    whole = run(quiet_blog)
    assert whole[2]
    assert (whole[0], whole[1]) == (again[0], again[1])


def test_the_pages_of_an_archive_are_looked_at_too(quiet_blog):
    feeds = "[feeds]\nlimit = 1\narchive = true"
    text = quiet_blog.config.read_text().replace("[feeds]", feeds)
    quiet_blog.config.write_text(text)
    for number in range(1, 4):
        quiet_blog.post(f"post-{number}", date=f"2026-01-0{number}")
    assert "9 of the archive written" in run(quiet_blog)[1]
    again = run(quiet_blog)
    assert again[2] == []
    assert "Feeds  13 unchanged" in again[1]
    (quiet_blog.folder / "public" / "archive" / "1-1" / "feed.xml").write_text("<rss/>")
    whole = run(quiet_blog)
    assert whole[2]
    assert "1 of the archive written" in whole[1]


def test_cards_cost_a_run_with_nothing_to_do_the_look_at_their_list(quiet_blog):
    logo = quiet_blog.folder / "logo.png"
    logo.write_bytes(picture())
    with quiet_blog.config.open("a") as file:
        file.write('\n[cards]\nenabled = "auto"\nlogo = "logo.png"\n')
    assert "cards/index.json written" in run(quiet_blog)[1]
    again = run(quiet_blog)
    assert again[2] == []
    assert "Nothing changed" in again[1]
    note = json.loads((quiet_blog.folder / "state" / "ledger.db.quiet.json").read_bytes())
    assert [name for name in note["outputs"] if "/cards/" in name] == [
        str(quiet_blog.folder / "public" / "cards" / "index.json")
    ]
    logo.write_bytes(picture(colour="red"))
    assert "cards/index.json written" in run(quiet_blog)[1]


def test_json_is_the_same_too(quiet_blog):
    run(quiet_blog)
    again = run(quiet_blog, "--json")
    assert again[2] == []
    (quiet_blog.folder / "state" / "ledger.db.quiet.json").unlink()
    assert json.loads(run(quiet_blog, "--json")[1]) == json.loads(again[1])


def test_warnings_and_the_exit_code_are_told_again(quiet_blog):
    (quiet_blog.folder / "content" / "bad.md").write_text("---\ntitle: [oops\n---\n")
    first = run(quiet_blog)
    again = run(quiet_blog)
    assert again[2] == []
    assert first[0] == again[0] == 3
    assert "bad.md:2" in again[1]


def touch_post(blog):
    blog.post(title="Other")


def add_post(blog):
    blog.post("new")


def delete_post(blog):
    (blog.folder / "content" / "hello.md").unlink()


def add_picture(blog):
    (blog.folder / "content" / "hero.png").write_bytes(b"x")


def replace_with_same_size_and_time(blog):
    path = blog.folder / "content" / "hello.md"
    before = path.stat()
    path.write_text(path.read_text().replace("Hello", "Holla"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def spoil_feed(blog):
    (blog.folder / "public" / "feed.xml").write_text("<rss/>")


def delete_feed(blog):
    (blog.folder / "public" / "feed.json").unlink()


def change_config(blog):
    blog.config.write_text(blog.config.read_text() + "\n# a word\n")


def delete_ledger(blog):
    for path in (blog.folder / "state").glob("ledger.db*"):
        if "quiet" not in path.name:
            path.unlink()


def unskip(blog):
    with open_app(blog.config) as app:
        [each] = app.ledger.deliveries()
        assert app.ledger.settle(each, manual.retry(each, blog.clock.now()), None)


def pause(blog):
    with open_app(blog.config) as app:
        app.ledger._engine.raw_connection().execute("UPDATE endpoints SET gate = ?", (Gate.PAUSED,))


def spoil_note(blog):
    (blog.folder / "state" / "ledger.db.quiet.json").write_text("{")


CHANGES = [
    *(touch_post, add_post, delete_post, add_picture, replace_with_same_size_and_time),
    *(spoil_feed, delete_feed, change_config, delete_ledger, unskip, pause, spoil_note),
]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_another_is_worked_on(quiet_blog, change):
    notes = Notes(quiet_blog)
    notes.run()
    assert notes.answer()
    change(quiet_blog)
    assert notes.answer() is None


def test_another_question_gets_its_own_answer(quiet_blog):
    run(quiet_blog, "--feeds-only")
    code, text, loaded, _ = run(quiet_blog)
    assert (code, bool(loaded)) == (0, True)
    assert "Skipped  1 on out" in text
    assert run(quiet_blog, "--backfill", "1")[2]
    assert run(quiet_blog, "--feeds-only")[2]


def test_a_secret_that_is_missing_is_told(quiet_blog):
    quiet_blog.endpoint("hook", "webhook", url="https://hook.example/", secret="env:HOOK")
    run(quiet_blog, HOOK="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert run(quiet_blog, HOOK="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")[2] == []
    code, _, _, error = run(quiet_blog, HOOK="")
    assert code == 2
    assert "HOOK is not set" in error


def test_a_file_that_was_just_written_leaves_a_doubt(quiet_blog, monkeypatch):
    notes = Notes(quiet_blog)
    monkeypatch.setattr(time, "time_ns", lambda: quiet_blog.config.stat().st_ctime_ns)
    notes.run()
    assert notes.answer() is None


def test_a_note_that_cannot_be_written_costs_nothing_but_time(quiet_blog):
    (quiet_blog.folder / "state" / "ledger.db.quiet.json").mkdir(parents=True)
    notes = Notes(quiet_blog)
    notes.run()
    assert notes.answer() is None


def test_a_picture_that_could_not_be_had_leaves_no_note(quiet_blog):
    notes = Notes(quiet_blog)
    quiet_blog.post("new", image="http://127.0.0.1:9/hero.png")
    assert notes.run().warnings
    assert notes.answer() is None


def test_a_feed_that_somebody_wrote_into_meanwhile_leaves_no_note(quiet_blog):
    with open_app(quiet_blog.config, clock=quiet_blog.clock) as app:
        before = quiet.look(app.inputs)
        report = quiet_blog.run()
        spoil_feed(quiet_blog)
        _leave_note(app, before, report, "")
    assert Notes(quiet_blog).answer() is None


@pytest.mark.parametrize(
    "arguments", [[], ["plan"], ["run", "--wait", "5m"], ["run", "--dry-run"], ["run", "-c"]]
)
def test_what_is_not_plainly_such_a_run_is_left_to_the_command_line(arguments):
    assert answer(arguments) is None


def test_colours_are_for_terminals(quiet_blog, capsys, monkeypatch):
    (quiet_blog.folder / "content" / "bad.md").write_text("---\ntitle: [oops\n---\n")
    notes = Notes(quiet_blog)
    quiet_blog.clock.time = datetime.now(UTC) - timedelta(minutes=1)
    notes.run(quiet.mode(feeds_only=False))
    monkeypatch.setenv("SYNDICATE_CONFIG", str(quiet_blog.config))
    assert answer(["run"]) == 3
    plain = capsys.readouterr().out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert answer(["run"]) == 3
    styled = capsys.readouterr().out
    assert "\x1b[31merror" in styled
    assert "\x1b" not in plain
    monkeypatch.setenv("NO_COLOR", "1")
    answer(["run"])
    assert capsys.readouterr().out == plain


# By the time alone, on a clock of our own


class Notes:
    """Runs a blog on its clock, and asks for the answer that the command would be given."""

    def __init__(self, blog):
        self.blog = blog

    def run(self, mode=""):
        with open_app(self.blog.config, clock=self.blog.clock) as app:
            before = quiet.look(app.inputs)
            report = self.blog.run()
            _leave_note(app, before, report, mode)
        return report

    def answer(self, wait=timedelta()):
        now = self.blog.clock.now()
        return quiet.answer(self.blog.config, mode="", now=now, wait=wait)


def test_a_post_that_comes_out_between_two_runs_is_not_overlooked(quiet_blog):
    notes = Notes(quiet_blog)
    quiet_blog.post("later", date="2026-03-01 13:00")
    assert notes.run().held == 1
    assert "1 held back" in notes.answer().text
    quiet_blog.clock.tick(hours=1)
    assert notes.answer() is None
    report = notes.run()
    assert [each.post.source for each in report.outcomes] == ["later.md"]
    assert "2 out" in notes.answer().text


def test_a_post_that_expires_between_two_runs_is_taken_back(quiet_blog):
    notes = Notes(quiet_blog)
    quiet_blog.post("short", expires="2026-03-01 15:00")
    notes.run()
    quiet_blog.clock.tick(hours=2, minutes=59)
    assert notes.answer()
    quiet_blog.clock.tick(minutes=1)
    assert notes.answer() is None
    assert notes.run().posts == 1


def test_an_old_draft_that_is_published_today_is_news(quiet_blog):
    notes = Notes(quiet_blog)
    notes.run()
    quiet_blog.post("draft", date="2020-01-01", draft="true")
    notes.run()
    assert notes.answer()
    quiet_blog.clock.tick(days=2)
    quiet_blog.post("draft", date="2020-01-01")
    report = notes.run()
    assert [str(each.resting.state) for each in report.outcomes] == ["delivered"]


def test_a_draft_that_was_seen_long_ago_is_news_when_it_comes_out(quiet_blog):
    notes = Notes(quiet_blog)
    quiet_blog.post("draft", date="2020-01-01", draft="true")
    notes.run()
    quiet_blog.clock.tick(days=8)
    quiet_blog.post("draft", date="2020-01-01")
    report = notes.run()
    assert report.skipped == {"out": 0}
    assert [each.resting.state for each in report.outcomes] == ["delivered"]


def test_a_retry_that_falls_due_is_made(quiet_blog):
    notes = Notes(quiet_blog)
    (quiet_blog.folder / "out").write_text("a file where the folder should be")
    notes.run()
    quiet_blog.clock.tick(seconds=1)
    quiet_blog.post("new")
    notes.run()
    assert quiet_blog.states() == {"out": "pending"}
    told = notes.answer()
    assert (told.code, "Waiting  1" in told.text) == (5, True)
    assert notes.answer(wait=timedelta(hours=2)) is None, "the run would wait for it"
    (quiet_blog.folder / "out").unlink()
    quiet_blog.clock.tick(hours=1)
    assert notes.answer() is None
    notes.run()
    assert State.DELIVERED in quiet_blog.states().values()


def test_a_note_holds_for_a_day_and_never_before_it_was_written(quiet_blog):
    notes = Notes(quiet_blog)
    notes.run()
    quiet_blog.clock.tick(hours=23)
    assert notes.answer()
    quiet_blog.clock.tick(hours=1)
    assert notes.answer() is None
    quiet_blog.clock.time = datetime(2020, 1, 1, tzinfo=UTC)
    assert notes.answer() is None


def test_links_are_followed_and_circles_are_not(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "x").write_text("x")
    (tmp_path / "a" / "b.md").write_text("x")
    names = [name for name, _ in quiet._walk(str(tmp_path), set())]
    assert [os.path.relpath(name, tmp_path) for name in names] == ["a/b.md", "dangling"]


def test_a_folder_that_is_not_there_is_the_run_s_to_tell(tmp_path):
    assert quiet.look([tmp_path / "nowhere"]) == quiet.Before("")
