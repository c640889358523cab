"""Edits and deletions over whole runs: what follows an announcement, and above all what does not."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from datetime import timedelta

import pytest
from starlette.responses import Response

from fakes.mastodon import TOKEN, Mastodon
from fakes.webhook import SECRET
from syndicate.as_json import plan as plan_json
from syndicate.as_json import report as report_json
from syndicate.cards import draw
from syndicate.delivery import edits, manual
from syndicate.errors import ConfigError
from syndicate.exits import Exit, of_report
from syndicate.ledger import open_ledger
from syndicate.show import report as show_report
from syndicate.show import to_text
from syndicate.show_plan import plan as show_plan
from syndicate.testing.samples import picture
from syndicate.testing.server import serve

HOUR = timedelta(hours=1)
NEXT = 61
"""Seconds to the next run: more than a post has to be gone for."""


class Site:
    """A blog with some old posts, and an account on a server that it tells of its news."""

    def __init__(self, blog, server):
        self.blog = blog
        self.server = server
        for day in (1, 2, 3, 4):
            blog.post(f"old{day}", date=f"2026-01-0{day}")

    def run(self, **options):
        report = self.blog.run(**options)
        self.server.now = self.blog.clock.now()
        return report

    def later(self, **options):
        self.blog.clock.tick(seconds=NEXT)
        return self.run(**options)

    def texts(self):
        return [each["content"] for each in self.server.statuses]

    def told(self):
        """By event, the states of what was entered after the first run."""
        rows = (each for each in self.blog.deliveries() if "old" not in each.subject)
        return {str(each.event): str(each.state) for each in rows}

    def puts(self):
        return sum(each.startswith("PUT") for each in self.server.asked)


@pytest.fixture
def site(blog, monkeypatch):
    """Builds a site whose endpoint has the options that are asked for."""
    monkeypatch.setenv("TOKEN", TOKEN)
    server = Mastodon()
    with serve(server.app) as url:

        def build(**options):
            site = Site(blog, server)
            own = {"server": url, "token": "env:TOKEN", "allow_networks": ["127.0.0.0/8"]}
            blog.endpoint("toots", "mastodon", **own, **options)
            site.run()
            return site

        yield build


def test_nothing_follows_unless_it_is_asked_for(site):
    ada = site()
    path = ada.blog.post("new")
    ada.run()
    ada.blog.post("new", title="Better")
    ada.run()
    path.unlink()
    ada.run()
    ada.later()
    assert len(ada.server.statuses) == 1
    assert "Better" not in ada.texts()[0]
    assert ada.told() == {"published": "delivered"}


def test_an_edit_changes_what_was_announced(site):
    ada = site(on_edit="update")
    ada.blog.post("new")
    ada.run()
    ada.blog.post("new", title="Better")
    report = ada.run()
    assert [each.resting.state for each in report.outcomes] == ["delivered"]
    [text] = ada.texts()
    assert "Better" in text
    assert ada.told() == {"published": "delivered", "updated": "delivered"}
    assert ada.run().outcomes == ()
    assert ada.puts() == 1


def test_what_the_message_does_not_show_changes_nothing_and_is_asked_once(site, monkeypatch):
    ada = site(on_edit="update")
    path = ada.blog.post("new")
    ada.run()
    path.write_text(path.read_text().replace("weaves", "wove"))
    composed = []
    compose = edits.compose

    def counted(line, post, *rest):
        composed.append(post.source)
        return compose(line, post, *rest)

    monkeypatch.setattr(edits, "compose", counted)
    assert ada.run().outcomes == ()
    assert ada.run().outcomes == ()
    assert composed == ["new.md"]
    assert ada.told() == {"published": "delivered"}


def test_what_is_undone_before_anybody_saw_it_is_not_told(site):
    ada = site(on_edit="update")
    ada.blog.post("new")
    ada.run()
    ada.blog.post("new", title="Better")
    ada.server.app.fail("/api/v1/statuses/1000", 503)
    ada.run(wait=timedelta())
    assert ada.told()["updated"] == "pending"
    ada.blog.post("new")
    ada.later()
    assert ada.told()["updated"] == "cancelled"
    assert ada.puts() == 0


def test_there_and_back_and_there_again_are_three_edits(site):
    ada = site(on_edit="update")
    ada.blog.post("new")
    ada.run()
    keys = set()
    for title in ("Better", "Hello", "Better"):
        ada.blog.post("new", title=title)
        ada.run()
        assert title in ada.texts()[0]
        keys |= {each.key.value for each in ada.blog.deliveries() if each.event == "updated"}
    assert ada.puts() == len(keys) == 3


def test_of_rapid_edits_the_newest_goes_out(site):
    ada = site(on_edit="update")
    ada.blog.post("new")
    ada.run()
    ada.server.app.fail("/api/v1/statuses/1000", 503)
    ada.blog.post("new", title="Better")
    ada.run(wait=timedelta())
    ada.blog.post("new", title="Best")
    ada.later()
    assert "Best" in ada.texts()[0]
    assert ada.puts() == 1


def test_a_post_that_was_not_announced_yet_is_simply_composed_anew(site):
    ada = site(on_edit="update")
    ada.blog.post("new")
    ada.server.app.fail("/api/v2/instance", 503, times=9)
    ada.server.app.fail("/api/v1/statuses", 503, times=0)
    ada.blog.clock.tick(days=2)  # the limits are asked for anew
    ada.run(wait=timedelta())
    ada.server.app._answers.clear()
    ada.blog.post("new", title="Better")
    ada.later(wait=HOUR)
    assert len(ada.texts()) == 1
    assert "Better" in ada.texts()[0]
    assert "updated" not in ada.told()


def test_an_edit_waits_until_the_announcement_is_settled(site):
    ada = site(on_edit="update", quiet="0s")
    ada.blog.post("new")
    ada.server.app.lose("/api/v1/statuses")
    ada.run(wait=timedelta())
    assert ada.told() == {"published": "pending"}
    ada.blog.post("new", title="Better")
    ada.run(wait=HOUR)
    assert "Better" not in ada.texts()[0], "what was frozen is looked for"
    ada.run()
    assert "Better" in ada.texts()[0]
    assert len(ada.texts()) == 1


def test_edits_are_followed_for_a_while(site):
    ada = site(on_edit="update", edits_until="2d")
    ada.blog.post("new")
    ada.run()
    ada.blog.clock.tick(days=2, hours=1)
    ada.blog.post("new", title="Better")
    ada.run()
    assert ada.puts() == 0


def test_a_plan_shows_what_is_there_and_what_would_be(site):
    ada = site(on_edit="update", on_delete="delete")
    ada.blog.post("new")
    ada.run()
    ada.blog.post("new", title="Better")
    plan = ada.blog.plan()
    told = to_text(show_plan, plan)
    before, after = told.index("Hello\n"), told.index("Better\n\nA first")
    assert told.index("there now:") < before < told.index("then:") < after
    assert "changes what is there" in told
    [entry] = plan_json(plan)["deliveries"]
    assert (entry["event"], entry["before"].partition("\n")[0]) == ("updated", "Hello")
    assert entry["changes"] == ["text"]
    sent = plan.deliveries[0].message
    assert ada.puts() == 0
    ada.run()
    assert [each.message for each in ada.blog.deliveries() if each.event == "updated"] == [sent]


def test_a_plan_shows_an_edit_that_waits_once_and_in_its_newest_form(site):
    ada = site(on_edit="update")
    ada.blog.post("new")
    ada.run()
    ada.server.app.fail("/api/v1/statuses/1000", 503)
    ada.blog.post("new", title="Better")
    ada.run(wait=timedelta())
    ada.blog.clock.tick(hours=1)
    [planned] = ada.blog.plan().deliveries
    assert planned.message.title == "Better"
    ada.blog.post("new", title="Best")
    [planned] = ada.blog.plan().deliveries
    assert planned.message.title == "Best"
    assert planned.before.startswith("Hello")


def test_a_skipped_edit_stays_skipped_until_there_is_another(site):
    ada = site(on_edit="update")
    ada.blog.post("new")
    ada.run()
    ada.server.app.fail("/api/v1/statuses/1000", 503)
    ada.blog.post("new", title="Better")
    ada.run(wait=timedelta())
    [number] = [each.id for each in ada.blog.deliveries() if each.event == "updated"]
    ada.blog.command("skip", str(number), TOKEN=TOKEN)
    status = ada.blog.command("status", "--all", TOKEN=TOKEN).stdout
    assert "(updated)" in status.replace("\n", "")
    ada.later()
    assert ada.told()["updated"] == "skipped"
    path = ada.blog.post("new", title="Better")
    path.write_text(path.read_text().replace("weaves", "wove"))
    ada.later()
    assert ada.told()["updated"] == "skipped", "what it shows is the same edit"
    ada.blog.post("new", title="Best")
    ada.later()
    assert "Best" in ada.texts()[0]


def test_an_endpoint_that_does_not_follow_any_more_drops_what_waits(site):
    ada = site(on_edit="update")
    ada.blog.post("new")
    ada.run()
    ada.server.app.fail("/api/v1/statuses/1000", 503)
    ada.blog.post("new", title="Better")
    ada.run(wait=timedelta())
    ada.blog.config.write_text(ada.blog.config.read_text().replace('"update"', '"ignore"'))
    ada.blog.clock.tick(hours=1)
    [planned] = ada.blog.plan().deliveries
    assert planned.error == "the endpoint is not told of that any more"
    ada.run()
    assert ada.told()["updated"] == "cancelled"


def test_an_edit_that_cannot_be_composed_now_is_told_and_looked_at_again(site):
    ada = site(on_edit="update")
    ada.blog.post("new")
    ada.run()
    ada.blog.clock.tick(days=2)
    ada.server.app.fail("/api/v2/instance", 503, times=3)
    ada.blog.post("new", title="Better")
    report = ada.run()
    assert "waits on toots: HTTP 503" in report.warnings[0]
    ada.server.app._answers.clear()
    ada.run()
    assert "Better" in ada.texts()[0]


def test_a_picture_that_cannot_be_had_now_is_no_edit(site, gallery):
    ada = site(on_edit="update")
    ada.blog.post("new", image=f"{gallery.url}/hero.png")
    ada.run()
    ada.blog.post("new", image=f"{gallery.url}/gone.png")
    report = ada.run()
    assert any("waits on toots: its picture" in each for each in report.warnings)
    assert ada.puts() == 0
    ada.blog.post("new")
    ada.run()
    assert ada.puts() == 1, "that it shows none any more is one"


NO_PICTURE = "{toots: {image: false}}"


def shown(server):
    """What is seen beside the status: the descriptions of its pictures."""
    return [each["size"] for each in server.media.values() if each["status"] == "1000"]


def test_a_picture_that_a_post_does_not_want_there_any_more_is_taken_away(site, gallery):
    ada = site(on_edit="update")
    ada.blog.post("new", image=f"{gallery.url}/hero.png")
    ada.run()
    assert shown(ada.server) == [(64, 32)]
    ada.blog.post("new", title="Better", image=f"{gallery.url}/hero.png", syndicate=NO_PICTURE)
    report = ada.run()
    assert report.warnings == ()
    assert (shown(ada.server), ada.puts()) == ([], 1)
    assert "Better" in ada.texts()[0]
    ada.later()
    assert ada.puts() == 1
    ada.blog.post("new", title="Better", image=f"{gallery.url}/hero.png")
    ada.later()
    assert (shown(ada.server), ada.puts()) == ([(64, 32)], 2), "it may come back"


def test_another_picture_takes_the_place_of_the_first(site, gallery):
    gallery.files["other.png"] = picture(size=(40, 20))
    ada = site(on_edit="update")
    ada.blog.post("new", image=f"{gallery.url}/hero.png")
    ada.run()
    ada.blog.post("new", image=f"{gallery.url}/other.png")
    assert ada.run().warnings == ()
    assert (shown(ada.server), ada.puts()) == ([(40, 20)], 1)


def test_another_picture_that_the_network_does_not_take_leaves_none(site, gallery):
    gallery.files["other.png"] = picture(size=(40, 20))
    ada = site(on_edit="update")
    ada.server.instance = json.loads(json.dumps(ada.server.instance))
    ada.blog.post("new", image=f"{gallery.url}/hero.png")
    ada.run()
    media = ada.server.instance["configuration"]["media_attachments"]
    media["image_size_limit"] = 10
    ada.blog.clock.tick(days=2)  # the limits are asked for anew
    ada.blog.post("new", title="Better", image=f"{gallery.url}/other.png")
    [warning] = ada.run().warnings
    assert "other.png does not fit what toots's network takes" in warning
    assert (shown(ada.server), ada.puts()) == ([], 1)


def test_words_do_not_wait_for_a_picture_and_the_picture_follows(site, gallery):
    ada = site(on_edit="update")
    ada.blog.post("new", image=f"{gallery.url}/hero.png")
    ada.run()
    ada.blog.post("new", title="Better", image=f"{gallery.url}/late.png")
    report = ada.run()
    assert any("late.png cannot be had; its words are told" in each for each in report.warnings)
    assert "Better" in ada.texts()[0]
    assert (shown(ada.server), ada.puts()) == ([(64, 32)], 1), "the picture that is there stays"
    report = ada.later()
    assert any("waits on toots: its picture" in each for each in report.warnings)
    ada.blog.post("new", title="Best", image=f"{gallery.url}/late.png")
    ada.later()
    assert "Best" in ada.texts()[0]
    assert (shown(ada.server), ada.puts()) == ([(64, 32)], 2)
    gallery.files["late.png"] = picture(size=(40, 20))
    ada.blog.clock.tick(hours=2)
    assert ada.run().warnings == ()
    assert (shown(ada.server), ada.puts()) == ([(40, 20)], 3)
    ada.later()
    assert ada.puts() == 3


def test_an_edit_waits_where_the_picture_that_is_there_is_lost_as_well(site, gallery):
    ada = site(on_edit="update")
    ada.blog.post("new", image=f"{gallery.url}/hero.png")
    ada.run()
    gallery.files.clear()
    shutil.rmtree(ada.blog.folder / "state" / "media")
    ada.blog.post("new", title="Better", image=f"{gallery.url}/late.png")
    report = ada.run()
    assert any("waits on toots: its picture" in each for each in report.warnings)
    assert ada.puts() == 0
    gallery.files["late.png"] = picture(size=(40, 20))
    ada.blog.clock.tick(hours=2)
    ada.run()
    assert "Better" in ada.texts()[0]
    assert (shown(ada.server), ada.puts()) == ([(40, 20)], 1)


def test_a_reply_waits_for_no_picture(site, gallery):
    ada = site(on_edit="reply")
    ada.blog.post("new", image=f"{gallery.url}/hero.png")
    ada.run()
    ada.blog.post("new", title="Better", image=f"{gallery.url}/late.png")
    ada.run()
    ada.later()
    assert [("Better" in text) for text in ada.texts()] == [True, False]


def test_an_edit_told_in_a_reply_does_not_wait_for_a_picture_that_is_not_wanted(site, gallery):
    ada = site(on_edit="reply")
    ada.blog.post("new", image=f"{gallery.url}/hero.png")
    ada.run()
    ada.blog.post("new", title="Better", image=f"{gallery.url}/hero.png", syndicate=NO_PICTURE)
    assert ada.run().warnings == ()
    reply, _ = ada.server.statuses
    assert "Better" in reply["content"]
    assert shown(ada.server) == [(64, 32)], "what stands there stays as it is"


def test_a_card_does_not_take_the_place_of_a_picture_that_cannot_be_had_now(site, gallery, blog):
    with blog.config.open("a") as file:
        file.write('\n[cards]\nenabled = "auto"\n')
    ada = site(on_edit="update")
    ada.blog.post("new", image=f"{gallery.url}/hero.png")
    ada.run()
    ada.blog.post("new", image=f"{gallery.url}/gone.png")
    report = ada.run()
    assert any("waits on toots: its picture" in each for each in report.warnings)
    assert ada.puts() == 0
    ada.blog.post("new")
    ada.run()
    assert ada.puts() == 1, "a post that names no picture has a card"


def test_a_card_follows_the_title_and_a_note_of_an_edit_has_none(site, blog, monkeypatch):
    drawn = []
    real = draw.draw
    monkeypatch.setattr(
        draw, "draw", lambda words, look: drawn.append(words.title) or real(words, look)
    )
    with blog.config.open("a") as file:
        file.write('\n[cards]\nenabled = "auto"\n')
    ada = site(on_edit="reply")
    drawn.clear()
    ada.blog.post("new", title="First")
    ada.run()
    card = blog.folder / "public" / "cards" / "blog" / "new.png"
    first = card.read_bytes()
    ada.blog.post("new", title="Second")
    ada.run()
    assert card.read_bytes() != first
    assert ada.told() == {"published": "delivered", "replied": "delivered"}
    [_, note] = blog.deliveries()[-2:]
    assert note.message.image is None
    assert drawn == ["First", "Second"]


# Replies


def test_an_edit_can_be_told_in_a_reply(site):
    ada = site(on_edit="reply", edit_note="Revised")
    ada.blog.post("new")
    ada.run()
    ada.blog.post("new", title="Better")
    ada.run()
    reply, first = ada.server.statuses
    assert "Revised: Better" in reply["content"]
    assert "Hello" in first["content"]
    assert reply["in_reply_to_id"] == first["id"]
    assert ada.run().outcomes == ()
    assert len(ada.server.statuses) == 2


def test_a_reply_whose_answer_was_lost_is_found_and_not_posted_again(site):
    ada = site(on_edit="reply", quiet="0s")
    ada.server.forgets_keys = True
    ada.blog.post("new")
    ada.run()
    ada.server.app.lose("/api/v1/statuses")
    ada.blog.post("new", title="Better")
    ada.run(wait=timedelta())
    assert ada.told()["replied"] == "pending"
    ada.blog.post("new", title="Best")
    report = ada.run(wait=timedelta())
    assert "an earlier edit is not settled yet" in report.warnings[0]
    ada.run(wait=HOUR)
    ada.run()
    assert len(ada.server.statuses) == 3
    assert ["Best" in text for text in ada.texts()] == [True, False, False]


# Deletions


def test_a_post_that_is_gone_in_two_runs_is_deleted(site):
    ada = site(on_delete="delete")
    path = ada.blog.post("new")
    ada.run()
    path.unlink()
    [waits] = ada.blog.plan().later
    assert (waits.about, waits.endpoint) == ("new.md", "toots")
    assert "when a second run finds that" in waits.reason
    report = ada.run()
    assert len(ada.server.statuses) == 1
    assert report.next_change <= ada.blog.clock.now() + timedelta(seconds=NEXT), "so no quiet run"
    ada.run()
    assert len(ada.server.statuses) == 1, "a second later is no other time"
    ada.blog.clock.tick(seconds=NEXT)
    told = to_text(show_plan, ada.blog.plan())
    assert "deletes what is there" in told
    assert "A first post." in told
    report = ada.run()
    assert ada.server.statuses == []
    assert ada.told() == {"published": "skipped", "deleted": "delivered"}
    assert of_report(report) is Exit.OK
    assert ada.later().outcomes == ()


def test_a_plan_names_no_deletion_that_no_run_makes(site):
    """A thread stays as it is."""
    ada = site(on_delete="delete")
    wish = "{toots: {thread: true}}"
    thread = ada.blog.post("long", excerpt="word " * 300, syndicate=wish)
    ada.run()
    thread.unlink()
    assert ada.blog.plan().later == ()
    assert len(ada.server.statuses) > 1


def test_a_post_that_comes_back_in_time_was_never_gone(site):
    ada = site(on_delete="delete")
    path = ada.blog.post("new")
    ada.run()
    text = path.read_text()
    path.unlink()
    ada.run()
    path.write_text(text)
    ada.later()
    path.unlink()
    ada.later()
    assert len(ada.server.statuses) == 1, "it was gone once only, twice over"
    ada.later()
    assert ada.server.statuses == []


def test_a_renamed_file_is_the_same_post(site):
    ada = site(on_delete="delete", on_edit="update")
    path = ada.blog.post("new", slug="new")
    ada.run()
    path.rename(path.with_name("moved.md"))
    for _ in range(3):
        ada.later()
    assert len(ada.server.statuses) == 1
    assert ada.puts() == 0


def test_a_draft_and_an_expired_post_were_taken_back_too(site):
    ada = site(on_delete="delete")
    ada.blog.post("one")
    ada.blog.post("two", expires="2026-03-01 13:00")
    ada.run()
    assert len(ada.server.statuses) == 2
    ada.blog.post("one", draft="true")
    ada.run()
    ada.later()
    assert len(ada.server.statuses) == 1
    ada.blog.clock.tick(hours=1)
    ada.run()
    ada.later()
    assert ada.server.statuses == []


@pytest.mark.parametrize(
    "more", [{"date": "2027-01-01"}, {"date": "]["}], ids=["put off", "spoilt"]
)
def test_a_post_that_is_put_off_or_cannot_be_read_was_not_taken_back(site, more):
    ada = site(on_delete="delete")
    ada.blog.post("new")
    ada.run()
    ada.blog.post("new", **more)
    for _ in range(3):
        ada.later()
    assert len(ada.server.statuses) == 1


def test_many_posts_that_are_gone_at_once_are_an_accident(site, blog):
    blog.config.write_text(blog.config.read_text().replace("[feeds]", "[feeds]\nlimit = 2"))
    for day in range(1, 7):  # the feed has the newest two, so that its own guard lets this pass
        blog.post(f"lost{day}", date=f"2025-12-0{day}")
    ada = site(on_delete="delete", backfill=20)
    assert len(ada.server.statuses) == 10
    texts = {path: path.read_text() for path in (blog.folder / "content").glob("lost*.md")}
    for path in texts:
        path.unlink()
    for _ in range(3):
        report = ada.later()
    assert "6 of 10 posts are gone at once" in report.warnings[0]
    assert "6 of 10" in blog.plan().warnings[0]
    for path, text in texts.items():
        path.write_text(text)
    assert ada.later().warnings == ()
    assert len(ada.server.statuses) == 10
    for path in texts:
        path.unlink()
    ada.run(force=True)
    ada.later()
    assert len(ada.server.statuses) == 4, "it was meant"


def test_what_was_gone_before_deletions_were_followed_stays(site):
    ada = site()
    path = ada.blog.post("new")
    ada.run()
    path.unlink()
    ada.run()
    config = ada.blog.config
    config.write_text(config.read_text() + 'on_delete = "delete"\n')
    for _ in range(3):
        ada.later()
    assert len(ada.server.statuses) == 1


def test_a_deletion_that_waits_is_dropped_when_the_post_is_back(site):
    ada = site(on_delete="delete")
    path = ada.blog.post("new")
    ada.run()
    text = path.read_text()
    path.unlink()
    ada.run()
    ada.server.app.fail("/api/v1/statuses/1000", 503)
    ada.later(wait=timedelta())
    assert ada.told()["deleted"] == "pending"
    path.write_text(text)
    ada.blog.clock.tick(hours=1)
    ada.run()
    assert ada.told() == {"published": "delivered", "deleted": "cancelled"}
    assert len(ada.server.statuses) == 1
    path.unlink()
    ada.run()
    ada.later()
    assert ada.server.statuses == [], "and it can be taken back again"


def test_what_was_deleted_can_be_sent_after_all_when_the_post_is_back(site):
    ada = site(on_delete="delete")
    path = ada.blog.post("new")
    ada.run()
    text = path.read_text()
    path.unlink()
    ada.run()
    ada.later()
    path.write_text(text)
    assert ada.later().outcomes == (), "not by itself"
    [row] = [each for each in ada.blog.deliveries() if each.state == "skipped" and each.imprint]
    assert row.reason == "the post was taken back, and this was deleted"
    ada.server.keys.clear()  # an hour is over
    with closing(open_ledger("sqlite:///state/ledger.db", ada.blog.folder)) as ledger:
        assert ledger.settle(row, manual.retry(row, ada.blog.clock.now()), None)
    ada.later(wait=HOUR)
    assert len(ada.server.statuses) == 1
    path.unlink()
    ada.later()
    ada.later()
    assert ada.server.statuses == []


def test_a_waiting_edit_of_a_post_that_was_taken_back_is_dropped(site):
    ada = site(on_edit="update", on_delete="delete")
    path = ada.blog.post("new")
    ada.run()
    ada.server.app.fail("/api/v1/statuses/1000", 503)
    ada.blog.post("new", title="Better")
    ada.run(wait=timedelta())
    path.unlink()
    ada.later()
    assert ada.told()["updated"] == "cancelled"
    ada.later()
    assert ada.server.statuses == []


# A webhook, and kills in between


@pytest.fixture
def following(blog, receiver, monkeypatch):
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    own = {"url": f"{receiver.url}/hook", "secret": "env:HOOK_SECRET"}
    more = {"allow_networks": ["127.0.0.0/8"], "on_edit": "update", "on_delete": "delete"}
    blog.endpoint("hook", "webhook", **own, **more)
    blog.post("old", date="2026-01-01")
    blog.post("older", date="2025-01-01")
    blog.run()
    return blog


def test_a_webhook_hears_of_the_whole_life_of_a_post(following, receiver):
    path = following.post("new")
    following.run()
    path.write_text(path.read_text().replace("weaves", "wove"))
    following.run()
    path.unlink()
    for _ in range(2):
        following.clock.tick(seconds=NEXT)
        following.run()
    kinds = [each["type"] for each in receiver.events.values()]
    assert kinds == ["post.published", "post.updated", "post.deleted"]
    assert "wove" in json.dumps(receiver.events[receiver.ids[1]])


def test_run_shows_the_id_of_the_event_that_it_sent(following, receiver):
    path = following.post("new")
    reports = [following.run()]
    path.write_text(path.read_text().replace("weaves", "wove"))
    reports.append(following.run())
    path.unlink()
    following.run()
    following.clock.tick(seconds=NEXT)
    reports.append(following.run())
    shown = [report_json(each)["outcomes"] for each in reports]
    assert [each["sent_as"] for [each] in shown] == receiver.ids
    assert len(set(receiver.ids)) == 3
    for report, own in zip(reports, receiver.ids, strict=True):
        assert own in to_text(show_report, report)


@pytest.mark.parametrize("event", ["updated", "deleted"])
def test_after_a_kill_the_same_event_goes_out_again_under_its_number(following, receiver, event):
    path = following.post("new")
    following.run()
    if event == "updated":
        following.post("new", title="Better")
    else:
        path.unlink()
        following.run()
        following.clock.tick(seconds=NEXT)
    receiver.answer = lambda: Response(status_code=500)
    following.run(wait=timedelta())
    ledger = open_ledger("sqlite:///state/ledger.db", following.folder)
    [held] = [each for each in ledger.deliveries() if each.event == event]
    with ledger._transaction() as connection:  # as a kill before the answer was noted leaves it
        connection.exec_driver_sql(f"UPDATE deliveries SET state = 'sending' WHERE id = {held.id}")
    ledger.close()
    receiver.answer = lambda: None
    following.clock.tick(minutes=10)
    following.run(wait=HOUR)
    assert len(receiver.ids) == 3
    assert receiver.ids[1] == receiver.ids[2] == held.key.value
    assert len(set(receiver.bodies[1:])) == 1
    states = {str(each.event): str(each.state) for each in following.deliveries() if each.key}
    assert states[event] == "delivered"


@pytest.mark.parametrize(
    ("network", "key", "value", "said"),
    [
        ("folder", "on_edit", "update", 'cannot do that; it takes "ignore"'),
        ("webhook", "on_edit", "reply", 'cannot do that; it takes "ignore", "update"'),
        ("folder", "on_delete", "delete", 'cannot delete anything; it takes "ignore"'),
        ("mastodon", "on_edit", "always", "expected 'ignore', 'update' or 'reply'"),
    ],
)
def test_what_a_network_cannot_do_is_refused_with_the_line(blog, network, key, value, said):
    blog.endpoint("x", network, **{key: value})
    with pytest.raises(ConfigError, match=said) as caught:
        blog.run()
    problems = {each.key: each.line for each in caught.value.problems}
    lines = blog.config.read_text().splitlines()
    assert lines[problems[f"endpoints[0].{key}"] - 1] == f'{key} = "{value}"'


def test_a_kill_between_the_entry_of_an_edit_and_the_note_of_it_doubles_nothing(site, monkeypatch):
    ada = site(on_edit="update")
    ada.blog.post("new")
    ada.run()
    ada.blog.post("new", title="Better")

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("syndicate.ledger.following.Following.looked_at", killed)
        with pytest.raises(KeyboardInterrupt):
            ada.run()
    assert ada.told()["updated"] == "pending"
    ada.run()
    ada.run()
    assert ada.puts() == 1
    assert "Better" in ada.texts()[0]
