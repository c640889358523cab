"""The examples of docs/messages.md say what they say."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from fakes.posts import POST
from syndicate import config, networks
from syndicate.compose.template import NAMES, SITE
from syndicate.config.wording import PARTS
from syndicate.content.parse import Rules, parse
from syndicate.delivery import layers

PAGE = (Path(__file__).parents[1] / "docs" / "messages.md").read_text()
HOME = '[site]\ntitle = "x"\nurl = "https://example.org"\n'
HELLO = replace(POST, tags=("image generation",))
BLUESKY = (
    '[[endpoints]]\nname = "bluesky-main"\nnetwork = "bluesky"\nhandle = "a.b"\npassword = "env:P"'
)
DISCORD = '[[endpoints]]\nname = "discord-main"\nnetwork = "discord"\nurl = "env:D"'


def blocks(kind):
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def load(tmp_path):
    def load(text):
        path = tmp_path / "syndicate.toml"
        path.write_text(HOME + text)
        return config.load(path, networks.options(), secrets=False)

    return load


def compose(loaded, post):
    [endpoint] = loaded.endpoints
    network = networks.get(endpoint.network)(endpoint, loaded.site.to_site())
    return network.compose(layers(post, endpoint).apply(post), "", None, network.limits)


def test_the_text_of_the_example_is_what_it_becomes(load):
    [example] = [block for block in blocks("toml") if "text =" in block]
    assert f"{compose(load(example), HELLO).text}\n" == blocks("text")[0]


def test_the_link_of_the_example_is_what_it_becomes(load):
    [example] = [block for block in blocks("toml") if "utm =" in block]
    assert f"makes the link `{compose(load(example), HELLO).link}`" in PAGE


def test_the_hashtags_of_the_example_are_made(load):
    [example] = [block for block in blocks("toml") if "hashtag_map" in block]
    post = replace(POST, tags=("R&D", "C++", "AI"))
    assert compose(load(example), post).text.endswith("#Advertisement #Research #cpp")


def test_the_front_matter_of_the_example_holds_and_is_explained(load):
    [yaml] = blocks("yaml")
    [mastodon] = [block for block in blocks("toml") if "thread =" in block]
    parsed = parse("hello.md", yaml.encode(), Rules("UTC", time(9))).parsed
    post = replace(POST, wishes=parsed.wishes, title=parsed.title)
    toots, skies, chat = load(f"{mastodon}\n{BLUESKY}\n{DISCORD}").endpoints
    own = {each.name: layers(post, each) for each in (toots, skies, chat)}
    assert [each.problems for each in own.values()] == [()] * 3
    assert own["mastodon-main"].options.visibility == "unlisted"
    assert own["mastodon-main"].at.isoformat() == "2026-12-01T09:00:00+00:00"
    assert own["bluesky-main"].options.image is False
    assert own["discord-main"].skip
    for line in blocks("text")[1].splitlines()[1:]:
        key, *value, by = re.split(r" {2,}", line)
        said = own["mastodon-main"].said[key]
        assert ([str(said.value)] if said.value else [], said.by) == (value, by)


def test_every_name_and_limit_is_on_the_page():
    for name in NAMES:
        assert f"`{name}`" in PAGE
    for name in SITE:
        assert f"`site.{name}`" in PAGE
    assert PARTS == 10
    assert "ten are the most" in PAGE
