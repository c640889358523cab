from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from fakes.network import Looking, Scripted
from fakes.posts import KEY, MESSAGE, POST, post
from syndicate.delivery import attempt, manual
from syndicate.errors import (
    InDoubt,
    LedgerError,
    Rejected,
    Throttled,
    Unauthorized,
    Unreachable,
)
from syndicate.model import Attachment, Gate, Guarantee, Receipt, Replay, State
from syndicate.redaction import Redactor
from syndicate.testing.clock import NOON

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def test_what_is_due_is_delivered_once_with_its_receipt(house):
    network = Scripted(Receipt("7", "https://x.example/7"))
    home = house(main=network)
    [outcome] = home.run()
    assert outcome.post == POST
    [delivery] = home.ledger.deliveries()
    assert (delivery.state, delivery.receipt.url) == (State.DELIVERED, "https://x.example/7")
    assert [each.outcome for each in home.ledger.attempts(delivery.id)] == ["delivered"]
    assert home.run() == []
    assert len(network.sent) == 1


def test_the_intent_is_in_the_ledger_before_a_byte_leaves(house):
    network = Scripted()
    home = house(main=network)
    seen = []
    network.before = lambda: seen.append(home.ledger.delivery(1))
    home.run()
    assert seen[0].state is State.SENDING
    assert seen[0].message.text == "Hello\nA first post.\n"
    assert seen[0].key.value == network.sent[0][1]


def test_the_oldest_goes_first(house):
    network = Scripted()
    home = house(main=network)
    home.enter(post(1), post(2))
    home.run()
    assert [message.link for message, _ in network.sent] == [post(1).url, post(2).url]


def test_keys_differ_by_post_and_endpoint_and_stay_the_same(house):
    first, second = Scripted(InDoubt("x"), guarantee=Replay.IDEMPOTENT), Scripted()
    home = house(first=first, second=second)
    home.run(wait=MINUTE)
    keys = [key for _, key in first.sent]
    assert len(keys) == 2
    assert keys[0] == keys[1]
    assert second.sent[0][1] != keys[0]


def test_short_trouble_is_tried_again_within_the_attempt(house):
    network = Scripted(Unreachable("refused"), Unreachable("refused"))
    home = house(main=network)
    home.run()
    assert home.states() == [State.DELIVERED]
    assert len(home.ledger.attempts(1)) == 1
    assert home.clock.now() > NOON


@pytest.mark.parametrize("status", [408, 425, 500])
def test_who_has_answered_is_not_hurried(house, status):
    """An answer means that it was sent, so only the schedule sends it again."""
    network = Scripted(Unreachable("HTTP", status=status), Unreachable("HTTP", status=status))
    home = house(main=network)
    home.run()
    assert home.states() == [State.PENDING]
    assert len(network.sent) == 1


def test_an_attempt_that_has_lasted_long_enough_is_not_tried_again(house, monkeypatch):
    monkeypatch.setattr(attempt, "SECONDS", 0)
    network = Scripted(Unreachable("refused"))
    home = house(main=network)
    home.run()
    assert home.states() == [State.PENDING]
    assert len(home.ledger.attempts(1)) == 1


def test_long_trouble_is_left_to_the_schedule_and_goes_on_within_the_wait(house):
    network = Scripted(*[Unreachable("refused")] * 3)
    home = house(main=network)
    home.run()
    assert home.states() == [State.PENDING]
    home.run(wait=MINUTE)
    assert home.states() == [State.DELIVERED]
    assert [each.outcome for each in home.ledger.attempts(1)] == ["Unreachable", "delivered"]


def test_a_run_does_not_wait_for_what_is_due_after_its_end(house):
    home = house(main=Scripted(Throttled("slow down", until=NOON + 2 * MINUTE)))
    home.run(wait=MINUTE)
    assert home.states() == [State.PENDING]
    assert home.clock.now() < NOON + MINUTE


def test_nothing_goes_to_an_endpoint_before_its_retry_after(house):
    network = Scripted(Throttled("slow down", until=NOON + MINUTE))
    home = house(main=network)
    home.enter(POST, post(1))
    home.run(wait=30 * SECOND)
    assert len(network.sent) == 1
    home.run(wait=2 * MINUTE)
    assert home.states() == [State.DELIVERED, State.DELIVERED]
    assert home.clock.now() >= NOON + MINUTE


