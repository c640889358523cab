"""Cards in a run: who has one, where it is, when it is drawn, and when it goes."""

import asyncio
import io
import json
import re
import threading
from types import SimpleNamespace

import pytest
from PIL import Image

from syndicate import gallery, pipeline
from syndicate.app import open_app
from syndicate.cards import draw, rack
from syndicate.compose import fit, refer
from syndicate.config import Endpoint
from syndicate.daemon import Daemon
from syndicate.delivery.line import compose
from syndicate.errors import FeedError
from syndicate.model import Limits, Message, State
from syndicate.networks.folder import Folder
from syndicate.testing.samples import POST, picture

ARABIC = "كيف تتعلم الآلات"


@pytest.fixture
def carded(blog):
    """A blog with cards, and with an endpoint that takes pictures and announces all it is given."""
    with blog.config.open("a") as file:
        file.write('\n[cards]\nenabled = "auto"\n')
    blog.endpoint("out", "folder", dir="out", backfill=9)
    return blog


@pytest.fixture
def drawn(monkeypatch):
    """The titles of the cards that are drawn."""
    titles = []
    real = draw.draw

    def draws(words, look):
        titles.append(words.title)
        return real(words, look)

    monkeypatch.setattr(draw, "draw", draws)
    return titles


def setting(blog, **values):
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())
    text = blog.config.read_text()
    blog.config.write_text(text.replace("[cards]\n", f"[cards]\n{lines}"))


def on(blog, word):
    text = re.sub("(?m)^enabled = .*", f'enabled = "{word}"', blog.config.read_text())
    blog.config.write_text(text)


def file(blog, name="blog/hello.png"):
    return blog.folder / "public" / "cards" / name


def index(blog):
    return json.loads((blog.folder / "public" / "cards" / "index.json").read_bytes())["cards"]


def image(blog, title="Hello"):
    [found] = [each.message.image for each in blog.deliveries() if each.message.title == title]
    return found


def state(path):
    return path.stat().st_mtime_ns, path.stat().st_ino


def test_without_being_asked_for_there_are_none(blog, drawn):
    blog.endpoint("out", "folder", dir="out", backfill=9)
    blog.post()
    report = blog.run()
    assert [each.path.name for each in report.feeds][-1] == "feed.html"
    assert image(blog) is None
    assert not file(blog).parent.exists()
    assert not drawn


def test_a_post_without_a_picture_has_a_card_in_its_message_and_beside_the_feeds(carded):
    carded.post()
    report = carded.run()
    assert report.warnings == ()
    sent = image(carded)
    assert sent.url == "https://ada.example/cards/blog/hello.png"
    assert sent.alt == "Hello – Ada's notes"
    assert (sent.type, sent.width, sent.height) == ("image/png", 1200, 630)
    [out] = (carded.folder / "out").glob("*/image.png")
    assert out.read_bytes() == file(carded).read_bytes()
    assert Image.open(io.BytesIO(out.read_bytes())).size == (1200, 630)
    [told] = index(carded)
    assert told["post"] == "https://ada.example/blog/hello/"
    assert (told["url"], told["alt"]) == (sent.url, sent.alt)


def test_the_feeds_are_the_same_with_cards_and_without(carded):
    carded.post()
    carded.run()
    names = ("feed.xml", "atom.xml", "feed.json", "feed.html")
    with_cards = [(carded.folder / "public" / name).read_bytes() for name in names]
    on(carded, "off")
    carded.run()
    assert [(carded.folder / "public" / name).read_bytes() for name in names] == with_cards


def test_a_hero_image_goes_before_a_card_unless_cards_are_for_all(carded, gallery_url, drawn):
    carded.post(hero=f"{gallery_url}/hero.png", hero_alt="A loom")
    carded.run()
    assert image(carded).alt == "A loom"
    assert not drawn
    assert index(carded) == []
    on(carded, "always")
    carded.post("other", title="Other", hero=f"{gallery_url}/hero.png")
    carded.run()
    assert image(carded, "Other").alt == "Other – Ada's notes"
    assert {each["alt"] for each in index(carded)} == {"Other – Ada's notes", "Hello – Ada's notes"}


@pytest.fixture
def gallery_url(gallery):
    return gallery.url


def test_a_hero_image_that_cannot_be_had_gives_way_to_a_card_in_its_place(carded, gallery_url):
    carded.post(hero=f"{gallery_url}/gone.png", hero_alt="A loom")
    report = carded.run()
    assert "cannot be had" in report.warnings[0]
    assert image(carded).alt == "Hello – Ada's notes"
    assert file(carded).exists(), "who fetches it by its address finds it"
    assert index(carded) == [], "the page has a hero image, as far as its templates know"
    carded.run()
    assert file(carded).exists(), "messages refer to it"


