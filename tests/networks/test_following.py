"""Edits, replies and deletions: what goes out for them on each network that has them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import SecretStr

from fakes import account as fake
from fakes.account import EDIT
from fakes.bluesky import HANDLE, PASSWORD, Pds
from fakes.discord import PATH, Discord
from fakes.mastodon import TOKEN as MASTODON_TOKEN
from fakes.mastodon import Mastodon
from fakes.matrix import ROOM, Matrix
from fakes.matrix import TOKEN as MATRIX_TOKEN
from fakes.posts import KEY, POST
from fakes.telegram import CHAT, Telegram, path
from fakes.telegram import TOKEN as TELEGRAM_TOKEN
from fakes.webhook import SECRET, Receiver
from networks.golden import compare, posts
from syndicate import networks
from syndicate.errors import Gone, InDoubt, Rejected, Unauthorized, Unreachable
from syndicate.model import Image, Key, Picture, Receipt
from syndicate.networks.atproto import tid
from syndicate.networks.base import Deletes, Edits, LooksUpReplies, Replies
from syndicate.testing.clock import FakeClock
from syndicate.testing.samples import picture

HERO = Picture("https://example.org/hero.png", "image/png", 64, 32, picture())
ILLUSTRATED = replace(POST, image=Image(HERO.url, alt="A teal field"))
BETTER = replace(ILLUSTRATED, title="Better @all", image=Image(HERO.url, alt="Brass"))
SERVERS = {
    "bluesky": (
        Pds,
        lambda url: {"service": url, "handle": HANDLE, "password": SecretStr(PASSWORD)},
    ),
    "discord": (Discord, lambda url: {"url": SecretStr(f"{url}{PATH}")}),
    "mastodon": (Mastodon, lambda url: {"server": url, "token": SecretStr(MASTODON_TOKEN)}),
    "matrix": (
        Matrix,
        lambda url: {"server": url, "token": SecretStr(MATRIX_TOKEN), "room": ROOM},
    ),
    "telegram": (
        Telegram,
        lambda url: {"token": SecretStr(TELEGRAM_TOKEN), "chat": CHAT, "api": url},
    ),
    "webhook": (
        lambda: Receiver(FakeClock()),
        lambda url: {"url": f"{url}/hook", "secret": SecretStr(SECRET)},
    ),
}
every = pytest.mark.parametrize("network", SERVERS)


def account(network, server=None, **options):
    make, own = SERVERS[network]
    return fake.account(network, server or make(), lambda url: {**own(url), **options})


@every
def test_golden_requests(network, request):
    """An announcement with a picture is edited, told of in a reply, and deleted."""
    with account(network) as ada:
        hero = posts()["real"]
        first, better = ada.compose(*hero), ada.compose(replace(hero[0], title="Better"), hero[1])
        receipt = ada.deliver(first)
        sent, began = {}, len(ada.requests)
        ada.update(receipt, better, replace(EDIT, value="msg_update"))
        if isinstance(ada.network, Replies):
            sent["update"], began = ada.requests[began:], len(ada.requests)
            ada.reply(receipt, replace(better, image=None), replace(EDIT, value="msg_reply"))
            sent["reply"], began = ada.requests[began:], len(ada.requests)
        else:
            sent["update"], began = ada.requests[began:], len(ada.requests)
        ada.delete(receipt, first, replace(EDIT, value="msg_delete"))
        sent["delete"] = ada.requests[began:]
    compare(f"{network}.follow", sent, request.config.getoption("--update-golden"))


@pytest.mark.parametrize("name", sorted(networks._BUILT_IN))
def test_the_options_say_what_the_network_can(name):
    kind = networks.get(name)
    assert networks._unkept(kind, kind.Options, kind.guarantee) == ""
    assert kind.Options.announces != hasattr(kind, "notice")
    claims = {"update": Edits, "reply": Replies}
    assert set(kind.Options.edits) == {each for each in claims if issubclass(kind, claims[each])}
    assert kind.Options.deletes == issubclass(kind, Deletes)
    looks = "reply" in kind.Options.edits and kind.guarantee.looks_up
    assert looks == issubclass(kind, LooksUpReplies)


def test_a_network_that_does_not_keep_what_its_options_say_is_refused():
    kind = networks.get("mastodon")
    assert networks._unkept(kind, networks.get("folder").Options, kind.guarantee).startswith(
        "has to have update, reply, look_up_reply, delete where"
    )


REMOTE = [network for network in SERVERS if network != "webhook"]


@pytest.mark.parametrize("network", REMOTE)
def test_what_is_there_changes_in_words_and_stays_one(network):
    with account(network) as ada:
        receipt = ada.post(ILLUSTRATED, HERO)
        for _ in range(2):  # an edit that is repeated changes nothing more
            ada.update(receipt, ada.compose(BETTER, HERO))
    shown = SHOWN[network](ada.server)
    assert len(shown) == 1
    assert "Better" in shown[0]
    assert "Hello" not in shown[0]


def matrix_shows(server):
    """Show a room as an app does that knows edits."""
    shown = {}
    for event in server.events:
        content = event["content"]
        relation = content.get("m.relates_to", {})
        if relation.get("rel_type") == "m.replace":
            shown[relation["event_id"]] = content["m.new_content"]["body"]
        elif content:
            shown[event["event_id"]] = content["body"]
    return list(shown.values())


SHOWN = {
    "bluesky": lambda pds: [each["text"] for each in pds.records.values()],
    "discord": lambda it: [str(each["embeds"]) for each in it.messages if each],
    "mastodon": lambda it: [each["content"] for each in it.statuses],
    "matrix": matrix_shows,
    "telegram": lambda it: [each["read"] for each in it.messages if each],
}


SHOWS_PICTURE = {
    "bluesky": lambda pds: any("thumb" in str(each) for each in pds.records.values()),
    "discord": lambda it: any(each["attachments"] for each in it.messages),
    "mastodon": lambda it: any(each["status"] == "1000" for each in it.media.values()),
    "matrix": lambda it: (
        it.events[-1]["content"].get("m.new_content", it.events[-1]["content"])["msgtype"]
        == "m.image"
    ),
    "telegram": lambda it: any("photo" in each for each in it.messages),
}


@pytest.mark.parametrize("network", REMOTE)
def test_an_edit_takes_the_picture_away_where_the_network_can(network):
    with account(network) as ada:
        receipt = ada.post(ILLUSTRATED, HERO)
        assert SHOWS_PICTURE[network](ada.server)
        ada.update(receipt, ada.compose(replace(BETTER, image=None)))
        assert SHOWS_PICTURE[network](ada.server) == (network == "telegram")
        assert "Better" in SHOWN[network](ada.server)[0]


@pytest.mark.parametrize("network", REMOTE)
def test_what_is_deleted_is_gone_and_may_be_deleted_again(network):
    with account(network) as ada:
        receipt = ada.post(ILLUSTRATED, HERO)
        ada.update(receipt, ada.compose(BETTER, HERO))
        ada.delete(receipt)
        assert SHOWN[network](ada.server) == []
        ada.delete(receipt)


@pytest.mark.parametrize("network", [each for each in REMOTE if each != "matrix"])
def test_what_is_not_there_any_more_cannot_be_edited(network):
    with account(network) as ada:
        receipt = ada.post(ILLUSTRATED, HERO)
        ada.delete(receipt)
        with pytest.raises(Rejected, match=r"not (be )?(there|found)"):
            ada.update(receipt, ada.compose(BETTER, HERO))


# Bluesky


def test_a_record_keeps_its_time_and_is_not_taken_from_somebody_else():
    with account("bluesky") as ada:
        receipt = ada.post(POST)
        ada.update(receipt, ada.compose(BETTER))
        [record] = ada.server.records.values()
        assert record["createdAt"] == "2026-03-01T12:00:00.000Z"
        puts = len(ada.server.puts)
        ada.update(receipt, ada.compose(BETTER))
        assert len(ada.server.puts) == puts, "it says that already"
        ada.server.app.fail(
            "/xrpc/com.atproto.repo.putRecord", 400, {"error": "InvalidSwap", "message": "was at"}
        )
        with pytest.raises(Unreachable, match="changed since"):
            ada.update(receipt, ada.compose(POST))
        ada.server.app.garble("/xrpc/com.atproto.repo.getRecord", b"{}")
        with pytest.raises(Unreachable, match="is no record"):
            ada.update(receipt, ada.compose(POST))


def test_a_reply_refers_to_the_record_and_is_there_once():
    with account("bluesky") as ada:
        receipt = ada.post(POST)
        message = ada.compose(BETTER)
        ada.server.app.lose("/xrpc/com.atproto.repo.putRecord")
        with pytest.raises(InDoubt):
            ada.reply(receipt, message)
        told = ada.reply(receipt, message)
    assert list(ada.server.records) == [tid(KEY), tid(EDIT)]
    assert told.id.endswith(tid(EDIT))
    reply = ada.server.records[tid(EDIT)]["reply"]
    assert reply["root"] == reply["parent"]
    assert reply["root"]["uri"] == receipt.id


# Discord


@pytest.mark.parametrize("options", [{"thread_id": "77"}, {"forum": True}])
def test_a_message_is_found_where_it_was_posted(options):
    server = Discord(forum="forum" in options)
    with account("discord", server, **options) as ada:
        receipt = ada.post(ILLUSTRATED, HERO)
        ada.update(receipt, ada.compose(BETTER, HERO))
        assert "Better" in str(server.messages[0]["embeds"])
        ada.delete(receipt)
        assert server.messages == [None]
        ada.delete(receipt)
        with pytest.raises(Rejected, match="not there any more"):
            ada.update(receipt, ada.compose(BETTER, HERO))


@pytest.mark.parametrize("style", ["card", "text"])
def test_an_edit_leaves_nothing_of_an_old_picture(style):
    with account("discord", style=style) as ada:
        receipt = ada.post(ILLUSTRATED, HERO)
        ada.update(receipt, ada.compose(BETTER, HERO))
        [files] = ada.server.files
        assert files == {"files[0]": HERO.data}
        assert ada.server.messages[0]["attachments"][0]["description"] == "Brass"
        ada.update(receipt, ada.compose(replace(POST, title="Bare")))
    [message] = ada.server.messages
    assert ada.server.files == [{}]
    assert message["attachments"] == []
    assert not any("image" in each for each in message["embeds"])
    assert message.get("flags", 0) == 0, "the link's own card is shown again"
    assert message["allowed_mentions"] == {"parse": []}


def test_a_picture_that_is_too_large_for_an_edit_stays_behind(caplog):
    with account("discord") as ada:
        receipt = ada.post(POST)
        ada.server.app.fail(f"{PATH}/messages/{receipt.id}", 413, {"code": 40005})
        ada.update(receipt, ada.compose(BETTER, HERO))
    assert "Better" in str(ada.server.messages)
    assert "without its image" in caplog.text


def test_a_webhook_that_is_gone_is_not_a_message_that_is_gone():
    with account("discord") as ada:
        receipt = ada.post(POST)
        ada.server.app.fail(f"{PATH}/messages/{receipt.id}", 404, {"code": 10015}, times=2)
        with pytest.raises(Gone):
            ada.delete(receipt)
        with pytest.raises(Gone):
            ada.update(receipt, ada.compose(BETTER))


# Telegram


def test_words_below_a_photo_and_words_alone_are_both_edited():
    with account("telegram") as ada:
        with_photo, alone = ada.post(ILLUSTRATED, HERO), ada.post(POST)
        for receipt in (with_photo, alone):  # which of both it was is not known any more
            ada.update(receipt, ada.compose(BETTER, HERO))
            ada.update(receipt, ada.compose(replace(BETTER, title="Best", image=None)))
        first, second = ada.server.messages
    assert first["read"].startswith("Best")
    assert first["photo"] == HERO.data
    assert second["read"].startswith("Best")
    assert ada.server.mentioned == []


def test_long_words_are_cut_for_a_photo_that_stays_though_the_post_has_none_any_more():
    with account("telegram") as ada:
        receipt = ada.post(ILLUSTRATED, HERO)
        long = replace(POST, summary="brass & steam " * 150)
        message = ada.compose(long)
        assert len(message.text) > 1_024
        for _ in range(2):
            ada.update(receipt, message)
        [sent] = ada.server.messages
        alone = ada.post(long)
        ada.update(alone, ada.compose(replace(long, title="Best")))
    assert len(sent["read"]) <= 1_024
    assert sent["read"].endswith(f"brass & steam…\n\n{POST.url}")
    assert len(ada.server.messages[1]["read"]) > 1_024


def test_a_bot_may_delete_for_two_days_and_says_so_afterwards():
    with account("telegram") as ada:
        receipt = ada.post(POST)
        ada.server.late = True
        with pytest.raises(Rejected, match="after 48 hours only a person can"):
            ada.delete(receipt)
        ada.server.app.fail(
            path("deleteMessage"), 400, {"description": "Bad Request: chat not found"}
        )
        with pytest.raises(Unauthorized, match="chat not found"):
            ada.delete(receipt)


def test_a_reply_on_telegram_is_a_text_and_refers_to_the_message():
    with account("telegram", topic=7) as ada:
        receipt = ada.post(ILLUSTRATED, HERO)
        told = ada.reply(receipt, ada.compose(BETTER, HERO))
        assert ada.server.messages[1]["reply_parameters"] == {"message_id": 1}
        assert ada.server.messages[1]["message_thread_id"] == 7
        assert told.url == "https://t.me/adas_notes/2"
        ada.delete(receipt)
        with pytest.raises(Rejected, match="to be replied not found"):
            ada.reply(receipt, ada.compose(BETTER, HERO))


# Matrix


def test_an_edit_keeps_the_picture_and_tells_older_apps_where_to_look():
    with account("matrix") as ada:
        receipt = ada.post(ILLUSTRATED, HERO)
        ada.update(receipt, ada.compose(BETTER, HERO))
    edit = ada.server.events[1]["content"]
    assert edit["body"] == f"* Better @all\n\n{POST.url}"
    assert edit["m.new_content"]["msgtype"] == "m.image"
    assert edit["m.new_content"]["url"] in ada.server.media


def test_what_replaced_an_event_is_redacted_with_it_and_nothing_else():
    with account("matrix") as ada:
        receipt, other = ada.post(POST), ada.deliver(ada.compose(POST), Key("msg_9", KEY.minted))
        ada.update(receipt, ada.compose(BETTER))
        ada.delete(receipt)
    assert [bool(each["content"]) for each in ada.server.events] == [False, True, False]
    assert other.id == ada.server.events[1]["event_id"]


def test_a_server_that_knows_no_relations_redacts_all_the_same():
    with account("matrix") as ada:
        receipt = ada.post(POST)
        ada.server.app.fail(
            f"/_matrix/client/v1/rooms/{ROOM}/relations/{receipt.id}/m.replace", 404
        )
        ada.delete(receipt)
        assert ada.server.events[0]["content"] == {}
        ada.delete(replace(receipt, id="$never"))
        ada.server.app.fail(
            f"/_matrix/client/v3/rooms/{ROOM}/redact/{receipt.id}/msg_2{receipt.id}", 403
        )
        with pytest.raises(Unauthorized):
            ada.delete(receipt)


def test_a_reply_on_matrix_is_found_and_told_from_what_it_replies_to():
    with account("matrix") as ada:
        message = ada.compose(POST)
        receipt = ada.post(POST)
        assert ada.look_up_reply(receipt, message) is None
        ada.server.now = EDIT.minted
        ada.server.app.lose(f"/_matrix/client/v3/rooms/{ROOM}/send/m.room.message/msg_2")
        with pytest.raises(InDoubt):
            ada.reply(receipt, message)
        ada.server.events[1]["unsigned"] = {}  # as another device of the account sees it
        found = ada.look_up_reply(receipt, message)
        assert found == ada.reply(receipt, message)
    assert found.id == "$event1"


def test_an_event_is_changed_in_the_room_that_it_is_in():
    with account("matrix") as ada:
        receipt = Receipt("$event0", "https://matrix.to/#/%21other%3Aexample.org/%24event0")
        with pytest.raises(Unauthorized, match="not in room"):
            ada.update(receipt, ada.compose(POST))