def test_a_bad_endpoint_holds_up_nobody_else(house):
    bad, good = Scripted(Unauthorized("token revoked", status=401)), Scripted()
    home = house(bad=bad, good=good)
    home.enter(POST, post(1))
    home.run(wait=MINUTE)
    assert len(bad.sent) == 1, "the second is not even tried"
    assert len(good.sent) == 2
    assert home.ledger.endpoint("bad").gate is Gate.PAUSED
    home.ledger.open_endpoint("bad")
    home.run()
    assert set(home.states()) == {State.DELIVERED}


def test_a_rejected_message_costs_itself_alone(house):
    home = house(main=Scripted(Rejected("too long", status=422)))
    home.enter(POST, post(1))
    home.run()
    assert home.states() == [State.DEAD, State.DELIVERED]
    [attempt] = home.ledger.attempts(1)
    assert (attempt.outcome, attempt.status, attempt.detail) == ("Rejected", 422, "too long")


def test_a_surprise_in_a_network_is_a_doubt_not_a_crash(house, caplog):
    home = house(main=Scripted(KeyError("id")), other=Scripted())
    home.run()
    assert home.states() == [State.IN_DOUBT, State.DELIVERED]
    assert home.ledger.delivery(1).reason == "unexpected KeyError: 'id'"
    assert "KeyError" in caplog.text


def test_a_message_that_cannot_be_composed_is_dead_not_a_crash(house, caplog):
    network = Scripted()
    network.compose = lambda *_: 1 / 0
    home = house(main=network)
    home.run()
    assert home.states() == [State.DEAD]
    assert "ZeroDivisionError" in home.ledger.delivery(1).reason
    assert network.sent == []


def test_limits_that_cannot_be_read_leave_the_delivery_for_later(house):
    network = Scripted()

    async def limits(_wire):
        raise InDoubt("the server lost its head")

    network.limits = limits
    home = house(main=network)
    home.run()
    [delivery] = home.ledger.deliveries()
    assert (delivery.state, delivery.doubt, delivery.message) == (State.PENDING, False, None)


def test_a_post_that_is_gone_before_its_first_try_is_cancelled(house):
    network = Scripted()
    home = house(main=network)
    home.posts = {}
    home.run()
    assert home.states() == [State.CANCELLED]
    assert network.sent == []


def test_what_was_frozen_is_sent_though_the_post_was_edited(house):
    network = Scripted(*[Unreachable("refused")] * 3)
    home = house(main=network)
    home.run()
    home.posts = {POST.id: replace(POST, body="Edited.")}
    home.run(wait=MINUTE)
    texts = {message.text for message, _ in network.sent}
    assert texts == {"Hello\nA first post.\n"}
    assert home.states() == [State.DELIVERED]


def test_a_post_that_was_withdrawn_is_not_announced_by_a_retry(house):
    network = Scripted(*[Unreachable("refused")] * 3)
    home = house(main=network)
    home.run()
    home.posts = {}
    home.run(wait=MINUTE)
    assert home.states() == [State.CANCELLED]
    assert len(network.sent) == 3


def test_a_withdrawn_post_that_may_have_been_announced_is_found_out_about(house):
    network = Scripted(InDoubt("reset"), guarantee=Replay.IDEMPOTENT)
    home = house(main=network)
    home.run()
    home.posts = {}
    home.run(wait=MINUTE)
    assert home.states() == [State.DELIVERED]


def test_what_may_have_arrived_is_not_repeated_when_it_is_too_late(house):
    network = Scripted(InDoubt("reset"))
    network.guarantee = Guarantee(Replay.IDEMPOTENT_FOR, timedelta(hours=1))
    home = house(main=network)
    home.run()
    assert home.states() == [State.PENDING]
    home.clock.tick(hours=30)
    [outcome] = home.run()
    assert len(network.sent) == 1
    assert outcome.resting.state is State.IN_DOUBT
    assert "too late" in home.ledger.delivery(1).reason


