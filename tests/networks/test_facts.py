"""What a check tells of accounts, tokens, rooms and servers, on each network that tells of them."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from fakes import account as fake
from fakes.bluesky import HANDLE, PASSWORD, Pds, jwt
from fakes.discord import PATH, Discord
from fakes.mastodon import TOKEN as MASTODON_TOKEN
from fakes.mastodon import Mastodon
from fakes.matrix import ROOM, USER, Matrix
from fakes.matrix import TOKEN as MATRIX_TOKEN
from fakes.slack import CHANNEL, Slack
from fakes.slack import TOKEN as SLACK_TOKEN
from fakes.telegram import CHAT, Telegram
from fakes.telegram import TOKEN as TELEGRAM_TOKEN
from syndicate.model import Level
from syndicate.networks import bluesky_facts, matrix_facts

OWN = {
    "bluesky": lambda url: {"service": url, "handle": HANDLE, "password": SecretStr(PASSWORD)},
    "discord": lambda url: {"url": SecretStr(f"{url}{PATH}")},
    "mastodon": lambda url: {"server": url, "token": SecretStr(MASTODON_TOKEN)},
    "matrix": lambda url: {"server": url, "token": SecretStr(MATRIX_TOKEN), "room": ROOM},
    "slackbot": lambda url: {
        "api": f"{url}/api",
        "token": SecretStr(SLACK_TOKEN),
        "channel": CHANNEL,
    },
    "telegram": lambda url: {"token": SecretStr(TELEGRAM_TOKEN), "chat": CHAT, "api": url},
}


@contextmanager
def account(network, server):
    with fake.account(network, server, OWN[network]) as ada:
        yield ada


def facts(network, server):
    """Check, and give by name what was found and how bad it is."""
    with account(network, server) as ada:
        health = ada.check()
    assert health.ok
    found = {each.name: (each.value, each.level) for each in health.facts}
    assert len(found) == len(health.facts)
    return found


# Mastodon


def test_mastodon_tells_scopes_and_version():
    assert facts("mastodon", Mastodon()) == {
        "scopes": ("read write", Level.OK),
        "version": ("4.4.1, API 6", Level.OK),
    }


@pytest.mark.parametrize(
    ("granted", "missing"),
    [
        (["write"], "read:accounts, read:statuses"),
        (["read", "write:statuses"], "write:media"),
        (["profile", "read:statuses", "write:media", "write:statuses"], ""),
        ([], "read:accounts, read:statuses, write:media, write:statuses"),
    ],
)
def test_scopes_that_are_missing_are_told_with_what_to_do(granted, missing):
    server = Mastodon()
    server.scopes = granted
    value, level = facts("mastodon", server)["scopes"]
    assert level is (Level.ERROR if missing else Level.OK)
    assert (f"missing: {missing}; add them under Preferences" in value) == bool(missing)


def test_an_older_server_tells_less():
    server = Mastodon({"version": "2.7.2 (compatible; Pleroma 2.9.1)", "max_toot_chars": 5000})
    server.scopes = None
    assert facts("mastodon", server) == {"version": ("2.7.2 (compatible; Pleroma 2.9.1)", Level.OK)}
    server.app.fail("/api/v1/apps/verify_credentials", 404)
    assert "scopes" not in facts("mastodon", server)


@pytest.mark.parametrize(
    ("profile", "told"),
    [
        ({"limited": True}, "only its followers see its posts"),
        ({"suspended": True}, "nobody sees its posts"),
        ({"moved": {"acct": "ada@new.example"}}, "it has moved to @ada@new.example"),
    ],
)
def test_an_account_that_is_seen_by_few_is_told(profile, told):
    server = Mastodon()
    server.profile = profile
    value, level = facts("mastodon", server)["account"]
    assert told in value
    assert level is Level.WARNING


# Bluesky


@pytest.mark.parametrize(
    ("scope", "told", "level"),
    [
        ("com.atproto.appPass", "an app password", Level.OK),
        ("com.atproto.appPassPrivileged", "that may read direct messages", Level.OK),
        ("com.atproto.access", "the account's own password", Level.WARNING),
        ("com.atproto.takendown", "taken down", Level.ERROR),
        ("com.example.new", "of the scope com.example.new", Level.OK),
    ],
)
def test_bluesky_tells_what_password_it_is_and_how_long_its_session_lasts(scope, told, level):
    server = Pds()
    server.scope = scope
    found = facts("bluesky", server)
    assert told in found["password"][0]
    assert found["password"][1] is level
    assert found["session"] == (
        "until 2026-03-01 14:00Z, and renewed without a log-in until 2026-05-30",
        Level.OK,
    )
    assert found["server"] == ("did:web:pds.example, version 0.4.158", Level.OK)


def test_an_account_that_is_switched_off_is_an_error():
    server = Pds()
    server.status = {"active": False, "status": "deactivated"}
    value, level = facts("bluesky", server)["account"]
    assert (value, level) == ("it is deactivated: nobody sees its posts", Level.ERROR)


def test_a_server_that_says_nothing_of_itself_has_no_facts():
    server = Pds()
    for name in ("com.atproto.server.describeServer", "_health"):
        server.app.fail(f"/xrpc/{name}", 501)
    assert facts("bluesky", server) == {}


@given(st.text() | st.binary().map(lambda data: jwt({}) + data.decode("latin-1")))
def test_a_token_that_is_none_says_nothing(token):
    assert bluesky_facts.claims(token) in ({}, bluesky_facts.claims(jwt({})))


@pytest.mark.parametrize("end", [None, "soon", -1, 1 << 60])
def test_a_token_without_an_end_is_no_session_that_could_be_told(end):
    token = jwt({"exp": end})
    assert list(bluesky_facts.of_session(token, token, {})) == []


# Discord


def test_discord_tells_the_server():
    assert facts("discord", Discord()) == {"server": ("7", Level.OK)}


# Telegram


@pytest.mark.parametrize(
    ("chat", "member", "told", "level"),
    [
        ({}, {"status": "creator"}, "creator", Level.OK),
        ({}, {"status": "administrator", "can_post_messages": True}, "administrator", Level.OK),
        ({}, {"status": "administrator"}, "an administrator who may post", Level.ERROR),
        ({}, {"status": "member"}, "member: make the bot an administrator", Level.ERROR),
        ({}, {"status": "left"}, "is not in the chat: add it", Level.ERROR),
        ({}, {"status": "kicked"}, "is banned", Level.ERROR),
        ({"type": "group"}, {"status": "member"}, "member", Level.OK),
        ({"type": "supergroup"}, {"status": "administrator"}, "administrator", Level.OK),
        (
            {"type": "group", "permissions": {"can_send_messages": False}},
            {"status": "member"},
            "may not send messages",
            Level.ERROR,
        ),
        (
            {"type": "group", "permissions": {"can_send_messages": False}},
            {"status": "administrator"},
            "administrator",
            Level.OK,
        ),
        (
            {"type": "group"},
            {"status": "restricted", "can_send_messages": False},
            "may not send messages",
            Level.ERROR,
        ),
        (
            {"type": "group"},
            {"status": "restricted", "can_send_messages": True, "can_send_photos": False},
            "may not send photos",
            Level.ERROR,
        ),
    ],
)
def test_telegram_tells_whether_the_bot_may_post(chat, member, told, level):
    server = Telegram()
    server.chat |= chat
    server.member = member
    found = facts("telegram", server)
    assert found["chat"] == (chat.get("type", "channel"), Level.OK)
    value, grave = found["rights"]
    assert told in value
    assert grave is level
    assert server.messages == []


# Matrix


def event(version, sender, more=()):
    """What made a room, whole; older servers give its content alone."""
    return {
        "type": "m.room.create",
        "sender": sender,
        "content": {"room_version": version, "additional_creators": more},
    }


@pytest.mark.parametrize(
    ("levels", "created", "told", "level"),
    [
        ({}, {}, "power level 0, and 0 is enough", Level.OK),
        ({"users_default": 10, "events_default": 10}, {}, "power level 10, and 10", Level.OK),
        ({"users": {USER: "50"}, "events_default": 50}, {}, "power level 50, and 50", Level.OK),
        ({"events": {"m.room.message": 50}}, {}, f"takes 50: raise that of {USER}", Level.ERROR),
        ({"events_default": 1, "users": []}, {"room_version": "11"}, "takes 1", Level.ERROR),
        ({"events_default": 1}, {"room_version": "12"}, "has made the room", Level.WARNING),
        ({"events_default": 1}, event("11", USER), "takes 1", Level.ERROR),
        ({"events_default": 1}, event("12", "@bob:example.org"), "takes 1", Level.ERROR),
        ({"events_default": 1}, event("12", USER), f"{USER} has made the room", Level.OK),
        ({}, event("12", "@bob:example.org", [USER]), f"{USER} has made the room", Level.OK),
        ({"events_default": 1}, event("12", "@bob:example.org", USER), "takes 1", Level.ERROR),
        ({"events_default": "high"}, {}, "power level 0, and 0 is enough", Level.OK),
    ],
)
def test_matrix_tells_whether_the_account_may_post(levels, created, told, level):
    server = Matrix()
    server.levels, server.created = levels or {"users": {}}, created
    found = facts("matrix", server)
    assert found["version"] == ("v1.11", Level.OK)
    value, grave = found["rights"]
    assert told in value
    assert grave is level


def test_a_room_without_power_levels_and_an_old_server():
    server = Matrix()
    server.levels, server.versions = None, ["r0.5.0", "r0.6.1"]
    found = facts("matrix", server)
    assert "rights" not in found
    value, level = found["version"]
    assert value.startswith("r0.6.1: v1.1 is the first")
    assert level is Level.WARNING
    assert list(matrix_facts.of_server("v1.1")) == []


# Slack


def test_slack_tells_the_scopes_of_a_bot_and_whether_it_can_read():
    assert facts("slackbot", Slack()) == {
        "scopes": ("channels:history chat:write", Level.OK),
        "channel": ("lost messages can be looked up in it", Level.OK),
    }


def test_a_bot_that_may_not_read_leaves_lost_messages_in_doubt():
    server = Slack()
    server.scopes = ["chat:write"]
    value, level = facts("slackbot", server)["channel"]
    assert value.startswith("missing_scope; give the app the scopes")
    assert value.endswith("lost messages stay in doubt")
    assert level is Level.WARNING


def test_a_bot_that_may_not_post_or_is_not_in_the_channel_is_an_error():
    server = Slack()
    server.scopes = ["channels:history"]
    history = "/api/conversations.history"
    server.app.fail(history, 200, {"ok": False, "error": "not_in_channel"})
    found = facts("slackbot", server)
    assert found["scopes"][0].startswith("channels:history; missing: chat:write; give the app")
    assert found["channel"][0].startswith("not_in_channel; invite the app")
    assert {level for _, level in found.values()} == {Level.ERROR}


def test_no_fact_tells_a_secret():
    secrets = (MASTODON_TOKEN, PASSWORD, MATRIX_TOKEN, SLACK_TOKEN, TELEGRAM_TOKEN, "eyJ")
    servers = [Mastodon(), Pds(), Matrix(), Slack(), Telegram(), Discord()]
    servers[1].scope = "com.atproto.appPass"
    for network, server in zip(
        ("mastodon", "bluesky", "matrix", "slackbot", "telegram", "discord"), servers, strict=True
    ):
        with account(network, server) as ada:
            said = repr(ada.check())
        assert not any(each in said for each in secrets)
