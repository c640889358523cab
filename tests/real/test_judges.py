"""Our messages, judged by TDLib's parser and by Slack's own models of blocks."""

import asyncio
import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from fakes.account import SITE
from fakes.posts import POST
from networks.golden import posts
from real import servers
from syndicate import networks
from syndicate.networks import slack_blocks

SIGNS = (
    "<b>&amp; *_~` @everyone <!channel> \"' [x](https://example.org/a_b?c=d&e=f) \N{ROCKET} שלום"
)
NASTY = replace(POST, title=SIGNS, summary=f"Words {SIGNS} " * 400, tags=("C++", "a & b"))
ALL = {**posts(), "nasty": (NASTY, None)}


def judge(**asked):
    servers.require_setup()
    done = subprocess.run(
        [servers.JUDGES, Path(__file__).with_name("judge.py")],
        input=json.dumps({"telegram": [], "slack": [], **asked}),
        capture_output=True,
        text=True,
        check=True,
        timeout=servers.REQUEST_LIMIT,
    )
    return json.loads(done.stdout)


@pytest.fixture
def telegram():
    kind = networks.get("telegram")
    token = SecretStr("1:a")
    options = kind.Options(name="x", network="telegram", token=token, chat="@ada_notes")
    return kind(options, SITE)


@pytest.mark.parametrize("name", ALL)
def test_tdlib_reads_what_we_meant(telegram, name):
    post, hero = ALL[name]
    message = telegram.compose(post, "", hero, asyncio.run(telegram.limits(None)))
    [read] = judge(telegram=[message.payload["html"]])["telegram"]
    assert read["text"] == message.text
    assert read["entities"].count("textEntityTypeBold") == bool(post.title)
    assert not {"textEntityTypeMention", "textEntityTypeTextUrl"} & set(read["entities"])
    units = len(read["text"].encode("utf-16-le")) // 2
    assert units == message.length <= (1_024 if message.image else 4_096)


def test_tdlib_is_a_judge_that_can_say_no():
    told = judge(telegram=["<h1>no</h1>", "a < b"])["telegram"]
    assert all("error" in each for each in told)


@pytest.mark.parametrize("name", ALL)
def test_slacks_own_models_give_our_blocks_back(name):
    post, hero = ALL[name]
    url = SecretStr("https://hooks.slack.example/services/T0/B0/x")
    options = networks.get("slack").Options(name="x", network="slack", url=url, hashtags=5)
    message = slack_blocks.compose(post, hero, slack_blocks.LIMITS, SITE, options)
    blocks = message.payload["body"]["blocks"]
    assert judge(slack=[blocks])["slack"] == [blocks]


def test_slacks_models_are_a_judge_that_can_say_no():
    long = {"type": "image", "image_url": "https://example.org/" + "x" * 3_000, "alt_text": "x"}
    [told] = judge(slack=[[long]])["slack"]
    assert "image_url" in told["error"]
