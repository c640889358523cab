"""The disk is full, read-only, locked or broken; the ledger is gone, or of an older version."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event

from fakes.old_ledger import make_old
from fakes.powers import no_room_beyond, without_privileges
from syndicate.errors import FeedError, LedgerError
from syndicate.exits import Exit, of_error
from syndicate.ledger import opening
from syndicate.ledger.schema import HEAD


@pytest.fixture
def hooked(blog, receiver):
    """A blog with one post that is out, and one that waits for its first announcement."""
    blog.hook(receiver.url)
    blog.post("old", title="Old")
    blog.run()
    path = blog.post("new")
    path.write_text(path.read_text() + "Words and words. " * 3_000)
    return blog


def published(blog):
    return {each.name: each.read_bytes() for each in (blog.folder / "public").iterdir()}


def heals(blog, receiver):
    """The next run does what was left, and the receiver has one event by one id."""
    blog.clock.tick(minutes=1)
    assert blog.go().code == 0
    assert blog.states() == {"hook": "delivered"}
    assert len(receiver.events) == len(set(receiver.ids)) == 1
    assert len(set(receiver.bodies)) == 1


# Full


@pytest.mark.parametrize("size", [0, 20_000, 32_768, 50_000, 66_000, 100_000, 150_000])
def test_a_full_disk_at_any_point(hooked, receiver, size):
    """No file can grow beyond a size: it ends before the feeds, in them, or in the outbox."""
    before = published(hooked)
    with no_room_beyond(size), pytest.raises((LedgerError, FeedError)) as caught:
        hooked.go()
    assert of_error(caught.value) in {Exit.LEDGER, Exit.CONTENT}
    assert set(published(hooked)) == set(before), "no half a file is left"
    if isinstance(caught.value, FeedError):
        assert published(hooked) == before
        assert "cannot be written" in str(caught.value)
    heals(hooked, receiver)


@contextmanager
def full_database():
    """SQLite finds no room for another page, which it says as it says that the disk is full."""

    def limit(connection, _):
        [(pages,)] = connection.execute("PRAGMA page_count")
        connection.execute(f"PRAGMA max_page_count = {max(pages, 1)}")

    event.listen(Engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(Engine, "connect", limit)


def test_a_full_disk_below_the_ledger_sends_nothing(hooked, receiver):
    """The intent cannot be written down, so no byte leaves."""
    with full_database(), pytest.raises(LedgerError) as caught:
        hooked.go()
    assert "database or disk is full; make room on its disk" in str(caught.value)
    assert receiver.ids == []
    heals(hooked, receiver)


# Read-only


@pytest.mark.parametrize(
    ("what", "error", "said"),
    [
        ("state", LedgerError, "attempt to write a readonly database; this user has to be able to"),
        ("state/ledger.db", LedgerError, r"ledger\.db cannot be opened: Permission denied; this"),
        ("state/ledger.db.lock", LedgerError, r"the lock .* cannot be opened: Permission denied;"),
        ("public", FeedError, r"public/feed\.xml: cannot be written: Permission denied"),
    ],
)
def test_read_only_state(hooked, receiver, what, error, said):
    path = hooked.folder / what
    mode = path.stat().st_mode
    path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        with without_privileges(), pytest.raises(error, match=said):
            hooked.go()
    finally:
        path.chmod(mode)
    assert receiver.ids == []
    heals(hooked, receiver)


# Locked

HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def locked(blog):
    """Another process holds the database for writing; gives what lets it go."""
    path = blog.folder / "state" / "ledger.db"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"held\n"
        yield other.stdin.close


def test_sqlite_is_locked_for_ten_seconds(hooked, receiver):
    """It is waited for: shorter here, and that ten seconds are not too long is asserted."""
    assert opening._BUSY_TIMEOUT_MS > 10_000
    with locked(hooked) as let_go:
        threading.Timer(0.5, let_go).start()
        assert hooked.go().code == 0
    assert len(receiver.ids) == 1


def test_sqlite_is_locked_for_ten_seconds_while_a_request_is_in_flight(hooked, receiver):
    """The answer that came meanwhile is not lost."""

    def lock():
        block = locked(hooked)
        let_go = block.__enter__()
        threading.Timer(0.5, lambda: (let_go(), block.__exit__(None, None, None))).start()

    receiver.answer = lock
    assert hooked.go().code == 0
    assert len(receiver.ids) == 1
    assert hooked.states() == {"hook": "delivered"}


def test_sqlite_is_locked_for_longer_than_anybody_waits(hooked, receiver, monkeypatch):
    monkeypatch.setattr(opening, "_BUSY_TIMEOUT_MS", 100)
    with locked(hooked), pytest.raises(LedgerError) as caught:
        hooked.go()
    assert "database is locked; another program holds it for long" in str(caught.value)
    assert of_error(caught.value) is Exit.LEDGER
    assert receiver.ids == []
    heals(hooked, receiver)


# Broken


@pytest.fixture
def in_flight(hooked, receiver):
    """The state as a power cut leaves it while the request is in flight: all is in the WAL."""
    state, copy = hooked.folder / "state", hooked.folder / "copy"
    receiver.answer = lambda: shutil.copytree(state, copy) and None
    hooked.go()
    receiver.answer = lambda: None
    shutil.rmtree(state)
    copy.rename(state)
    assert (state / "ledger.db-wal").stat().st_size > 50_000
    return hooked


@pytest.mark.parametrize("part", [1.0, 0.95, 0.5, 0.1, 0.001, 0.0])
def test_a_truncated_wal(in_flight, receiver, part):
    """What was committed last may be gone; the key of a delivery never is, it is derived."""
    wal = in_flight.folder / "state" / "ledger.db-wal"
    data = wal.read_bytes()
    wal.write_bytes(data[: int(len(data) * part)])
    heals(in_flight, receiver)


@pytest.mark.parametrize("at", [0, 40, 5_000, 30_000])
def test_a_corrupt_wal(in_flight, receiver, at):
    """Nothing after the first frame that is broken counts."""
    wal = in_flight.folder / "state" / "ledger.db-wal"
    data = bytearray(wal.read_bytes())
    data[at : at + 16] = b"sixteen bytes..."
    wal.write_bytes(data)
    heals(in_flight, receiver)


def test_a_corrupt_ledger_sends_nothing(hooked, receiver):
    path = hooked.folder / "state" / "ledger.db"
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    with pytest.raises(LedgerError) as caught:
        hooked.go()
    assert "database disk image is malformed; put a backup of it in its place" in str(caught.value)
    assert receiver.ids == []
    path.write_bytes(data)
    heals(hooked, receiver)


def test_a_row_that_cannot_be_read_is_no_crash(hooked, receiver):
    hooked.go()
    with sqlite3.connect(hooked.folder / "state" / "ledger.db") as ledger:
        ledger.execute("""UPDATE deliveries SET message = '{"half' WHERE state = 'delivered'""")
    ledger.close()
    done = hooked.command("status")
    assert done.returncode == 6
    assert "a row is malformed: Unterminated string" in done.stderr
    assert "Traceback" not in done.stderr


# Lost


def lose(blog):
    shutil.rmtree(blog.folder / "state")


def test_a_lost_ledger_announces_nothing_again(hooked, receiver):
    """What is out counts as announced; that is told, and what to do about it."""
    hooked.go()
    lose(hooked)
    planned, told = hooked.plan(), hooked.go()
    assert "the ledger is new, and yet feeds of ours are in" in told.text
    assert "put it back and run again" in told.text
    assert "Skipped  2 on hook" in told.text
    assert [each for each in planned.warnings if "the ledger is new" in each]
    assert planned.deliveries == ()
    assert len(receiver.ids) == 1
    hooked.post("newest", title="Newest")
    told = hooked.go()
    assert "the ledger is new" not in told.text
    assert len(receiver.events) == 2, "what comes after it is announced"


def test_a_lost_ledger_does_not_make_a_backfill_anew(blog, receiver):
    """As it would in each run of a CI job that forgets its state."""
    blog.hook(receiver.url, backfill=3)
    blog.post("new")
    assert blog.go(backfill=1).warned == []
    assert len(receiver.ids) == 1
    for _ in range(2):
        lose(blog)
        [warning] = blog.go().warned
        assert warning.startswith("the ledger is new")
    assert len(receiver.ids) == 1
    lose(blog)
    blog.go(backfill=1)
    assert len(receiver.ids) == 2, "but when a person asks for it"
    assert len(receiver.events) == 1, "by the same id"


def test_a_blog_that_begins_without_posts_has_lost_nothing(blog, receiver):
    blog.hook(receiver.url)
    assert blog.go().warned == []
    blog.post("new")
    assert blog.go().warned == []
    assert len(receiver.ids) == 1


def test_a_ledger_that_is_put_back_goes_on_where_it_was(hooked, receiver):
    hooked.go()
    state, away = hooked.folder / "state", hooked.folder / "away"
    state.rename(away)
    hooked.go()
    shutil.rmtree(state)
    away.rename(state)
    told = hooked.go()
    assert (told.code, told.warned) == (0, [])
    assert len(receiver.ids) == 1


# Older

ROWS = [
    "INSERT INTO endpoints (name, gate, reason, since) VALUES ('hook', 'open', '', '{now}')",
    *(
        "INSERT INTO deliveries (id, subject, event, version, endpoint, state, due, attempts,"
        " fence, doubt, key, key_minted, lease_until, message, reason, created) VALUES"
        f" ({number}, 'tag:ada.example,2026-03-01:{number}.md', 'published', '', 'hook', '{state}',"
        f" '{{now}}', 0, 1, '0', {key}, {minted}, {lease}, {message}, '', '{{now}}')"
        for number, state, key, minted, lease, message in [
            (1, "sending", "'msg_of_the_old_one'", "'{now}'", "'{now}'", "'{frozen}'"),
            (2, "pending", "NULL", "NULL", "'{now}'", "NULL"),
            (3, "delivered", "'msg_3'", "'{now}'", "NULL", "'{frozen}'"),
        ]
    ),
]
EVENT = {
    "type": "post.deleted",
    "timestamp": "2026-03-01T09:00:00Z",
    "data": {
        "id": "tag:ada.example,2026-03-01:1.md",
        "url": "https://ada.example/1/",
        "title": "Frozen by the old one",
        "site": {"title": "Ada", "url": "https://ada.example"},
    },
}
FROZEN = json.dumps(
    {
        "text": "Hello",
        "link": "https://ada.example/1/",
        "title": "Hello",
        "summary": "",
        "language": "en",
        "length": 5,
        "limit": None,
        "image": None,
        "facets": [],
        "payload": {"body": json.dumps(EVENT)},
    }
)
OLD = [f"{number:04}" for number in range(1, int(HEAD) + 1)]


@pytest.mark.parametrize("revision", OLD)
def test_an_upgrade_with_rows_in_flight(blog, receiver, revision):
    """The old version was killed; the new one settles what that one had begun, as it was frozen."""
    blog.hook(receiver.url)
    for number in (1, 2, 3):
        blog.post(str(number), title=f"Post {number}")
    (blog.folder / "state").mkdir()
    now = blog.clock.now().strftime("%Y-%m-%d %H:%M:%S.000000")
    rows = [row.replace("{now}", now).replace("{frozen}", FROZEN) for row in ROWS]
    make_old(blog.place, revision, *rows)
    blog.clock.tick(minutes=1)
    assert blog.go().code == 0
    assert [each.state for each in blog.deliveries()] == ["delivered"] * 3
    assert receiver.events["msg_of_the_old_one"] == EVENT
    assert len(receiver.ids) == 2


def test_a_downgrade_is_refused(hooked, receiver):
    """What a newer version has written is not guessed at."""
    hooked.go(feeds_only=True)
    with sqlite3.connect(hooked.folder / "state" / "ledger.db") as ledger:
        ledger.execute("UPDATE alembic_version SET version_num = '9999'")
    ledger.close()
    with pytest.raises(LedgerError, match="use the newer syndicate that wrote it"):
        hooked.go(wait=timedelta())
    assert receiver.ids == []
