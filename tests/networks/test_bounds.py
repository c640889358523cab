"""What stands beside the words of one message, counted by other code than that which wrote it.

Threads, content warnings, alternative texts, hashtags and the layout that is used where an endpoint
has no text of its own; texts of its own are in ``test_words``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakes.bluesky import check_facets
from fakes.cases import CASES
from fakes.counting import graphemes, utf16
from fakes.mastodon import MENTION, length
from fakes.posts import POST
from networks.test_words import (
    BYTES,
    COUNT,
    HERO,
    SIGNS,
    WORDS,
    Named,
    Page,
    bind,
    commonmark,
    read_back,
    squeeze,
)
from syndicate.errors import Rejected
from syndicate.model import Image, Limits, Unit

UNWORDED = {"webhook", "indexnow", "rsscloud", "websub"}
NAMED = [Named(name, case.options, case.limits) for name, case in CASES.items()]
WORDED = [case for case in NAMED if case.network not in UNWORDED]
every = pytest.mark.parametrize("case", WORDED, ids=lambda case: case.network)
TAGS = st.lists(
    st.one_of(WORDS, st.sampled_from(["C++", "image generation", "AI", "2026", "e\u0301te\u0301"])),
    max_size=8,
)


def of(network):
    [case] = [each for each in NAMED if each.network == network]
    return case


# The layout that is used where there is no other


@every
@given(title=st.none() | WORDS, summary=WORDS, tags=TAGS)
@settings(max_examples=60, deadline=None)
@example(title="<b>x</b> &amp; [y](https://elsewhere.example/)", summary="*z* _z_ `z` ~z~", tags=[])
@example(title="<!channel> <@U012ABC> @here", summary="@everyone @room", tags=["a b"])
@example(title="# 1. > - x", summary="1. x\n2) y", tags=["C++"])
def test_titles_are_words_and_nothing_more(case, title, summary, tags):
    post = replace(POST, title=title, summary=summary, tags=tuple(tags))
    message = bind(case).compose(post, "", None, case.limits)
    count, most = COUNT.get(case.network, (len, None))
    if case.network == "discord":
        most = 4_096
    assert most is None or count(message.text) <= most
    assert len(message.text.encode()) <= BYTES.get(case.network, 10**9)
    if case.network in {"bluesky", "folder", "mastodon"}:
        assert read_back(case, message) == squeeze(message.text)
        return
    page = shown(case, message)
    assert page.tags <= {"html", "meta", "body", "h1", "p", "br", "a", "strong", "b"}
    assert set(page.links) <= {POST.url}


def shown(case, message):
    """Give the page that a reader sees of the layout that is usual on a network."""
    payload = message.payload
    match case.network:
        case "email" | "telegram":
            return Page(payload["html"])
        case "matrix":
            assert payload["content"]["m.mentions"] == {}
            return Page(payload["content"]["formatted_body"])
        case "mattermost":
            return commonmark(payload["body"]["attachments"][0]["text"])
        case "slack" | "slackbot":
            return rich_text(payload["body"])
        case "teams":
            return card(payload["body"]["attachments"][0]["content"])
        case "discord":
            [embed] = payload["body"]["embeds"]
            title, description = embed["title"], embed.get("description", "")
            footer = embed.get("footer", {"text": ""})["text"]
            assert payload["body"]["allowed_mentions"] == {"parse": []}
            assert len(title) <= 256
            assert len(description) <= 4_096
            assert len(title) + len(description) + len(footer) <= 6_000
            return commonmark(f"{title}\n\n{description}")
    raise AssertionError(case.network)


def rich_text(body):
    """Read Slack's rich text, in which nothing is markup, and see that the text beside has none."""
    assert not re.search(r"[<>]", body["text"])
    [section] = body["blocks"][0]["elements"]
    page = Page("")
    for each in section["elements"]:
        assert each["type"] in {"text", "link"}
        page.links += [each["url"]] if each["type"] == "link" else []
    return page


def card(content):
    """Read an Adaptive Card, in which a run of text is never markup, and an entity calls people."""
    runs = [run for block in content["body"] for run in block["inlines"]]
    assert {run["type"] for run in runs} <= {"TextRun"}
    assert "entities" not in content["msteams"]
    page = Page("")
    page.links += [action["url"] for action in content["actions"]]
    return page


# Threads and content warnings


MASTODON = Limits(text=500, url_cost=23)
FULL = Limits(text=500, unit=Unit.UTF_16)


