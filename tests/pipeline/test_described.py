"""Images without an alternative text: sent, held back or left out, as an endpoint wants it."""

from __future__ import annotations

import json
from contextlib import closing

import pytest

from fakes.mastodon import TOKEN, Mastodon
from fakes.site import NEXT_DOOR
from fakes.webhook import SECRET
from syndicate.delivery import manual
from syndicate.exits import Exit, of_report
from syndicate.ledger import open_ledger
from syndicate.model import Kind, Severity, State
from syndicate.testing.samples import picture
from syndicate.testing.server import serve


@pytest.fixture
def outbox(blog, monkeypatch):
    """Builds a blog with a folder, a Mastodon account and a webhook; their first run is over."""
    monkeypatch.setenv("TOKEN", TOKEN)
    blog.server = Mastodon()
    (blog.folder / "content" / "hero.png").write_bytes(picture())
    with serve(blog.server.app) as url:

        def build(site="warn", cards="off", **own):
            with blog.config.open("a") as file:
                file.write(f'alt = "{site}"\n[cards]\nenabled = "{cards}"\n')
            blog.endpoint("out", "folder", dir="out", **own)
            blog.endpoint("toots", "mastodon", server=url, token="env:TOKEN", **NEXT_DOOR)
            blog.post("old", date="2026-01-01", image="hero.png")
            blog.run()
            return blog

        yield build


def alts(blog):
    """What the folder was told of pictures."""
    return [each.read_text().strip() for each in blog.folder.glob("out/*/alt.txt")]


def images(blog):
    return len(list(blog.folder.glob("out/*/image.png")))


def of_alt(findings):
    return [each for each in findings if each.kind is Kind.ALT]


def test_by_default_a_picture_goes_out_without_and_check_says_so(outbox):
    ada = outbox()
    ada.post("new", image="hero.png")
    report = ada.run()
    assert of_alt(report.findings) == []
    assert (images(ada), alts(ada), len(ada.server.media)) == (1, [""], 1)


def test_a_post_is_held_back_until_its_picture_is_described(outbox):
    ada = outbox("require")
    ada.post("new", image="hero.png")
    plan = ada.plan()
    report = ada.run()
    assert plan.deliveries == report.outcomes == ()
    found = of_alt(report.findings)
    assert found == of_alt(plan.findings)
    assert [(each.source, each.line, each.key) for each in found] == [("new.md", 8, "image")] * 2
    assert "out requires one: not announced there until image_alt says" in found[0].message
    assert "toots requires one" in found[1].message
    assert of_report(report) is Exit.CONTENT
    assert ada.states() == {"out": "skipped", "toots": "skipped"}, "only the old one is known"
    ada.post("new", image="hero.png", image_alt="A loom")
    report = ada.run()
    assert of_alt(report.findings) == []
    assert [each.resting.state for each in report.outcomes] == [State.DELIVERED] * 2
    assert alts(ada) == ["A loom"]
    assert [each["description"] for each in ada.server.media.values()] == ["A loom"]


def test_a_picture_may_be_left_out_instead(outbox):
    ada = outbox("skip-image")
    ada.post("new", image="hero.png")
    report = ada.run()
    assert [each.resting.state for each in report.outcomes] == [State.DELIVERED] * 2
    assert of_alt(report.findings) == []
    assert (images(ada), len(ada.server.media)) == (0, 0)
    assert "Hello" in ada.server.statuses[0]["content"]


def test_an_endpoint_may_do_otherwise_than_the_site(outbox):
    ada = outbox("require", alt="warn")
    ada.post("new", image="hero.png")
    report = ada.run()
    assert [each.delivery.endpoint for each in report.outcomes] == ["out"]
    [found] = of_alt(report.findings)
    assert "toots requires one" in found.message


@pytest.mark.parametrize("policy", ["require", "skip-image"])
@pytest.mark.parametrize(
    "front",
    [{"image_alt": '""'}, {"image": "{src: hero.png, alt: '', caption: The loom}"}],
    ids=["beside", "within"],
)
def test_an_empty_text_says_that_a_picture_is_decoration(outbox, policy, front):
    ada = outbox(policy)
    ada.post("new", **{"image": "hero.png"} | front)
    report = ada.run()
    assert of_alt(report.findings) == []
    assert (images(ada), alts(ada), len(ada.server.media)) == (1, [""], 1)


def test_a_key_without_a_value_says_nothing(outbox):
    ada = outbox("require")
    ada.post("new", image="hero.png", image_alt="")
    assert len(of_alt(ada.run().findings)) == 2


def test_a_post_without_a_picture_there_needs_no_text(outbox):
    ada = outbox("require")
    ada.post("bare")
    ada.post("new", image="hero.png", syndicate="{out: {image: false}, toots: false}")
    report = ada.run()
    assert of_alt(report.findings) == []
    assert sorted(each.delivery.endpoint for each in report.outcomes) == ["out", "out", "toots"]


