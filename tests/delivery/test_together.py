from __future__ import annotations

import asyncio
from contextlib import contextmanager

import pytest

from syndicate.delivery import together as module
from syndicate.delivery.together import Together
from syndicate.errors import LedgerAway, LedgerError
from syndicate.ledger import open_ledger


@pytest.fixture
def ledger(tmp_path):
    ledger = open_ledger("sqlite:///ledger.db", tmp_path)
    ledger.transactions = 0
    together = ledger.together

    @contextmanager
    def counted(name=""):
        ledger.transactions += 1
        with together():
            yield

    ledger.together = counted
    yield ledger
    ledger.close()


def keeping(ledger, name, fails=None):
    def work():
        ledger.save_session(name, {"by": name})
        if fails:
            raise fails
        return name

    return work


def test_what_comes_at_one_moment_is_one_transaction_and_each_gets_its_own_result(ledger):
    async def main():
        together = Together(ledger)
        first = await asyncio.gather(*(together.write(keeping(ledger, each)) for each in "abc"))
        return [*first, await together.write(keeping(ledger, "d"))]

    assert asyncio.run(main()) == ["a", "b", "c", "d"]
    assert ledger.transactions == 2
    assert [ledger.load_session(each) for each in "abcd"] == [{"by": each} for each in "abcd"]


def test_who_is_a_few_turns_later_shares_the_transaction(ledger):
    """An answer takes some turns of the loop from its first byte to its last."""

    async def later(together, name, turns):
        for _ in range(turns):
            await asyncio.sleep(0)
        return await together.write(keeping(ledger, name))

    async def main():
        together = Together(ledger)
        return await asyncio.gather(*(later(together, str(turn), turn) for turn in range(4)))

    assert asyncio.run(main()) == ["0", "1", "2", "3"]
    assert ledger.transactions == 1


@pytest.mark.parametrize("error", [LedgerError("broken"), GeneratorExit()])
def test_where_one_fails_nothing_is_written_and_nobody_waits_for_ever(ledger, error):
    async def main():
        together = Together(ledger)
        works = [keeping(ledger, "a"), keeping(ledger, "b", error), keeping(ledger, "c")]
        results = asyncio.gather(*map(together.write, works), return_exceptions=True)
        return await asyncio.wait_for(results, 30)

    assert asyncio.run(main()) == [error] * 3
    assert [ledger.load_session(each) for each in "abc"] == [{}, {}, {}]


def test_what_was_handed_over_is_written_although_its_sender_is_gone(ledger):
    async def main():
        together = Together(ledger)
        kept = asyncio.create_task(together.write(keeping(ledger, "a")))
        lost = asyncio.create_task(together.write(keeping(ledger, "b")))
        await asyncio.sleep(0)
        lost.cancel()
        return await kept

    assert asyncio.run(main()) == "a"
    assert ledger.load_session("b") == {"by": "b"}


class Away:
    """A ledger whose database goes away, as often as is said: before a transaction or in its end.

    Args:
        ledger: where it writes.
        when: what becomes of each transaction: ``before``, ``undone``, ``done``; then all is well.
    """

    is_shared = False

    def __init__(self, ledger, *when):
        self.ledger, self.when, self.names = ledger, list(when), []
        self.last = ""

    @contextmanager
    def together(self, name=""):
        self.names.append(name)
        what = self.when.pop(0) if self.when else "well"
        if what == "before":
            raise LedgerAway("away")
        try:
            with self.ledger.together():
                yield
                if what == "undone":
                    raise LedgerAway("cut")
        finally:
            self.last = name if what in {"done", "well"} else self.last
        if what == "done":
            raise LedgerAway("cut")

    def was_written(self, name):
        if self.when and self.when[0] == "asking":
            self.when.pop(0)
            raise LedgerAway("away")
        return self.last == name


def counting(ledger, name):
    """Count how often it was done, as far as that is written."""

    def work():
        done = ledger.load_session(name).get("done", 0) + 1
        ledger.save_session(name, {"done": done})
        return done

    return work


def test_what_was_handed_over_is_written_before_whoever_is_ended_gives_the_ledger_back(ledger):
    async def main():
        together = Together(ledger)
        works = [keeping(ledger, each) for each in "ab"]
        tasks = [asyncio.create_task(together.write(work)) for work in works]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        there = [ledger.load_session(each) for each in "ab"]
        return there, await together.write(keeping(ledger, "c"))

    assert asyncio.run(main()) == ([{"by": "a"}, {"by": "b"}], "c")
    assert ledger.transactions == 2


@pytest.mark.parametrize(
    "when",
    [
        ["before"],
        ["before", "before"],
        ["undone"],
        ["done"],
        ["done", "asking"],
        ["undone", "asking", "done"],
    ],
)
def test_while_the_database_is_away_it_is_tried_again_and_nothing_is_written_twice(ledger, when):
    async def main():
        away = Away(ledger, *when)
        together = Together(away)
        first = [asyncio.create_task(together.write(counting(ledger, each))) for each in "ab"]
        await asyncio.sleep(module._PAUSE / 4)
        second = await together.write(counting(ledger, "a"))
        return [await each for each in first], second, away

    first, second, away = asyncio.run(main())
    assert (first, second) == ([1, 1], 2), "what came later is another transaction"
    assert [ledger.load_session(each)["done"] for each in "ab"] == [2, 1]
    assert len(set(away.names)) == 2
    assert away.when == []


def test_who_is_away_for_longer_than_anybody_waits_is_given_up(ledger, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.3)

    async def main():
        together = Together(Away(ledger, *["before"] * 9))
        works = [counting(ledger, each) for each in "ab"]
        return await asyncio.gather(*map(together.write, works), return_exceptions=True)

    assert [type(each) for each in asyncio.run(main())] == [LedgerAway] * 2
    assert ledger.load_session("a") == {}
