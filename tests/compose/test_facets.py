from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from syndicate.compose.facets import at_links, find_facets


def found(text, link=""):
    """Each facet's own bytes, decoded, and its value."""
    data = text.encode()
    return [
        (facet.kind, data[facet.start : facet.end].decode(), facet.value)
        for facet in find_facets(text, link)
    ]


def test_offsets_are_of_bytes_and_ends_are_exclusive():
    text = "👨‍👩‍👧 é #AI https://example.org/"
    first, second = find_facets(text)
    assert (first.start, first.end) == (22, 25)
    assert (second.start, second.end) == (26, 46)
    assert found(text) == [
        ("tag", "#AI", "AI"),
        ("link", "https://example.org/", "https://example.org/"),
    ]


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("See https://example.org/a.", "https://example.org/a"),
        ("(https://example.org/a)", "https://example.org/a"),
        ("(https://example.org/a_(b)).", "https://example.org/a_(b)"),
        ("“https://example.org/a”…", "https://example.org/a"),
        ("https://example.org/a …", "https://example.org/a"),
        ("<https://example.org/a>", "https://example.org/a"),
        ("שלום https://example.org/שלום!", "https://example.org/שלום"),
        ("https://[::1]/a", "https://[::1]/a"),
        ("[https://example.org/a_[b]].", "https://example.org/a_[b]"),
        ("{https://example.org/a}", "https://example.org/a"),
    ],
)
def test_a_link_is_its_address_without_the_sentence_around_it(text, url):
    assert found(text) == [("link", url, url)]


def test_a_known_link_is_taken_exactly():
    link = "https://example.org/why?"
    assert found(f"Read {link} now", link) == [("link", link, link)]
    longer = "https://example.org/why?not=1"
    assert found(longer, link) == [("link", longer, longer)]


@pytest.mark.parametrize(
    "text", ["https://", "https:///x", "xhttps://a.de", "http:// a", "#", "C#x"]
)
def test_what_leads_nowhere_is_no_facet(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#AI #ImageGeneration", ["AI", "ImageGeneration"]),
        ("(#AI)", ["AI"]),
        ("#1 #2b #日本語 #हिन्दी", ["2b", "日本語", "हिन्दी"]),
        ("#" + "x" * 64, ["x" * 64]),
        ("#" + "x" * 65, []),
        ("#https://example.org", ["https://example.org"]),
        ("#1-2 #_ #\ufe0f #", []),
        ("#a-b, #c's! ##d \uff03e #f\u200bg", ["a-b", "c's", "#d", "e", "f"]),
        ("#\N{ROCKET} #\u0924\u094d\u200d\u092f", ["\N{ROCKET}", "\u0924\u094d"]),
    ],
)
def test_hashtags_are_found(text, tags):
    assert [value for _, _, value in found(text)] == tags


@pytest.mark.parametrize(
    "text",
    [
        "(#" * 200_000,
        "(#1" * 200_000,
        "#a" + "!" * 400_000 + "b",
        "https://example.org/" + ")" * 400_000,
        "#a " * 100_000,
    ],
    ids=["signs", "digits", "punctuation", "brackets", "tags"],
)
def test_a_long_text_takes_its_length_and_not_the_square_of_it(text):
    """By its square, each would take many minutes."""
    assert len(found(text)) in {0, 1, 100_000}


# As plain as it can be said, and slow on long texts.
TAGS = regex.compile(r"(?<![^\s\ufeff(])[#\uff03](?!\ufe0f)(\S*[^\s\p{P}0-9]\S*)")


@given(st.text(alphabet="#(1a!\n \uff03\ufeff\ufe0f-é", max_size=30))
def test_passing_over_signs_loses_no_hashtag(text):
    text = text.replace("\ufeff", " ")
    plain = [regex.sub(r"\p{P}+$", "", each) for each in TAGS.findall(text)]
    assert [value for _, _, value in found(text)] == plain


@given(st.text(alphabet="([{)]}.,a", max_size=20))
def test_brackets_and_punctuation_are_taken_off_one_by_one(rest):
    url = "https://example.org/" + rest
    trimmed = url.rstrip(".,")
    while (close := trimmed[-1]) in ")]}":
        if trimmed.count(close) <= trimmed.count("([{"[")]}".index(close)]):
            break
        trimmed = trimmed[:-1].rstrip(".,")
    assert found(url) == [("link", trimmed, trimmed)]


pieces = st.sampled_from(
    [
        "#AI",
        "#日本",
        "#1",
        " ",
        "\n",
        "é",
        "👨‍👩‍👧",
        "https://example.org/a",
        "http://",
        ")",
        ".",
        "#",
        "…",
    ]
)


@given(st.lists(pieces | st.text(max_size=5)).map("".join))
def test_ranges_are_in_order_and_slice_to_exactly_what_they_stand_for(text):
    data, end = text.encode(), 0
    for facet in find_facets(text):
        assert end <= facet.start < facet.end <= len(data)
        end = facet.end
        said = data[facet.start : facet.end].decode()
        assert (said[1:] if facet.kind == "tag" else said) == facet.value


@given(st.lists(pieces | st.text(max_size=5)).map("".join))
def test_a_text_that_is_cut_at_its_links_is_whole_and_has_them_all(text):
    cut = list(at_links(text))
    assert "".join(piece for piece, _ in cut) == text
    assert all(piece for piece, _ in cut)
    links = [facet.value for facet in find_facets(text) if facet.kind == "link"]
    assert [piece for piece, is_link in cut if is_link] == links