def test_a_doubt_is_sent_again_where_that_is_wanted(house):
    network = Scripted(InDoubt("reset"), InDoubt("reset"))
    home = house({"in_doubt": "resend"}, main=network)
    home.run(wait=timedelta(minutes=10))
    assert home.states() == [State.DELIVERED]
    assert len({key for _, key in network.sent}) == 1
    assert len(network.sent) == 3


def test_nobody_wants_a_doubt_sent_again_whose_post_was_taken_back(house):
    network = Scripted(InDoubt("reset"))
    home = house({"in_doubt": "resend"}, main=network)
    home.run()
    home.posts = {}
    home.run(wait=MINUTE)
    assert home.states() == [State.IN_DOUBT]
    assert len(network.sent) == 1


def test_a_doubt_is_dropped_where_that_is_wanted_when_it_is_too_late_as_well(house):
    network = Scripted(InDoubt("reset"))
    network.guarantee = Guarantee(Replay.IDEMPOTENT_FOR, timedelta(hours=1))
    home = house({"in_doubt": "drop"}, main=network)
    home.run()
    home.clock.tick(hours=30)
    home.run()
    assert home.states() == [State.SKIPPED]
    assert "too late" in home.ledger.delivery(1).reason


def test_a_message_that_the_ledger_cannot_keep_costs_its_network_and_no_other(house):
    odd, well = Scripted(), Scripted()
    odd.compose = lambda *_: replace(MESSAGE, payload={"at": NOON})
    home = house(odd=odd, well=well)
    home.run()
    dead, delivered = home.ledger.deliveries()
    assert (dead.state, delivered.state) == (State.DEAD, State.DELIVERED)
    assert "could not be composed: TypeError: Object of type datetime" in dead.reason


def test_what_is_skipped_while_it_is_composed_is_not_sent(house):
    network = Scripted()
    home = house(main=network)
    compose = network.compose

    def slowly(*given):
        held = home.ledger.delivery(1)
        home.ledger.settle(held, manual.skip(held, home.clock.now()), None)
        return compose(*given)

    network.compose = slowly
    home.run()
    assert network.sent == []
    assert home.states() == [State.SKIPPED]


def test_an_endpoint_that_is_not_there_is_tried_with_one_delivery_at_a_time(house):
    network = Scripted(*[Unreachable("refused")] * 3)
    home = house(main=network).enter(POST, *(post(number) for number in range(1, 5)))
    home.run()
    assert len(network.sent) == 3, "the tries of one delivery"
    home.run(wait=MINUTE)
    assert home.states() == [State.DELIVERED] * 5


def test_a_network_whose_limits_fail_unexpectedly_costs_its_own_delivery_only(house):
    class Broken(Scripted):
        async def limits(self, wire):
            raise KeyError("max_characters")

    home = house(main=Broken(), other=Scripted())
    home.run()
    assert sorted(home.states()) == [State.DEAD, State.DELIVERED]


def test_an_edit_before_the_first_try_is_what_goes_out(house):
    network = Scripted()
    home = house(main=network)
    home.posts = {POST.id: replace(POST, body="Edited.")}
    home.run()
    assert network.sent[0][0].text == "Hello\nEdited."


def interrupt(home, message=MESSAGE):
    """Leave the ledger as a kill between the intent and the answer leaves it."""
    held = home.ledger.claim("main", home.clock.now(), MINUTE)
    home.ledger.intend(held, message, KEY)


def test_after_a_kill_an_idempotent_network_is_sent_the_same_again(house):
    network = Scripted(guarantee=Replay.IDEMPOTENT)
    home = house(main=network)
    interrupt(home)
    home.run(wait=MINUTE)
    assert network.sent == [(MESSAGE, KEY.value)]
    assert [each.outcome for each in home.ledger.attempts(1)] == ["Interrupted", "delivered"]


def test_after_a_kill_a_network_without_a_guarantee_is_left_to_a_person(house):
    network = Scripted(guarantee=Replay.NONE)
    home = house(main=network)
    interrupt(home)
    home.run(wait=MINUTE)
    assert network.sent == []
    assert home.states() == [State.IN_DOUBT]


