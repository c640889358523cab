"""Our counting and our facets, beside the AT Protocol's own; and a PDS that takes them."""

from __future__ import annotations

import pytest

from real.announcing import LOCAL, REAL, add_post
from real.judging import judge_posts
from real.texts import texts
from syndicate.compose import find_facets, graphemes

HARD = {
    "long": ("👨‍👩‍👧‍👦 weaves 日本語 🇩🇪🇫🇷 " * 40, "e\u0301te\u0301 " * 200, "fr"),
    "one too many": ("X" * 100, "y" * 99 + " " + "z" * 99, "en"),  # with two line breaks 301
    "cjk": (
        "日本語の題 #日本語。",
        "文章 #日、月 https://example.org/日本/👩‍🚀。 #中文 " * 2,
        "ja",
    ),
    "rtl": (
        "שלום 🧑🏿‍🤝‍🧑🏻 #אריגה!",
        "ראו https://example.org/שלום?א=ב, #עברית مرحبا #عربي؟",
        "he",
    ),
}


@pytest.fixture
def account(blog, pds, monkeypatch):
    account = pds.create_account("reader1.test")
    monkeypatch.setenv("BLUESKY", account.password)
    own = {"service": pds.url, "handle": "reader1.test", "password": "env:BLUESKY"}
    blog.endpoint("sky", "bluesky", **own, **{**LOCAL, "backfill": len(HARD)})
    return account


def facets(text):
    """As the judge tells them."""
    return [(each.start, each.end, str(each.kind), each.value) for each in find_facets(text)]


def test_a_thousand_texts_are_as_long_and_say_the_same_to_the_package_of_the_protocol():
    every = texts()
    told = judge_posts(texts=every)["texts"]
    assert [each["graphemes"] for each in told] == [graphemes(text) for text in every]
    assert [each["bytes"] for each in told] == [len(text.encode()) for text in every]
    found = 0
    for text, theirs in zip(every, told, strict=True):
        ours = facets(text)
        assert sorted(ours) == sorted(map(tuple, (each.values() for each in theirs["facets"]))), (
            text
        )
        data = text.encode()
        for start, end, kind, value in ours:
            said = data[start:end].decode()
            assert (said[1:] if kind == "tag" else said) == value
        found += len(ours)
    assert found > len(every), "there was something to find"


def test_a_pds_takes_the_hardest_texts_and_each_facet_is_exact(blog, pds, account):
    """The PDS itself takes ranges beyond the text, too, so each is held against the bytes here."""
    (blog.folder / "content" / REAL.name).unlink()
    for number, (title, summary, language) in enumerate(HARD.values()):
        meant = {"excerpt": summary, "keywords": ["brass", "אריגה"], "image": False}
        add_post(blog, f"post{number}", title, language=language, **meant)
    report = blog.run()
    assert [str(each.resting.state) for each in report.outcomes] == ["delivered"] * len(HARD)
    records = [each["value"] for each in pds.records(account.did)]
    told = judge_posts(texts=[each["text"] for each in records])["texts"]
    found = set()
    for record, theirs in zip(records, told, strict=True):
        assert theirs["graphemes"] <= 300
        data = record["text"].encode()
        ours = {}
        for facet in record.get("facets", ()):
            [feature], index = facet["features"], facet["index"]
            said = data[index["byteStart"] : index["byteEnd"]].decode()
            assert said == feature.get("uri", f"#{feature.get('tag')}")
            ours[index["byteStart"], index["byteEnd"]] = said
        assert sorted(ours) == sorted((each["start"], each["end"]) for each in theirs["facets"])
        found |= set(ours.values())
    assert {"#日、月", "#אריגה", "#עברית", "#عربي", "https://example.org/שלום?א=ב"} <= found
    cut = [each["text"] for each in records if "…" in each["text"]]
    assert len(cut) >= 2, "the long one, and the one with a single grapheme too many"
