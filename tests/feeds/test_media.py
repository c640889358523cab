import pytest

from syndicate.feeds import media
from syndicate.feeds.shape import Hero
from syndicate.model import Enclosure, Image, MediaFacts

URL = "https://cdn.example.org/a.png?w=1&h=2"


def test_facts_are_believed_more_than_a_suffix():
    facts = MediaFacts("image/webp", 9, 2, 1)
    assert media.hero(Image(URL, " An\nalt "), lambda _: facts) == Hero(
        URL, "image/webp", 9, 2, 1, "An alt"
    )


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://x.example/a.PNG?v=2", "image/png"),
        ("https://x.example/a.webp#x", "image/webp"),
        ("https://x.example/a.jpeg", "image/jpeg"),
        ("https://x.example/image", "image/jpeg"),
        ("https://x.example/a.php", "image/jpeg"),
    ],
)
def test_without_facts_the_suffix_tells_the_type(url, kind):
    assert media.hero(Image(url), lambda _: None) == Hero(url, kind)


def test_without_an_address_there_is_no_picture():
    def nobody(_):
        raise AssertionError("nothing to ask for")

    assert media.hero(None, nobody) is None
    assert media.hero(Image("images/a.png"), nobody) is None


def test_a_file_needs_an_absolute_address():
    assert media.attachment(None) is None
    assert media.attachment(Enclosure("a.mp3", "audio/mpeg")) is None
    assert media.attachment(Enclosure("https://x.example/ä.mp3", "audio/mpeg", 1, 2)) == Enclosure(
        "https://x.example/%C3%A4.mp3", "audio/mpeg", 1, 2
    )


@pytest.mark.parametrize("kind", ["", "mp3", "\x00"])
def test_a_file_of_no_type_is_just_bytes(kind):
    assert (
        media.attachment(Enclosure("https://x.example/1", kind)).type == "application/octet-stream"
    )


def test_the_picture_stands_on_top_of_the_content():
    picture = Hero(URL, "image/png", 1, 20, 10, 'A "b" <c>')
    image = '<p><img src="https://cdn.example.org/a.png?w=1&amp;h=2" alt="A &quot;b&quot; &lt;c&gt;" width="20" height="10"></p>'
    assert media.with_hero("<p>Text</p>", picture) == f"{image}\n<p>Text</p>"
    assert media.with_hero("", picture) == image
    bare = '<p><img src="https://cdn.example.org/a.png?w=1&amp;h=2" alt=""></p>'
    assert media.with_hero("", Hero(URL, "image/png")) == bare
    assert media.with_hero("<p>Text</p>", None) == "<p>Text</p>"


@pytest.mark.parametrize(
    "content",
    [
        '<p><img src="https://cdn.example.org/a.png?w=1&amp;h=2"></p>',
        "<IMG alt='a > b' src=https://cdn.example.org/a.png?w=1&h=2>",
        '<img src="b.png" srcset="https://cdn.example.org/a.png?w=1&amp;h=2 2x">',
    ],
)
def test_a_picture_that_is_there_is_not_put_in_again(content):
    assert media.with_hero(content, Hero(URL, "image/png")) == content


def test_a_link_to_the_picture_is_not_the_picture():
    content = '<a href="https://cdn.example.org/a.png?w=1&amp;h=2">large</a>'
    assert media.with_hero(content, Hero(URL, "image/png")).startswith("<p><img ")
