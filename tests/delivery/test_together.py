from __future__ import annotations

import asyncio
from contextlib import contextmanager

import pytest

from syndicate.delivery.together import Together
from syndicate.errors import LedgerError
from syndicate.ledger import open_ledger


@pytest.fixture
def ledger(tmp_path):
    ledger = open_ledger("sqlite:///ledger.db", tmp_path)
    ledger.transactions = 0
    together = ledger.together

    @contextmanager
    def counted():
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


@pytest.mark.parametrize("error", [LedgerError("broken"), GeneratorExit()])
def test_where_one_fails_nothing_is_written_and_nobody_waits_for_ever(ledger, error):
    async def main():
        together = Together(ledger)
        works = [keeping(ledger, "a"), keeping(ledger, "b", error), keeping(ledger, "c")]
        results = asyncio.gather(*map(together.write, works), return_exceptions=True)
        return await asyncio.wait_for(results, 5)

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