@pytest.fixture
def line(blog, gallery, monkeypatch):
    """A post with a hero image that Telegram does not take: it is 1 pixel high."""
    monkeypatch.setenv("T", "1:a")
    gallery.files["line.png"] = picture(size=(400, 1))
    home = {"api": gallery.url, "allow_networks": ["127.0.0.0/8"]}
    for name in ("chat", "other"):
        blog.endpoint(name, "telegram", token="env:T", chat="@adas_notes", backfill=9, **home)
    blog.post(hero=f"{gallery.url}/line.png?key=secret", hero_alt="A line")
    return blog


def test_a_hero_image_that_does_not_fit_is_told_where_there_are_no_cards(line):
    told = {
        f"the picture 127.0.0.1/line.png does not fit what {name}'s network takes: the post goes "
        "out without it"
        for name in ("chat", "other")
    }
    plan = line.plan()
    assert len(plan.warnings) == 2
    assert set(plan.warnings) == told
    assert [each.message.image for each in plan.deliveries] == [None, None]
    assert set(line.run().warnings) == told


def test_a_hero_image_that_does_not_fit_gives_way_to_a_card(line, carded):
    plan = carded.plan()
    assert plan.warnings == ()
    shown = {each.line.options.name: each.message.image.alt for each in plan.deliveries}
    card = "Hello – Ada's notes"
    assert shown == {"chat": card, "other": card, "out": "A line"}


def test_a_card_that_does_not_fit_either_is_told_by_the_hero_image(line, carded, monkeypatch):
    monkeypatch.setattr("syndicate.networks.telegram.fit", lambda *_: None)
    plan = carded.plan()
    assert len(plan.warnings) == 2
    assert all(each.startswith("the picture 127.0.0.1/line.png does") for each in plan.warnings)


def test_a_picture_is_told_once_however_many_posts_show_it(line):
    file = line.post("second", title="Second")
    text = (line.folder / "content" / "hello.md").read_text()
    file.write_text(text.replace("Hello", "Second"))
    assert len(line.plan().warnings) == 2


def test_composing_does_not_keep_the_loop_from_its_work(carded, monkeypatch):
    """Fitting a large picture takes seconds."""
    where = []
    real = Folder.compose
    monkeypatch.setattr(
        Folder, "compose", lambda *about: where.append(threading.current_thread()) or real(*about)
    )
    carded.post()
    carded.run()
    assert where
    assert threading.main_thread() not in where


def test_what_is_planned_is_what_is_sent_and_planning_writes_nothing(carded):
    carded.post()
    plan = carded.plan()
    assert [each.path for each in plan.feeds][-1] == "cards/index.json"
    assert not file(carded).exists()
    planned = plan.deliveries[0].message.image
    carded.run()
    assert planned == image(carded)
    assert "cards/index.json" not in [each.path for each in carded.plan().feeds]


def test_nothing_is_drawn_or_written_again(carded, drawn):
    carded.post()
    carded.run()
    before = state(file(carded))
    report = carded.run()
    assert drawn == ["Hello"]
    assert state(file(carded)) == before
    assert not any(each.written for each in report.feeds)


def test_a_new_post_reads_no_other(carded, monkeypatch):
    carded.post()
    carded.run()
    carded.post("other", title="Other")
    loaded = []
    real = gallery.Gallery._entry
    monkeypatch.setattr(
        gallery.Gallery,
        "_entry",
        lambda self, *about: loaded.append(about[0]) or real(self, *about),
    )
    carded.run()
    assert loaded == ["cards/blog/other.png"]


def test_a_lost_cache_costs_time_and_changes_nothing(carded, drawn):
    carded.post()
    carded.run()
    before = file(carded).read_bytes(), state(file(carded))
    for each in (carded.folder / "state" / "media").iterdir():
        each.unlink()
    carded.run()
    assert drawn == ["Hello", "Hello"]
    assert (file(carded).read_bytes(), state(file(carded))) == before


def test_a_new_title_has_a_new_card_at_the_same_address(carded):
    carded.post()
    carded.run()
    before, [told] = file(carded).read_bytes(), index(carded)
    carded.post(title="Hello again")
    carded.run()
    [now] = index(carded)
    assert file(carded).read_bytes() != before
    assert now["url"] == told["url"]
    assert now["version"] != told["version"]


