from __future__ import annotations

from dataclasses import replace

import pytest

from fakes.posts import POST
from syndicate.compose import Words, disarm, graphemes, has_link, tagged
from syndicate.config import Worded
from syndicate.errors import Rejected
from syndicate.model import Author, Site

SITE = Site("Notes", "https://example.org", "en", timezone="Europe/Berlin")
LONG = replace(POST, summary="many words and more " * 40, tags=("brass", "steam", "C++"))


def options(text="", **more):
    own = {"name": "main", "network": "x", "text": text, "hashtags": 3, **more}
    return Worded.model_validate(own)


def say(text, post=POST, most=1_000, clean=str, link=True, **more):
    words = Words(post, SITE, options(text, **more), clean)
    return words.within(lambda parts: graphemes(parts.text) <= most, link=link).text


def test_a_text_of_its_own_is_filled_in():
    text = "{{ title }} — {{ summary }} {{ url }} {{ tags|hashtags(3) }}"
    assert say(text) == f"Hello — A first post. {POST.url} #greeting"


def test_the_summary_is_shortened_at_a_word_and_nothing_else_is():
    said = say("{{ title }} — {{ summary }} {{ url }} {{ tags|hashtags }}", LONG, 120)
    assert said == (
        "Hello — many words and more many words and more many words and more… "
        f"{POST.url} #brass #steam #cpp"
    )
    assert graphemes(said) <= 120


def test_hashtags_go_before_the_summary_says_nothing_and_then_the_summary():
    text = "{{ title }} {{ summary }} {{ url }} {{ tags|hashtags }} #fixed"
    fixed = f"Hello {POST.url} #fixed"
    assert say(text, LONG, len(fixed) + 6) == fixed
    assert say(text, LONG, len(fixed) + 15) == f"Hello {POST.url} #brass #steam #fixed"
    assert say(text, LONG, len(fixed) + 28) == (
        f"Hello many words and more… {POST.url} #brass #fixed"
    )


def test_what_may_not_be_cut_and_does_not_fit_is_told():
    with pytest.raises(Rejected, match="without its summary and its hashtags it has still 44"):
        say("{{ title }} #fixed {{ url }} {{ summary }}", LONG, 43)


def test_required_hashtags_come_first_and_never_go():
    for text in ("", "{{ title }} {{ url }} {{ tags|hashtags(1) }}", "{{ title }} {{ url }}"):
        said = say(text, replace(LONG, summary=""), 60, required_hashtags=["#Ad", "Werbung"])
        assert said.split()[2:4] == ["#Ad", "#Werbung"]
    with pytest.raises(Rejected, match="#Ad #Werbung do not fit"):
        say("", LONG, 40, required_hashtags=["Ad", "Werbung"])


def test_a_required_hashtag_that_the_text_has_is_not_repeated():
    assert say("#ad {{ url }}", required_hashtags=["Ad"]) == f"#ad {POST.url}"
    assert say("{{ url }} {{ tags|hashtags(2) }}", LONG, required_hashtags=["brass"]) == (
        f"{POST.url} #brass #steam"
    )


def test_no_hashtag_is_given_twice():
    post = replace(LONG, tags=("brass", "Brass", "steam"), title="#steam engines")
    assert say("{{ title }} {{ url }} {{ tags|hashtags }} {{ tags|hashtags }}", post) == (
        f"#steam engines {POST.url} #brass"
    )


def test_odd_tags_have_a_map():
    post = replace(POST, tags=("C++", "R&D", "node.js"))
    said = say("{{ url }} {{ tags|hashtags }}", post, hashtag_map={"r&d": "Research"})
    assert said == f"{POST.url} #cpp #Research #nodejs"
    assert say("", post, hashtag_map={"C++": "CPlusPlus"}).endswith("#CPlusPlus #RD #nodejs")


@pytest.mark.parametrize(
    "text",
    ["{{ title }}", "{% if not title %}{{ url }}{% endif %}Hi", "see https://example.org/blog/"],
)
def test_a_text_that_leaves_the_link_out_gets_it_below(text):
    assert f"\n\n{say(text)}".endswith(f"\n\n{POST.url}")
    assert POST.url not in say(text, link=False)


def test_a_link_is_known_for_itself():
    assert has_link(f"See ({POST.url}).", POST.url)
    assert not has_link(f"See {POST.url}more", POST.url)
    assert not has_link("See https://example.org/a.b", "https://example.org/a")


def test_a_title_calls_nobody_not_even_with_what_stands_behind_it():
    post = replace(POST, title="Mail @ada or @", summary="brin", tags=("@carl",))
    said = say("{{ title }}{{ summary }} {{ tags|join }} by @ours {{ url }}", post, clean=disarm)
    assert said == f"Mail @\u200bada or @\u200bbrin @\u200bcarl by @ours {POST.url}"


def test_what_is_empty_leaves_no_gap():
    post = replace(POST, title=None, tags=())
    text = "{{ title }} {{ tags|hashtags }} {{ summary }}\n\n{{ title }}\n\n\n{{ url }} \n"
    assert say(text, post) == f"A first post.\n\n{POST.url}"


def test_everything_has_a_name():
    post = replace(POST, authors=(Author("Ada"),))
    text = "{{ slug }} {{ authors|join }} {{ categories|join }} {{ language }} {{ site.url }}"
    when = "{{ published|date('%H:%M') }}"
    assert say(f"{text} {when}", post, link=False) == (
        "hello Ada News en https://example.org 12:00"
    )


def test_a_text_that_fails_on_a_post_costs_that_post():
    with pytest.raises(Rejected, match="the text cannot be filled in on line 1: a filter or"):
        say("{% if not tags %}{{ title > 3 }}{% endif %}", replace(POST, tags=()))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.example/a/", "https://x.example/a/?utm_source=m&utm_campaign=a%20b"),
        ("https://x.example/a?b=c#d", "https://x.example/a?b=c&utm_source=m&utm_campaign=a%20b#d"),
        ("https://x.example/?utm_source=q", "https://x.example/?utm_source=q&utm_campaign=a%20b"),
    ],
)
def test_words_for_statistics_leave_the_rest_of_a_link_alone(url, expected):
    words = {"utm_source": "m", "utm_campaign": "{{ slug }}", "utm_term": "{{ language }}"}
    assert tagged(url, words, {"slug": "a b", "language": ""}) == expected
