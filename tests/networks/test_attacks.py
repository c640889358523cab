"""What somebody writes into a title, a summary, a tag or a name so that it does something.

Each stands in every place of every network, in the usual layout and in a text of the endpoint's
own, and is read back by other code than that which wrote it.
"""

from __future__ import annotations

import email
import email.policy
import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.posts import KEY, POST
from networks.test_bounds import WORDED as LAID_OUT
from networks.test_bounds import shown
from networks.test_words import HERO, WORDED, Page, bind, commonmark, compose, read_back, squeeze
from syndicate.compose import disarm
from syndicate.model import Author, Image

EVIL = "https://evil.example/"
ATTACKS = {
    "masked link": f"[click]({EVIL})",
    "masked link with a title": f'[click]({EVIL} "hover")',
    "masked link in brackets": f"[[click]]({EVIL})",
    "masked link over an address": f"[https://example.org]({EVIL})",
    "link that ends ours": f"]({EVIL}) [x",
    "link behind a backslash": f"\\[click]({EVIL})",
    "link behind two": f"\\\\[click]({EVIL})",
    "reference": f"[click][x]\n\n[x]: {EVIL}",
    "autolink": f"<{EVIL}|click>",
    "picture": f"![x]({EVIL}x.png)",
    "broadcast": "@everyone @here @channel @all @room @team",
    "broadcast behind signs": "(@all) .@here /@channel -@all _@all_ \u200b@all",
    "Discord's ids": "<@1> <@!1> <@&1> <#1> <t:1> </x:1> <a:x:1> <id:home>",
    "Slack's commands": f"<!channel> <!here|here> <@U1> <#C1> <!date^1^{{date}}^{EVIL}|x>",
    "escaped already": "&lt;!channel&gt; &#60;!here&#62; &amp;lt;b&amp;gt;",
    "HTML": f"<a href='{EVIL}'>x</a><script>x</script><img src=x onerror=x><!-- --><![CDATA[<b>]]>",
    "end of an attribute": '" onmouseover="x" \' onclick=\'x',
    "Telegram's HTML": "<tg-spoiler>x</tg-spoiler><a href='tg://user?id=1'>x</a></b>",
    "Matrix's": "<mx-reply>x</mx-reply><a href='https://matrix.to/#/@ada:x'>x</a>",
    "Teams' mention": "<at>Ada</at> **x** [y](https://evil.example/)",
    "Teams' date": "{{DATE(2026-02-14T06:08:39Z,SHORT)}} {{TIME(2026-02-14T06:08:39Z)}}",
    "template": "{{ 7 * 7 }} {% raw %} ${7*7} @{variables('x')}",
    "emphasis": "**x** __x__ *x* _x_ ~~x~~ ||x|| `x` ```x``` $$x$$",
    "lines": "# x\n> x\n>>> x\n- x\n-# x\n1. x\n2) x\n+ x\n---\n===\n|a|b|\n|-|-|",
    "headers": "x\r\nBcc: eve@evil.example\r\n\r\n<b>x</b>",
    "headers, encoded": "=?utf-8?q?x=0d=0aBcc:_eve@evil.example?=",
    "other direction": "\u202egnp.exe \u2066x\u2069",
    "separators": "x\u2028- x\u2029# x\x85> x",
}
every_attack = pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)


def attacked(attack):
    """Give a post in which it stands in all places."""
    return replace(
        POST,
        title=attack,
        summary=attack,
        tags=(attack, "ok"),
        categories=(attack,),
        authors=(Author(attack),),
        image=Image(HERO.url, attack),
    )


OWN = {
    "names": "{{ title }} {{ authors|join }} {{ summary }} {{ url }}",
    "tags": "{{ tags|join }} {{ categories|join }} {{ summary }} {{ url }}",
}


@every_attack
@pytest.mark.parametrize("case", LAID_OUT, ids=lambda case: case.network)
def test_in_the_usual_layout_it_is_words(case, attack):
    message = bind(case).compose(attacked(attack), "", HERO, case.limits)
    json.dumps(message.payload)
    if case.network in {"bluesky", "folder", "mastodon"}:
        assert read_back(case, message) == squeeze(message.text)
        return
    message = bind(case).compose(replace(attacked(attack), image=None), "", None, case.limits)
    page = shown(case, message)
    assert page.tags <= {"html", "meta", "body", "h1", "p", "br", "a", "strong", "b"}
    assert set(page.links) <= {POST.url}


@every_attack
@pytest.mark.parametrize("text", OWN.values(), ids=OWN)
@pytest.mark.parametrize("case", WORDED, ids=lambda case: case.network)
def test_in_a_text_of_the_endpoints_own_it_is_words(case, text, attack):
    message = compose(case, replace(attacked(attack), image=None), text=text)
    read_back(case, message)


# Who is called

CALLS = {
    # https://core.telegram.org/tdlib, find_mentions: no letter, digit or underscore before it
    "telegram": re.compile(r"(?<!\w)@[a-z0-9_]{2,32}", re.IGNORECASE),
    "mattermost": re.compile(r"(?<![^\W_])@\w"),
    "mastodon": re.compile(r"(?<![=/\w])@[a-z0-9_]+", re.IGNORECASE),
}


