"""Our messages, judged by programs of those who made the networks."""

from __future__ import annotations

import asyncio
import json
from copy import deepcopy
from dataclasses import replace

import pytest
from pydantic import SecretStr

from fakes.account import SITE
from fakes.posts import POST
from networks.golden import posts
from real.judging import judge, judge_posts, type_check
from real.texts import texts
from syndicate import networks

SIGNS = (
    "<b>&amp; *_~` @everyone <!channel> \"' [x](https://example.org/a_b?c=d&e=f) \N{ROCKET} שלום"
)
NASTY = replace(POST, title=SIGNS, summary=f"Words {SIGNS} " * 400, tags=("C++", "a & b"))
ALL = {**posts(), "nasty": (NASTY, None)}
TEXT = "{{ title }} — {{ url }}\n\n{{ summary }}\n{{ tags|hashtags }}"
WISHES = {"usual": {"hashtags": 5}, "own text": {"hashtags": 5, "text": TEXT}}
TEAMS_BYTES = 28 * 1024
every = pytest.mark.parametrize("name", ALL)
each_way = pytest.mark.parametrize("wishes", WISHES.values(), ids=WISHES.keys())


def network(name, **own):
    kind = networks.get(name)
    return kind(kind.Options.model_validate({"name": "x", "network": name, **own}), SITE)


def composed(network, post, hero):
    return network.compose(post, "", hero, asyncio.run(network.limits(None)))


def telegram():
    return network("telegram", token=SecretStr("1:a"), chat="@ada_notes")


def slack(**own):
    url = SecretStr("https://hooks.slack.example/services/T0/B0/x")
    return network("slack", url=url, **own)


def teams(**own):
    return network("teams", url=SecretStr("https://flow.example/invoke?sig=x"), **own)


def units(text):
    return len(text.encode("utf-16-le")) // 2


@every
def test_tdlib_reads_what_we_meant(name):
    message = composed(telegram(), *ALL[name])
    [read] = judge(telegram=[message.payload["html"]])["telegram"]
    assert read["text"] == message.text
    assert read["entities"].count("textEntityTypeBold") == bool(ALL[name][0].title)
    assert not {"textEntityTypeMention", "textEntityTypeTextUrl"} & set(read["entities"])
    assert units(read["text"]) == message.length <= (1_024 if message.image else 4_096)


def test_tdlib_reads_what_we_meant_of_a_thousand_texts():
    """Half of them as a title, half below one; they are long enough to be cut."""
    every = texts()
    pairs = zip(every[::2], every[1::2], strict=True)
    meant = [replace(POST, title=title, summary=below * 30) for title, below in pairs]
    meant += [replace(POST, title=None, summary=text) for text in every[::2]]
    messages = [composed(telegram(), post, None) for post in meant]
    told = judge(telegram=[message.payload["html"] for message in messages])["telegram"]
    assert len(told) == len(every)
    for post, message, read in zip(meant, messages, told, strict=True):
        assert read.get("text") == message.text, read
        assert read["entities"] == ["textEntityTypeBold"] * bool(post.title)
        assert units(read["text"]) == message.length <= 4_096


def test_tdlib_is_a_judge_that_can_say_no():
    told = judge(telegram=["<h1>no</h1>", "a < b"])["telegram"]
    assert all("error" in each for each in told)


@every
def test_slacks_own_models_give_our_blocks_back(name):
    blocks = composed(slack(hashtags=5), *ALL[name]).payload["body"]["blocks"]
    assert judge(slack=[blocks])["slack"] == [blocks]


def test_slacks_models_are_a_judge_that_can_say_no():
    long = {"type": "image", "image_url": "https://example.org/" + "x" * 3_000, "alt_text": "x"}
    [told] = judge(slack=[[long]])["slack"]
    assert "image_url" in told["error"]


def test_slacks_own_types_take_our_blocks(tmp_path):
    blocks = [
        block
        for wishes in WISHES.values()
        for each in ALL.values()
        for block in composed(slack(**wishes), *each).payload["body"]["blocks"]
    ]
    assert {each["type"] for each in blocks} == {"rich_text", "image"}
    assert type_check(tmp_path, "KnownBlock", blocks) == ""


@pytest.mark.parametrize("breaking", ["a slip", "a lack", "another type"])
def test_slacks_types_are_a_judge_that_can_say_no(tmp_path, breaking):
    [words, image] = composed(slack(), *ALL["rtl"]).payload["body"]["blocks"]
    match breaking:
        case "a slip":
            words["elements"][0]["elements"][0]["stile"] = {}
        case "a lack":
            del image["alt_text"]
        case _:
            words["elements"][0]["elements"][0]["style"]["bold"] = "yes"
    assert "error TS" in type_check(tmp_path, "KnownBlock", [words, image])


@each_way
def test_adaptive_cards_has_nothing_to_say_against_our_cards(wishes):
    bodies = [composed(teams(**wishes), *each).payload["body"] for each in ALL.values()]
    cards = [body["attachments"][0]["content"] for body in bodies]
    assert judge_posts(cards=cards)["cards"] == [[]] * len(ALL)
    assert max(len(json.dumps(body, ensure_ascii=False).encode()) for body in bodies) < TEAMS_BYTES


def test_adaptive_cards_is_a_judge_that_can_say_no():
    [attachment] = composed(teams(), *ALL["rtl"]).payload["body"]["attachments"]
    whole = attachment["content"]

    def broken(*path, value=None):
        card = part = deepcopy(whole)
        for step in path[:-1]:
            part = part[step]
        part[path[-1]] = value
        return card

    cards = [
        whole,
        broken("body", 0, "type", value="Poem"),
        broken("body", 0, "inlines", 0, "weigth", value="Bolder"),
        broken("body", -1, "size", value="Huge"),
        broken("actions", 0, "url"),
        broken("lang", value="Hebrew"),
    ]
    fine, *told = judge_posts(cards=cards)["cards"]
    assert fine == []
    assert [bool(each) for each in told] == [True] * len(told), told
