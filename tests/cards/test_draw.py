import io
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from fakes.titles import TITLES, words
from syndicate.cards import draw as drawing
from syndicate.cards.bidi import is_right_to_left
from syndicate.cards.draw import FOOT, HEAD, MARGIN, draw, left_out
from syndicate.cards.fonts import Fonts, held
from syndicate.cards.lines import SIZES, arrange
from syndicate.cards.look import HEIGHT, MARK, WIDTH, Look
from syndicate.cards.words import clean
from syndicate.testing.samples import picture

OVERHANG = 12
"""Pixels that a letter may reach beyond where it stands."""


def opened(data):
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT))
    return image.convert("RGB")


def ink(image, box):
    """The edges of what is drawn in a part of a card."""
    part = image.crop(box)
    ground = Image.new("RGB", part.size, image.getpixel((2, 2)))
    found = ImageChops.difference(part, ground).convert("L").point(lambda it: 255 * (it > 40))
    edges = found.getbbox()
    return edges and (edges[0] + box[0], edges[1] + box[1], edges[2] + box[0], edges[3] + box[1])


@pytest.mark.parametrize("template", ["plain", "poster"])
@pytest.mark.parametrize("script", TITLES)
def test_a_title_of_any_script_stands_within_the_margins(script, template):
    title, language = TITLES[script]
    image = opened(draw(words(title, language), Look(template=template)))
    left, top, right, bottom = ink(image, (0, HEAD - OVERHANG, WIDTH, FOOT + OVERHANG))
    assert left >= MARGIN - OVERHANG
    assert right <= WIDTH - MARGIN + OVERHANG
    assert HEAD - OVERHANG < top < bottom < FOOT + OVERHANG
    assert bottom - top > 100, "it is large"


@pytest.mark.parametrize("script", TITLES)
def test_each_character_is_drawn_by_a_font_that_has_it(script):
    title, language = TITLES[script]
    fonts = Fonts((), language)
    assert left_out(words(title, language), Look()) == ""
    runs = fonts.runs(clean(title), right_to_left=False, bold=True)
    assert sorted("".join(run.text for run in runs)) == sorted(clean(title))
    for run in runs:
        seen = {each for each in run.text if unicodedata.category(each) not in {"Cf", "Mn"}}
        assert {ord(each) for each in seen} <= held(run.font), run


@pytest.mark.parametrize("script", TITLES)
def test_a_title_begins_on_its_own_side(script):
    title, language = TITLES[script]
    image = opened(draw(words(title, language), Look()))
    left, _, right, _ = ink(image, (0, HEAD, WIDTH, FOOT))
    at_left, at_right = left - MARGIN, WIDTH - MARGIN - right
    if script in {"arabic", "hebrew"}:
        assert is_right_to_left(title)
        assert abs(at_right) <= OVERHANG < at_left
    else:
        assert abs(at_left) <= OVERHANG


@pytest.mark.parametrize("where", ["date", "author", "site"])
def test_words_of_another_direction_keep_their_own(where):
    """A title in Hebrew turns neither a Latin date around, nor the full stop behind a name."""
    said = {"site": "Ada's notes", "author": "", "date": ""}
    said |= {"site": {"site": "1. notes, W."}, "author": {"author": "1. Ada, W."}}.get(where, {})
    said |= {"date": "1 March 2026"} if where == "date" else {}
    beside = MARGIN + 70  # the tile, which is on the card's own side
    top, bottom = (0, HEAD - 20) if where == "site" else (FOOT + 30, HEIGHT - 20)
    seen = []
    for title, left, right in (
        ("Hello", beside if where == "site" else 0, WIDTH),
        (TITLES["hebrew"][0], 0, WIDTH - beside if where == "site" else WIDTH),
    ):
        image = opened(draw(words(title, **said), Look()))
        seen.append(image.crop(ink(image, (left, top, right, bottom))))
    alone, beside_hebrew = seen
    assert abs(alone.width - beside_hebrew.width) <= 2
    turned = beside_hebrew.resize(alone.size)
    assert ImageStat.Stat(ImageChops.difference(alone, turned).convert("L")).mean[0] < 20


def test_words_in_hebrew_keep_their_direction_beside_a_latin_title():
    said = {"site": "", "author": "\u05d0\u05d3\u05d4 1.", "date": ""}
    seen = []
    for title in ("Hello", TITLES["hebrew"][0]):
        image = opened(draw(words(title, **said), Look()))
        seen.append(image.crop(ink(image, (0, FOOT + 30, WIDTH, HEIGHT - 20))))
    first, second = seen
    second = second.resize(first.size)
    assert ImageStat.Stat(ImageChops.difference(first, second).convert("L")).mean[0] < 20