@pytest.mark.parametrize(
    "change", [{"accent": "#7a1f3d"}, {"template": "poster"}, {"text": "#000000"}]
)
def test_another_look_draws_all_anew(carded, drawn, change):
    carded.post()
    carded.run()
    before = file(carded).read_bytes()
    setting(carded, **change)
    carded.run()
    assert drawn == ["Hello", "Hello"]
    assert file(carded).read_bytes() != before


def test_a_card_that_is_lost_or_spoilt_is_put_back(carded, drawn):
    carded.post()
    carded.run()
    good = file(carded).read_bytes()
    file(carded).write_bytes(b"spoilt")
    carded.run()
    assert file(carded).read_bytes() == good
    file(carded).unlink()
    carded.run()
    assert file(carded).read_bytes() == good
    assert drawn == ["Hello"]


def test_the_card_of_a_post_that_is_gone_goes_and_what_is_not_ours_stays(carded):
    carded.post()
    gone = carded.post("sub", title="Gone", permalink="/old/gone/")
    carded.run()
    assert file(carded, "old/gone.png").exists()
    foreign = [file(carded, "mine.png"), file(carded, "old/photo.png"), file(carded, "note.txt")]
    for each in foreign:
        each.write_bytes(picture())
    gone.unlink()
    carded.run(force=True)
    assert not file(carded, "old/gone.png").exists()
    assert all(each.exists() for each in foreign)
    assert file(carded).exists()
    foreign[1].unlink()
    carded.run()
    assert not file(carded, "old").exists(), "an empty folder goes"


def test_what_was_stopped_goes_on_in_the_next_run(carded, drawn):
    for number in range(3):
        carded.post(f"post-{number}", title=f"Post {number}")
    on(carded, "off")
    carded.run()
    on(carded, "auto")
    with open_app(carded.config, clock=carded.clock) as app:
        asyncio.run(stopped_after_one(app))
    assert len(drawn) == 1
    assert not file(carded, "index.json").exists()
    carded.run()
    assert sorted(drawn) == ["Post 0", "Post 1", "Post 2"]
    assert len(index(carded)) == 3


async def stopped_after_one(app):
    """A run that is stopped when the first card is in its place."""
    stop = SimpleNamespace(is_set=lambda: next(answers))
    answers = iter([False, True])
    real = gallery.Gallery.publish
    try:
        gallery.Gallery.publish = lambda self, _: real(self, stop)
        await pipeline.run(app)
    finally:
        gallery.Gallery.publish = real


def test_a_folder_that_cannot_be_written_to_is_told(carded):
    carded.post()
    (carded.folder / "public").mkdir()
    (carded.folder / "public" / "cards").write_text("no folder")
    on(carded, "off")
    carded.run()
    on(carded, "auto")
    with pytest.raises(FeedError, match=r"cards.*: cannot be written"):
        carded.run(feeds_only=True)


def test_a_card_that_cannot_be_put_into_its_place_costs_the_message_its_picture(carded):
    carded.post()
    (carded.folder / "public").mkdir()
    (carded.folder / "public" / "cards").write_text("no folder")
    with pytest.raises(FeedError):
        carded.run()
    assert carded.states() == {"out": State.DELIVERED}
    assert image(carded) is None


def test_a_card_that_cannot_be_drawn_costs_the_message_its_picture(carded, monkeypatch):
    def fails(words, look):
        raise ValueError("no ink")

    monkeypatch.setattr(draw, "draw", fails)
    carded.post()
    report = carded.run()
    assert report.warnings == ("hello.md: its card cannot be drawn: no ink",)
    assert image(carded) is None
    assert index(carded) == []
    monkeypatch.undo()
    carded.run()
    assert len(index(carded)) == 1, "the next run tries again"


def test_letters_that_join_are_not_drawn_apart(carded, monkeypatch):
    monkeypatch.setattr(rack, "can_shape", lambda: False)
    monkeypatch.setattr(draw, "can_shape", lambda: False)
    carded.post("arabic", title=ARABIC)
    carded.post("latin", title="Hello")
    report = carded.run()
    [warning] = report.warnings
    assert "this Pillow has no Raqm" in warning
    assert image(carded, ARABIC) is None
    assert image(carded).width == 1200
    assert [each["path"] for each in index(carded)] == ["cards/blog/latin.png"]


def test_characters_that_no_font_has_are_told_once(carded):
    carded.post(title="Linear \U00010600 A")
    [warning] = carded.run().warnings
    assert warning == (
        "hello.md: no font has \U00010600, and the card leaves it out: name a font that has it in "
        "cards.fonts"
    )
    assert carded.run().warnings == ()


