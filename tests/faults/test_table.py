"""docs/reliability.md tells of each fault, and of none that no test makes happen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs" / "reliability.md").read_text()
ROWS = [
    row.strip("|").split("|")
    for row in re.findall(r"^\|.*\|$", PAGE, re.MULTILINE)
    if not row.startswith(("| fault |", "|---"))
]


def written():
    files = [each for each in HERE.glob("test_*.py") if each != Path(__file__)]
    return {
        name
        for each in files
        for name in re.findall(r"^def (test_\w+)", each.read_text(), re.MULTILINE)
    }


@pytest.mark.parametrize("row", ROWS, ids=[row[0].strip() for row in ROWS])
def test_every_row_says_what_happens_and_what_is_seen_and_names_its_tests(row):
    fault, happens, seen, named = (cell.strip() for cell in row)
    assert all([fault, happens, seen])
    names = re.findall(r"`(\w+)`", named)
    assert names
    assert set(names) <= written()


def test_every_fault_that_is_made_to_happen_has_its_row():
    named = [name for row in ROWS for name in re.findall(r"`(test_\w+)`", row[-1])]
    assert sorted(named) == sorted(written()), "each in one row"
