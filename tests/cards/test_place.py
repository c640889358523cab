from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.cards.place import path_of, url_of


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://ada.example/blog/hello/", "cards/blog/hello.png"),
        ("https://ada.example/blog/hello", "cards/blog/hello.png"),
        ("https://ada.example/2026/03/hello.html", "cards/2026/03/hello.html.png"),
        ("https://ada.example/notes/%E6%97%A5/", "cards/notes/日.png"),
    ],
)
def test_a_card_is_where_its_post_is(url, path):
    assert path_of(url) == path


@pytest.mark.parametrize(
    "url",
    [
        "https://ada.example/",
        "https://ada.example/?p=1",
        "https://ada.example/../../etc/passwd",
        "https://ada.example/a/%2e%2e/b",
        "https://ada.example/a%2Fb",
        "https://ada.example/a%00b",
        "https://ada.example/a%5Cb",
        "https://ada.example/CON%3A",
        "https://ada.example/a//b",
        "https://ada.example/" + "a" * 300,
    ],
)
def test_what_could_be_no_file_is_called_by_a_digest(url):
    path = PurePosixPath(path_of(url))
    assert path.parent == PurePosixPath("cards")
    assert len(path.stem) == 32
    assert path_of(url) != path_of(url + "x")


@given(st.text(max_size=60))
def test_no_address_leads_out_of_the_folder(text):
    path = PurePosixPath(path_of(f"https://ada.example/{text}".replace("[", "").replace("]", "")))
    assert path.parts[0] == "cards"
    assert ".." not in path.parts
    assert path.suffix == ".png"


def test_the_address_of_a_card_is_spelt_for_the_web():
    assert url_of("cards/日.png", "https://x.example") == "https://x.example/cards/%E6%97%A5.png"
