from __future__ import annotations

import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from syndicate.compose.hashtags import hashtag, hashtags


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("AI", "AI"),
        ("image generation", "ImageGeneration"),
        ("generative AI", "GenerativeAI"),
        ("python", "python"),
        ("#python", "python"),
        (" web-dev ", "WebDev"),
        ("l'été", "LÉté"),
        ("e\u0301te\u0301", "été"),
        ("C++", "cpp"),
        ("c#", "csharp"),
        ("Node.js", "nodejs"),
        ("日本語", "日本語"),
        ("हिन्दी", "हिन्दी"),
        ("שלום עולם", "שלוםעולם"),
        ("web 2.0", "Web20"),
        ("3D", "3D"),
        ("snake_case", "SnakeCase"),
        ("don't panic", "DontPanic"),
        ("don\u2019t panic", "DontPanic"),
        ("don't", "dont"),
        ("DON'T PANIC", "DONTPANIC"),
        ("author's cut", "AuthorsCut"),
        ("rock'n'roll", "rocknroll"),
        ("O'Reilly books", "OReillyBooks"),
        ("the '90s", "The90s"),
        ("5 o'clock", "5Oclock"),
        ("L\u2019été", "LÉté"),
        ("d'Artagnan", "DArtagnan"),
        ("aujourd'hui", "aujourdhui"),
        ("jusqu'à demain", "JusquÀDemain"),
        ("commedia dell'arte", "CommediaDellArte"),
        ("un'altra vita", "UnAltraVita"),
        ("all'alba", "AllAlba"),
        ("комп'ютер", "компютер"),
        ("iOS 17", "iOS17"),
        ("iOS", "iOS"),
        ("eBay tips", "eBayTips"),
        ("new in macOS", "NewInmacOS"),
        ("öffentlicher verkehr", "ÖffentlicherVerkehr"),
        ("új év", "ÚjÉv"),
        ("русский язык", "РусскийЯзык"),
        ("ελληνική γλώσσα", "ΕλληνικήΓλώσσα"),
        ("հայոց լեզու", "ՀայոցԼեզու"),
        ("ქართული ენა", "ქართულიენა"),
        ("ǆep novac", "ǅepNovac"),
        ("اللغة العربية", "اللغةالعربية"),
        ("한국어 공부", "한국어공부"),
        ("ภาษา ไทย", "ภาษาไทย"),
        ("தமிழ் மொழி", "தமிழ்மொழி"),
        ("O\u02bbzbek tili", "O\u02bbzbekTili"),
        ("2024", None),
        ("２０２４", None),
        ("🎉", None),
        ("", None),
        ("\u0301", None),
        ("x" * 65, None),
        (
            "a sentence that somebody wrote where a tag was meant, and then went on and on without end",
            None,
        ),
        ("x" + "\u0301" * 500, None),
    ],
)
def test_a_tag_becomes_a_hashtag(tag, expected):
    assert hashtag(tag) == expected


def test_each_once_whatever_its_case_and_the_first_spelling_stays():
    assert hashtags(["Image Generation", "image generation", "IMAGEGENERATION"]) == [
        "ImageGeneration"
    ]


@pytest.mark.parametrize("text", ["#AI is here", "All about #ai.", "(#AI)"])
def test_none_that_the_text_has(text):
    assert hashtags(["AI", "art"], text) == ["art"]


@pytest.mark.parametrize("text", ["AI", "#AIs", "C#AI", "https://example.org/#AI"])
def test_what_only_looks_like_it_is_no_hashtag_in_the_text(text):
    assert hashtags(["AI"], text) == ["AI"]


def test_a_cap_takes_the_first():
    assert hashtags(["a", "1", "b", "c"], most=2) == ["a", "b"]
    assert hashtags(["a"], most=0) == []


@given(st.text(max_size=80))
def test_a_hashtag_is_letters_and_digits_and_short(tag):
    made = hashtag(tag)
    if made is not None:
        assert regex.fullmatch(r"[\p{L}\p{M}\p{Nd}]+", made)
        assert not made.isdecimal()
        assert made == unicodedata.normalize("NFC", made)
        assert len(made.encode()) <= 640
        assert hashtags([tag], f"#{made}") == []
