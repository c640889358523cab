"""A link with words for statistics is the link that is sent, and by which a lost post is found."""

from __future__ import annotations

import html
import json
from dataclasses import replace

import pytest
from pydantic import SecretStr

from fakes import account as fake
from fakes.mastodon import TOKEN as MASTODON_TOKEN
from fakes.mastodon import Mastodon
from fakes.matrix import ROOM, SEND, Matrix
from fakes.matrix import TOKEN as MATRIX_TOKEN
from fakes.posts import POST
from fakes.slack import CHANNEL, Slack
from fakes.slack import TOKEN as SLACK_TOKEN
from networks.test_words import WORDED, bind
from syndicate.delivery import layers
from syndicate.errors import InDoubt

UTM = {"source": "a b", "medium": "social", "campaign": "{{ slug }}"}
QUERY = "utm_source=a%20b&utm_medium=social&utm_campaign=hello"


def server(name):
    """A server by whose look-up a message is found by its link, not by its key."""
    if name == "mastodon":
        own = {"token": SecretStr(MASTODON_TOKEN)}
        return Mastodon(), "/api/v1/statuses", lambda url: {"server": url, **own}
    if name == "matrix":
        own = {"token": SecretStr(MATRIX_TOKEN), "room": ROOM}
        return Matrix(), SEND, lambda url: {"server": url, **own}
    own = {"token": SecretStr(SLACK_TOKEN), "channel": CHANNEL}
    return (
        Slack(shows_metadata=False),
        "/api/chat.postMessage",
        lambda url: own | {"api": f"{url}/api"},
    )


@pytest.mark.parametrize("text", ["", "Read {{ url }}. {{ title }}", "{{ title }} ({{ url }})"])
@pytest.mark.parametrize("url", [POST.url, f"{POST.url}?a=1&b=ä#top"])
@pytest.mark.parametrize("name", ["mastodon", "matrix", "slackbot"])
def test_a_lost_post_is_found_by_the_link_as_it_was_sent(name, url, text):
    network, creates, own = server(name)
    with fake.account(name, network, lambda at: {**own(at), "utm": UTM, "text": text}) as ada:
        post = replace(POST, url=url)
        message = ada.compose(layers(post, ada.options).apply(post))
        network.app.lose(creates)
        with pytest.raises(InDoubt):
            ada.deliver(message)
        if name == "matrix":  # another device of the account is not shown the number
            network.events[0]["unsigned"] = {}
        assert ada.look_up(message) is not None
        assert ada.look_up(replace(message, link=url.replace("hello", "other"))) is None
    assert QUERY in message.link
    assert message.link in message.text


@pytest.mark.parametrize("case", WORDED, ids=lambda case: case.network)
def test_every_network_sends_the_link_with_its_words(case):
    network = bind(case, utm=UTM)
    post = layers(POST, network._options).apply(POST)
    message = network.compose(post, "", None, case.limits)
    assert message.link == f"{POST.url}?{QUERY}"
    sent = html.unescape(json.dumps([message.text, dict(message.payload)], ensure_ascii=False))
    assert message.link in sent
    assert f"{POST.url} " not in sent