def test_after_a_kill_a_network_that_can_look_is_asked_first(house):
    network = Looking(found=Receipt("7"))
    home = house(main=network)
    interrupt(home)
    home.run(wait=MINUTE)
    assert (network.looked, network.sent) == (1, [])
    assert home.states() == [State.DELIVERED]
    assert home.clock.now() >= NOON + 30 * SECOND, "the remote had its quiet time"


def test_what_is_not_found_is_sent(house):
    network = Looking(found=None)
    home = house(main=network)
    interrupt(home)
    home.run(wait=MINUTE)
    assert (network.looked, len(network.sent)) == (1, 1)


def test_a_look_up_that_fails_sends_nothing(house):
    network = Looking(found=Unreachable("refused"))
    home = house(main=network)
    interrupt(home)
    home.run(wait=MINUTE)
    assert network.sent == []
    [delivery] = home.ledger.deliveries()
    assert (delivery.state, delivery.doubt) == (State.PENDING, True)


def test_a_delivery_of_an_endpoint_that_is_not_configured_waits_until_it_is_again(house):
    network = Scripted(guarantee=Replay.IDEMPOTENT)
    home = house(main=network)
    interrupt(home)
    lines, home.lines = home.lines, []
    home.run()
    assert home.states() == [State.SENDING]
    home.lines = lines
    home.run(wait=MINUTE)
    assert home.states() == [State.DELIVERED]


IMAGE = Attachment("https://x.example/a.png", "alt", "image/png", 2, 1, 3, "f" * 64, b"png")


def test_the_fitted_image_is_kept_for_a_retry(house):
    network = Scripted(InDoubt("reset"), guarantee=Replay.IDEMPOTENT)
    network.compose = lambda *_: replace(MESSAGE, image=IMAGE)
    home = house(main=network)
    home.run(wait=MINUTE)
    assert [message.image.data for message, _ in network.sent] == [b"png", b"png"]


def test_an_image_that_the_cache_lost_is_fitted_anew(house):
    network = Scripted(InDoubt("reset"), guarantee=Replay.IDEMPOTENT)
    network.compose = lambda *_: replace(MESSAGE, image=IMAGE)
    home = house(main=network)
    home.run()
    home.media.kept.clear()
    home.run(wait=MINUTE)
    assert network.sent[1][0].image == IMAGE


def test_without_post_and_cache_the_text_goes_out_alone(house):
    network = Scripted(InDoubt("reset"), guarantee=Replay.IDEMPOTENT)
    network.compose = lambda *_: replace(MESSAGE, image=IMAGE)
    home = house(main=network)
    home.run()
    home.media.kept.clear()
    home.posts = {}
    home.run(wait=MINUTE)
    assert network.sent[1][0].image is None


def test_stopping_brings_the_attempt_to_its_end_and_starts_no_other(house):
    network = Scripted()
    home = house(main=network)
    home.enter(POST, post(1))
    stop = asyncio.Event()
    network.before = stop.set
    home.run(stop=stop)
    assert home.states() == [State.DELIVERED, State.PENDING]


def test_stopping_ends_a_wait(house):
    home = house(main=Scripted(Throttled("x", until=NOON + MINUTE)))
    stop = asyncio.Event()

    async def never(_time):
        stop.set()
        await asyncio.Event().wait()

    home.clock.sleep_until = never
    home.run(wait=2 * MINUTE, stop=stop)
    assert home.states() == [State.PENDING]


def test_secrets_stay_out_of_the_ledger(house):
    home = house(main=Scripted(Rejected("no such token: hunter2!")))
    home.run(redact=Redactor(["hunter2!"]))
    assert home.ledger.delivery(1).reason == "no such token: [secret]"
    assert home.ledger.attempts(1)[0].detail == "no such token: [secret]"


def test_a_ledger_that_fails_ends_the_run(house):
    network = Scripted()
    home = house(main=network)

    def broken(*_):
        raise LedgerError("disk full")

    home.ledger.intend = broken
    with pytest.raises(LedgerError, match="disk full"):
        home.run()
    assert network.sent == [], "without an intent nothing leaves"


def test_who_is_overtaken_while_he_sends_records_nothing(house, caplog):
    network = Scripted()
    home = house(main=network)
    network.before = home.ledger.interrupted
    assert home.run() == []
    assert home.states() == [State.SENDING]
    assert "taken over" in caplog.text
