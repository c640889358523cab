"""The ledger on a branch: what is pushed, what is taken over, and what is said when it cannot be."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fakes.machines import BRANCH, Machine, Origin, git
from fakes.old_ledger import make_old
from fakes.webhook import SECRET, Receiver
from syndicate.errors import LedgerBusy, LedgerError
from syndicate.ledger import Resting, branch, open_ledger, schema
from syndicate.ledger.git import Branch
from syndicate.ledger.hold import BranchHold
from syndicate.ledger.jsonlines import dump
from syndicate.ledger.waiting import hold_when_free
from syndicate.model import State
from syndicate.testing.clock import NOON, FakeClock
from syndicate.testing.server import serve

LONG_AGO = "2026-01-01T00:00:00+00:00"


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("HOOK_SECRET", SECRET)


@pytest.fixture
def origin(tmp_path):
    return Origin(tmp_path)


@pytest.fixture
def machine(tmp_path, origin):
    names = iter("abcdefgh")

    def make(clock=None):
        machine = Machine(tmp_path / next(names), origin, clock)
        machine.endpoint("notes", "folder", dir="out")
        machine.post("old", date="2026-01-01 08:00")
        return machine

    return make


def opened(machine, **options):
    there = Branch(machine.folder, "origin", BRANCH)
    options = {"branch": there, "now": machine.clock.now} | options
    return open_ledger("sqlite:///state/ledger.db", machine.folder, **options)


def waiting(machine):
    """A machine with a delivery that is not done, on the branch."""
    machine.run()
    machine.config.write_text(machine.config.read_text() + '\ndelay = "9d"\n')
    machine.post("new")
    machine.run()
    [delivery] = [each for each in machine.deliveries() if each.state is State.PENDING]
    return delivery.id


def put(there, files):
    """Push files by hand."""
    tip = there.fetch()
    assert there.push(there.commit(files, tip, "by hand"), tip)


def test_who_only_looks_makes_no_branch_and_no_file(machine, origin):
    looking = machine()
    done = looking.command("status")
    assert done.returncode == 0, done.stderr
    assert "There is no ledger yet" in done.stdout
    assert origin.tip == ""
    assert not (looking.folder / "state").exists()


def test_who_only_looks_sees_what_is_on_the_branch(machine, origin):
    waiting(machine())
    tip, looking = origin.tip, machine()
    done = looking.command("status")
    assert "pending" in done.stdout
    assert not (looking.folder / "state").exists()
    assert origin.tip == tip


def test_what_a_person_decides_on_another_machine_is_pushed(machine, origin):
    number = waiting(machine())
    other = machine()
    done = other.command("skip", str(number))
    assert done.returncode == 0, done.stderr
    third = machine()
    third.config.write_text(third.config.read_text() + '\ndelay = "9d"\n')
    third.post("new")
    third.clock.tick(days=20)
    assert third.run().outcomes == ()
    assert third.states() == {"notes": "skipped"}


def test_what_a_person_decides_beside_a_run_is_not_kept(machine, origin):
    first = machine()
    number = waiting(first)
    first.clock.time = datetime.now(UTC)  # the commands live by the machine's
    ledger = opened(first)
    with ledger.lock(timedelta()):
        ledger.share()
        done = machine().command("skip", str(number))
        assert done.returncode == 6, done.stdout
        assert "nothing was changed" in done.stderr
        here = first.command("skip", str(number))
        assert here.returncode == 0, here.stderr
    ledger.close()
    assert '"skipped"' in origin.file("deliveries.jsonl"), "the run pushes what was done beside it"


def test_what_was_changed_meanwhile_counts(machine, origin):
    number = waiting(machine())
    one, other = opened(machine()), opened(machine())
    for ledger in (one, other):
        delivery = ledger.delivery(number)
        ledger.open_endpoint("notes")
        ledger.save_session(".note", {"by": id(ledger)})
        assert delivery.state is State.PENDING
    one.close()
    with pytest.raises(LedgerBusy, match="somebody else has changed"):
        other.close()
    assert str(id(one)) in origin.file("sessions.jsonl")


def test_a_ledger_that_was_a_file_alone_goes_to_the_branch_with_all_it_has(machine, origin):
    first = machine()
    text = first.config.read_text()
    first.config.write_text(text.replace(f'branch = "{BRANCH}"', ""))
    first.run()
    first.post("new")
    first.run()
    assert origin.tip == ""
    first.config.write_text(text)
    assert first.run().outcomes == ()
    assert '"delivered"' in origin.file("deliveries.jsonl")


def test_a_ledger_that_knows_something_gives_way_to_no_branch_unasked(machine, origin):
    machine().run()
    alone = machine()
    text = alone.config.read_text()
    alone.config.write_text(text.replace(f'branch = "{BRANCH}"', ""))
    alone.run()
    alone.post("new")
    alone.run()
    alone.config.write_text(text)
    for command in ("status", "run"):
        done = alone.command(command)
        assert done.returncode == 6, done.stdout
        assert "move the file away if the branch counts" in done.stderr
    assert "delivered" in {str(each.state) for each in alone.deliveries()}
    (alone.folder / "state" / "ledger.db").unlink()
    assert alone.command("status").returncode == 0


def test_a_run_that_a_hook_of_git_starts_is_about_the_sites_repository(tmp_path, machine, origin):
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    done = machine().command("run", GIT_DIR=str(other / ".git"), GIT_INDEX_FILE="nowhere")
    assert done.returncode == 0, done.stderr
    assert origin.tip


def test_no_token_is_on_the_branch(machine, origin):
    ledger = opened(machine())
    with ledger.lock(timedelta()):
        ledger.save_session("bluesky", {"accessJwt": "hush-hush"})
        ledger.save_session(".posts", {"stamp": "seen"})
        ledger.share()
    ledger.close()
    assert "seen" in origin.everything()
    assert "hush" not in origin.everything()


def test_a_session_here_survives_what_comes_from_the_branch(machine):
    first, second = machine(), machine()
    first.run()
    ledger = opened(second)
    ledger.save_session("notes", {"token": "t"})
    ledger.close()
    waiting(first)
    ledger = opened(second)
    assert ledger.load_session("notes") == {"token": "t"}
    assert len(ledger.deliveries(states=[State.PENDING])) == 1
    ledger.close()


def test_an_older_ledger_on_the_branch_is_brought_up_to_date(tmp_path, machine, origin):
    make_old(
        tmp_path / "old.db",
        "0001",
        "INSERT INTO posts (id, source, digest, url, first_seen) VALUES "
        "('tag:a', 'a.md', '0', 'https://a.example/', '2026-01-01 00:00:00.000000')",
    )
    first = machine()
    there = Branch(first.folder, "origin", BRANCH)
    line = {
        "id": "tag:a",
        "source": "a.md",
        "digest": "0",
        "url": "https://a.example/",
        "first_seen": "2026-01-01 00:00:00.000000",
    }
    files = {"schema.json": b'{"schema": "0001"}', "posts.jsonl": json.dumps(line).encode()}
    assert there.push(there.commit(files, None, "old"), None)
    ledger = opened(first)
    assert [each.id for each in ledger.posts()] == ["tag:a"]
    ledger.save_session(".note", {"a": "change"})
    ledger.close()
    assert json.loads(origin.file("schema.json")) == {"schema": schema.HEAD}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("schema.json", '{"schema": "9999"}', "use the newer syndicate that wrote it"),
        ("schema.json", "{}", "schema.json does not tell which schema"),
        ("posts.jsonl", "<<<<<<< ours\n", "posts.jsonl:1 is no row of a ledger"),
        (
            "posts.jsonl",
            '{"id": "x", "url": "u"}\n{"id": "y"}\n',
            "posts.jsonl: a line lacks 'url'",
        ),
        ("hold.json", "[]", "hold.json is malformed"),
        (
            "hold.json",
            '{"run": "x", "machine": "m", "until": "2026-03-01T12:00:00"}',
            "hold.json is malformed",
        ),
    ],
)
def test_a_branch_that_is_none_of_ours_is_told(machine, origin, name, text, said):
    first = machine()
    first.run()
    there = Branch(first.folder, "origin", BRANCH)
    files = there.read(there.fetch()) | {name: text.encode()}
    put(there, files)
    with pytest.raises(LedgerError) as caught:
        opened(machine())
    assert said in str(caught.value)


def test_a_row_that_does_not_fit_is_told(machine):
    first = machine()
    first.run()
    there = Branch(first.folder, "origin", BRANCH)
    files = there.read(there.fetch())
    files["posts.jsonl"] = files["posts.jsonl"] * 2
    put(there, files)
    with pytest.raises(
        LedgerError, match=r"branch syndicate-state of origin: its rows do not fit: UNIQUE"
    ):
        opened(machine())


def test_rows_survive_the_way_there_and_back(machine):
    first = machine()
    waiting(first)
    here, there = opened(first), opened(machine())
    assert dump(here._engine) == dump(there._engine)
    assert here.deliveries() == there.deliveries()
    for ledger in (here, there):
        ledger.close()


def test_a_shallow_clone_stays_as_shallow_as_it_was(tmp_path, machine, origin):
    first = machine()
    waiting(first)
    git(first.folder, "checkout", "--quiet", "-b", "main")
    for number in range(2):
        git(first.folder, "commit", "--quiet", "--allow-empty", "-m", f"{number}")
    git(first.folder, "push", "--quiet", "origin", "main")
    git(tmp_path, "clone", "-q", "--depth=1", "-b", "main", f"file://{origin.folder}", "shallow")
    shallow = Branch(tmp_path / "shallow", "origin", BRANCH)
    tip = shallow.fetch()
    assert tip == origin.tip
    assert git(tmp_path / "shallow", "rev-list", "--count", "main") == "1"
    assert git(tmp_path / "shallow", "rev-list", "--count", tip) == "1"
    assert shallow.push(shallow.commit(shallow.read(tip) | {"x": b"1"}, tip, "more"), tip)
    assert git(origin.folder, "rev-list", "--count", BRANCH) > "2"


def test_the_configuration_may_be_in_a_folder_of_the_repository(machine, origin):
    """git names files from where it is called: the branch has them at its root."""
    first = machine()
    waiting(first)
    folder = first.folder / "config"
    folder.mkdir()
    there = Branch(folder, "origin", BRANCH)
    assert sorted(there.read(there.fetch())) == sorted(origin.files())


def test_the_work_tree_and_the_index_are_left_alone(machine):
    first = machine()
    git(first.folder, "add", "syndicate.toml")
    before = git(first.folder, "status", "--porcelain", "content", "syndicate.toml")
    waiting(first)
    assert git(first.folder, "branch", "--list") == ""
    status = git(first.folder, "status", "--porcelain", "content", "syndicate.toml")
    assert status.replace("AM ", "A  ") == before


class TestWhatIsSaid:
    def test_no_repository(self, tmp_path):
        with pytest.raises(LedgerError, match=r"not a git repository.*the site's repository"):
            Branch(tmp_path, "origin", BRANCH).fetch()

    def test_no_git(self, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(LedgerError, match="git is not installed"):
            Branch(tmp_path, "origin", BRANCH).fetch()

    def test_no_such_remote(self, machine):
        with pytest.raises(LedgerError, match=r"cannot read the ledger's branch .* of upstream"):
            Branch(machine().folder, "upstream", BRANCH).fetch()

    def test_no_token_of_an_address(self, machine):
        url = "https://x-access-token:hush@127.0.0.1:1/a.git"
        with pytest.raises(LedgerError) as caught:
            Branch(machine().folder, url, BRANCH).fetch()
        assert "hush" not in str(caught.value)
        assert "https://127.0.0.1:1/a.git" in str(caught.value)

    def test_no_answer_ends_git_with_all_that_it_has_started(self, tmp_path, machine, monkeypatch):
        branch, note = Branch(machine().folder, "origin", BRANCH), tmp_path / "pid"
        slow = tmp_path / "bin" / "git"
        slow.parent.mkdir()
        slow.write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {note}\nwait\n")
        slow.chmod(0o755)
        monkeypatch.setenv("PATH", f"{slow.parent}:{os.environ['PATH']}")
        monkeypatch.setattr("syndicate.ledger.git.SECONDS", 1)
        with pytest.raises(LedgerError, match="git rev-parse had no answer within 1 seconds"):
            branch.fetch()
        child = Path(f"/proc/{int(note.read_text())}/status")
        while child.exists() and "zombie" not in child.read_text():
            time.sleep(0.05)  # until it is gone, or the test's time is over

    def test_a_push_without_an_answer_is_made_again(self, machine, origin, monkeypatch):
        branch = Branch(machine().folder, "origin", BRANCH)
        commit = branch.commit({"x": b"1"}, None, "x")
        real, pauses = Branch._try, []

        def lose_the_answer(self, *arguments, given=None):
            done = real(self, *arguments, given=given)
            if arguments[0] == "push" and len(pauses) < 2:
                pauses.append(1)
                return subprocess.CompletedProcess([], 128, b"", b"fatal: early EOF")
            return done

        monkeypatch.setattr(Branch, "_try", lose_the_answer)
        monkeypatch.setattr("syndicate.ledger.git._PAUSES", (0, 0))
        assert branch.push(commit, None)
        assert origin.tip == commit

    def test_a_push_whose_answers_are_all_lost_is_found_to_have_come(
        self, machine, origin, monkeypatch
    ):
        branch = Branch(machine().folder, "origin", BRANCH)
        commit = branch.commit({"x": b"1"}, None, "x")
        real = Branch._try

        def lose_the_answer(self, *arguments, given=None):
            done = real(self, *arguments, given=given)
            lost = subprocess.CompletedProcess([], 124, b"", b"git push had no answer")
            return lost if arguments[0] == "push" else done

        monkeypatch.setattr(Branch, "_try", lose_the_answer)
        monkeypatch.setattr("syndicate.ledger.git._PAUSES", (0, 0))
        assert branch.push(commit, None)

    def test_a_name_that_is_taken_is_not_somebody_who_was_faster(self, machine, monkeypatch):
        first = machine()
        within = Branch(first.folder, "origin", f"{BRANCH}/x")
        assert within.push(within.commit({"x": b"1"}, None, "x"), None)
        branch = Branch(first.folder, "origin", BRANCH)
        monkeypatch.setattr("syndicate.ledger.git._PAUSES", (0, 0))
        with pytest.raises(LedgerError, match="is there a branch whose name begins with this") as e:
            branch.push(branch.commit({"x": b"1"}, None, "x"), None)
        assert not isinstance(e.value, LedgerBusy)

    def test_somebody_elses_repository(self, machine, monkeypatch):
        branch = Branch(machine().folder, "origin", BRANCH)
        monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
        with pytest.raises(LedgerError, match=r"git config --global --add safe\.directory '/"):
            branch.fetch()

    def test_a_push_that_never_gets_through(self, machine, monkeypatch):
        branch = Branch(machine().folder, "https://127.0.0.1:1/a.git", BRANCH)
        commit = branch.commit({"x": b"1"}, None, "x")
        monkeypatch.setattr("syndicate.ledger.git._PAUSES", (0, 0))
        with pytest.raises(LedgerError, match="cannot write to the ledger's branch"):
            branch.push(commit, None)

    def test_a_daemon_has_its_own_disk(self, machine):
        done = machine().command("serve")
        assert done.returncode == 2, done.stderr
        assert "ledger.branch: a daemon keeps its ledger on its own disk" in done.stderr


def test_a_run_asks_first_and_leaves_no_quiet_note(machine):
    first = machine()
    assert first.command("run", "--wait", "0s").returncode == 0
    assert not list((first.folder / "state").glob("*.quiet.json"))


def test_a_receiver_hears_of_a_post_after_its_intent_was_pushed(tmp_path, machine, origin):
    first = machine()
    receiver = Receiver(first.clock)
    seen = []
    receiver.answer = lambda: seen.append(origin.file("deliveries.jsonl"))
    with serve(receiver.app) as url:
        hook = {"url": f"{url}/", "secret": "env:HOOK_SECRET", "allow_networks": ["127.0.0.0/8"]}
        first.endpoint("hook", "webhook", **hook | {"url": f"{url}/hook"})
        first.run()
        for number in range(3):
            first.post(f"new-{number}", title=f"New {number}")
        first.run()
    assert len(receiver.ids) == 3
    for number, files in zip(receiver.ids, seen, strict=True):
        [row] = [json.loads(each) for each in files.splitlines() if number in each]
        assert row["state"] == "sending"


def test_a_run_waits_for_another_and_goes_on_from_it(machine, origin, monkeypatch):
    first = machine()
    number = waiting(first)
    ledger, other = opened(first), machine()
    with ledger.lock(timedelta()):
        ledger.share()
        waited = opened(other)
        tip = origin.tip

        def sleep(seconds):
            assert origin.tip == tip
            settled = ledger.delivery(number)
            ledger.settle(settled, Resting(State.SKIPPED, NOON, 0), None)
            ledger.share()
            origin.put("hold.json", json.dumps({"run": "x", "machine": "m", "until": LONG_AGO}))

        monkeypatch.setattr(branch, "sleep", sleep)
        with waited.lock(timedelta(seconds=60)):
            assert waited.delivery(number).state is State.SKIPPED
        waited.close()
        with pytest.raises(LedgerBusy, match="somebody else has changed"):
            ledger.share()
        with pytest.raises(LedgerBusy, match="somebody else has changed"):
            ledger.share()
    ledger.close()


class Patient(FakeClock):
    """Does not let a wait end before something holds; a long wait it is, by the time."""

    def __init__(self, holds, **length):
        super().__init__()
        self.holds, self.length, self.waits = holds, length, 0

    async def sleep_until(self, time):
        self.waits += 1
        while self.waits == 1 and self.time < time and not await asyncio.to_thread(self.holds):
            self.time = min(self.time + timedelta(**self.length), time)
        await super().sleep_until(time)


def test_a_run_that_waits_for_long_tells_what_it_has_done_and_is_not_taken_for_killed(
    machine, origin, monkeypatch
):
    monkeypatch.setattr(branch, "_KEEP", 0.05)

    def is_kept():
        """What was delivered is on the branch, and so is a hold of a long time after."""
        delivered = '"delivered"' in origin.file("deliveries.jsonl")
        hold = BranchHold.read(origin.file("hold.json").encode())
        return delivered and hold.until > NOON + timedelta(minutes=30)

    second = machine()
    first = machine()
    first.run()
    first.clock = Patient(is_kept, minutes=1)
    first.clock.tick(minutes=1)
    first.config.write_text(first.config.read_text() + '\nspacing = "1h"\n')
    second.config.write_text(first.config.read_text())
    for each in (first, second):
        each.post("new")
        each.post("newer", title="Newer", date="2026-03-01 09:00")
    busy = []
    ask = first.clock.holds

    def look_and_try():
        if not ask():
            return False
        second.clock.time = first.clock.now()
        with pytest.raises(LedgerBusy, match=r"a run on .* holds the ledger's branch") as caught:
            second.run(wait=timedelta())
        busy.append(caught)
        return True

    first.clock.holds = look_and_try
    report = first.run(wait=timedelta(hours=2))
    assert busy
    assert [str(each.resting.state) for each in report.outcomes] == ["delivered"] * 2
    assert "hold.json" not in origin.files()


def test_a_hold_of_a_clock_that_was_wrong_keeps_nobody(machine, origin):
    first = machine()
    first.run()
    there = Branch(first.folder, "origin", BRANCH)
    hold = BranchHold("x", "m", NOON + timedelta(days=1_000))
    put(there, there.read(there.fetch()) | {"hold.json": hold.to_json()})
    other = machine()
    other.clock.tick(minutes=1)
    other.post("new")
    assert len(other.run(lock_wait=timedelta()).outcomes) == 1


@pytest.mark.parametrize("minutes", [-1, 0, 31, 60])
def test_a_hold_that_does_not_count(minutes):
    assert not BranchHold("x", "m", NOON + timedelta(minutes=minutes)).counts(NOON)


@pytest.mark.parametrize("minutes", [1, 15, 30])
def test_a_hold_that_counts(minutes):
    assert BranchHold("x", "m", NOON + timedelta(minutes=minutes)).counts(NOON)


def test_what_a_person_decides_holds_only_if_it_is_pushed(machine, origin):
    first = machine()
    number = waiting(first)
    origin.refuse()
    done = first.command("skip", str(number))
    assert done.returncode == 6, done.stdout
    assert "nothing was changed" in done.stderr
    origin.allow()
    [row] = [
        each
        for each in json.loads(first.command("status", "--json").stdout)["deliveries"]
        if each["id"] == number
    ]
    assert row["state"] == "pending"


def test_what_a_person_decides_while_a_run_begins_here_is_pushed_by_that(machine, origin):
    first = machine()
    number = waiting(first)
    person, run = opened(first), opened(first)
    with run.lock(timedelta()):
        settled = person.delivery(number)
        person.settle(settled, Resting(State.SKIPPED, NOON, 0), None)
        tip = origin.tip
        person.close()
        assert origin.tip == tip
    run.close()
    assert '"skipped"' in origin.file("deliveries.jsonl")


def test_a_run_that_was_killed_after_a_push_goes_on_from_what_it_has(machine, origin):
    first = machine()
    number = waiting(first)
    ledger = opened(first)
    with contextlib.ExitStack() as stack:
        stack.enter_context(ledger.lock(timedelta()))
        note = ledger.load_session(".branch")
        ledger.share()
        ledger.save_session(".branch", {**note, "run": ledger._run})  # killed before it noted that
        settled = ledger.delivery(number)
        ledger.settle(settled, Resting(State.DELIVERED, NOON, 1), None)
        ledger._trouble = LedgerBusy("killed")
    again = opened(first)
    assert again.delivery(number).state is State.DELIVERED
    again.close()


def test_who_waits_for_another_run_hears_of_his_end_and_does_not_ask_without_a_pause(
    machine, origin, monkeypatch
):
    first = machine()
    waiting(first)
    there = Branch(first.folder, "origin", BRANCH)
    hold = BranchHold("x", "m", NOON + timedelta(minutes=9))
    put(there, there.read(there.fetch()) | {"hold.json": hold.to_json()})
    asked, real = [], Branch.fetch

    def fetch(self):
        asked.append(threading.current_thread())
        return real(self)

    monkeypatch.setattr(Branch, "fetch", fetch)
    other = opened(machine())

    async def wait_a_little():
        stop = asyncio.Event()
        with contextlib.ExitStack() as stack:
            waits = hold_when_free(other, timedelta(seconds=60), stop, stack)
            task = asyncio.create_task(waits)
            while len(asked) < 2:
                await asyncio.sleep(0.01)
            stop.set()
            with pytest.raises(LedgerBusy):
                await task

    asked.clear()
    asyncio.run(asyncio.wait_for(wait_a_little(), 50))
    assert threading.main_thread() not in asked
    other.close()


def test_a_ledger_that_gets_too_large_for_a_branch_is_told(machine, caplog, monkeypatch):
    monkeypatch.setattr(branch, "_LARGE", 100)
    waiting(machine())
    told = [each.getMessage() for each in caplog.records if "hosts refuse" in each.getMessage()]
    assert any(each.startswith("deliveries.jsonl on the ledger's branch") for each in told)
    assert any("docs/postgresql.md" in each for each in told)
