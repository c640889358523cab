"""A text that misses its form is told in words, with an example made of it where that can be."""

from __future__ import annotations

import pytest

from syndicate import networks
from syndicate.config import load
from syndicate.config.form import Form
from syndicate.errors import ConfigError

SITE = '[site]\ntitle = "Ada"\nurl = "https://ada.example"\n'


@pytest.mark.parametrize(
    ("network", "line", "example"),
    [
        ("folder", 'name = "My Hook!"', "my-hook"),
        ("folder", 'name = "Café №1"', "cafe-no1"),
        ("folder", 'name = "!"', "mastodon-main"),
        ("folder", f'name = "{"a " * 60}"', ("a-" * 32)[:-1]),
        ("bluesky", 'handle = "@ada.example"', "ada.example"),
        ("bluesky", 'handle = "ada"', "ada.bsky.social"),
        ("telegram", 'chat = "https://t.me/adanews"', "@adanews"),
        ("telegram", 'chat = "a b"', "@mychannel"),
        ("mattermost", 'channel = "Town Square"', "town-square"),
        ("slackbot", 'channel = "#news"', "C0123456789"),
        ("matrix", 'room = "news"', "#news:example.org"),
        ("email", 'host = "smtp://x"', "smtp.example.org"),
        ("email", 'sender = "Ada <a@x.example>"', "readers@lists.example.org"),
        ("indexnow", 'key = "short"', "0f5d3c9ab2e14f76"),
        ("discord", 'thread_id = "x"', "1234567890123456789"),
    ],
)
def test_who_misses_a_form_is_shown_an_example_and_no_pattern(tmp_path, network, line, example):
    path = tmp_path / "site.toml"
    path.write_text(f'{SITE}[[endpoints]]\nnetwork = "{network}"\n{line}\n')
    with pytest.raises(ConfigError) as caught:
        load(path, networks.options(), secrets=False)
    [found] = [each for each in caught.value.problems if each.line == 6]
    assert found.message.startswith("expected ")
    assert found.message.endswith(f', such as "{example}"')
    assert "[" not in found.message


def test_every_example_has_its_form():
    kinds = networks.options().values()
    fields = [field for kind in kinds for field in kind.model_fields.values()]
    forms = [each for field in fields for each in field.metadata if isinstance(each, Form)]
    assert len(forms) > 10
    assert [each for each in forms if each.check(each.example) != each.example] == []


@pytest.mark.parametrize("kind", ["folder", "bluesky"])
def test_an_error_has_none_of_pydantics_words(tmp_path, kind):
    keys = ("backfill", "max_age", "timeout", "posts", "tags", "delay", "quiet_hours", "in_doubt")
    wrong = "\n".join(f"{key} = {{}}" for key in keys)
    path = tmp_path / "site.toml"
    path.write_text(f'{SITE}[[endpoints]]\nname = "x"\nnetwork = "{kind}"\n{wrong}\n')
    with pytest.raises(ConfigError) as caught:
        load(path, networks.options(), secrets=False)
    assert len(caught.value.problems) >= len(keys)
    assert "input" not in str(caught.value).lower()
    assert "valid" not in str(caught.value)
