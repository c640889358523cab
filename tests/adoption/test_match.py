"""Which post an entry is, and what becomes of its id."""

from __future__ import annotations

from dataclasses import fields

import pytest

from fakes.posts import post, record
from syndicate.adoption import Adoption, Fate, OldEntry
from syndicate.adoption.match import match
from syndicate.model import Outline


def outline(number, **changes):
    own = post(number, **changes)
    return Outline(**{each.name: getattr(own, each.name) for each in fields(Outline)})


ONE, TWO = outline(1), outline(2)


def entry(identity, *links, title=""):
    return OldEntry(identity, links, title)


def fates(*entries, posts=(ONE, TWO), given=None, taken=None):
    found = match(entries, posts, given or {}, taken or {})
    return [(each.entry.id, each.fate, each.post and each.post.source) for each in found]


def test_an_entry_is_the_post_at_its_address():
    assert fates(entry("old-1", ONE.url), entry("x", "https://example.org/none/")) == [
        ("old-1", Fate.ADOPTED, "1.md"),
        ("x", Fate.UNKNOWN, None),
    ]


def test_the_likeliest_address_with_a_post_counts():
    assert fates(entry("old", "https://theirs.example/", TWO.url, ONE.url)) == [
        ("old", Fate.ADOPTED, "2.md")
    ]


def test_the_id_tells_more_than_the_address():
    assert fates(entry(ONE.id, TWO.url)) == [(ONE.id, Fate.SAME, "1.md")]


def test_an_id_in_front_matter_wins():
    given = {"1.md": ONE.id}
    assert fates(entry("old-1", ONE.url), given=given) == [("old-1", Fate.KEPT, "1.md")]
    assert fates(entry(ONE.id, ONE.url), given=given) == [(ONE.id, Fate.SAME, "1.md")]


def test_an_entry_that_stands_twice_is_one():
    assert fates(entry("old", ONE.url), entry("old", ONE.url)) == [("old", Fate.ADOPTED, "1.md")]


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([entry("", ONE.url)], "the entry has no id that could be read"),
        (
            [entry("a", ONE.url), entry("b", ONE.url)],
            "the feed has another entry for this post, a, which came first",
        ),
        (
            [entry("a", ONE.url), entry(ONE.id)],
            "the feed has another entry for this post, a, which came first",
        ),
        (
            [entry(ONE.id), entry("b", ONE.url)],
            f"the feed has another entry for this post, {ONE.id}, which came first",
        ),
        (
            [entry("a", ONE.url), entry("a", TWO.url)],
            "the feed has another post under this id, too",
        ),
        (
            [entry("taken", ONE.url)],
            (
                "the ledger knows this id for 9.md, which is not there any more; if it is this "
                'post, write "id: taken" into its front matter'
            ),
        ),
    ],
)
def test_what_a_person_has_to_decide(entries, reason):
    *_, last = match(entries, [ONE, TWO], {}, {"taken": record(post(9))})
    assert (last.fate, last.reason) == (Fate.CONFLICT, reason)


def test_an_address_that_two_posts_share_tells_nothing():
    twin = outline(3, url=ONE.url)
    [found] = match([entry("old", ONE.url)], [ONE, twin], {}, {})
    assert (found.fate, found.post) == (Fate.CONFLICT, None)
    assert found.reason == "several posts are at its address: 1.md, 3.md"


def test_known_are_all_posts_that_the_feed_has():
    three = outline(3)
    entries = [
        entry("old", ONE.url),
        entry("other", TWO.url),
        entry("second", ONE.url),
        entry(three.id),
        entry("gone", "https://example.org/gone"),
    ]
    found = match(entries, [ONE, TWO, three], {"2.md": TWO.id}, {})
    adoption = Adoption("RSS", tuple(found), ())
    assert adoption.ids == {ONE.id: "old"}
    assert adoption.known == ("old", TWO.id, three.id)