def test_arabic_letters_are_joined():
    pen = drawing._Pen(Image.new("RGB", (1, 1)), Fonts(()), right_to_left=True)
    assert pen.width("ببب", 100, bold=True) < 0.8 * 3 * pen.width("ب", 100, bold=True)


def test_marks_of_devanagari_stand_on_their_letters():
    pen = drawing._Pen(Image.new("RGB", (1, 1)), Fonts(()), right_to_left=False)
    apart = pen.width("क", 100, bold=True) + pen.width("ष", 100, bold=True)
    assert pen.width("क्ष", 100, bold=True) < 0.9 * apart


def test_the_same_input_gives_the_same_bytes():
    title, language = TITLES["arabic"]
    first = draw(words(title, language), Look())
    assert draw(words(title, language), Look()) == first
    assert MARK in first[:1024]


def test_a_long_title_ends_with_an_ellipsis_and_is_still_legible():
    def width(text, size):
        return len(text) * size * 0.5

    lines = arrange(" ".join(["word"] * 200), width, 1024, lambda lines: True)
    assert lines.size == SIZES[-1]
    assert len(lines.texts) == 5
    assert lines.texts[-1].endswith("word…")


def test_a_card_without_any_words_is_drawn():
    nothing = words("", site="", author="", date="")
    assert ink(opened(draw(nothing, Look())), (0, 0, WIDTH, HEIGHT - 20)) is None


def test_characters_that_no_font_has_are_left_out_and_named():
    title = "Linear A: \U00010600 and so on"
    assert left_out(words(title), Look()) == "\U00010600"
    with_it = draw(words(title), Look())
    assert with_it == draw(words("Linear A: and so on"), Look())


def test_a_title_of_which_nothing_can_be_drawn_gives_way_to_the_site():
    assert draw(words("\U00010600"), Look()) == draw(words("Ada's notes"), Look())


def test_japanese_and_chinese_write_a_character_in_their_own_way():
    title = "直骨"
    names = {
        language: Fonts((), language).runs(title, right_to_left=False, bold=True)[0].font.name
        for language in ("ja", "zh-CN", "en")
    }
    assert "jp" in names["ja"]
    assert "sc" in names["zh-CN"]
    assert "sc" in names["en"]
    with_kana = Fonts((), "en").runs(f"{title}の", right_to_left=False, bold=True)
    assert "jp" in with_kana[0].font.name


def test_a_font_of_the_site_is_asked_first():
    own = drawing.Fonts((), "").runs("א", right_to_left=True, bold=True)[0].font
    [run] = Fonts([own]).runs("א", right_to_left=True, bold=True)
    assert run.font == own
    assert draw(words("אב", "he"), Look(fonts=(own,)))


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_logo_stands_in_place_of_the_letter(side):
    title = "Hello" if side == "left" else "שלום"
    logo = picture(size=(600, 300), colour="red")
    image = opened(draw(words(title), Look(logo=logo)))
    x = MARGIN + 60 if side == "left" else WIDTH - MARGIN - 60
    red, green, _ = image.getpixel((x, 100))
    assert red > 200
    assert green < 60


def test_the_last_line_can_be_read_on_any_accent():
    look = Look(template="poster", accent=(47, 91, 214))
    image = opened(draw(words(), look))
    colours = image.crop((MARGIN, 520, 500, 560)).getcolors(maxcolors=10_000)
    brightest = max((colour for _, colour in colours), key=sum)
    assert drawing.contrast(brightest, image.getpixel((2, 2))) >= 4.4


def test_without_raqm_what_runs_to_the_left_is_turned_around(monkeypatch):
    monkeypatch.setattr(drawing, "can_shape", lambda: False)
    pen = drawing._Pen(Image.new("RGB", (1, 1)), Fonts(()), right_to_left=True)
    [run] = pen._runs("אב", bold=True)
    assert pen._spelled(run) == "בא"
    assert pen._direction(run) == {}
    opened(draw(words("Hello"), Look()))


@settings(deadline=None, max_examples=60)
@given(
    st.text(max_size=600)
    | st.text(alphabet="ab字あ한ก्कا א👩‍💻\u0301-「」 (", max_size=400)
    | st.builds(lambda text, times: text * times, st.text(max_size=20), st.integers(1, 5_000)),
    st.sampled_from(["plain", "poster"]),
)
def test_any_title_gives_a_card(title, template):
    opened(draw(words(title, author=title, site=title[:50]), Look(template=template)))