def test_a_logo_or_font_that_cannot_be_used_costs_itself(carded):
    (carded.folder / "logo.png").write_text("no picture")
    setting(carded, logo="logo.png", fonts=["own.ttf"])
    carded.post()
    warnings = carded.run().warnings
    assert [each.partition(" ")[0] for each in warnings] == ["cards.fonts:", "cards.logo:"]
    assert image(carded).width == 1200


def test_a_logo_is_drawn_and_another_one_draws_anew(carded, drawn):
    logo = carded.folder / "logo.png"
    logo.write_bytes(picture(colour="red"))
    setting(carded, logo="logo.png")
    carded.post()
    carded.run()
    logo.write_bytes(picture(colour="green"))
    carded.run()
    assert drawn == ["Hello", "Hello"]


def test_two_posts_at_one_address_have_one_card(carded):
    carded.post("a", title="Newer", permalink="/x/", date="2026-02-02")
    carded.post("b", title="Older", permalink="/x/", date="2026-02-01")
    carded.run()
    assert [each["alt"] for each in index(carded)] == ["Newer – Ada's notes"]


def test_the_daemon_serves_what_was_drawn(carded):
    carded.post()
    carded.run()
    with open_app(carded.config, clock=carded.clock) as app:
        shelf = Daemon(app).shelf
        place = asyncio.run(shelf.find("cards/blog/hello.png"))
        assert place.address.type == "image/png"
        assert place.kept.variants["identity"].body == file(carded).read_bytes()
        assert list(place.kept.variants) == ["identity"], "it is compressed in itself"
        assert asyncio.run(shelf.find("cards/index.json")).kept


def test_the_daemon_serves_a_card_before_anybody_is_told(carded):
    carded.post()
    shown = []
    carded.run(published=lambda places: shown.extend(each.document.path for each in places))
    assert shown[-2:] == ["cards/index.json", "cards/blog/hello.png"]


def test_nothing_is_served_where_nothing_was_drawn(carded):
    with open_app(carded.config, clock=carded.clock) as app:
        assert gallery.published(app.config) == []


def test_a_network_that_takes_no_picture_has_none_drawn():
    class Media:
        async def hero(self, post):
            raise AssertionError("nobody needs it")

    class Plain:
        async def limits(self, wire):
            return Limits(text=500, images=0)

        def compose(self, post, html, picture, limits):
            assert picture is None
            return plain

    plain = Message("Hello", POST.url, "Hello", "", "en", 5, 500)
    options = Endpoint.model_validate({"name": "plain", "network": "plain"})
    line = SimpleNamespace(network=Plain(), wire=None, bind=None, options=options)
    assert asyncio.run(compose(line, POST, lambda _: "", Media())) is plain


def test_a_network_that_fetches_pictures_itself_is_told_the_cards_address(carded):
    carded.post()
    carded.run()
    with open_app(carded.config, clock=carded.clock) as app:

        async def dressed():
            async with app.connect() as connected:
                return await connected.rack.dress(POST)

        post, found = asyncio.run(dressed())
    attached = refer(post, found, Limits(text=500))
    assert attached.url == post.image.url
    assert attached.url.startswith("https://ada.example/cards/")
    assert fit(post, found, Limits(text=500, image_bytes=9_000)).length <= 9_000


def test_a_card_that_cannot_be_removed_is_told(carded, monkeypatch):
    carded.post()
    gone = carded.post("sub", title="Gone")
    carded.run()
    gone.unlink()

    def unlink(path, *, missing_ok=False):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(type(gone), "unlink", unlink)
        with pytest.raises(FeedError, match=r"sub\.png: cannot be removed: Permission denied"):
            carded.run(force=True)
    carded.run()
    assert not file(carded, "blog/sub.png").exists()


def test_what_cannot_be_read_is_not_ours(carded):
    carded.post()
    carded.run()
    file(carded, "dangling.png").symlink_to("nowhere.png")
    carded.post(title="Hello again")
    carded.run()
    assert file(carded, "dangling.png").is_symlink()


def test_what_an_endpoint_says_of_its_message_does_not_bear_on_the_card(carded):
    text = carded.config.read_text().replace(
        'network = "folder"', 'network = "folder"\nutm = { source = "out" }'
    )
    carded.config.write_text(text)
    carded.post()
    carded.run()
    [sent] = carded.deliveries()
    assert "utm_source=out" in sent.message.link
    assert sent.message.image.url == "https://ada.example/cards/blog/hello.png"


def test_an_endpoint_that_wants_no_pictures_has_no_card(carded, drawn):
    text = carded.config.read_text()
    carded.config.write_text(
        text.replace('network = "folder"', 'network = "folder"\nimage = false')
    )
    carded.post()
    carded.run()
    assert image(carded) is None
    assert file(carded).exists(), "its page may have one all the same"