def test_a_webhook_is_told_what_there_is(outbox, receiver, monkeypatch):
    ada = outbox("require")
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    ada.hook(f"{receiver.url}/hook")
    ada.run()
    ada.post("new", image="hero.png")
    ada.post("plain", image="hero.png", image_alt='""')
    ada.run()
    said = [json.loads(body)["data"]["image"]["alt"] for body in receiver.bodies]
    assert sorted(map(str, said)) == ["", "None"]


def test_a_card_takes_the_place_of_a_picture_that_is_left_out(outbox):
    ada = outbox("skip-image", cards="auto")
    ada.post("new", image="hero.png")
    ada.run()
    [medium] = ada.server.media.values()
    assert medium["description"] == "Hello – Ada's notes"


def test_where_cards_are_always_shown_no_picture_needs_a_text(outbox):
    ada = outbox("require", cards="always")
    ada.post("new", image="hero.png")
    report = ada.run()
    assert of_alt(report.findings) == []
    assert alts(ada) == ["Hello – Ada's notes"]


def of_late(ada):
    rows = [each for each in ada.deliveries() if each.endpoint == "late"]
    return {each.subject.rpartition(":")[2]: str(each.state) for each in rows}


def test_a_post_within_a_backfill_is_held_back_until_its_picture_is_described(outbox):
    ada = outbox()
    ada.config.write_text(ada.config.read_text().replace('alt = "warn"', 'alt = "require"'))
    ada.post("bare", date="2025-02-28", image="hero.png")
    ada.post("told", date="2025-02-27", image="hero.png", image_alt="A loom")
    ada.post("beyond", date="2025-02-26", image="hero.png")
    ada.run()
    ada.clock.tick(days=30)
    ada.endpoint("late", "folder", dir="late", backfill=3)
    checked = ada.command("check", "content", TOKEN=TOKEN)
    plan = ada.plan()
    report = ada.run()
    assert [each.post.source for each in plan.deliveries] == ["told.md"]
    for found in (of_alt(plan.findings), of_alt(report.findings), of_alt(ada.run().findings)):
        assert [each.source for each in found] == ["bare.md", "old.md"], "beyond.md is too old"
        assert "late requires one: not announced there" in found[0].message
    assert "bare.md:8: image: the image has no alternative text; late requires" in checked.stdout
    assert of_report(report) is Exit.CONTENT
    assert of_late(ada) == {"told.md": "delivered", "beyond.md": "skipped"}
    ada.post("bare", date="2025-02-28", image="hero.png", image_alt="A loom")
    assert [each.post.source for each in ada.plan().deliveries] == ["bare.md"]
    ada.run()
    assert of_late(ada) == {
        "told.md": "delivered",
        "beyond.md": "skipped",
        "bare.md": "delivered",
    }


def test_what_a_backfill_left_is_too_old_in_the_end_as_all_news(outbox):
    ada = outbox("require")
    ada.post("bare", date="2026-02-28", image="hero.png")
    ada.endpoint("late", "folder", dir="late", backfill=1)
    ada.run()
    ada.clock.tick(days=8)
    assert of_alt(ada.run().findings) == []
    assert of_late(ada) == {"bare.md": "skipped", "old.md": "skipped"}


def test_a_backfill_that_is_asked_for_names_what_it_leaves(blog):
    (blog.folder / "content" / "hero.png").write_bytes(picture())
    blog.endpoint("out", "folder", dir="out", alt="require")
    for number in range(1, 7):
        blog.post(f"post{number}", date=f"2025-02-0{number}", image="hero.png")
    assert of_alt(blog.plan().findings) == []
    plan, report = blog.plan(backfill=5), blog.run(backfill=5)
    assert len(of_alt(plan.findings)) == len(of_alt(report.findings)) == 5
    assert report.skipped == {"out": 1}
    for number in range(2, 7):  # more than would be taken for an import
        blog.post(f"post{number}", date=f"2025-02-0{number}", image="hero.png", image_alt="A loom")
    assert len(blog.run().outcomes) == 5


def test_what_a_wider_filter_lets_in_is_no_news_and_no_finding(outbox):
    ada = outbox("require")
    ada.post("bare", image="hero.png", syndicate="[more]")
    ada.run()
    ada.endpoint("more", "folder", dir="more", categories=["other"])
    ada.run()
    text = ada.config.read_text()
    ada.config.write_text(text.replace('categories = ["other"]', ""))
    ada.post("new", image="hero.png", syndicate="[more]")
    found = of_alt(ada.run().findings)
    assert [each.source for each in found] == ["new.md"]


def test_an_endpoint_that_is_told_of_no_posts_asks_for_nothing(outbox):
    ada = outbox("require", posts=False)
    ada.post("new", image="hero.png")
    [found] = of_alt(ada.run().findings)
    assert "toots requires one" in found.message


