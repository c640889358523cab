"""What every ledger has to do; a new one joins by a line in tests/conftest.py.

`pytest --ledger postgresql` has PostgreSQL do it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import stat
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from fakes.posts import KEY, MESSAGE, POST, post, record
from syndicate.errors import LedgerBusy, LedgerError
from syndicate.ledger import NewDelivery, Resting, open_ledger
from syndicate.ledger.glance import file_of, glance
from syndicate.model import (
    Attachment,
    Attempt,
    EndpointState,
    Event,
    Facet,
    FacetKind,
    Gate,
    Receipt,
    State,
)
from syndicate.testing.clock import NOON

SQLITE = pytest.mark.only("sqlite")
LEASE = timedelta(minutes=1)
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def ledger(database, tmp_path):
    ledger = open_ledger(database, tmp_path)
    yield ledger
    ledger.close()


def enter(ledger, *posts, endpoint="main", state=State.PENDING, due=NOON):
    posts = posts or (POST,)
    ledger.keep_posts([record(each) for each in posts])
    ledger.add(endpoint, [NewDelivery(each.id, endpoint, state, due) for each in posts], NOON)


def claim(ledger, now=NOON, endpoint="main"):
    return ledger.claim(endpoint, now, LEASE)


def rest(state=State.DELIVERED, **changes):
    return Resting(**{"state": state, "due": NOON, "attempts": 1} | changes)


def test_ordinals_are_kept_for_ever(ledger):
    assert ledger.ordinals() == {}
    ledger.keep_ordinals({"a": 1, "b": 2})
    ledger.keep_ordinals({"c": 3})
    ledger.keep_ordinals({})
    assert ledger.ordinals() == {"a": 1, "b": 2, "c": 3}
    for taken in ({"a": 4}, {"d": 3}):
        with pytest.raises(LedgerError, match=r"(?i)unique"):
            ledger.keep_ordinals({"e": 5} | taken)
    assert ledger.ordinals() == {"a": 1, "b": 2, "c": 3}


def test_what_is_done_together_happens_wholly_or_not_at_all(ledger):
    with ledger.together():
        enter(ledger)
        taken = claim(ledger)
    assert ledger.delivery(taken.id).fence == taken.fence == 1

    def fail():
        with ledger.together():
            assert ledger.settle(taken, rest(), None)
            assert ledger.delivery(taken.id).state is State.DELIVERED
            ledger.keep_ordinals({"a": 1})
            ledger.keep_ordinals({"b": 1})

    with pytest.raises(LedgerError, match=r"(?i)unique"):
        fail()
    assert ledger.ordinals() == {}
    assert ledger.delivery(taken.id).state is State.PENDING
    ledger.keep_ordinals({"a": 1})  # what comes then is by itself again
    assert ledger.ordinals() == {"a": 1}


def test_posts_keep_their_first_sight_when_they_change(ledger):
    ledger.keep_posts([record()])
    ledger.keep_posts([replace(record(), source="moved.md", digest="1" * 64, first_seen=LATER)])
    assert ledger.posts() == [replace(record(), source="moved.md", digest="1" * 64)]


def test_keeping_nothing_is_nothing(ledger):
    ledger.keep_posts([])
    assert ledger.posts() == []
    assert ledger.posts_stamp() == ""


def test_posts_are_found_by_any_of_their_marks_and_given_once(ledger):
    first, second, third = (
        replace(record(post(number)), digest=str(number) * 64) for number in (1, 2, 3)
    )
    ledger.keep_posts(iter([first, second, third]))
    assert ledger.find_posts() == []
    assert ledger.find_posts(ids=[first.id, "unknown"]) == [first]
    assert ledger.find_posts(sources=[second.source]) == [second]
    assert ledger.find_posts(urls=[third.url]) == [third]
    found = ledger.find_posts(ids=[first.id], sources=[first.source], digests=["2" * 64])
    assert found == [first, second]


def test_many_posts_are_kept_found_and_planned(ledger):
    many = [record(post(number)) for number in range(4_500)]
    ledger.keep_posts(iter(many))
    assert len(ledger.find_posts(sources=[each.source for each in many])) == 4_500
    new = (NewDelivery(each.id, "main", State.SKIPPED, NOON) for each in many)
    assert ledger.add("main", new, NOON) == 4_500
    assert ledger.unplanned("main", ["unknown", many[0].id]) == {"unknown"}
    assert ledger.unplanned("other") == {each.id for each in many}


def test_of_many_deliveries_the_newest_are_given_and_all_are_counted(ledger):
    enter(ledger, post(1), post(2), post(3), post(4))
    ledger.settle(claim(ledger), rest(State.DELIVERED), None)
    assert [each.id for each in ledger.deliveries(newest=2)] == [3, 4]
    assert [each.id for each in ledger.deliveries(states=[State.PENDING], newest=9)] == [2, 3, 4]
    assert ledger.deliveries(endpoint="other", newest=2) == []
    assert ledger.count(states=[State.PENDING]) == 3
    assert ledger.count(endpoint="main", states=[State.PENDING, State.DELIVERED]) == 4
    assert ledger.count(endpoint="other", states=[State.PENDING]) == 0


def test_the_stamp_changes_with_the_posts_alone(ledger):
    ledger.keep_posts([record()])
    first = ledger.posts_stamp()
    enter(ledger, post(1))
    second = ledger.posts_stamp()
    ledger.keep_posts([])
    ledger.add("main", [NewDelivery(POST.id, "main", State.PENDING, NOON)], NOON)
    assert len({"", first, second}) == 3
    assert ledger.posts_stamp() == second


@SQLITE
def test_a_glance_sees_what_becomes_of_deliveries_and_endpoints(ledger, tmp_path):
    path = file_of("sqlite:///state/ledger.db", tmp_path)

    def look():
        seen = glance(path)
        return seen.state, seen.due

    seen = [look()]
    for step in (
        lambda: ledger.keep_posts([record(), record(post(1))]),
        lambda: ledger.add("main", [NewDelivery(POST.id, "main", State.PENDING, LATER)], NOON),
        lambda: ledger.add("main", [NewDelivery(post(1).id, "main", State.SKIPPED, NOON)], NOON),
        lambda: ledger.settle(claim(ledger, LATER), rest(State.PENDING, gate=Gate.PAUSED), None),
        lambda: ledger.open_endpoint("main"),
        lambda: ledger.settle(
            claim(ledger), rest(State.PENDING, throttled_until=LATER + LEASE), None
        ),
        lambda: ledger.settle(claim(ledger, LATER + LEASE), rest(), Attempt(1, NOON, NOON, "x")),
    ):
        step()
        seen.append(look())
    assert len({state for state, _ in seen}) == len(seen)
    assert [due for _, due in seen] == [
        None,
        None,
        LATER,
        LATER,
        None,
        NOON,
        LATER + LEASE,
        None,
    ]


@pytest.mark.parametrize(
    "url", ["postgresql://db/x", "sqlite://", "sqlite:///", "sqlite:///a?x=1", "sqlite:///a%20b"]
)
def test_only_a_plain_file_can_be_glanced_at(url, tmp_path):
    assert file_of(url, tmp_path) is None
    assert glance(tmp_path / "nowhere.db") is None


def test_an_endpoint_is_unknown_until_its_baseline_is_entered(ledger):
    assert ledger.endpoint("main") is None
    ledger.add("main", [], NOON)
    assert ledger.endpoint("main") == EndpointState("main", NOON)
    assert ledger.endpoints() == [EndpointState("main", NOON)]


def test_a_delivery_exists_once_a_post_and_endpoint(ledger):
    enter(ledger)
    again = [NewDelivery(POST.id, "main", State.SKIPPED, LATER)]
    assert ledger.add("main", again, LATER) == 0
    assert ledger.add("other", [replace(again[0], endpoint="other")], LATER) == 1
    assert [each.state for each in ledger.deliveries()] == [State.PENDING, State.SKIPPED]


def test_deliveries_are_found_by_endpoint_and_state(ledger):
    enter(ledger)
    enter(ledger, endpoint="other", state=State.SKIPPED)
    assert [each.endpoint for each in ledger.deliveries(endpoint="other")] == ["other"]
    assert [each.endpoint for each in ledger.deliveries(states=[State.PENDING])] == ["main"]
    assert ledger.deliveries(states=[]) == []
    assert ledger.delivery(1) == ledger.deliveries()[0]
    assert ledger.delivery(99) is None


def test_the_oldest_due_delivery_is_claimed_and_only_once(ledger):
    enter(ledger, post(1), due=LATER)
    enter(ledger, post(2))
    first = claim(ledger)
    assert (first.subject, first.fence) == (post(2).id, 1)
    assert claim(ledger) is None
    assert claim(ledger, LATER).subject == post(2).id, "its lease ran out"
    assert claim(ledger, LATER).subject == post(1).id


def test_nothing_is_claimed_for_an_endpoint_that_is_shut_or_silenced(ledger):
    enter(ledger, post(1), post(2))
    ledger.settle(claim(ledger), rest(State.PENDING, gate=Gate.PAUSED, reason="401"), None)
    assert claim(ledger) is None
    assert ledger.next_due("main", NOON) is None
    assert ledger.endpoint("main") == EndpointState("main", NOON, Gate.PAUSED, None, "401")
    ledger.open_endpoint("main")
    held = claim(ledger)
    ledger.settle(held, rest(State.PENDING, throttled_until=LATER), None)
    assert claim(ledger) is None
    assert ledger.next_due("main", NOON) == LATER
    assert claim(ledger, LATER) is not None


def test_next_due_is_the_earliest_and_never_in_the_past(ledger):
    assert ledger.next_due("main", NOON) is None
    enter(ledger, due=LATER)
    assert ledger.next_due("main", NOON) == LATER
    assert ledger.next_due("main", LATER + LEASE) == LATER + LEASE


def test_an_intent_freezes_the_message_and_its_key(ledger):
    image = Attachment("https://x.example/a.png", "alt", "image/png", 2, 1, 3, "f" * 64, b"png")
    message = replace(
        MESSAGE, image=image, facets=(Facet(0, 5, FacetKind.LINK, "https://x.example/"),)
    )
    enter(ledger)
    intended = ledger.intend(claim(ledger), message, KEY)
    found = ledger.delivery(intended.id)
    assert found.state is State.SENDING
    assert found.key == KEY
    assert found.message == message, "equal, but for the image's bytes"
    assert found.message.image.data == b""


def test_an_attempt_is_settled_with_its_receipt(ledger):
    enter(ledger)
    held = ledger.intend(claim(ledger), MESSAGE, KEY)
    receipt = Receipt("7", "https://x.example/7")
    attempt = Attempt(held.id, NOON, LATER, "delivered", 200, "fine")
    assert ledger.settle(held, rest(receipt=receipt), attempt)
    found = ledger.delivery(held.id)
    assert (found.state, found.receipt, found.attempts) == (State.DELIVERED, receipt, 1)
    assert ledger.attempts(held.id) == [attempt]
    assert claim(ledger) is None


def test_a_message_is_forgotten_when_it_is_to_be_composed_anew(ledger):
    enter(ledger)
    held = ledger.intend(claim(ledger), MESSAGE, KEY)
    ledger.settle(held, rest(State.PENDING, anew=True), None)
    assert (ledger.delivery(held.id).message, ledger.delivery(held.id).key) == (None, KEY)


def test_who_slept_past_his_lease_overrules_nobody(ledger):
    enter(ledger)
    sleeper = ledger.intend(claim(ledger), MESSAGE, KEY)
    ledger.interrupted()
    attempt = Attempt(sleeper.id, NOON, NOON, "Rejected")
    assert not ledger.settle(sleeper, rest(State.DEAD, gate=Gate.PAUSED), attempt)
    assert ledger.delivery(sleeper.id).state is State.SENDING
    assert ledger.endpoint("main").gate is Gate.OPEN
    assert ledger.attempts(sleeper.id) == [attempt], "what was tried is written down all the same"


def test_who_was_overtaken_writes_no_intent(ledger):
    enter(ledger)
    slow = claim(ledger)
    claim(ledger, LATER)
    assert ledger.intend(slow, MESSAGE, KEY) is None
    assert ledger.delivery(slow.id).state is State.PENDING


def test_what_a_person_settles_while_it_is_composed_gets_no_intent(ledger):
    enter(ledger)
    held = claim(ledger)
    ledger.settle(ledger.delivery(held.id), rest(State.SKIPPED), None)
    assert ledger.intend(held, MESSAGE, KEY) is None
    assert ledger.delivery(held.id).state is State.SKIPPED


def changed(ledger, version, message=MESSAGE):
    new = NewDelivery(
        "https://x.example/feed.xml",
        "main",
        State.PENDING,
        NOON,
        "",
        Event.CHANGED,
        version,
        message,
    )
    ledger.add("main", [new], NOON)
    return ledger.deliveries()[0]


def test_what_a_person_settles_while_it_is_composed_stays_so(ledger):
    enter(ledger)
    composed = claim(ledger)
    assert ledger.settle(ledger.delivery(composed.id), rest(State.SKIPPED), None)
    assert not ledger.settle(composed, rest(State.PENDING), None), "its page is not live, say"
    assert ledger.delivery(composed.id).state is State.SKIPPED


def test_a_person_who_looked_a_moment_ago_does_not_overrule_what_has_happened_since(ledger):
    enter(ledger)
    composed = claim(ledger)
    seen = ledger.delivery(composed.id)
    intended = ledger.intend(composed, MESSAGE, KEY)
    assert not ledger.settle(seen, rest(State.PENDING), None), "it is being sent"
    assert ledger.settle(intended, rest(), None)
    assert not ledger.settle(seen, rest(State.PENDING), None), "it would go out again"
    assert ledger.delivery(composed.id).state is State.DELIVERED


def test_a_subject_that_changes_again_begins_anew_in_its_row(ledger):
    first = changed(ledger, "1")
    assert (first.event, first.message) == (Event.CHANGED, MESSAGE)
    ledger.settle(ledger.intend(claim(ledger), MESSAGE, KEY), rest(receipt=Receipt("7")), None)
    assert changed(ledger, "1").state is State.DELIVERED, "it is the same version"
    again = changed(ledger, "2", replace(MESSAGE, text="Again"))
    assert (again.id, again.state, again.attempts) == (first.id, State.PENDING, 0)
    assert (again.key, again.receipt, again.message.text) == (None, None, "Again")
    assert changed(ledger, "1").state is State.PENDING, "it has changed back"


def test_a_change_does_not_disturb_what_is_being_sent(ledger):
    changed(ledger, "1")
    ledger.intend(claim(ledger), MESSAGE, KEY)
    assert (changed(ledger, "2").state, changed(ledger, "2").version) == (State.SENDING, "1")


def test_what_was_cancelled_begins_anew_when_it_is_back(ledger):
    enter(ledger)
    ledger.settle(claim(ledger), rest(State.CANCELLED), None)
    enter(ledger)
    assert ledger.delivery(1).state is State.PENDING


def test_what_is_at_rest_is_not_entered_again(ledger):
    enter(ledger)
    ledger.settle(claim(ledger), rest(State.DEAD), None)
    enter(ledger)
    assert ledger.delivery(1).state is State.DEAD


def test_what_a_killed_run_had_in_hand_is_given_back(ledger):
    enter(ledger, post(1), post(2))
    ledger.intend(claim(ledger), MESSAGE, KEY)
    claim(ledger)
    [interrupted] = ledger.interrupted()
    assert (interrupted.subject, interrupted.fence) == (post(1).id, 2)
    assert claim(ledger).subject == post(2).id, "a mere claim is free again at once"


def test_sessions_survive(ledger):
    assert ledger.load_session("main") == {}
    ledger.save_session("main", {"token": "a"})
    ledger.save_session("main", {"token": "b", "n": 1})
    assert ledger.load_session("main") == {"token": "b", "n": 1}


def test_everything_is_there_after_opening_again(ledger, database, tmp_path):
    enter(ledger)
    ledger.close()
    again = open_ledger(database, tmp_path)
    assert len(again.deliveries()) == 1
    again.close()


def test_one_run_at_a_time(ledger):
    with (
        ledger.lock(timedelta()),
        pytest.raises(LedgerBusy, match=f"process {os.getpid()}"),
        ledger.lock(timedelta()),
    ):
        pass
    with ledger.lock(timedelta()):
        pass


def test_a_run_waits_for_another_to_end(ledger):
    release = threading.Event()
    held = threading.Event()

    def hold():
        with ledger.lock(timedelta()):
            held.set()
            release.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(30)
    threading.Timer(0.1, release.set).start()
    with ledger.lock(timedelta(seconds=5)):
        assert release.is_set()
    holder.join()


def _hold_and_wait(url, folder, ready):
    with open_ledger(url, folder).lock(timedelta()):
        ready.set()
        signal.pause()


def test_a_killed_process_gives_the_lock_back(ledger, database, tmp_path):
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=_hold_and_wait, args=(database, tmp_path, ready))
    process.start()
    assert ready.wait(30)
    with pytest.raises(LedgerBusy), ledger.lock(timedelta()):
        pass
    process.kill()
    process.join()
    with ledger.lock(timedelta(seconds=5)):
        pass


def test_a_naive_time_is_refused(ledger):
    with pytest.raises(LedgerError, match="naive time"):
        ledger.next_due_of = ledger.claim("main", NOON.replace(tzinfo=None), LEASE)


@SQLITE
def test_only_the_owner_can_read_it(ledger, tmp_path):
    assert stat.S_IMODE((tmp_path / "state" / "ledger.db").stat().st_mode) == 0o600


@SQLITE
def test_it_is_durable_and_checks_its_references(ledger):
    with ledger._engine.begin() as connection:
        pragma = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragma == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 15000,
    }


@SQLITE
def test_who_reads_first_may_write_as_well(ledger, tmp_path):
    with ledger._engine.begin() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM posts").all()
        other = sqlite3.connect(tmp_path / "state" / "ledger.db", timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("UPDATE posts SET url = url")
        other.close()


@SQLITE
def test_a_locked_database_is_one_clear_error(ledger, tmp_path):
    with ledger._engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 10")
    blocker = sqlite3.connect(tmp_path / "state" / "ledger.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError, match=r"ledger\.db cannot be used: database is locked"):
        ledger.keep_posts([record()])
    blocker.close()


def test_an_adopted_id_takes_the_posts_deliveries_along(ledger):
    first, second = post(1), post(2)
    enter(ledger, first, second)
    held = claim(ledger)
    tried = Attempt(held.id, NOON, NOON, "delivered", 200)
    ledger.settle(held, rest(receipt=Receipt("7", "https://x.example/7")), tried)
    notice = NewDelivery(first.id, "main", State.PENDING, NOON, event=Event.CHANGED, version="1")
    ledger.add("main", [notice], NOON)
    ledger.keep_ordinals({first.id: 1, second.id: 2})
    stamp = ledger.posts_stamp()
    before = {each.id: each for each in ledger.deliveries()}
    ledger.adopt({first.id: "https://old.example/?p=1"}, [], LATER)
    assert {each.id: each.first_seen for each in ledger.posts()} == {
        "https://old.example/?p=1": first.first_seen,
        second.id: second.first_seen,
    }
    after = {each.id: each for each in ledger.deliveries()}
    moved = replace(before[held.id], subject="https://old.example/?p=1")
    assert after == before | {held.id: moved}, "a feed's address is no post's id"
    assert ledger.attempts(held.id) == [tried]
    assert ledger.ordinals() == {"https://old.example/?p=1": 1, second.id: 2}
    assert ledger.unplanned("main") == set()
    assert ledger.posts_stamp() != stamp


def test_what_is_known_is_added_with_its_endpoint_and_overrules_nothing(ledger):
    enter(ledger, post(1))
    known = [
        NewDelivery("old", name, State.SKIPPED, LATER, "known") for name in ("main", "another")
    ]
    ledger.adopt({post(1).id: "old"}, known, LATER)
    assert [(each.endpoint, each.state) for each in ledger.deliveries()] == [
        ("main", State.PENDING),
        ("another", State.SKIPPED),
    ]
    assert ledger.endpoint("another") == EndpointState("another", LATER)
    assert ledger.endpoint("main").since == NOON


@pytest.mark.parametrize("ids", [{"1": "2"}, {"1": "3", "unknown": "4"}])
def test_an_adoption_that_cannot_be_changes_nothing(ledger, ids):
    posts = [post(number, id=str(number)) for number in (1, 2)]
    enter(ledger, *posts)
    before = ledger.posts(), ledger.deliveries(), ledger.posts_stamp()
    with pytest.raises(LedgerError):
        ledger.adopt(ids, [NewDelivery("3", "new", State.SKIPPED, NOON)], NOON)
    assert (ledger.posts(), ledger.deliveries(), ledger.posts_stamp()) == before
    assert ledger.endpoint("new") is None


def test_adopting_nothing_is_nothing(ledger):
    enter(ledger)
    stamp = ledger.posts_stamp()
    ledger.adopt({}, [], NOON)
    assert ledger.posts_stamp() == stamp


# What follows an announcement


RECEIPT = Receipt("7", "https://x.example/7")


def announce(ledger, number=1, receipt=RECEIPT, source="0" * 64):
    """Let an endpoint have announced a post that was composed from a file."""
    enter(ledger, post(number))
    held = replace(claim(ledger), composed_from=source)
    sent = ledger.intend(held, MESSAGE, KEY)
    ledger.settle(sent, rest(receipt=receipt), None)
    return ledger.delivery(sent.id)


def follow(ledger, announced, event, version, message=MESSAGE):
    new = NewDelivery(
        announced.subject,
        "main",
        State.PENDING,
        NOON,
        event=event,
        version=version,
        message=message,
        receipt=announced.receipt,
    )
    ledger.add("main", [new], NOON)
    return ledger.about("main", announced.subject)[event]


def change(ledger, number=1, digest="1" * 64):
    ledger.keep_posts([replace(record(post(number)), digest=digest)])


def test_an_announcement_keeps_what_it_shows_and_what_it_was_made_from(ledger):
    announced = announce(ledger)
    assert announced.composed_from == "0" * 64
    assert announced.imprint == MESSAGE.imprint()


def test_edited_is_what_was_announced_of_another_file(ledger):
    first, second = announce(ledger, 1), announce(ledger, 2)
    assert ledger.edited("main", NOON) == []
    change(ledger, 2)
    assert ledger.edited("main", NOON) == [second]
    assert ledger.edited("main", LATER) == [], "it was announced before"
    assert ledger.edited("other", NOON) == []
    ledger.looked_at(second, "1" * 64)
    assert ledger.edited("main", NOON) == []
    assert ledger.announced("main", [first.subject, "unknown"]) == [first]


@pytest.mark.parametrize("receipt", [None, Receipt("https://x.example/7", "https://x.example/7")])
def test_what_has_no_receipt_of_the_remotes_is_not_followed(ledger, receipt):
    announced = announce(ledger, receipt=receipt)
    change(ledger)
    assert ledger.edited("main", NOON) == []
    assert ledger.announced("main", [announced.subject]) == []


def test_what_was_announced_before_files_were_noted_is_not_followed(ledger):
    announce(ledger, source=None)
    change(ledger)
    assert ledger.edited("main", NOON) == []


@pytest.mark.parametrize("event", [Event.UPDATED, Event.REPLIED])
def test_an_edit_that_was_delivered_is_what_the_remote_shows(ledger, event):
    announced = announce(ledger)
    edit = follow(ledger, announced, event, "1:new")
    assert (edit.receipt, edit.key, edit.message) == (announced.receipt, None, MESSAGE)
    ledger.settle(claim(ledger), rest(State.PENDING, due=LATER), None)
    assert ledger.delivery(announced.id) == announced, "it has not arrived yet"
    ledger.settle(claim(ledger, LATER), rest(receipt=Receipt("8")), None)
    assert ledger.delivery(announced.id) == replace(announced, imprint="new")


def test_a_newer_edit_takes_the_place_of_one_that_is_not_under_way(ledger):
    announced = announce(ledger)
    first = follow(ledger, announced, Event.UPDATED, "1:new")
    second = follow(ledger, announced, Event.UPDATED, "2:newer")
    assert (second.id, second.version) == (first.id, "2:newer")
    ledger.intend(claim(ledger), MESSAGE, KEY)
    assert follow(ledger, announced, Event.UPDATED, "3:newest").version == "2:newer"


def test_after_a_deletion_nothing_is_announced(ledger):
    announced = announce(ledger)
    follow(ledger, announced, Event.DELETED, "7")
    ledger.settle(claim(ledger), rest(), None)
    left = ledger.delivery(announced.id)
    assert (left.state, left.receipt, left.key) == (State.SKIPPED, None, None)
    assert "taken back" in left.reason
    assert ledger.unplanned("main", [announced.subject]) == set(), "it is not announced by itself"


def test_what_follows_goes_along_with_a_new_id(ledger):
    announced = announce(ledger)
    follow(ledger, announced, Event.UPDATED, "1:new")
    ledger.adopt({announced.subject: "theirs"}, [], NOON)
    assert set(ledger.about("main", "theirs")) == {Event.PUBLISHED, Event.UPDATED}


def gone_since(ledger):
    return {identity: since for identity, (_, since) in ledger.once_out().items()}


def test_posts_are_gone_since_the_first_run_that_found_them_so(ledger):
    first, second, draft = (record(post(number)) for number in (1, 2, 3))
    ledger.keep_posts([first, second, draft])
    ledger.come_out(NOON, {first.id, second.id}.__contains__)
    assert ledger.once_out() == {each.id: (each.source, None) for each in (first, second)}
    ledger.note_gone([first.id], NOON)
    ledger.note_gone([first.id, second.id], LATER)
    assert gone_since(ledger) == {first.id: NOON, second.id: LATER}
    ledger.note_gone([second.id], LATER + LEASE)
    assert gone_since(ledger) == {first.id: None, second.id: LATER}
    ledger.keep_posts([replace(second, source="moved.md")])
    assert ledger.once_out()[second.id] == ("moved.md", LATER)