@every_attack
@pytest.mark.parametrize("text", [None, *OWN.values()], ids=["usual", *OWN])
@pytest.mark.parametrize("network", CALLS)
def test_nobody_is_called(network, text, attack):
    [case] = [each for each in WORDED if each.network == network]
    message = compose(case, attacked(attack), HERO, **({"text": text} if text else {}))
    said = message.text
    if network == "mattermost":
        [attachment] = message.payload["body"]["attachments"]
        assert set(attachment) == {"fallback", "text"}
        said = f"{attachment['fallback']} {attachment['text']}"
    said = re.sub(r"https?://\S+", "", said) if network == "telegram" else said
    assert CALLS[network].findall(said) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("and/@ada", "and/@\u200bada"),
        ("/@ada", "/@\u200bada"),
        ("(https://example.social/@ada)", "(https://example.social/@ada)"),
        ("@ada:https://example.social/@ada", "@\u200bada:https://example.social/@ada"),
        ("https://@ada", "https://@ada"),
    ],
)
def test_a_slash_alone_makes_no_address(text, expected):
    assert disarm(text) == expected
    assert disarm(expected) == expected


@given(st.text(alphabet="@a_1/ .:-é", max_size=20))
def test_telegram_finds_nobody_outside_of_addresses(text):
    outside = re.sub(r"\S*://\S*", "", disarm(text))
    assert not re.search(r"(?<!\w)@\w", outside)


# The places that no other reader looks into


def network(name, **own):
    [case] = [each for each in WORDED if each.network == name]
    return bind(case, **own), case.limits


@every_attack
def test_a_mail_has_the_headers_that_it_always_has(attack):
    mailer, limits = network("email")
    message = mailer.compose(attacked(attack), "", HERO, limits)
    plain = mailer.write(mailer.compose(POST, "", HERO, limits), KEY)
    mail = email.message_from_bytes(mailer.write(message, KEY).as_bytes())
    assert mail.keys() == email.message_from_bytes(plain.as_bytes()).keys()
    assert not re.search(r"\r(?!\n)|\n(?![ \t])|[\u202a-\u202e\u2066-\u2069]", mail["subject"])
    [page] = [part for part in mail.walk() if part.get_content_type() == "text/html"]
    html = Page(page.get_payload(decode=True).decode())
    assert html.tags <= {"html", "meta", "body", "h1", "a", "p", "br", "img"}
    assert set(html.links) == {POST.url}


@pytest.mark.parametrize("text", ["=?utf-8?q?x=0d=0aBcc:_eve@evil.example?=", "=?utf-8?b?eA==?="])
def test_what_is_encoded_for_a_header_is_words_there(text):
    mailer, limits = network("email", sender_name=text)
    mail = mailer.write(mailer.compose(replace(POST, title=text), "", None, limits), KEY)
    read = email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)
    assert read["bcc"] is None
    assert read["subject"].replace("\u200b", "") == text
    [sender] = read["from"].addresses
    assert sender.display_name.replace("\u200b", "") == text


def test_a_subject_keeps_what_joins_letters_and_emoji():
    mailer, limits = network("email")
    words = "می\u200cخواهم 👩\u200d🚀"
    message = mailer.compose(replace(POST, title=words), "", None, limits)
    assert message.payload["subject"] == words


@every_attack
def test_a_thread_on_discord_is_named_by_words_and_pings_nobody(attack):
    chat, limits = network("discord", forum=True)
    body = chat.compose(attacked(attack), "", None, limits).payload["body"]
    assert len(body["thread_name"]) <= 100
    assert body["allowed_mentions"] == {"parse": []}
    assert set(body) == {"embeds", "allowed_mentions", "thread_name"}


def test_no_summary_is_cut_behind_a_backslash():
    chat, limits = network("discord", text="{{ title }}")
    for length in range(20):
        post = replace(POST, summary="x" * length + "*" * 400)
        [card] = chat.compose(post, "", None, limits).payload["body"]["embeds"]
        assert set(commonmark(card["description"]).words) <= set(" \nx*…")


def test_a_card_in_teams_computes_nothing():
    chat, limits = network("teams")
    message = chat.compose(attacked(ATTACKS["Teams' date"]), "", None, limits)
    card = message.payload["body"]["attachments"][0]["content"]
    runs = [run["text"] for block in card["body"] for run in block["inlines"]]
    assert any("DATE(" in run for run in runs)
    assert not any(re.search(r"\{\{(DATE|TIME)\(", run) for run in runs)
    assert "entities" not in card["msteams"]


@pytest.mark.parametrize("sign", list('()<>@\\" \t[]*_`'))
def test_nothing_in_an_address_ends_the_picture_that_it_is_of(sign):
    chat, limits = network("mattermost")
    url = f"https://example.org/a{sign}"
    post = replace(POST, image=Image(url, "x"))
    body = chat.compose(post, "", HERO, limits).payload["body"]
    page = commonmark(body["attachments"][0]["text"])
    assert "img" in page.tags
    assert set(page.links) <= {POST.url}
