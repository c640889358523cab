"""Small campaigns of kills; `make bench-kill` runs the large ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign.remotes import NONE, crowd
from campaign.work import at_every_line, at_random

TESTS = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _path(monkeypatch):
    """Let the process that the runs are forked from find what it loads."""
    monkeypatch.setenv("PYTHONPATH", str(TESTS))


def remote(name):
    return next(each for each in crowd() if each.name == name)


@pytest.mark.timeout(240)
def test_runs_that_are_killed_at_random_times_lose_and_double_nothing(tmp_path, database):
    result = at_random(tmp_path, kills=10, posts=3, database=database)
    assert result.kills == 10
    assert result.holds, result.tallies
    for each in result.tallies:
        assert each.deliveries == each.delivered + each.in_doubt == 3
        assert not each.in_doubt or each.kind == NONE
    assert sum(each.hit for each in result.tallies) >= 10, "requests were in flight"
    assert any(each.in_doubt for each in result.tallies)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", ["toots", "slack"])
def test_runs_that_are_killed_between_two_lines_lose_and_double_nothing(tmp_path, name, database):
    result = at_every_line(tmp_path, remote(name), first=20, step=40, database=database)
    assert result.kills >= 4
    assert result.holds, result.tallies
    assert sum(each.hit for each in result.tallies), "something was in hand"


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("mutant", "fault"), [("no-intent", "doubled"), ("blind", "doubled"), ("record-first", "lost")]
)
def test_a_wrong_way_to_deliver_is_found(tmp_path, mutant, fault, database):
    result = at_every_line(
        tmp_path, remote("slack"), first=20, step=40, mutant=mutant, database=database
    )
    assert not result.holds
    assert sum(getattr(each, fault) for each in result.tallies)
