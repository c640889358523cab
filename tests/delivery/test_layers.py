from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from fakes.posts import POST
from syndicate import networks
from syndicate.config import post_options
from syndicate.delivery import Said, layers, plan
from syndicate.delivery.layers import COMMAND, DEFAULT, ENDPOINT, findings
from syndicate.errors import Rejected
from syndicate.model import EndpointState, Image, Kind, Severity, State, Wishes
from syndicate.testing.clock import NOON

KNOWN = EndpointState("main", NOON - timedelta(days=20))


def endpoint(network="mastodon", **options):
    needs = {
        "mastodon": {"server": "https://x.example", "token": "env:T"},
        "webhook": {"url": "https://x.example", "secret": "env:T"},
    }[network]
    raw = {"name": "main", "network": network, **needs, **options}
    return networks.options()[network].model_validate(raw, context={"secrets": False})


def asking(only=None, line=4, **said):
    post = replace(POST, image=Image("https://x.example/a.png"))
    return replace(post, wishes=Wishes(line, only, said, {"main": 5, "main.text": 6}))


def test_each_layer_says_only_what_is_different():
    post = asking(main={"text": "{{ title }}", "hashtags": "a, b", "sensitive": "true"})
    own = layers(post, endpoint(visibility="unlisted", hashtags=4), {"text": "By hand"})
    assert own.options.text == "By hand"
    assert own.options.sensitive is True
    assert own.options.hashtags == 2
    assert own.options.visibility == "unlisted"
    assert own.apply(post).tags == ("a", "b")
    assert own.said["text"] == Said("By hand", COMMAND)
    assert own.said["hashtags"] == Said(["a", "b"], "hello.md:5")
    assert own.said["visibility"] == Said("unlisted", ENDPOINT)
    assert own.said["spoiler_text"] == Said("", DEFAULT)
    assert layers(post, endpoint()).said["text"] == Said("{{ title }}", "hello.md:6")


def test_a_post_can_say_what_is_about_the_message_and_no_more():
    mastodon = set(post_options(networks.options()["mastodon"]).model_fields)
    assert {"text", "hashtags", "visibility", "spoiler_text", "skip", "at"} <= mastodon
    assert not mastodon & {"token", "server", "name", "network", "max_age", "retries"}
    webhook = set(post_options(networks.options()["webhook"]).model_fields)
    assert webhook == {"skip", "at", "language"}


def test_no_network_lets_a_post_set_a_secret_or_an_address():
    for name, kind in networks.options().items():
        model = post_options(kind)
        for key in model.model_fields:
            schema = kind.model_json_schema()["properties"].get(key, {})
            assert "env|file" not in str(schema), (name, key)
        assert not {"url", "server", "token", "chat", "room", "to"} & set(model.model_fields)


def test_image_language_and_the_words_for_statistics_change_the_post():
    post = asking(main={"image": "false", "language": "de", "utm": {"source": "m"}})
    told = layers(post, endpoint()).apply(post)
    assert (told.image, told.language) == (None, "de")
    assert told.url == f"{POST.url}?utm_source=m"
    assert layers(POST, endpoint()).apply(POST) == POST
    assert layers(POST, endpoint("webhook")).apply(POST) == POST


@pytest.mark.parametrize(
    ("post", "reason"),
    [
        (asking(main={"skip": "yes"}), "its front matter says so (hello.md:5)"),
        (asking(main="false"), "its front matter says so (hello.md:5)"),
        (asking(()), "its front matter names others (hello.md:4)"),
        (asking(("other",)), "its front matter names others (hello.md:4)"),
        (asking(("main",)), ""),
        (asking(main=None), ""),
        (asking(main="true"), ""),
    ],
)
def test_who_is_left_out_and_why(post, reason):
    assert layers(post, endpoint()).skip == reason
    [delivery] = plan([post], endpoint(), KNOWN, {}, NOON)
    assert (delivery.state, delivery.reason) == (
        (State.SKIPPED, reason) if reason else (State.PENDING, "")
    )


def test_not_before_its_time():
    post = asking(main={"at": "2026-03-02T09:00:00+01:00"})
    [delivery] = plan([post], endpoint(), KNOWN, {}, NOON)
    assert delivery.state is State.PENDING
    assert delivery.due == NOON + timedelta(hours=20)
    assert delivery.reason == "its front matter says: not before 2026-03-02 08:00Z"
    [late] = plan([post], endpoint(), KNOWN, {}, NOON + timedelta(hours=20))
    assert (late.due, late.reason) == (NOON + timedelta(hours=20), "")


@pytest.mark.parametrize(
    ("said", "line", "key", "expected"),
    [
        ({"visibilty": "x"}, 5, "main.visibilty", "unknown key; a post can say at, hashtags, "),
        ({"token": "env:HOME"}, 5, "main.token", "unknown key"),
        ({"text": "{{ titel }}"}, 6, "main.text", "there is no `titel`; did you mean `title`?"),
        ({"text": ["a"]}, 6, "main.text", "expected a text, in quotes"),
        ({"visibility": "privat"}, 5, "main.visibility", "'public', 'unlisted', 'private'"),
        ({"at": "soon"}, 5, "main.at", "expected a date and a time such as 2026-12-01 09:00"),
        ({"skip": "maybe"}, 5, "main.skip", "expected true or false"),
        ({"hashtags": "50"}, 5, "main.hashtags", "expected how many hashtags, or which: 20 are"),
        ({"hashtags": {"a": "b"}}, 5, "main.hashtags", "expected how many hashtags, or which"),
        ({"hashtags": "1, 2"}, 5, "main.hashtags", "'1' makes no hashtag"),
        ("later", 5, "main", "expected false, or keys below it such as text or skip"),
    ],
)
def test_what_nobody_can_do_is_told_and_holds_the_post_back_there(said, line, key, expected):
    post = asking(main=said)
    [finding] = findings([post], [endpoint()])
    assert (finding.source, finding.line, finding.key) == ("hello.md", line, f"syndicate.{key}")
    assert (finding.kind, finding.severity) == (Kind.WISH, Severity.ERROR)
    assert expected in finding.message
    assert "not announced there until this is mended" in finding.message
    assert list(plan([post], endpoint(), KNOWN, {}, NOON)) == []
    with pytest.raises(Rejected, match=r"hello\.md:"):
        layers(post, endpoint()).apply(post)


def test_an_endpoint_that_is_not_there_is_told_and_costs_nothing():
    post = asking(("man", "elsewhere"), other={})
    told = list(findings([POST, post], [endpoint()]))
    assert [each.message for each in told] == [
        "no endpoint is named 'man'; did you mean main?",
        "no endpoint is named 'elsewhere'; there are main",
        "no endpoint is named 'other'; there are main",
    ]
    assert {each.severity for each in told} == {Severity.WARNING}