@pytest.mark.parametrize("limits", [MASTODON, FULL], ids=["Mastodon", "its kin"])
@given(title=WORDS, summary=WORDS, warning=SIGNS.map(lambda text: text[:60]), tags=TAGS)
@settings(max_examples=60, deadline=None)
@example(title="x", summary="words and words " * 400, warning="👩‍🚀 https://a.example", tags=["a"])
@example(title="x", summary="👩‍🚀" * 3_000, warning="", tags=[])
@example(title="@ada", summary="@ada and @bob@b.example. " * 90, warning="", tags=["@ada"])
def test_no_part_of_a_thread_is_longer_with_its_warning(limits, title, summary, warning, tags):
    post = replace(POST, title=title, summary=summary, tags=tuple(tags))
    network = bind(of("mastodon"), spoiler_text=warning, thread=6, numbered=True)
    message = network.compose(post, "", None, limits)
    texts = [message.text, *message.more]
    assert POST.url in message.text
    assert len(texts) <= 6
    for text in texts:
        if limits is MASTODON:
            assert length(text, warning) <= 500
        else:
            assert utf16(f"{text}{warning}") <= 500
        assert MENTION.findall(text.replace(POST.url, "")) == []
    if len(texts) > 1:
        assert [text.rpartition(" ")[2] for text in texts] == [
            f"{number}/{len(texts)}" for number in range(1, len(texts) + 1)
        ]


@given(title=WORDS, summary=WORDS, tags=TAGS, embed=st.sampled_from(["card", "image"]))
@settings(max_examples=60, deadline=None)
@example(title="x", summary="#weaves https://a.example/é (see #b) " * 90, tags=["é"], embed="image")
def test_every_record_of_a_thread_is_within_the_lexicon(title, summary, tags, embed):
    post = replace(POST, title=title, summary=summary, tags=tuple(tags), image=Image(HERO.url, "x"))
    network = bind(of("bluesky"), thread=6, embed=embed)
    message = network.compose(post, "", HERO, of("bluesky").limits)
    records = [message.payload["record"], *message.payload.get("replies", ())]
    assert [record["text"] for record in records] == [message.text, *message.more]
    for record in records:
        text, facets = record["text"], record.get("facets", [])
        assert graphemes(text) <= 300
        assert len(text.encode()) <= 3_000
        check_facets(text, facets)
        for facet in facets:
            data = text.encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]]
            [feature] = facet["features"]
            assert data.decode() == feature.get("uri", f"#{feature.get('tag')}")
            assert "did" not in feature


# Alternative texts


ALT = {"bluesky": 2_000, "discord": 1_024, "mastodon": 1_500, "slack": 2_000, "slackbot": 2_000}
ALT |= {"mattermost": 500, "teams": 1_000, "email": 1_000}


@every
@given(alt=st.one_of(SIGNS, WORDS.map(lambda text: text * 40)))
@settings(max_examples=30, deadline=None)
@example(alt="![x](https://elsewhere.example/) <img src=x> " * 90)
def test_no_alternative_text_is_longer_than_its_network_takes(case, alt):
    post = replace(POST, image=Image(HERO.url, alt))
    message = bind(case).compose(post, "", HERO, case.limits)
    if message.image is not None:
        said = message.image.alt
        assert len(said) <= ALT.get(case.network, len(alt))
        assert alt.startswith(said.removesuffix("…"))
        assert said or not alt.strip()
    if case.network == "mattermost":
        page = shown(case, message)
        assert set(page.links) <= {POST.url}
        assert page.tags <= {"p", "a", "strong", "img", "br"}


# Hashtags


HASHTAG = regex.compile(r"(?<!\S)#(\w+)")


@every
@given(summary=SIGNS, tags=TAGS, most=st.integers(0, 8))
@settings(max_examples=40, deadline=None)
@example(summary="About #AI and #cpp.", tags=["AI", "C++", "ai", "image generation"], most=8)
@example(summary="", tags=["0\U0003d000", "0\U00013460"], most=8)  # letters to newer tables alone
@example(
    summary="", tags=["e\u0301te\u0301", "été", "2026", "AI image", "machineLearning x"], most=8
)
def test_hashtags_keep_their_rules(case, summary, tags, most):
    post = replace(POST, title=None, summary=summary, tags=tuple(tags))
    odd = {"weaving": "Loom"}
    try:
        message = bind(case, hashtags=most, hashtag_map=odd).compose(post, "", None, case.limits)
    except Rejected as error:
        assert "does not fit" in error.detail  # noqa: PT017 - the rest of what may be raised
        return
    text, said = squeeze(message.text), squeeze(summary)
    ours = HASHTAG.findall(text.replace(said, " ", 1))
    assert len(ours) <= most
    assert len({tag.casefold() for tag in ours}) == len(ours)
    assert not {tag.casefold() for tag in ours} & {
        tag.casefold() for tag in regex.findall(r"(?<![^\s(])#(\w+)", said)
    }
    for tag in ours:
        assert unicodedata.is_normalized("NFC", tag)
        assert not tag.isdigit()
