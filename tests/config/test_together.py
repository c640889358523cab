"""What several keys say together is told at once with what single keys have wrong."""

from __future__ import annotations

import pytest

from syndicate import networks
from syndicate.config import load
from syndicate.errors import ConfigError

EVERYTHING = """\
alerts = ["nobody", "hub"]
[site]
url = "https://ada.example"
[content]
permalink = "blog"
[feeds]
limit = 0
[[feeds.named]]
name = "photos"
title = ""
[[feeds.named]]
name = "photos"
title = "Photos"
[ledger]
url = "postgresql://db/blog"
branch = "state"
[cards]
text = "#999999"
background = "#ffffff"
logo = 1
[schedule]
every = "0s"
watch = "maybe"
[[endpoints]]
name = "hub"
network = "websub"
url = "http://hub.example"
timeout = "soon"
[[endpoints]]
name = "hub"
network = "discord"
thread_id = "1"
forum = true
backfill = -1
[[endpoints]]
name = "mail"
network = "email"
host = "smtp.example.org"
sender = "a@x.example"
user = "ada"
to = "all"
"""


def told(path, **options):
    with pytest.raises(ConfigError) as caught:
        load(path, networks.options(), **options)
    return {(each.line, each.key): each.message for each in caught.value.problems}


def test_what_does_not_go_together_is_told_beside_what_is_wrong_alone(tmp_path):
    path = tmp_path / "site.toml"
    path.write_text(EVERYTHING)
    found = told(path, secrets=False, ledger=True)
    together = {
        (1, "alerts"): "nobody reads what 'hub' is sent",
        (12, "feeds.named[1].name"): "'photos' is the name of feeds.named[0] already",
        (15, "ledger.url"): "take ledger.branch out",
        (18, "cards.text"): "a contrast of 2.8 to 1",
        (22, "schedule.every"): "a second or more",
        (27, "endpoints[0].url"): "plain http:// would send secrets in the clear",
        (30, "endpoints[1].name"): "'hub' is the name of endpoints[0] already",
        (33, "endpoints[1].forum"): "leave out one of the two",
        (35, "endpoints[2].password"): "a login has a user and a password",
    }
    # The second endpoint of a name is the one that the name stands for here.
    del together[1, "alerts"]
    for place, message in together.items():
        assert message in found[place]
    assert found[1, "alerts"] == "no endpoint is named 'nobody'"
    alone = {
        "site.title",
        "content.permalink",
        "feeds.limit",
        "feeds.named[0].title",
        "cards.logo",
        "schedule.watch",
        "endpoints[0].timeout",
        "endpoints[1].backfill",
        "endpoints[1].url",
        "endpoints[2].to",
    }
    assert {key for _, key in found} == {key for _, key in together} | {"alerts"} | alone


def test_alerts_are_judged_by_endpoints_that_are_wrong_themselves(tmp_path):
    path = tmp_path / "site.toml"
    path.write_text('alerts = "hub"\n[[endpoints]]\nname = "hub"\nnetwork = "websub"\n')
    assert "nobody reads what 'hub' is sent" in told(path)[1, "alerts"]


def test_what_has_no_form_is_left_to_the_schema(tmp_path):
    path = tmp_path / "site.toml"
    path.write_text(
        'alerts = [[1], "x"]\nledger = 1\nfeeds = { named = 2 }\n'
        '[site]\ntitle = "Ada"\nurl = "https://ada.example"\n[[endpoints]]\nname = [1]\nnetwork = []\n'
    )
    found = {key for _, key in told(path, ledger=True)}
    assert found == {"alerts", "alerts[0]", "ledger", "feeds.named", "endpoints[0].network"}


def test_where_the_generator_gives_the_title_another_mistake_does_not_hide_it(tmp_path):
    path = tmp_path / "site.toml"
    path.write_text('[content]\npermalink = "blog"\n')
    given = {"title": "Ada", "url": "https://ada.example"}
    assert {key for _, key in told(path, told=lambda *_: given)} == {"content.permalink"}