def test_an_edit_that_takes_the_text_away_waits_where_one_is_required(outbox):
    ada = outbox("require")
    ada.config.write_text(
        ada.config.read_text().replace('dir = "out"', 'dir = "out"\nmax_age = "1d"')
        + 'on_edit = "update"\n'
    )
    ada.post("new", image="hero.png", image_alt="A loom")
    ada.run()
    ada.post("new", title="Better", image="hero.png")
    report = ada.run()
    assert of_alt(report.findings) == [], "it was announced already"
    assert any(
        "waits on toots: new.md:8: image: the image has no" in each for each in report.warnings
    )
    assert "Hello" in ada.server.statuses[0]["content"]
    ada.post("new", title="Better", image="hero.png", image_alt="A loom")
    ada.run()
    assert "Better" in ada.server.statuses[0]["content"]


def test_what_waits_already_when_its_text_is_taken_away_can_be_sent_once_it_is_back(outbox):
    ada = outbox("require", delay="1h")
    ada.post("new", image="hero.png", image_alt="A loom")
    ada.run()
    ada.post("new", image="hero.png")
    ada.clock.tick(hours=2)
    [outcome] = ada.run().outcomes
    assert outcome.resting.state is State.DEAD
    assert "new.md:8: image: the image has no alternative text; out" in outcome.resting.reason
    ada.post("new", image="hero.png", image_alt="A loom")
    with closing(open_ledger("sqlite:///state/ledger.db", ada.folder)) as ledger:
        [dead] = ledger.deliveries(states=[State.DEAD])
        ledger.settle(dead, manual.retry(dead, ada.clock.now()), None)
    ada.run()
    assert alts(ada) == ["A loom"]


def test_what_was_announced_or_is_too_old_is_no_finding(outbox):
    ada = outbox()
    ada.post("new", image="hero.png")
    ada.run()
    ada.config.write_text(ada.config.read_text().replace('alt = "warn"', 'alt = "require"'))
    assert of_alt(ada.run().findings) == [], "the one was announced, the other is no news"
    ada.post("late", image="hero.png")
    assert len(of_alt(ada.run().findings)) == 2
    ada.clock.tick(days=8)
    assert of_alt(ada.plan().findings) == [], "it is older than max_age"
    ada.run()
    assert {each.state for each in ada.deliveries() if "late" in each.subject} == {State.SKIPPED}


def test_a_picture_in_the_body_or_beside_the_post_is_a_picture_too(outbox):
    ada = outbox("require")
    text = ada.config.read_text()
    ada.config.write_text(text.replace('dir = "content"', 'dir = "content"\nhero_from_body = true'))
    bundle = ada.folder / "content" / "trip"
    bundle.mkdir()
    (bundle / "cover.png").write_bytes(picture())
    (bundle / "index.md").write_text("---\ntitle: Trip\ndate: 2026-03-01 08:00\n---\nWe went.\n")
    ada.post("new").write_text("---\ndate: 2026-03-01 08:00\n---\n![](hero.png)\n")
    ada.post("told").write_text("---\ndate: 2026-03-01 08:00\n---\n![A loom](hero.png)\n")
    report = ada.run()
    found = {(each.source, each.line, each.key, each.severity) for each in of_alt(report.findings)}
    assert found == {
        ("new.md", None, None, Severity.ERROR),
        ("trip/index.md", None, None, Severity.ERROR),
    }


# What check tells


def test_check_tells_of_what_could_still_be_announced(outbox):
    ada = outbox(alt="skip-image")
    ada.post("new", date="2030-01-01", image="hero.png", image_alt='""')
    path = ada.post("later", date="2199-01-01", image="hero.png")
    said = ada.command("check", "content", "--json", TOKEN=TOKEN)
    found = [each for each in json.loads(said.stdout)["findings"] if each["kind"] == "alt"]
    assert [(each["source"], each["line"], each["severity"]) for each in found] == [
        (path.name, 8, "warning")
    ] * 2
    told = "\n".join(sorted(each["message"] for each in found))
    assert "it goes out with none to toots, unless image_alt says what it shows" in told
    assert "the post goes out without the image to out" in told
    assert ada.command("check", "content", TOKEN=TOKEN).returncode == 0
    assert ada.command("check", "content", "--strict", TOKEN=TOKEN).returncode == 3


def test_check_needs_no_ledger_to_tell_of_what_would_be_held_back(blog):
    (blog.folder / "content" / "hero.png").write_bytes(picture())
    blog.endpoint("out", "folder", dir="out", alt="require")
    blog.post("new", date="2199-01-01", image="hero.png")
    said = blog.command("check", "content")
    assert "error new.md:8: image: the image has no alternative text; out requires" in said.stdout
    assert said.returncode == 3
    assert not (blog.folder / "state").exists()
